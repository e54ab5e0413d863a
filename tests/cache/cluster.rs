//! Five nodes and a master.

use std::net::Ipv4Addr;
use std::sync::Arc;

use moebi::dist::epmd::Server;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use parking_lot::Mutex as Lock;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::prompt::{Gone, PATIENCE, Prompt, TIME};

/// So many nodes there are.
pub const NODES: usize = 5;

pub struct Cluster {
    nodes: [Place; NODES],
    master: Mutex<Prompt>,
    options: Vec<String>,
    mapper: Server,
}

/// Where a node is, or is not.
#[derive(Default)]
struct Place {
    /// One who types at the prompt keeps others from it.
    prompt: Mutex<Option<Prompt>>,
    /// But nobody from killing it.
    id: Lock<Option<Pid>>,
}

impl Cluster {
    pub async fn start(placement: &str, replicas: u32) -> Arc<Self> {
        let mapper = Server::bind((Ipv4Addr::LOCALHOST, 0).into());
        let mapper = mapper.expect("a port for the port mapper");
        let port = mapper.local_addr().port();
        let options =
            ["--placement", placement, "--replicas", &replicas.to_string()];
        let options = options.map(str::to_owned).to_vec();
        let master = Prompt::start("master@127.0.0.1", port, &[]).await;
        let nodes = std::array::from_fn(|_| Place::default());
        let master = Mutex::new(master);
        let cluster = Arc::new(Self { nodes, master, options, mapper });
        for number in 0..NODES {
            cluster.launch(number).await;
        }
        cluster.settle().await;
        cluster
    }

    /// Starts a node that is down.
    pub async fn launch(&self, number: usize) {
        let name = format!("apothik_{}@127.0.0.1", number + 1);
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        let port = self.mapper.local_addr().port();
        let prompt = Prompt::start(&name, port, &options).await;
        *self.nodes[number].id.lock() = Some(prompt.id());
        *self.nodes[number].prompt.lock().await = Some(prompt);
    }

    /// Kills a node that is up.
    pub async fn kill(&self, number: usize) {
        if let Some(id) = self.nodes[number].id.lock().take() {
            kill(id, Signal::SIGKILL).expect("a process of our own");
        }
        self.gone(number).await;
    }

    /// Waits for the end of a node that was told to end.
    pub async fn gone(&self, number: usize) {
        self.nodes[number].id.lock().take();
        if let Some(prompt) = self.nodes[number].prompt.lock().await.take() {
            prompt.ended().await;
        }
    }

    /// Types at a node's prompt.
    pub async fn at(&self, number: usize, line: &str) -> Result<String, Gone> {
        let mut node = self.nodes[number].prompt.lock().await;
        let prompt = node.as_mut().ok_or(Gone)?;
        let answer = timeout(TIME, prompt.ask(line)).await;
        answer.unwrap_or_else(|_| panic!("node {number} does not answer to {line}"))
    }

    /// Types at the master's, who must answer.
    pub async fn order(&self, line: &str) -> String {
        let mut master = self.master.lock().await;
        let answer = timeout(PATIENCE, master.ask(line)).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer to {line}"));
        answer.expect("the master is alive")
    }

    /// Waits until every key is where it should be.
    pub async fn settle(&self) {
        assert_eq!(self.order("settle").await, "ok");
    }
}
