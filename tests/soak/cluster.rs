//! The nodes: started, told, heard and killed.

use std::net::Ipv4Addr;
use std::process::Stdio;
use std::time::Duration;

use moebi::dist::epmd::Server;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::node::Role;

/// Nothing that is waited for takes longer.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Something is not as it must be.
pub type Wrong = String;

/// A node by its number.
pub type Number = usize;

/// What a node said.
pub struct Said {
    pub node: Number,
    pub run: u64,
    pub line: String,
}

pub struct Cluster {
    pub nodes: Vec<Member>,
    heard: mpsc::UnboundedReceiver<Said>,
    hears: mpsc::UnboundedSender<Said>,
    cookie: String,
    mapper: Server,
}

pub struct Member {
    pub name: String,
    pub run: u64,
    child: Child,
    input: ChildStdin,
}

impl Cluster {
    /// Starts so many nodes.
    pub fn start(count: usize) -> Result<Self, Wrong> {
        let mapper = Server::bind((Ipv4Addr::LOCALHOST, 0).into());
        let (hears, heard) = mpsc::unbounded_channel();
        let cookie = format!("{:032x}", rand::random::<u128>());
        let mapper = mapper.map_err(|why| format!("no port mapper: {why}"))?;
        let mut cluster = Self { nodes: Vec::new(), heard, hears, cookie, mapper };
        for number in 0..count {
            let member = cluster.launch(number, 0)?;
            cluster.nodes.push(member);
        }
        Ok(cluster)
    }

    fn launch(&self, number: Number, run: u64) -> Result<Member, Wrong> {
        let role = Role {
            name: format!("soak_{number:02}@localhost"),
            run,
            port_mapper: self.mapper.local_addr().port(),
            cookie: self.cookie.clone(),
        };
        let (key, value) = role.env();
        let program = std::env::current_exe().map_err(|why| why.to_string())?;
        let mut command = Command::new(program);
        command.env(key, value).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Whatever becomes of the test, no node outlives it.
        let child = command.kill_on_drop(true).spawn();
        let mut child = child.map_err(|why| format!("no node: {why}"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (input, output) = input.zip(output).expect("both are pipes");
        let hears = self.hears.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = hears.send(Said { node: number, run, line });
            }
        });
        Ok(Member { name: role.name, run, child, input })
    }

    /// Tells a node something.
    pub async fn tell(&mut self, node: Number, what: &str) -> Result<(), Wrong> {
        let member = &mut self.nodes[node];
        let told = member.input.write_all(format!("{what}\n").as_bytes()).await;
        told.map_err(|why| format!("{} ended by itself: {why}", member.name))
    }

    /// Kills a node, as the operating system does when memory is short.
    pub async fn kill(&mut self, node: Number) -> Result<(), Wrong> {
        let killed = self.nodes[node].child.kill().await;
        killed.map_err(|why| {
            format!("{} was gone before: {why}", self.nodes[node].name)
        })
    }

    /// Starts a killed node again.
    pub fn restart(&mut self, node: Number) -> Result<(), Wrong> {
        self.nodes[node] = self.launch(node, self.nodes[node].run + 1)?;
        Ok(())
    }

    /// What is said next; what a node said before it was killed counts, too.
    pub async fn hear(&mut self, until: Instant) -> Option<Said> {
        timeout_at(until, self.heard.recv()).await.ok().flatten()
    }
}
