//! Erlang/OTP beside it, if `erl` is installed: two nodes over loopback run `otp.erl`.
//! They register with the bench's own port mapper, so a node that is dropped leaves
//! nothing behind, not even an `epmd`.

use std::process::Command;
use std::time::Duration;

use crate::child::Child;
use crate::load::{Load, Question, Run, Side};
use crate::local::Local;
use crate::proc::cpu_with;

/// The measurements, in Erlang.
const SOURCES: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/otp.erl"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/kv.erl"),
];

/// Where the compiled module goes.
const COMPILED: &str = env!("CARGO_TARGET_TMPDIR");

/// Two Erlang nodes.
pub struct Beam {
    client: Child,
    server: Child,
    /// `OTP 25`.
    pub version: String,
}

impl Beam {
    /// Starts both. `None` if there is no Erlang here.
    pub fn start(epmd_port: u16) -> crate::Result<Option<Self>> {
        let Some(version) = compile()? else { return Ok(None) };
        let server = "otp_server@localhost";
        let arguments = ["-sname", server, "-run", "otp", "serve"];
        let mut server_node = Child::spawn(erl(&arguments), epmd_port)?;
        server_node.line()?;
        let client = "otp_client@localhost";
        let arguments = ["-sname", client, "-run", "otp", "client", server];
        let mut client_node = Child::spawn(erl(&arguments), epmd_port)?;
        client_node.line()?;
        Ok(Some(Self { client: client_node, server: server_node, version }))
    }

    /// What happens inside one node.
    pub fn local(&mut self, local: Local, count: u64) -> crate::Result<Run> {
        let load = match local {
            Local::PingPong => "local_ping_pong",
            Local::Calls => "local_server_call",
            Local::Spawns => "local_spawns",
        };
        self.ask(load, 16, count)
    }

    /// Bytes of memory per idle process, in a process of its own.
    pub fn memory(count: u64) -> crate::Result<Option<u64>> {
        let count = count.to_string();
        let mut child = Child::spawn(erl(&["-run", "otp", "memory", &count]), 0)?;
        Ok(child.line().ok().and_then(|line| line.parse().ok()))
    }

    /// `load` is a load with the size of its messages, or with how many ask at once.
    fn ask(&mut self, load: &str, number: u64, count: u64) -> crate::Result<Run> {
        let nodes = [self.client.id(), self.server.id()];
        let before = cpu_with(&nodes);
        self.client.tell(&format!("{load} {number} {count}"))?;
        let answer = self.client.line()?;
        let cpu = cpu_with(&nodes).zip(before).map(|(after, before)| after - before);
        let nanoseconds =
            answer.parse().map_err(|_| format!("Erlang says {answer}"))?;
        Ok(Run { count, time: Duration::from_nanos(nanoseconds), cpu })
    }
}

impl Side for Beam {
    async fn run(&mut self, load: Load, count: u64) -> crate::Result<Run> {
        // Waits without awaiting; nothing else is to happen in this process meanwhile.
        match load {
            Load::PingPong => self.ask("ping_pong", 16, count),
            Load::Casts(size) => self.ask("casts", size as u64, count),
            // Slower by so much that the same count would take a minute.
            Load::Window => self.ask("window", 16, count / 8),
            Load::Callers => self.ask("callers", 16, count / 8),
            Load::Spawns => self.ask("spawns", 16, count),
            Load::Asks(question, callers) => {
                let load = match question {
                    Question::Server => "ask server_call",
                    Question::Erpc => "ask erpc",
                    Question::Task => "ask task",
                };
                let count = if callers == 1 { count } else { count / 8 };
                self.ask(load, callers, count)
            }
        }
    }
}

/// An Erlang node, which needs a name, or not.
pub fn erl(arguments: &[&str]) -> Command {
    let mut command = Command::new("erl");
    command.args(["-noshell", "+P", "1000000", "-pa", COMPILED]);
    command.args(["-setcookie", "bench", "-start_epmd", "false"]);
    command.args(["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]);
    command.args(arguments);
    command
}

/// Compiles the modules and says which release did; `None` if there is none.
fn compile() -> crate::Result<Option<String>> {
    let program = format!(
        "[{{ok, _}} = compile:file(File, [{{outdir, {COMPILED:?}}}]) \
         || File <- {SOURCES:?}], io:put_chars(erlang:system_info(otp_release)), halt()."
    );
    let mut command = Command::new("erl");
    let output = match command.args(["-noshell", "-eval", &program]).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("Erlang cannot compile {SOURCES:?}: {said}").into());
    }
    Ok(Some(format!("OTP {}", said.trim())))
}
