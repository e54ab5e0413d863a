//! Servers: a process with a state, which answers one message after the other.
//!
//! Everything that comes is a call (somebody waits for the answer), a cast (nobody does)
//! or any other message, and each has a function that is given the state. Since there is
//! one process, there is one at a time, and no lock anywhere (Erlang's `gen_server`).
//!
//! A server that traps exits ends when the process that started it ends, with the same
//! reason, and tidies up before ([`Server::terminate`]). One that does not is ended by
//! the link and tidies up nothing, nor does one that panics: a panic leaves a state
//! nobody should look at.

use std::any::type_name;
use std::future::ready;

use tracing::error;

use super::call::{Call, Caller, Cast, Request, refusal};
use super::start::{StartLinkError, start_link, take_name};
use crate::process::{Process, trace};
use crate::signal::{Candidate, Envelope, Exit, Message, Pid, Reason};

/// What a server answers a call with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<R> {
    /// This.
    Now(R),
    /// Nothing yet: whoever keeps the [`Caller`] will [`Caller::reply`].
    Later,
}

/// A process with a state, which others call.
///
/// ```
/// use moebi::otp::{Answer, Caller, Request, Server};
/// use moebi::{Process, Reason};
/// use serde::{Deserialize, Serialize};
///
/// struct Counter(u64);
///
/// #[derive(Serialize, Deserialize)]
/// struct Count;
///
/// impl Request for Count {
///     type Reply = u64;
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Add(u64);
///
/// impl Server for Counter {
///     type Args = u64;
///     type Call = Count;
///     type Cast = Add;
///
///     async fn init(_me: &mut Process, start: u64) -> Result<Self, Reason> {
///         Ok(Self(start))
///     }
///
///     async fn handle_call(
///         &mut self,
///         _me: &mut Process,
///         Count: Count,
///         _caller: Caller<Count>,
///     ) -> Result<Answer<u64>, Reason> {
///         Ok(Answer::Now(self.0))
///     }
///
///     async fn handle_cast(&mut self, _me: &mut Process, Add(more): Add) -> Result<(), Reason> {
///         self.0 += more;
///         Ok(())
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let node = moebi::Node::start(moebi::Config::new()).await?;
/// # let (done, result) = tokio::sync::oneshot::channel();
/// # node.spawn(async move |mut me: Process| {
/// let counter = Counter::start_link(&mut me, 40).await?;
/// me.cast(counter, Add(2)).await;
/// let count = me.call(counter, Count).await?;
/// # let _ = done.send(count);
/// # Ok(()) });
/// # assert_eq!(result.await?, 42);
/// # Ok(()) }
/// ```
///
/// In each of the functions `Err(reason)` ends the server with that reason; with
/// [`Reason::Normal`] or [`Reason::Shutdown`] that is no crash.
pub trait Server: Sized + Send + 'static {
    /// What it is started with.
    type Args: Send + 'static;
    /// What it can be asked.
    type Call: Request;
    /// What it can be told; `()` if nothing.
    type Cast: Message;

    /// The first state. Whoever starts the server waits for it.
    fn init(
        me: &mut Process,
        args: Self::Args,
    ) -> impl Future<Output = Result<Self, Reason>> + Send;

    /// Answers a call. A caller that gets no answer waits until its time is over, or
    /// until the server ends.
    fn handle_call(
        &mut self,
        me: &mut Process,
        call: Self::Call,
        caller: Caller<Self::Call>,
    ) -> impl Future<Output = Result<Answer<Reply<Self>>, Reason>> + Send;

    /// Does what it was told. Nobody waits for that.
    fn handle_cast(
        &mut self,
        me: &mut Process,
        cast: Self::Cast,
    ) -> impl Future<Output = Result<(), Reason>> + Send {
        let _ = (me, cast);
        ready(Ok(()))
    }

    /// Any other message: a [`crate::Down`], an [`Exit`], a letter of a stranger's. By
    /// default it is logged and thrown away.
    fn handle_info(
        &mut self,
        me: &mut Process,
        message: Envelope,
    ) -> impl Future<Output = Result<(), Reason>> + Send {
        error!(
            target: "moebi::process",
            "{} {} received unexpected message: {message}",
            type_name::<Self>(),
            me.pid()
        );
        ready(Ok(()))
    }

    /// The last thing a server does that ends by itself, or with its parent.
    fn terminate(
        self,
        me: &mut Process,
        reason: &Reason,
    ) -> impl Future<Output = ()> + Send {
        let _ = (me, reason);
        ready(())
    }

    /// Starts one, linked to this process, and waits until it has its first state.
    ///
    /// # Errors
    /// [`StartLinkError::Failed`] with the reason of [`Server::init`]. The server has
    /// ended with it, so this process too ends, unless it traps exits or the reason is
    /// normal, as in Erlang.
    fn start_link(
        me: &mut Process,
        args: Self::Args,
    ) -> impl Future<Output = Result<Pid, StartLinkError>> + Send {
        start::<Self>(me, None, args)
    }

    /// The same, under a name on this node.
    ///
    /// # Errors
    /// [`StartLinkError::AlreadyStarted`] if somebody has the name.
    fn start_link_named(
        me: &mut Process,
        name: &str,
        args: Self::Args,
    ) -> impl Future<Output = Result<Pid, StartLinkError>> + Send {
        start::<Self>(me, Some(name.to_owned()), args)
    }
}

/// What a server's calls are answered with.
pub type Reply<S> = <<S as Server>::Call as Request>::Reply;

/// Starts a server, which is ready when it has its first state.
async fn start<S: Server>(
    me: &mut Process,
    name: Option<String>,
    args: S::Args,
) -> Result<Pid, StartLinkError> {
    let parent = me.pid();
    start_link(me, async move |mut server, ready| {
        let named = name.map_or(Ok(()), |name| take_name(&server, &name));
        if named.is_err() {
            let _ = ready.send(named);
            return Ok(());
        }
        trace::name(server.pid(), type_name::<S>());
        let state = S::init(&mut server, args).await?;
        let _ = ready.send(Ok(()));
        serve(server, parent, state).await
    })
    .await
}

/// What a server does next.
enum Next<S: Server> {
    Call(Call<S::Call>),
    Cast(Cast<S::Cast>),
    Exit(Exit),
    Info(Envelope),
}

impl<S: Server> Next<S> {
    fn of(candidate: &mut Candidate<'_>) -> Self {
        if let Some(call) = candidate.take_if(|_| true) {
            return Self::Call(call);
        }
        if let Some(cast) = candidate.take_if(|_| true) {
            return Self::Cast(cast);
        }
        match candidate.take_if(|_| true) {
            Some(exit) => Self::Exit(exit),
            None => Self::Info(candidate.take()),
        }
    }
}

/// One message after the other, until there is a reason to end.
async fn serve<S: Server>(
    mut me: Process,
    parent: Pid,
    mut state: S,
) -> Result<(), Reason> {
    loop {
        let mut next = None;
        me.select(|candidate| {
            next = Some(Next::<S>::of(candidate));
            true
        })
        .await;
        let done = match next.expect("select returns when something was taken") {
            Next::Call(Call(caller, call)) => {
                answer(&mut state, &mut me, caller, call).await
            }
            Next::Cast(Cast(cast)) => state.handle_cast(&mut me, cast).await,
            Next::Exit(exit) if exit.from == parent => Err(exit.reason),
            Next::Exit(exit) => {
                state.handle_info(&mut me, Envelope::new(exit)).await
            }
            Next::Info(message) => match refusal::<S::Call>(&me, &message) {
                Some((caller, refused)) => {
                    me.send(caller, refused).await;
                    Ok(())
                }
                None => state.handle_info(&mut me, message).await,
            },
        };
        if let Err(reason) = done {
            state.terminate(&mut me, &reason).await;
            return Err(reason);
        }
    }
}

async fn answer<S: Server>(
    state: &mut S,
    me: &mut Process,
    caller: Caller<S::Call>,
    call: S::Call,
) -> Result<(), Reason> {
    let back = caller.again();
    if let Answer::Now(reply) = state.handle_call(me, call, caller).await? {
        back.reply(me, reply).await;
    }
    Ok(())
}
