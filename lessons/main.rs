//! Says which lessons there are and how to start each.

use std::io::Write;

/// A lesson: what it is called, what it shows, two nodes of it, and what is worth typing
/// first, at the second.
struct Lesson {
    name: &'static str,
    about: &'static str,
    nodes: [&'static str; 2],
    command: &'static str,
}

const KATE_AND_ALEX: [&str; 2] = ["kate@localhost", "alex@localhost"];

/// The lessons in the order of the book.
const LESSONS: [Lesson; 7] = [
    Lesson {
        name: "nodes",
        about: "Programs that find each other.",
        nodes: KATE_AND_ALEX,
        command: "ping kate@localhost",
    },
    Lesson {
        name: "spawn_link",
        about: "A process on another node, and a link to it.",
        nodes: KATE_AND_ALEX,
        command: "spawn_link kate@localhost say_name",
    },
    Lesson {
        name: "ping_pong",
        about: "Messages between processes.",
        nodes: KATE_AND_ALEX,
        command: "pid = spawn_link kate@localhost pong",
    },
    Lesson {
        name: "remote_calls",
        about: "Three ways to ask another node, and have its answer.",
        nodes: KATE_AND_ALEX,
        command: "erpc kate@localhost guests",
    },
    Lesson {
        name: "distributed_tasks",
        about: "Work that is started in one place and awaited in another.",
        nodes: KATE_AND_ALEX,
        command: "async kate@localhost node",
    },
    Lesson {
        name: "chat",
        about: "The Moebi chat.",
        nodes: KATE_AND_ALEX,
        command: "send_message kate@localhost hi",
    },
    Lesson {
        name: "kv",
        about: "A key-value server on two nodes.",
        nodes: ["foo@localhost --port 4040", "bar@localhost --port 4041"],
        command: "nc CREATE hello",
    },
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Each lesson is a program; start it in two terminals.")?;
    for Lesson { name, about, nodes, command } in LESSONS {
        writeln!(out, "\n{name}: {about} Read lessons/{name}/.")?;
        for node in nodes {
            writeln!(out, "  cargo run --bin {name} -- --sname {node}")?;
        }
        let prompt = nodes[1].split(' ').next().unwrap_or_default();
        writeln!(out, "  {prompt}> {command}")?;
    }
    writeln!(out, "\nhelp shows the commands of a lesson, quit leaves it.")
}
