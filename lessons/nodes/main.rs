//! Lesson `nodes`: programs that find each other.
//!
//! Start it twice, in two terminals, and let one ping the other:
//!
//! ```console
//! $ cargo run --bin nodes -- --sname kate@localhost
//! $ cargo run --bin nodes -- --sname alex@localhost
//! alex@localhost> ping kate@localhost
//! pong
//! ```

use std::process::ExitCode;

use moebi::shell::Shell;

mod nodes;

/// A lesson is a node with a prompt. The shell reads the options, starts the node and
/// reads what you type; what the commands do is in `nodes.rs`.
#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("nodes", "Nodes that find each other.")
        .commands(nodes::commands())
        .run()
        .await
}
