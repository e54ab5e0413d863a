//! The lesson `kv`: its program, twice, with a client at its socket, and its router by
//! itself; beside them the same server in plain Erlang, `kv.erl`.
//!
//! A lookup is what each command begins with: a task on the bucket's node, which looks into
//! the table there. What comes over the socket is a `GET`, so a call to the bucket as well.
//! The client writes so many commands at once and waits for all the answers.

use std::process::Command;
use std::time::Duration;

use moebi::{Node, Process, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::beam;
use crate::child::Child;
use crate::load::Run;
use crate::ours::{as_process, side_by_side};
use crate::proc::cpu_with;

use lesson::registry::LOOKUP;
use lesson::router::Router;
use lesson::table::Table;

/// Commands that are on their way at once.
const PIPELINE: u64 = 100;

/// The lesson's own files.
#[allow(dead_code, reason = "the bench has no use for all that the program uses")]
#[path = "../lessons/kv"]
mod lesson {
    pub mod bucket;
    pub mod registry;
    pub mod router;
    pub mod table;
}

/// What is measured.
#[derive(Clone, Copy)]
pub enum KvLoad {
    /// Lookups of a bucket of the other node, by so many processes.
    Lookups(u64),
    /// Commands of one client: for a bucket of this node, or the other one.
    Here,
    There,
}

/// All of them, in the order of the table.
pub const KV_LOADS: [KvLoad; 4] =
    [KvLoad::Lookups(1), KvLoad::Lookups(32), KvLoad::Here, KvLoad::There];

impl KvLoad {
    /// As the table calls it, and the filter knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lookups(1) => "kv: routed lookup",
            Self::Lookups(_) => "kv: 32 callers: lookup",
            Self::Here => "kv: socket, bucket here",
            Self::There => "kv: socket, bucket there",
        }
    }

    /// How often in one run.
    pub fn count(self) -> u64 {
        match self {
            Self::Lookups(1) | Self::There => 20_000,
            Self::Lookups(_) | Self::Here => 200_000,
        }
    }

    /// What the issue asks for, and what it knows of OTP 25.
    pub fn target(self) -> &'static str {
        match self {
            Self::Lookups(1) => "at least twice OTP's; OTP 6,000",
            Self::Lookups(_) => "ten times OTP's; OTP 10,000",
            Self::Here | Self::There => "at least twice OTP's",
        }
    }
}

/// Foo and bar, and whoever looks up.
pub struct Kv {
    foo: Child,
    bar: Child,
    port: u16,
    side: Side,
}

enum Side {
    /// A node of the bench, which routes as the programs do.
    Ours(Node, Router),
    /// Foo does it itself.
    Beam,
}

impl Kv {
    /// Two programs of the lesson.
    pub async fn ours(node: &Node, epmd_port: u16) -> crate::Result<Self> {
        let program = |name: &str, port: &str| {
            let mut kv = Command::new(env!("CARGO_BIN_EXE_kv"));
            kv.args(["--cookie", "bench", "--sname", name, "--port", port]);
            Child::spawn(kv, epmd_port)
        };
        let (mut foo, mut bar) =
            (program("foo@localhost", "0")?, program("bar@localhost", "0")?);
        bar.line()?;
        let said = foo.line()?;
        let port = said.rsplit(' ').next().unwrap_or_default().parse()?;
        let lines = ["a..=z -> bar@localhost".to_owned()];
        let router = Router::new(Table::parse(&lines, node.name())?);
        Self { foo, bar, port, side: Side::Ours(node.clone(), router) }
            .filled()
            .await
    }

    /// Two Erlang nodes.
    pub async fn beam(epmd_port: u16) -> crate::Result<Self> {
        let node = |name: &str, role: &str| {
            let arguments = ["-sname", name, "-run", "kv", role];
            Child::spawn(beam::erl(&arguments), epmd_port)
        };
        let (mut foo, mut bar) =
            (node("otp_foo@localhost", "foo")?, node("otp_bar@localhost", "bar")?);
        bar.line()?;
        let port = foo.line()?.parse()?;
        Self { foo, bar, port, side: Side::Beam }.filled().await
    }

    /// With a value for each bucket that is asked for.
    async fn filled(self) -> crate::Result<Self> {
        let mut client = self.client().await?;
        for bucket in ["hello", "world"] {
            let lines = format!("CREATE {bucket}\r\nPUT {bucket} milk 1\r\n");
            ask(&mut client, &lines, 2).await?;
        }
        Ok(self)
    }

    /// Does it.
    pub async fn run(&mut self, load: KvLoad, count: u64) -> crate::Result<Run> {
        match load {
            KvLoad::Lookups(callers) => self.lookups(callers, count).await,
            KvLoad::Here => self.socket("hello", count).await,
            KvLoad::There => self.socket("world", count).await,
        }
    }

    async fn client(&self) -> crate::Result<TcpStream> {
        let client = TcpStream::connect(("127.0.0.1", self.port)).await?;
        client.set_nodelay(true)?;
        Ok(client)
    }

    async fn socket(&self, bucket: &str, count: u64) -> crate::Result<Run> {
        let mut client = self.client().await?;
        let lines = format!("GET {bucket} milk\r\n").repeat(PIPELINE as usize);
        let rounds = count / PIPELINE;
        let nodes = [self.foo.id(), self.bar.id()];
        let (run, done) = Run::of(&nodes, rounds * PIPELINE, async {
            for _ in 0..rounds {
                ask(&mut client, &lines, 2 * PIPELINE).await?;
            }
            crate::Result::Ok(())
        })
        .await;
        done.map(|()| run)
    }

    async fn lookups(&mut self, callers: u64, count: u64) -> crate::Result<Run> {
        let each = count / callers;
        if let Side::Ours(node, router) = &self.side {
            let (router, bar) = (router.clone(), self.bar.id());
            return as_process(node, move |me| async move {
                look_up_together(me, router, bar, callers, each).await
            })
            .await?;
        }
        let nodes = [self.foo.id(), self.bar.id()];
        let before = cpu_with(&nodes);
        self.foo.tell(&format!("lookups {callers} {count}"))?;
        let said = self.foo.line()?;
        let cpu = cpu_with(&nodes).zip(before).map(|(after, before)| after - before);
        let time = said.parse().map_err(|_| format!("Erlang says {said}"))?;
        Ok(Run { count: each * callers, time: Duration::from_nanos(time), cpu })
    }
}

/// Writes commands, and reads so many lines.
async fn ask(client: &mut TcpStream, text: &str, lines: u64) -> crate::Result<()> {
    client.write_all(text.as_bytes()).await?;
    let (mut block, mut left) = (vec![0; 64 * 1024], lines);
    while left > 0 {
        let length = client.read(&mut block).await?;
        if length == 0 {
            return Err("the server hung up".into());
        }
        let ends = block[..length].iter().filter(|&&byte| byte == b'\n').count();
        left = left.checked_sub(ends as u64).ok_or("too many answers")?;
    }
    Ok(())
}

async fn look_up_together(
    mut me: Process,
    router: Router,
    bar: u32,
    callers: u64,
    each: u64,
) -> crate::Result<Run> {
    let one = move |me| look_up(me, router.clone(), each);
    let all = side_by_side(&mut me, callers, one);
    let (run, done) = Run::of(&[bar], each * callers, all).await;
    done?;
    Ok(run)
}

async fn look_up(me: Process, router: Router, count: u64) -> Result<(), Reason> {
    for _ in 0..count {
        let found = router.route(&me, "world", LOOKUP, ("world".into(),)).await?;
        assert!(found.is_some(), "the bucket is there");
    }
    Ok(())
}
