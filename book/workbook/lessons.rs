//! Says in the terminal which lessons there are and how to start each.

use std::io::Write;

use anyhow::Result;

use crate::{Interface, Language};

/// A lesson: what it is called, how it is started in each terminal, and what is worth
/// typing first, at which prompt. All this is the same in every language; what it is
/// about is in `translations/interface.toml`, as `lesson-NAME`.
pub struct Lesson {
    /// The program, and its folder.
    pub name: &'static str,
    starts: &'static [&'static str],
    prompt: &'static str,
    /// What is typed there.
    pub command: &'static str,
}

const KATE_AND_ALEX: &[&str] = &["--sname kate@localhost", "--sname alex@localhost"];

/// The lessons in the order of the book.
pub const LESSONS: [Lesson; 8] = [
    of_kate_and_alex("nodes", "ping kate@localhost"),
    of_kate_and_alex("spawn_link", "spawn_link kate@localhost say_name"),
    of_kate_and_alex("ping_pong", "pid = spawn_link kate@localhost pong"),
    of_kate_and_alex("remote_calls", "erpc kate@localhost guests"),
    of_kate_and_alex("distributed_tasks", "async kate@localhost node"),
    of_kate_and_alex("chat", "send_message kate@localhost hi"),
    Lesson {
        name: "kv",
        starts: &[
            "--sname foo@localhost --port 4040",
            "--sname bar@localhost --port 4041",
        ],
        prompt: "bar@localhost",
        command: "nc CREATE hello",
    },
    Lesson {
        name: "dynamic_cache",
        starts: &["up 5"],
        prompt: "master@127.0.0.1",
        command: "fill 1 5000",
    },
];

const fn of_kate_and_alex(name: &'static str, command: &'static str) -> Lesson {
    Lesson { name, starts: KATE_AND_ALEX, prompt: "alex@localhost", command }
}

/// Writes the table of lessons.
pub fn tell(
    out: &mut impl Write,
    interface: &Interface,
    language: Language,
) -> Result<()> {
    let own = |name: &str| interface.own(name, language);
    writeln!(out, "{}", own("lessons")?)?;
    for Lesson { name, starts, prompt, command } in LESSONS {
        let about = own(&format!("lesson-{name}"))?;
        let read = own("read")?.replace("{}", &format!("lessons/{name}/"));
        writeln!(out, "\n{name}: {about} {read}")?;
        for start in starts {
            writeln!(out, "  cargo run --bin {name} -- {start}")?;
        }
        writeln!(out, "  {prompt}> {command}")?;
    }
    writeln!(out, "\n{}", own("lesson-help")?)?;
    Ok(())
}
