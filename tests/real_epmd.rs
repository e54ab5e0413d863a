//! Beside the port mapper of a real Erlang: our nodes use it if it is there, and its
//! client lists them whoever hosts the port.
//!
//! Ignored, visibly, where no `epmd` is installed (Debian has it in erlang-base).

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::{Config, Node, Ping};
use tokio::runtime::Runtime;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(10);

fn main() {
    let arguments = Arguments::from_args();
    // It answers, whatever it says: it is installed.
    let missing = real("-names", 1).output().is_err();
    let trial = |name: &str, test: fn() -> Result<(), Failed>| {
        let kind = if missing { "no epmd installed" } else { "" };
        Trial::test(name, test).with_kind(kind).with_ignored_flag(missing)
    };
    let trials = vec![
        trial("nodes_register_with_a_real_epmd", with_a_real_one),
        trial("the_real_client_lists_nodes_of_ours", with_our_own),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// The real program, for this port.
fn real(argument: &str, port: u16) -> Command {
    let mut command = Command::new("epmd");
    command.arg(argument).env("ERL_EPMD_PORT", port.to_string());
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// A real epmd, gone when this is dropped.
struct Real(Child);

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// What `epmd -names` says.
fn names(port: u16) -> Result<String, Failed> {
    let said = real("-names", port).output()?;
    Ok(String::from_utf8(said.stdout)?)
}

fn config(name: &str, port: u16) -> Config {
    Config::new().short_name(name).cookie(Cookie::new("real")).epmd_port(port)
}

/// Two nodes that find each other through whoever listens at the port.
async fn two_meet(port: u16) -> Result<(), Failed> {
    let alex = Node::start(config("alex@localhost", port)).await?;
    let kate = Node::start(config("kate@localhost", port)).await?;
    if alex.ping(kate.name()).await != Ping::Pong {
        return Err("alex does not reach kate".into());
    }
    let listed = tokio::task::spawn_blocking(move || names(port)).await??;
    for name in ["name alex at port", "name kate at port"] {
        if !listed.contains(name) {
            return Err(format!("no {name:?} in {listed:?}").into());
        }
    }
    let second = Node::start(config("kate@localhost", port)).await;
    let refused = second.err().map(|why| why.to_string()).unwrap_or_default();
    if !refused.contains("the name kate@localhost seems to be in use") {
        return Err(format!("a second kate: {refused:?}").into());
    }
    kate.stop().await;
    alex.stop().await;
    Ok(())
}

fn within(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    Runtime::new()?.block_on(async { timeout(DEADLINE, test).await? })
}

fn with_a_real_one() -> Result<(), Failed> {
    let port = free_port()?;
    let mut command = real("-relaxed_command_check", port);
    let _real = Real(command.stdout(Stdio::null()).spawn()?);
    within(async {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while epmd::names(at).await.is_err() {
            tokio::task::yield_now().await;
        }
        two_meet(port).await
    })
}

fn with_our_own() -> Result<(), Failed> {
    let port = free_port()?;
    within(two_meet(port))
}
