//! Lesson `remote_calls`: three ways to ask another node, and have its answer.
//!
//! Each node keeps a guest book. Alex signs kate's and asks who was there, in three
//! ways:
//!
//! ```console
//! $ cargo run --bin remote_calls -- --sname kate@localhost
//! $ cargo run --bin remote_calls -- --sname alex@localhost
//! alex@localhost> cast kate@localhost alex
//! ok
//! alex@localhost> erpc kate@localhost guests
//! alex
//! alex@localhost> call kate@localhost guests
//! alex
//! alex@localhost> task kate@localhost guests
//! alex
//! ```
//!
//! Then ask for `read_aloud` and see on whose terminal it is read; for `read_slowly`,
//! with less time than it takes; and for `burn`, which goes wrong in three ways.

use std::process::ExitCode;

use moebi::shell::Shell;

mod guest_book;
#[path = "../spawn_link/links.rs"]
mod links;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod offered;
mod remote_calls;
#[path = "../spawn_link/spawn_link.rs"]
mod spawn_link;

/// Every node can ask, and every node has a book to be asked about.
#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("remote_calls", "Three ways to ask another node.")
        .on_start(spawn_link::offer)
        .on_start(offered::offer)
        .application(guest_book::start)
        .commands(nodes::commands())
        .commands(spawn_link::commands())
        .commands(links::commands())
        .commands(remote_calls::commands())
        .run()
        .await
}
