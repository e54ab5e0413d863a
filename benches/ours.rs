//! Our runtime: a node in this process, and one in another.
//!
//! Each load is put on by a process of the node, as any program would; processes are
//! tasks, so nothing that is measured runs in `block_on`. Partners are spawned before
//! the clock runs, and ended after it.

use moebi::dist::cookie::Cookie;
use moebi::{Config, Down, Exit, Node, NodeName, Pid, Process, Reason, receive};
use tokio::sync::oneshot;

use crate::child::{Child, Role};
use crate::load::{Load, Run, Side, WINDOW};
use crate::offered::{self, ANSWER, Blob, Call, ECHO, Letter, NOTHING, SINK, ping};

/// Two nodes.
pub struct Ours {
    node: Node,
    peer: NodeName,
    server: Child,
}

impl Ours {
    /// Starts both; they connect with the first message.
    pub async fn start(workers: usize, epmd_port: u16) -> crate::Result<Self> {
        let (peer, server) = start_child("server@localhost", workers, epmd_port)?;
        let node = start_node("client@localhost", epmd_port).await?;
        Ok(Self { node, peer, server })
    }

    /// The node in this process.
    pub fn node(&self) -> &Node {
        &self.node
    }
}

impl Side for Ours {
    async fn run(&mut self, load: Load, count: u64) -> crate::Result<Run> {
        let there = There { node: self.peer, os: self.server.id() };
        as_process(&self.node, move |me| async move {
            match load {
                Load::PingPong => Ok(there.echoes(me, count, 1).await),
                Load::Window => Ok(there.echoes(me, count, WINDOW).await),
                Load::Casts(size) => Ok(there.casts(me, count, size).await),
                Load::Callers => Ok(there.callers(me, count).await),
                Load::Spawns => Ok(there.spawns(me, count).await),
                Load::Asks(question, callers) => {
                    there.asks(me, question, callers, count).await
                }
            }
        })
        .await?
    }
}

// ---- Nodes

/// Starts a node in this process.
pub async fn start_node(name: &str, epmd_port: u16) -> crate::Result<Node> {
    let config = Config::new().short_name(name).cookie(Cookie::new("bench"));
    Ok(Node::start(config.epmd_port(epmd_port)).await?)
}

/// Starts a node in a process of its own.
pub fn start_child(
    name: &str,
    workers: usize,
    epmd_port: u16,
) -> crate::Result<(NodeName, Child)> {
    let mut child = Child::start(&Role::Node(name.to_owned()), workers, epmd_port)?;
    child.line()?;
    Ok((NodeName::from(name), child))
}

/// What that process does.
pub async fn serve(name: &str) -> crate::Result<()> {
    let config = Config::new().short_name(name).cookie(Cookie::new("bench"));
    let node = Node::start(config).await?;
    offered::offer(&node);
    offered::serve(&node).await?;
    println!("ready");
    std::future::pending().await
}

/// Runs something as a process of a node, and waits for what comes of it.
pub async fn as_process<T, F, Fut>(node: &Node, body: F) -> crate::Result<T>
where
    T: Send + 'static,
    F: FnOnce(Process) -> Fut + Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let (done, result) = oneshot::channel();
    node.spawn(|me| async move {
        let _ = done.send(body(me).await);
        Ok(())
    });
    Ok(result.await?)
}

/// Runs the same in so many processes at once. Fails if one of them does.
pub async fn side_by_side<F, Fut>(
    me: &mut Process,
    count: u64,
    body: F,
) -> crate::Result<()>
where
    F: FnOnce(Process) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(), Reason>> + Send + 'static,
{
    for _ in 0..count {
        me.spawn_monitor_here(body.clone());
    }
    for _ in 0..count {
        let Down { reason, .. } = me.receive().await;
        if reason != Reason::Normal {
            return Err(format!("one of them ended: {reason}").into());
        }
    }
    Ok(())
}

// ---- Loads

/// The other node, and the process of the operating system that it is.
#[derive(Clone, Copy)]
pub struct There {
    /// Its name.
    pub node: NodeName,
    /// Its number.
    pub os: u32,
}

impl There {
    async fn echoes(self, mut me: Process, count: u64, window: u64) -> Run {
        let echo = me.spawn(self.node, ECHO, (me.pid(),)).await;
        let (run, ()) = Run::of(&[self.os], count, async {
            for number in 0..window {
                me.send(echo, ping(number)).await;
            }
            for number in window..window + count {
                me.receive::<Letter>().await;
                if number < count {
                    me.send(echo, ping(number)).await;
                }
            }
        })
        .await;
        me.exit(echo, Reason::Shutdown).await;
        run
    }

    async fn casts(self, mut me: Process, count: u64, size: usize) -> Run {
        let sink = me.spawn(self.node, SINK, (me.pid(),)).await;
        let blob = Blob { bytes: vec![7; size] };
        let (run, counted) = Run::of(&[self.os], count, async {
            for number in 0..count {
                if size == 16 {
                    me.send(sink, ping(number)).await;
                } else {
                    me.send(sink, blob.clone()).await;
                }
            }
            me.send(sink, Letter::Count).await;
            me.receive::<Letter>().await
        })
        .await;
        assert!(
            matches!(counted, Letter::Counted(all) if all == count),
            "casts were lost"
        );
        me.exit(sink, Reason::Shutdown).await;
        run
    }

    async fn callers(self, mut me: Process, count: u64) -> Run {
        let answerer = me.spawn(self.node, ANSWER, ()).await;
        let (parent, each) = (me.pid(), count / WINDOW);
        let (run, ()) = Run::of(&[self.os], each * WINDOW, async {
            for _ in 0..WINDOW {
                me.spawn_here(move |me| call(me, answerer, each, parent));
            }
            for _ in 0..WINDOW {
                me.receive::<Letter>().await;
            }
        })
        .await;
        me.exit(answerer, Reason::Shutdown).await;
        run
    }

    async fn spawns(self, mut me: Process, count: u64) -> Run {
        me.trap_exit(true);
        let (run, ()) = Run::of(&[self.os], count, async {
            for _ in 0..count {
                let pid = me.spawn_link(self.node, NOTHING, ()).await;
                receive! { me, exit: Exit => assert_eq!(exit.from, pid) }
            }
        })
        .await;
        run
    }
}

/// One of many callers.
async fn call(
    mut me: Process,
    answerer: Pid,
    count: u64,
    parent: Pid,
) -> Result<(), Reason> {
    let from = me.pid();
    for number in 0..count {
        let (a, b) = (u64::MAX - number, u64::MAX - number);
        me.send(answerer, Call { from, a, b }).await;
        me.receive::<Letter>().await;
    }
    me.send(parent, Letter::Count).await;
    Ok(())
}
