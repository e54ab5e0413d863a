//! Inside one node: no sockets, nothing is encoded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moebi::otp::Server;
use moebi::{Config, Node, Process, Reason};
use tokio::time::sleep;

use crate::child::{Child, Role};
use crate::load::Run;
use crate::offered::{EchoCall, EchoServer, Letter, echo, ping};
use crate::ours::as_process;
use crate::proc::resident;

/// What happens inside one node.
#[derive(Clone, Copy)]
pub enum Local {
    /// Two processes and one ball.
    PingPong,
    /// A process asks a server, one question after the other.
    Calls,
    /// Processes that end at once, until all have.
    Spawns,
}

/// All of it, in the order of the table.
pub const LOCALS: [Local; 3] = [Local::PingPong, Local::Calls, Local::Spawns];

impl Local {
    /// As the table calls it, and the filter knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PingPong => "local ping-pong",
            Self::Calls => "local server call",
            Self::Spawns => "local spawn",
        }
    }

    /// How often in one run.
    pub fn count(self) -> u64 {
        match self {
            Self::PingPong | Self::Calls => 400_000,
            Self::Spawns => 200_000,
        }
    }

    /// What is asked for.
    pub fn target(self) -> &'static str {
        match self {
            Self::PingPong => "beat OTP: 950,000",
            Self::Calls => "beat OTP",
            Self::Spawns => "beat OTP: 570,000",
        }
    }

    /// Does it.
    pub async fn run(self, node: &Node, count: u64) -> crate::Result<Run> {
        match self {
            Self::PingPong => ping_pong(node, count).await,
            Self::Calls => calls(node, count).await,
            Self::Spawns => spawns(node, count).await,
        }
    }
}

/// How many processes wait while their memory is counted.
pub const IDLE: u64 = 100_000;

/// How often it is looked whether all have ended, or begun.
const LOOK: Duration = Duration::from_millis(1);

async fn ping_pong(node: &Node, count: u64) -> crate::Result<Run> {
    as_process(node, move |mut me| async move {
        let client = me.pid();
        let partner = me.spawn_here(move |me| echo(me, client));
        let (run, ()) = Run::of(&[], count, async {
            for number in 0..count {
                me.send(partner, ping(number)).await;
                me.receive::<Letter>().await;
            }
        })
        .await;
        me.exit(partner, Reason::Shutdown).await;
        run
    })
    .await
}

async fn calls(node: &Node, count: u64) -> crate::Result<Run> {
    as_process(node, move |mut me| async move {
        let server = EchoServer::start_link(&mut me, ()).await?;
        let (run, done) = Run::of(&[], count, async {
            for number in 0..count {
                me.call(server, EchoCall::new(number)).await?;
            }
            Ok(())
        })
        .await;
        me.exit(server, Reason::Shutdown).await;
        done.map(|()| run)
    })
    .await?
}

/// How many of the processes of [`spawns`] have run.
static RUN: AtomicU64 = AtomicU64::new(0);

/// They count themselves, for to list them all every now and then would cost as much
/// again.
async fn spawns(node: &Node, count: u64) -> crate::Result<Run> {
    let here = node.clone();
    as_process(node, move |me| async move {
        let others = here.processes().len();
        RUN.store(0, Ordering::Relaxed);
        let (run, ()) = Run::of(&[], count, async {
            for _ in 0..count {
                me.spawn_here(|_| async {
                    RUN.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                });
            }
            while RUN.load(Ordering::Relaxed) < count {
                sleep(LOOK).await;
            }
            while here.processes().len() > others {
                sleep(LOOK).await;
            }
        })
        .await;
        run
    })
    .await
}

/// Bytes of memory per process that waits in a receive, in a process of its own: here
/// the allocator has memory at hand from other measurements, and nothing would be seen.
/// `None` where there is no `/proc`.
pub fn memory(workers: usize) -> crate::Result<Option<u64>> {
    let mut child = Child::start(&Role::Memory, workers, 0)?;
    Ok(child.line()?.parse().ok())
}

/// What that process does.
pub async fn count_memory() -> crate::Result<()> {
    let node = Node::start(Config::new()).await?;
    let waiting = Arc::new(AtomicU64::new(0));
    let before = resident();
    for _ in 0..IDLE {
        let waiting = waiting.clone();
        node.spawn(|me| wait(me, waiting));
    }
    while waiting.load(Ordering::Relaxed) < IDLE {
        sleep(LOOK).await;
    }
    let grown = resident().zip(before).map(|(after, before)| after - before);
    println!(
        "{}",
        grown.map_or("unknown".to_owned(), |all| (all / IDLE).to_string())
    );
    Ok(())
}

async fn wait(mut me: Process, waiting: Arc<AtomicU64>) -> Result<(), Reason> {
    // Dropped at once: an idle process should hold nothing but itself.
    { waiting }.fetch_add(1, Ordering::Relaxed);
    me.receive::<Letter>().await;
    Ok(())
}
