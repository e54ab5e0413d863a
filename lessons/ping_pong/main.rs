//! Lesson `ping_pong`: messages between processes.
//!
//! ```console
//! $ cargo run --bin ping_pong -- --sname kate@localhost
//! $ cargo run --bin ping_pong -- --sname alex@localhost
//! alex@localhost> pid = spawn_link kate@localhost pong
//! #PID<kate@localhost.131.0>
//! alex@localhost> send pid {ping, self}
//! {ping, #PID<alex@localhost.133.0>}
//! alex@localhost> receive 5
//! pong
//! ```

use std::process::ExitCode;

use moebi::shell::Shell;

#[path = "../spawn_link/links.rs"]
mod links;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod ping_pong;
#[path = "../spawn_link/spawn_link.rs"]
mod spawn_link;

/// The commands of the earlier lessons are here too, and so is what kate offered there.
#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("ping_pong", "Messages between processes.")
        .on_start(spawn_link::offer)
        .on_start(ping_pong::offer)
        .messages(ping_pong::messages)
        .commands(nodes::commands())
        .commands(spawn_link::commands())
        .commands(links::commands())
        .commands(ping_pong::commands())
        .run()
        .await
}
