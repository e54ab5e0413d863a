//! Nodes with a key-value server, and clients that talk to one.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use super::super::cluster::{Cluster, within};
use super::super::program::{KV, known};

pub const FOO: &str = "foo@localhost";
pub const BAR: &str = "bar@localhost";

/// The lesson's program, running with a port of its own.
pub struct Kv {
    pub child: Child,
    port: u16,
    /// So that it can still write; what it writes is in the pipe.
    _terminal: BufReader<ChildStdout>,
}

impl Kv {
    /// Starts a node with the table of the lesson.
    pub async fn start(cluster: &Cluster, name: &str) -> Self {
        Self::of(&mut known(cluster, KV, name)).await
    }

    /// Starts a node with another table.
    pub async fn with_table(cluster: &Cluster, name: &str, table: &str) -> Self {
        Self::of(known(cluster, KV, name).env("MOEBI_SET_TABLE", table)).await
    }

    /// Starts a program, and reads from its terminal which port it has.
    pub async fn of(program: &mut Command) -> Self {
        Self::logging(program, Stdio::inherit()).await
    }

    /// The same, and its log goes elsewhere.
    pub async fn logging(program: &mut Command, log: impl Into<Stdio>) -> Self {
        let program = program.args(["--no-halt", "--port", "0"]).stderr(log);
        let mut child = program.spawn().expect("the lesson's program");
        let mut terminal = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        within(terminal.read_line(&mut line)).await.expect("text");
        let port = line.trim_end().strip_prefix("accepting connections on port ");
        let port = port.and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port: {line:?}"));
        Self { child, port, _terminal: terminal }
    }

    /// A new client.
    pub async fn client(&self) -> Client {
        Client(within(self.connect()).await.expect("a server that accepts"))
    }

    pub async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect(("127.0.0.1", self.port)).await
    }

    /// Ends it as nobody would.
    pub async fn kill(mut self) {
        within(self.child.kill()).await.expect("a child of our own");
    }
}

pub struct Client(pub TcpStream);

impl Client {
    /// Sends lines, and must be answered so, to the byte.
    pub async fn says(&mut self, lines: &str, answer: &str) {
        self.sends(lines.as_bytes()).await;
        self.is_told(answer).await;
    }

    pub async fn sends(&mut self, bytes: &[u8]) {
        within(self.0.write_all(bytes)).await.expect("a server that reads");
    }

    /// Waits for so many bytes; no more must have come.
    pub async fn is_told(&mut self, answer: &str) {
        let mut told = Vec::new();
        while told.len() < answer.len() {
            let read = within(self.0.read_buf(&mut told)).await;
            let read = read.expect("a server that answers");
            let so_far = String::from_utf8_lossy(&told);
            assert!(read > 0, "hung up after {so_far:?}, where {answer:?} was due");
            assert!(
                answer.starts_with(&*so_far),
                "{so_far:?} instead of {answer:?}"
            );
        }
    }
}
