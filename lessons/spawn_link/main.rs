//! Lesson `spawn_link`: a process on another node.
//!
//! Kate offers some functions, alex asks for one of them:
//!
//! ```console
//! $ cargo run --bin spawn_link -- --sname kate@localhost
//! $ cargo run --bin spawn_link -- --sname alex@localhost
//! alex@localhost> spawn_link kate@localhost say_name
//! Hi, my name is Kate
//! #PID<kate@localhost.131.0>
//! ```
//!
//! Then try what goes wrong. `crash` instead of `say_name` takes the prompt down with
//! it; `fly` is offered by nobody; `stay`, and kate's terminal closed, is a connection
//! that is lost.

use std::process::ExitCode;

use moebi::shell::Shell;

mod links;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod spawn_link;

/// Every node runs this same program; only the one called kate offers her functions.
#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("spawn_link", "Processes on other nodes, and links to them.")
        .on_start(spawn_link::offer)
        .commands(nodes::commands())
        .commands(spawn_link::commands())
        .commands(links::commands())
        .run()
        .await
}
