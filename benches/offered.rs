//! What the other node does: the functions that the bench has it run, and its servers.

use std::future::pending;

use moebi::otp::{Answer, Caller, Request, Server, TaskSupervisor};
use moebi::{Function, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// Sends every ping back to the process that it is given.
pub const ECHO: Function<(Pid,), ()> = Function::new("Bench", "echo");

/// Counts what it is sent, and tells the count to the process that it is given.
pub const SINK: Function<(Pid,), ()> = Function::new("Bench", "sink");

/// Answers calls, each to its caller.
pub const ANSWER: Function<(), ()> = Function::new("Bench", "answer");

/// Ends at once.
pub const NOTHING: Function<(), ()> = Function::new("Bench", "nothing");

/// Gives what it is given.
pub const GIVE: Function<(u64, u64), Letter> = Function::new("Bench", "give");

/// The name of the server that is called.
pub const SERVER: &str = "Bench.Server";

/// The name of the supervisor of tasks.
pub const TASKS: &str = "Bench.TaskSupervisor";

/// What is sent both ways.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Letter {
    /// Sixteen bytes; as large numbers they stay so, for bincode writes small ones in
    /// fewer.
    Ping(u64, u64),
    /// How many were there?
    Count,
    /// So many.
    Counted(u64),
}

/// A letter that says who wants the answer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Call {
    /// Who calls.
    pub from: Pid,
    /// Half of what comes back.
    pub a: u64,
    /// The other half.
    pub b: u64,
}

/// Bytes. Without `serde_bytes` they would cross one by one, fifty times slower.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Blob {
    /// So many as the load says.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// A ping of two large numbers.
pub fn ping(number: u64) -> Letter {
    Letter::Ping(u64::MAX - number, u64::MAX - number)
}

/// Offers all of them.
pub fn offer(node: &Node) {
    node.offer(ECHO, |me, (client,)| echo(me, client));
    node.offer(SINK, |me, (client,)| sink(me, client));
    node.offer(ANSWER, |me, ()| answer(me));
    node.offer(NOTHING, |_, ()| async { Ok(()) });
    node.offer(GIVE, |_, (a, b)| async move { Ok(Letter::Ping(a, b)) });
}

/// Starts the servers, and returns when they are there.
pub async fn serve(node: &Node) -> crate::Result<()> {
    let (ready, started) = oneshot::channel();
    node.spawn(|mut me| async move {
        EchoServer::start_link_named(&mut me, SERVER, ()).await?;
        TaskSupervisor::start_link_named(&mut me, TASKS, ()).await?;
        let _ = ready.send(());
        // They are linked to this process: it stays.
        pending().await
    });
    Ok(started.await?)
}

/// Also the partner of the ping-pong inside one node.
pub async fn echo(mut me: Process, client: Pid) -> Result<(), Reason> {
    loop {
        let letter = me.receive::<Letter>().await;
        me.send(client, letter).await;
    }
}

async fn sink(mut me: Process, client: Pid) -> Result<(), Reason> {
    let mut count = 0;
    loop {
        receive! { me,
            Letter::Ping(..) => count += 1,
            Blob { .. } => count += 1,
            Letter::Count => me.send(client, Letter::Counted(count)).await,
        }
    }
}

async fn answer(mut me: Process) -> Result<(), Reason> {
    loop {
        let Call { from, a, b } = me.receive().await;
        me.send(from, Letter::Ping(a, b)).await;
    }
}

/// Answers each call with what came with it.
pub struct EchoServer;

/// Sixteen bytes that are to come back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct EchoCall(u64, u64);

impl EchoCall {
    /// Two large numbers, like a ping.
    pub fn new(number: u64) -> Self {
        Self(u64::MAX - number, u64::MAX - number)
    }
}

impl Request for EchoCall {
    type Reply = Letter;
}

impl Server for EchoServer {
    type Args = ();
    type Call = EchoCall;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self)
    }

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        EchoCall(a, b): EchoCall,
        _caller: Caller<EchoCall>,
    ) -> Result<Answer<Letter>, Reason> {
        Ok(Answer::Now(Letter::Ping(a, b)))
    }
}
