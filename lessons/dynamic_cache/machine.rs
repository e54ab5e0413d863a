//! Nodes as programs of their own, started from here.
//!
//! For each there is a process on the master's node, which has the program as its child.
//! It shows what the program prints, each line after the node's name; and when it ends,
//! however that comes, the program is killed. Should the master itself be killed, nobody
//! is left to do that. But the program reads its commands from a pipe that ends with the
//! master, and the end of the commands is the end of a node.

use std::process::Stdio;
use std::time::Duration;

use console::style;
use moebi::otp::Settings;
use moebi::shell::{CommandError, Prompt};
use moebi::{Down, Node, NodeName, NodeUp, Process, Reason, receive};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::ask::Ask;
use crate::cache::CACHE;
use crate::dynamic_cache::Setup;

/// So long a node may take until it is there, and then until it sees the others.
const STARTS: Duration = Duration::from_secs(20);

/// `up N`: starts all nodes, before the first command.
pub async fn up(node: Node, settings: Settings) -> Result<(), CommandError> {
    if settings.find::<usize>("up")?.is_none() {
        return Ok(());
    }
    let setup = Setup::new(&settings)?;
    let (started, all) = tokio::sync::oneshot::channel();
    node.spawn(async move |mut me| {
        let _ = started.send(start(&mut me, &setup, &setup.topology).await);
        Ok(())
    });
    all.await?
}

/// Starts nodes, and waits until each of them sees all of them.
pub async fn start(
    me: &mut Process,
    setup: &Setup,
    nodes: &[NodeName],
) -> Result<(), CommandError> {
    me.monitor_nodes(Some(false));
    let launched = launch(me, setup, nodes).await;
    me.monitor_nodes(None);
    launched?;
    for &node in nodes {
        let all = Ask::Await { nodes: nodes.to_vec(), there: true };
        me.call_within(STARTS, (CACHE, node), all).await?;
    }
    Ok(())
}

/// A node connects to the master once all it has for others is there.
async fn launch(
    me: &mut Process,
    setup: &Setup,
    nodes: &[NodeName],
) -> Result<(), CommandError> {
    for &node in nodes {
        let program = program(me.node(), setup, node).spawn()?;
        let machine = me.spawn_here(move |me| run(me, node, program));
        me.register(node.as_str(), machine)?;
        me.monitor(machine).await;
    }
    let mut missing = nodes.to_vec();
    while let [first, ..] = missing[..] {
        receive! { me,
            NodeUp { node, .. } => missing.retain(|&other| other != node),
            Down { .. } => {
                return Err(CommandError::new("a node has ended before it was there"));
            },
            after STARTS => {
                return Err(CommandError::new(format!("{first} does not come up")));
            },
        }
    }
    Ok(())
}

/// This very program, under another name, and with the same settings.
fn program(master: NodeName, setup: &Setup, node: NodeName) -> Command {
    // Where it is was known when this one started.
    let mut program = Command::new(std::env::current_exe().unwrap_or_default());
    program.args(["--name", node.as_str(), "--connect", master.as_str()]);
    program.args(setup.options());
    let mut own = std::env::args_os().skip_while(|arg| arg != "--cookie");
    program.args([own.next(), own.next()].into_iter().flatten());
    // Nobody types there, and Ctrl-C is for this one.
    program.env_remove("MOEBI_SCRIPT").process_group(0).kill_on_drop(true);
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

/// The body of the machine's process.
async fn run(me: Process, node: NodeName, mut program: Child) -> Result<(), Reason> {
    // Nothing is written to it. When it is closed, the node ends.
    let _commands = program.stdin.take();
    let (out, err) = (program.stdout.take(), program.stderr.take());
    let out = me.task(async move |me| show(&me, node, out).await);
    let err = me.task(async move |me| show(&me, node, err).await);
    out.within(Duration::MAX).await?;
    err.within(Duration::MAX).await?;
    let status = program.wait().await?;
    me.puts(line(node, &format!("has ended, {status}"))).await?;
    Ok(())
}

/// Line by line, as they come.
async fn show(
    me: &Process,
    node: NodeName,
    output: Option<impl AsyncRead + Unpin>,
) -> Result<(), Reason> {
    let Some(output) = output else { return Ok(()) };
    let mut lines = BufReader::new(output).lines();
    while let Some(text) = lines.next_line().await? {
        me.puts(line(node, &text)).await?;
    }
    Ok(())
}

/// Each node has a colour, if the terminal has any.
fn line(node: NodeName, text: &str) -> String {
    let last = node.alive().bytes().last().unwrap_or_default();
    let name =
        style(format!("{} |", node.alive())).color256(COLOURS[last as usize % 6]);
    format!("{name} {text}")
}

/// Six that can be told apart on a dark ground and on a light one.
const COLOURS: [u8; 6] = [33, 35, 166, 135, 37, 161];

/// Waits until the program of a node has ended, and has shown all that it printed; if it
/// was started from here.
pub async fn ended(at: &mut Prompt, node: NodeName) {
    if let Some(machine) = at.me.whereis(node.as_str()) {
        let watched = at.me.monitor(machine).await;
        let me = &mut at.me;
        receive! { me,
            down @ Down { .. } if down.reference == watched => drop(down),
        }
    }
}
