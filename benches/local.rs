//! Inside one node: no sockets, nothing is encoded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moebi::{Config, Node, Process, Reason};
use tokio::time::sleep;

use crate::child::{Child, Role};
use crate::load::Run;
use crate::offered::{Letter, echo, ping};
use crate::ours::as_process;
use crate::proc::resident;

/// How many processes wait while their memory is counted.
pub const IDLE: u64 = 100_000;

/// How often it is looked whether all have ended, or begun.
const LOOK: Duration = Duration::from_millis(1);

/// Two processes and one ball.
pub async fn ping_pong(node: &Node, count: u64) -> crate::Result<Run> {
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

/// How many of the processes of [`spawns`] have run.
static RUN: AtomicU64 = AtomicU64::new(0);

/// Processes that end at once, until all have. They count themselves, for to list them
/// all every now and then would cost as much again.
pub async fn spawns(node: &Node, count: u64) -> crate::Result<Run> {
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
