//! Lesson `dynamic_cache`: a cache that is spread over a cluster, and follows it.
//!
//! One terminal is enough: `up 5` starts five nodes as programs of their own, and gives
//! you the prompt of a sixth, the master. Put five thousand keys, kill a node, and put
//! them once more:
//!
//! ```console
//! $ cargo run --bin dynamic_cache -- up 5
//! master@127.0.0.1> fill 1 5000
//! 5000
//! master@127.0.0.1> stat
//! apothik_1  1026  ████████████████████████████████████████
//! apothik_2   996  ██████████████████████████████████████▊
//! apothik_3  1012  ███████████████████████████████████████▍
//! apothik_4  1021  ███████████████████████████████████████▊
//! apothik_5   945  ████████████████████████████████████▊
//! [1026, 996, 1012, 1021, 945]
//! master@127.0.0.1> kill 2
//! apothik_2 | has ended, signal: 9 (SIGKILL)
//! ok
//! master@127.0.0.1> sum
//! 4004
//! master@127.0.0.1> hits 1 5000
//! 948
//! master@127.0.0.1> fill 1 5000
//! 5000
//! master@127.0.0.1> sum
//! 8056
//! ```
//!
//! Of the 4004 keys that are left only 948 are found: with one node less nearly every key
//! belongs to another one, and 3056 lie where nobody looks for them. Then take
//! `up 5 --placement rendezvous`, and `--replicas 2`.
//!
//! Or use six terminals: `--name apothik_1@127.0.0.1` in the first, and so on, and
//! `--name master@127.0.0.1` in the sixth. Begin to read in `dynamic_cache.rs`.

use std::ffi::OsString;
use std::process::ExitCode;

use moebi::shell::Shell;

mod ask;
mod attempt;
mod cache;
mod changes;
mod chart;
mod client;
mod cluster;
mod compare;
mod copies;
mod dynamic_cache;
mod entries;
mod farewell;
mod fill;
mod handover;
mod hits;
mod machine;
mod master;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod placement;
mod places;
mod requests;
mod signals;
mod stat;
mod topology;
mod up;
mod view;
mod whereabouts;

/// Where `dev.toml` and `test.toml` are.
const CONFIG: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/dynamic_cache/config");

/// The name of the node that `up` starts the others from.
const MASTER: &str = "master@127.0.0.1";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = arguments();
    let up = arguments.iter().any(|argument| argument == "--up");
    Shell::new("dynamic_cache", "A cache that follows its cluster.")
        .settings(CONFIG)
        .arguments(arguments)
        .interrupt_quits(up)
        .option("topology", "NODES", "The nodes of the cache: [\"a@10.0.0.1\", ...]")
        .option("members", "WHICH", "Have keys: fixed (all), dynamic (who is there)")
        .option("placement", "HOW", "Who has which: modulo, tokens or rendezvous")
        .option("replicas", "COUNT", "So many nodes keep each key")
        .option("up", "N", "Start N nodes, with one prompt over all (or: up N)")
        .application(dynamic_cache::start)
        .application(up::up)
        .commands(nodes::commands())
        .commands(client::commands())
        .commands(master::commands())
        .commands(compare::commands())
        .run()
        .await
}

/// `up 5` is `--name master@127.0.0.1 --up 5`.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let is_number = |text: &OsString| text.to_string_lossy().parse::<u32>().is_ok();
    let up = |two: &[OsString]| two[0] == "up" && is_number(&two[1]);
    if let Some(up) = arguments.windows(2).position(up) {
        arguments[up] = "--up".into();
        if !arguments.iter().any(|argument| argument == "--name") {
            arguments.extend(["--name".into(), MASTER.into()]);
        }
    }
    arguments
}
