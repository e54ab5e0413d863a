//! Lesson `distributed_tasks`: work that is started in one place and awaited in another.
//!
//! ```console
//! $ cargo run --bin distributed_tasks -- --sname kate@localhost
//! $ cargo run --bin distributed_tasks -- --sname alex@localhost
//! alex@localhost> async kate@localhost node
//! kate@localhost
//! alex@localhost> primes 3000000
//! {216816, [{alex@localhost, 12}, {kate@localhost, 12}]}
//! ```
//!
//! Read `primes.rs` first: tasks at home. Then `distributed_tasks.rs`, with the tasks on
//! other nodes; `versions.rs`, where the other node has another version of the code; and
//! `spread.rs`, where all nodes count together. Close kate's terminal while they do.

use std::process::ExitCode;

use moebi::shell::Shell;

mod distributed_tasks;
#[path = "../spawn_link/links.rs"]
mod links;
#[path = "../nodes/nodes.rs"]
mod nodes;
#[path = "../ping_pong/ping_pong.rs"]
mod ping_pong;
mod primes;
#[path = "../spawn_link/spawn_link.rs"]
mod spawn_link;
mod spread;
mod supervisor;
mod versions;

/// Every node starts tasks, and every node has a supervisor that runs those of others.
#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("distributed_tasks", "Tasks, here and on other nodes.")
        .on_start(spawn_link::offer)
        .on_start(ping_pong::offer)
        .on_start(distributed_tasks::offer)
        .on_start(versions::offer)
        .on_start(spread::offer)
        .application(supervisor::start)
        .messages(ping_pong::messages)
        .commands(nodes::commands())
        .commands(spawn_link::commands())
        .commands(links::commands())
        .commands(ping_pong::commands())
        .commands(primes::commands())
        .commands(distributed_tasks::commands())
        .commands(versions::commands())
        .commands(spread::commands())
        .run()
        .await
}
