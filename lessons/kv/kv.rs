//! The tree of processes that each node has, and the commands of its prompt.
//!
//! ```text
//!   kv ─┬─ KV.Buckets ─┬─ KV.BucketSupervisor ── a bucket, and another
//!       │              └─ KV.Registry            knows them by name
//!       ├─ KV.RouterTasks                        what other nodes route here
//!       └─ KV.Server                             if the node has a port
//! ```
//!
//! Buckets that nobody knows are of no use, nor is a registry of buckets that are gone:
//! what happens to one of those two happens to both (`OneForAll`). All others can do
//! without each other for a moment (`OneForOne`).

use moebi::otp::{
    Application, ChildSpec, Settings, Strategy, Supervisor, TaskSupervisor,
};
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{CallError, Node, NodeName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::registry::{self, BUCKETS, Buckets, REGISTRY, Registry};
use crate::router::{NODE, ROUTER_TASKS, Router};
use crate::server::{Listening, SERVER, WhichPort};
use crate::table::{Table, TableError};

// ANCHOR: tree
/// The application: offers what others may run here, and starts the tree. A node without
/// `--port` has buckets and serves no clients but through other nodes.
pub async fn open(node: Node, settings: Settings) -> Result<(), CommandError> {
    let router = router(&settings, node.name())?;
    router.offer(&node);
    let table = Buckets::default();
    registry::offer(&node, &table);
    let buckets = Supervisor::new(Strategy::OneForOne).name(BUCKETS);
    let known = Supervisor::new(Strategy::OneForAll)
        .child(ChildSpec::supervisor(BUCKETS, buckets))
        .child(ChildSpec::server::<Registry>(REGISTRY, table));
    let mut tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::supervisor("KV.Buckets", known))
        .child(ChildSpec::server::<TaskSupervisor>(ROUTER_TASKS, ()));
    if let Some(port) = settings.find("port")? {
        tree = tree.child(Listening::on(port, router)?.child());
    }
    Application::start(&node, "kv", tree).await?;
    Ok(())
}
// ANCHOR_END: tree

fn router(settings: &Settings, here: NodeName) -> Result<Router, TableError> {
    Ok(Router::new(Table::read(settings, here)?))
}

/// The commands of this lesson.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("route", "BUCKET", "The node that has it.", route),
        Command::new("table", "", "This node's routing table.", table),
        Command::new("buckets", "", "The buckets of this node.", buckets),
        Command::new("nc", "LINE", "Sends this node's server a line.", netcat),
    ]
}

/// Goes there and asks, so it is also what the tables of other nodes say.
async fn route(at: &mut Prompt, mut args: Args) -> Outcome {
    let bucket = args.word("BUCKET")?;
    args.end()?;
    let router = router(&at.settings, at.node.name())?;
    Ok(router.route(&at.me, &bucket, NODE, ()).await?.into())
}

async fn table(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let table = Table::read(&at.settings, at.node.name())?;
    let entries = table.entries().iter();
    Ok(Value::list(entries.map(|entry| Value::atom(entry.to_string()))))
}

/// Their supervisor calls its children by the buckets' names.
async fn buckets(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let there = (BUCKETS, at.node.name());
    let children = Supervisor::which_children(&at.me, there).await?;
    let buckets = children.into_iter().filter_map(|child| {
        let pid = child.state.pid()?;
        Some(Value::tuple([Value::atom(child.id), pid.into()]))
    });
    Ok(Value::list(buckets))
}

/// A client for who has no `nc`: connects, sends one line, and shows what comes back.
async fn netcat(at: &mut Prompt, mut args: Args) -> Outcome {
    let line = args.text("LINE")?;
    let port = at.me.call((SERVER, at.node.name()), WhichPort).await;
    let port = port.map_err(|error| match error {
        CallError::NoProc => {
            CommandError::new("no clients here: start it with --port")
        }
        other => other.into(),
    })?;
    let mut client = TcpStream::connect(("localhost", port)).await?;
    client.write_all(format!("{line}\r\n").as_bytes()).await?;
    client.shutdown().await?;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await?;
    Ok(Value::atom(answer.replace("\r\n", "\n").trim_end_matches('\n')))
}
