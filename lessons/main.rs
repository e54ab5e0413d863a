//! Says which lessons there are and how to start each.

use std::io::Write;

/// A lesson: what it is called, what it shows, how it is started in each terminal, and
/// what is worth typing first, at which prompt.
struct Lesson {
    name: &'static str,
    about: &'static str,
    starts: &'static [&'static str],
    prompt: &'static str,
    command: &'static str,
}

const KATE_AND_ALEX: &[&str] = &["--sname kate@localhost", "--sname alex@localhost"];
const ALEX: &str = "alex@localhost";

/// The lessons in the order of the book.
const LESSONS: [Lesson; 8] = [
    Lesson {
        name: "nodes",
        about: "Programs that find each other.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "ping kate@localhost",
    },
    Lesson {
        name: "spawn_link",
        about: "A process on another node, and a link to it.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "spawn_link kate@localhost say_name",
    },
    Lesson {
        name: "ping_pong",
        about: "Messages between processes.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "pid = spawn_link kate@localhost pong",
    },
    Lesson {
        name: "remote_calls",
        about: "Three ways to ask another node, and have its answer.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "erpc kate@localhost guests",
    },
    Lesson {
        name: "distributed_tasks",
        about: "Work that is started in one place and awaited in another.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "async kate@localhost node",
    },
    Lesson {
        name: "chat",
        about: "The Moebi chat.",
        starts: KATE_AND_ALEX,
        prompt: ALEX,
        command: "send_message kate@localhost hi",
    },
    Lesson {
        name: "kv",
        about: "A key-value server on two nodes.",
        starts: &[
            "--sname foo@localhost --port 4040",
            "--sname bar@localhost --port 4041",
        ],
        prompt: "bar@localhost",
        command: "nc CREATE hello",
    },
    Lesson {
        name: "dynamic_cache",
        about: "A cache that is spread over a cluster, and follows it.",
        starts: &["up 5"],
        prompt: "master@127.0.0.1",
        command: "fill 1 5000",
    },
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Each lesson is a program; start it in as many terminals as lines."
    )?;
    for Lesson { name, about, starts, prompt, command } in LESSONS {
        writeln!(out, "\n{name}: {about} Read lessons/{name}/.")?;
        for start in starts {
            writeln!(out, "  cargo run --bin {name} -- {start}")?;
        }
        writeln!(out, "  {prompt}> {command}")?;
    }
    writeln!(out, "\nhelp shows the commands of a lesson, quit leaves it.")
}
