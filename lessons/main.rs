//! Says which lessons there are and how to start each.

use std::io::Write;

/// The lessons in the order of the book: what each is called, what it shows, and what
/// is worth typing first.
const LESSONS: [(&str, &str, &str); 6] = [
    ("nodes", "Programs that find each other.", "ping kate@localhost"),
    (
        "spawn_link",
        "A process on another node, and a link to it.",
        "spawn_link kate@localhost say_name",
    ),
    (
        "ping_pong",
        "Messages between processes.",
        "pid = spawn_link kate@localhost pong",
    ),
    (
        "remote_calls",
        "Three ways to ask another node, and have its answer.",
        "erpc kate@localhost guests",
    ),
    (
        "distributed_tasks",
        "Work that is started in one place and awaited in another.",
        "async kate@localhost node",
    ),
    ("chat", "The Moebi chat.", "send_message kate@localhost hi"),
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Each lesson is a program; start it in two terminals.")?;
    for (name, about, command) in LESSONS {
        writeln!(out, "\n{name}: {about} Read lessons/{name}/.")?;
        writeln!(out, "  cargo run --bin {name} -- --sname kate@localhost")?;
        writeln!(out, "  cargo run --bin {name} -- --sname alex@localhost")?;
        writeln!(out, "  alex@localhost> {command}")?;
    }
    writeln!(out, "\nhelp shows the commands of a lesson, quit leaves it.")
}
