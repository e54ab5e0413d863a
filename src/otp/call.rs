//! Calls and casts: asking a server, and telling it.
//!
//! A call is a message with an alias in it, which the answer goes to, and a monitor,
//! which says when none will come. Whoever waits no longer gives the alias up, and a late
//! answer reaches nobody: the reason why a call of one's own making with a pid and a
//! `receive` is not enough (`gen_server:call/3` since OTP 24).

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::reply;
use crate::process::{Answer, Process};
use crate::signal::{
    Address, Alias, CallError, Envelope, Kind, Message, NodeName, Pid, Reason, codec,
};

/// Longer than this a call does not wait, unless it says so.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A question to a server, and what answers it.
///
/// ```
/// use moebi::otp::Request;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct HowMany;
///
/// impl Request for HowMany {
///     type Reply = u64;
/// }
/// ```
pub trait Request: Message {
    /// What the server answers with.
    type Reply: Message;
}

/// Who made a call, for the server to answer to; at once or later.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Caller<Q> {
    pid: Pid,
    alias: Alias,
    #[serde(skip)]
    request: PhantomData<fn(Q)>,
}

/// A question, as it lies in the server's mailbox.
#[derive(Serialize, Deserialize)]
#[serde(rename = "$gen_call", bound = "")]
pub(super) struct Call<Q: Request>(pub(super) Caller<Q>, pub(super) Q);

/// Something told, as it lies in the server's mailbox.
#[derive(Serialize, Deserialize)]
#[serde(rename = "$gen_cast", bound = "")]
pub(super) struct Cast<C: Message>(pub(super) C);

/// Comes instead of an answer: the server does not know this type of call.
#[derive(Serialize, Deserialize)]
#[serde(rename = "$gen_refused")]
pub(super) struct Refused(String);

/// What to answer to a call whose type the server does not know, so that nobody waits
/// for nothing; `None` if it is no call.
///
/// Every call begins with who made it, whatever the question is, and its type's name says
/// that it is one.
pub(super) fn refusal<Q: Request>(
    me: &Process,
    message: &Envelope,
) -> Option<(Alias, Refused)> {
    if !message.name().starts_with("$gen_call<") {
        return None;
    }
    let mut bytes = Vec::new();
    message.encode(&mut bytes).ok()?;
    let (caller, _) = codec::decode_first::<Caller<Q>>(&bytes).ok()?;
    let takes = Kind::of::<Call<Q>>().name;
    let sentence = format!("{} takes {takes} and was sent {message}", me.pid());
    Some((caller.alias, Refused(sentence)))
}

impl<Q: Request> Caller<Q> {
    /// The process that called.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Answers. A caller that has given up, or is gone, gets nothing.
    pub async fn reply(self, me: &Process, reply: Q::Reply) {
        me.send(self.alias, reply).await;
    }

    pub(super) fn again(&self) -> Self {
        Self { request: PhantomData, ..*self }
    }
}

impl<Q> fmt::Debug for Caller<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}, {}}}", self.pid, self.alias)
    }
}

impl Process {
    /// Asks a server and waits for its answer, five seconds at most. The server is a
    /// pid, or a name and a node.
    ///
    /// # Errors
    /// [`CallError`]: nobody is there, the node cannot be reached, no answer came in
    /// time, or the server ended instead of answering.
    pub async fn call<Q: Request>(
        &self,
        server: impl Into<Address>,
        request: Q,
    ) -> Result<Q::Reply, CallError> {
        self.call_within(PATIENCE, server, request).await
    }

    /// The same, for so long at most. [`Duration::MAX`] is as long as it takes.
    ///
    /// # Errors
    /// The same.
    pub async fn call_within<Q: Request>(
        &self,
        time: Duration,
        server: impl Into<Address>,
        request: Q,
    ) -> Result<Q::Reply, CallError> {
        let server = server.into();
        if self.is_me(&server) {
            return Err(CallError::Exit(Reason::word("calling_self")));
        }
        let call = self.ask_server(&server, request);
        timeout(time, call).await.unwrap_or(Err(CallError::Timeout(time)))
    }

    async fn ask_server<Q: Request>(
        &self,
        server: &Address,
        request: Q,
    ) -> Result<Q::Reply, CallError> {
        let node = server.node();
        if !self.reach(node).await {
            return Err(CallError::NodeDown(node));
        }
        let mut asked = self.ask_watched(server);
        let (pid, alias) = (self.pid(), asked.alias());
        let caller = Caller { pid, alias, request: PhantomData };
        self.send(server.clone(), Call(caller, request)).await;
        let answer = asked.answer().await;
        read_answer(answer, server, node)
    }

    /// A process that waits for its own answer would wait for ever.
    fn is_me(&self, server: &Address) -> bool {
        match server {
            Address::Name(name, node) => {
                *node == self.node() && self.whereis(name) == Some(self.pid())
            }
            other => other.pid() == Some(self.pid()),
        }
    }

    /// Tells a server something. Whether it is there, and hears it, is not told.
    pub async fn cast<C: Message>(&self, server: impl Into<Address>, told: C) {
        self.send(server, Cast(told)).await;
    }
}

/// What an answer comes to, or the end of who should have given it.
pub(super) fn read_answer<M: Message>(
    answer: Option<Answer>,
    whose: &dyn fmt::Display,
    node: NodeName,
) -> Result<M, CallError> {
    match answer {
        Some(Answer::Message(given)) => match given.open() {
            Ok(Refused(sentence)) => Err(CallError::BadArgument(sentence)),
            Err(given) => reply::read(given, whose).map_err(CallError::BadReply),
        },
        Some(Answer::Gone(reason)) => Err(CallError::gone(reason, node)),
        _ => Err(CallError::NodeDown(node)),
    }
}
