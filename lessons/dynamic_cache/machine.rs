//! A node as a program of its own, started from here.
//!
//! There is a process on the master's node that has the program as its child. It shows
//! what the program prints, each line after the node's name; and when it ends, however
//! that comes, the program is killed. Should the master itself be killed, nobody is left
//! to do that. But the program reads its commands from a pipe that ends with the master,
//! and the end of the commands is the end of a node.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use console::style;
use moebi::shell::Prompt;
use moebi::{Down, Node, NodeName, Pid, Process, Reason, receive};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::dynamic_cache::Setup;

/// Starts one. The process that keeps it has the node's name on the master, and when the
/// master stops, it has killed the program before.
pub fn launch(
    master: &Node,
    me: &Process,
    setup: &Setup,
    node: NodeName,
) -> io::Result<Pid> {
    let program = program(me.node(), setup, node)?.spawn()?;
    let (end, ends) = oneshot::channel();
    master.at_stop(|| async {
        let (done, killed) = oneshot::channel();
        // If the process is gone, so is the program, and nobody need be waited for.
        if end.send(done).is_ok() {
            let _ = killed.await;
        }
    });
    Ok(me.spawn_here(move |me| run(me, node, program, ends)))
}

/// This very program, under another name, and with the same settings.
fn program(master: NodeName, setup: &Setup, node: NodeName) -> io::Result<Command> {
    let mut program = Command::new(std::env::current_exe()?);
    program.args(["--name", node.as_str(), "--connect", master.as_str()]);
    program.args(setup.options());
    let mut own = std::env::args_os().skip_while(|arg| arg != "--cookie");
    program.args([own.next(), own.next()].into_iter().flatten());
    // Scripts talk to this program only, and Ctrl-C is for this one.
    program.env_remove("MOEBI_SCRIPT").process_group(0).kill_on_drop(true);
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(program)
}

/// The body of the machine's process.
async fn run(
    me: Process,
    node: NodeName,
    mut program: Child,
    ends: oneshot::Receiver<oneshot::Sender<()>>,
) -> Result<(), Reason> {
    // Two under one name cannot be, and the second is the one that goes.
    me.register(node.as_str(), me.pid())?;
    // Nothing is written to it. When it is closed, the node ends.
    let _commands = program.stdin.take();
    let (out, err) = (program.stdout.take(), program.stderr.take());
    let out = me.task(async move |me| show(&me, node, out).await);
    let err = me.task(async move |me| show(&me, node, err).await);
    let (out, err) = (out.within(Duration::MAX), err.within(Duration::MAX));
    tokio::select! {
        shown = async { out.await?; err.await } => shown?,
        Ok(_done) = ends => return Ok(program.kill().await?),
    }
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
