//! Says in the terminal which lessons there are and how to start each.

use std::io::{self, Write};

use anyhow::Result;

use crate::{Interface, Language};

/// The lessons in the order of the book, and what is worth typing first. What each is
/// about is in `translations/interface.toml`, as `lesson-NAME`.
pub const LESSONS: [(&str, &str); 6] = [
    ("nodes", "ping kate@localhost"),
    ("spawn_link", "spawn_link kate@localhost say_name"),
    ("ping_pong", "pid = spawn_link kate@localhost pong"),
    ("remote_calls", "erpc kate@localhost guests"),
    ("distributed_tasks", "async kate@localhost node"),
    ("chat", "send_message kate@localhost hi"),
];

/// Writes the table of lessons.
pub fn tell(
    out: &mut impl Write,
    interface: &Interface,
    language: Language,
) -> Result<()> {
    let own = |name: &str| interface.own(name, language);
    writeln!(out, "{}", own("lessons")?)?;
    for (name, command) in LESSONS {
        let about = own(&format!("lesson-{name}"))?;
        let read = own("read")?.replace("{}", &format!("lessons/{name}/"));
        writeln!(out, "\n{name}: {about} {read}")?;
        start_two(out, name, command)?;
    }
    writeln!(out, "\n{}", own("lesson-help")?)?;
    Ok(())
}

/// What is typed is the same in every language.
fn start_two(out: &mut impl Write, name: &str, command: &str) -> io::Result<()> {
    writeln!(out, "  cargo run --bin {name} -- --sname kate@localhost")?;
    writeln!(out, "  cargo run --bin {name} -- --sname alex@localhost")?;
    writeln!(out, "  alex@localhost> {command}")
}
