//! A soak: twenty nodes in a full mesh, each an operating-system process, of which some
//! are killed and started again all the time.
//!
//! Processes are linked and monitored across the nodes, and letters go to pids, to those
//! of killed nodes too. What must come of each tie is known before anything happens:
//!
//! | what happens | what the other end of a tie learns, once |
//! |---|---|
//! | the node is killed | `noconnection` |
//! | the process ends | its reason |
//! | the pid is of an earlier run of its node | `noproc` |
//! | nothing | nothing |
//!
//! At the end all goes back to what it was in the beginning: processes, connections,
//! open files.
//!
//! ```text
//! MOEBI_SOAK_SECONDS=60 MOEBI_SOAK_SEED=42 cargo test --test soak
//! ```
//!
//! | read about | in |
//! |---|---|
//! | what a node does that is told what to do | `node.rs` |
//! | starting, killing and hearing nodes | `cluster.rs` |
//! | what is expected, and what came | `ties.rs` |
//! | who does what to whom | `rounds.rs` |

mod cluster;
mod node;
mod rounds;
mod ties;

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let Some(role) = node::Role::from_env() {
        runtime.block_on(node::play(role));
        return ExitCode::SUCCESS;
    }
    let soak = Trial::test("nodes_are_killed_and_come_back", move || {
        let seconds = number_from_env("MOEBI_SOAK_SECONDS").unwrap_or(10);
        let seed = number_from_env("MOEBI_SOAK_SEED").unwrap_or_else(rand::random);
        let soak = rounds::soak(Duration::from_secs(seconds), seed);
        runtime.block_on(soak).map_err(|wrong| {
            Failed::from(format!("{wrong}\nwith MOEBI_SOAK_SEED={seed}"))
        })
    });
    libtest_mimic::run(&Arguments::from_args(), vec![soak]).exit_code()
}

fn number_from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
