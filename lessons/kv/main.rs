//! Lesson `kv`: a key-value server on two nodes.
//!
//! Buckets are spread by their names, a to m on foo and n to z on bar. A client may talk
//! to either, and does not notice where a bucket is:
//!
//! ```console
//! $ cargo run --bin kv -- --sname foo@localhost --port 4040
//! $ cargo run --bin kv -- --sname bar@localhost --port 4041
//! $ nc localhost 4040
//! CREATE world
//! OK
//! PUT world milk 1
//! OK
//! GET world milk
//! 1
//! OK
//! ```
//!
//! `route world` at foo's prompt answers `bar@localhost`. Ask the other port for the
//! milk; then end bar's terminal, and ask again; then start bar anew.
//!
//! | read about | in |
//! |---|---|
//! | the processes, and the prompt | `kv.rs` |
//! | a bucket, and who knows it by name | `bucket.rs`, `registry.rs` |
//! | which node has a bucket, and how to get there | `table.rs`, `router.rs` |
//! | what clients say, and what they are told | `command.rs` |
//! | the socket, and a process for each client | `server.rs`, `client.rs`, `lines.rs` |

use std::process::ExitCode;

use moebi::shell::Shell;

mod bucket;
mod client;
mod command;
mod kv;
mod lines;
#[path = "../spawn_link/links.rs"]
mod links;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod registry;
mod router;
mod server;
mod table;

/// Where `dev.toml` and `test.toml` are.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/kv/config");

#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("kv", "A key-value server on two nodes.")
        .settings(CONFIG)
        .option("port", "PORT", "Serve clients on this TCP port; 0 is any free one")
        .option("table", "TABLE", "Route by this table, and not by that of config/")
        .application(kv::open)
        .commands(nodes::commands())
        .commands(links::commands())
        .commands(kv::commands())
        .run()
        .await
}
