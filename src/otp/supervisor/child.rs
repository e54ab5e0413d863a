//! Child specifications: what a supervisor knows of a child before it runs.

use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::server::Server;
use super::super::start::{StartLinkError, start_link, take_name};
use super::Supervisor;
use crate::process::{Process, catch};
use crate::signal::{BoxFuture, Pid, Reason};

/// How to start, restart and end a child ("Child Specification" in OTP's design
/// principles). A clone starts another process of the same kind.
///
/// ```
/// use std::time::Duration;
/// use moebi::otp::{ChildSpec, Shutdown};
/// use moebi::{Process, Reason};
///
/// async fn count(mut me: Process) -> Result<(), Reason> {
///     let mut sum = 0;
///     loop {
///         sum += me.receive::<u64>().await;
///         me.puts(sum).await?;
///     }
/// }
///
/// let counter = ChildSpec::registered("counter", count)
///     .transient()
///     .shutdown(Shutdown::After(Duration::from_millis(100)));
/// ```
#[derive(Clone)]
pub struct ChildSpec {
    pub(super) id: String,
    pub(super) restart: Restart,
    pub(super) shutdown: Shutdown,
    pub(super) kind: ChildKind,
    start: Start,
}

type Start = Arc<
    dyn for<'a> Fn(&'a mut Process) -> BoxFuture<'a, Result<Pid, Reason>>
        + Send
        + Sync,
>;

/// When a child that has ended is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Restart {
    /// Always.
    Permanent,
    /// Unless it ended in good order: `normal`, `shutdown`, `{shutdown, ...}`.
    Transient,
    /// Never. Once it has ended its supervisor has forgotten it.
    Temporary,
}

impl Restart {
    /// Is a child that ended like this started again?
    pub(super) fn applies(self, reason: &Reason) -> bool {
        match self {
            Self::Permanent => true,
            Self::Transient => !matches!(
                reason,
                Reason::Normal | Reason::Shutdown | Reason::ShutdownWith(_)
            ),
            Self::Temporary => false,
        }
    }
}

/// How a supervisor ends a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shutdown {
    /// With `kill`, at once.
    BrutalKill,
    /// It is asked to, with `shutdown`; if it is still there after this time, `kill`.
    After(Duration),
    /// It is asked to, and gets all the time it needs. For supervisors, who have children
    /// of their own to wait for; a worker with a mistake in it would never end.
    Infinity,
}

/// What a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChildKind {
    /// A process that does the work.
    Worker,
    /// Itself a supervisor.
    Supervisor,
}

/// How long a worker may take to end, unless its specification says otherwise.
const WORKER_SHUTDOWN: Duration = Duration::from_secs(5);

/// A start function: `async fn(&mut Process) -> Result<Pid, Reason>`. It is implemented
/// for every such function; the lifetime says that its future borrows the supervisor.
pub trait StartFn<'a>: Send + Sync {
    /// The function's future.
    type Future: Future<Output = Result<Pid, Reason>> + Send + 'a;
    /// Calls it.
    fn call(&self, supervisor: &'a mut Process) -> Self::Future;
}

impl<'a, F, Fut> StartFn<'a> for F
where
    F: Fn(&'a mut Process) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Pid, Reason>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, supervisor: &'a mut Process) -> Fut {
        self(supervisor)
    }
}

impl ChildSpec {
    /// A child that a function starts: one that says itself when it is ready.
    ///
    /// The function runs in the supervisor's process, `me`. It must spawn the child
    /// *linked* to it, and return when the child is ready; until then the supervisor
    /// does nothing else, so it must not wait for ever, nor ask the supervisor for
    /// anything. A function that panics has failed to start its child.
    ///
    /// It is called for each start, so a closure keeps what it captures, and gives the
    /// future it returns a clone. If that future is to use `me` as well, write an `async
    /// fn`, or an `async` closure that captures nothing.
    pub fn new<F>(id: impl Into<String>, start: F) -> Self
    where
        F: for<'a> StartFn<'a> + 'static,
    {
        Self::worker(id.into(), Arc::new(move |me| Box::pin(start.call(me))))
    }

    /// A child that is a plain process. It counts as started once it is spawned.
    pub fn process<F, Fut>(id: impl Into<String>, body: F) -> Self
    where
        F: Fn(Process) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Reason>> + Send + 'static,
    {
        let body = Arc::new(body);
        let start: Start = Arc::new(move |me| {
            let body = Arc::clone(&body);
            let pid = me.spawn_link_here(move |me| body(me));
            Box::pin(ready(Ok(pid)))
        });
        Self::worker(id.into(), start)
    }

    /// The same, registered under a name, which is also its id. It counts as started
    /// once it has the name, and its body finds it there.
    pub fn registered<F, Fut>(name: impl Into<String>, body: F) -> Self
    where
        F: Fn(Process) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Reason>> + Send + 'static,
    {
        let (id, body) = (name.into(), Arc::new(body));
        let name = id.clone();
        let start: Start = Arc::new(move |me| {
            let (name, body) = (name.clone(), Arc::clone(&body));
            Box::pin(async move {
                let started = start_registered(me, name, move |me| body(me)).await;
                started.map_err(|error| error.reason())
            })
        });
        Self::worker(id, start)
    }

    /// A child that is a server, registered under a name, which is also its id. It counts
    /// as started once it has its first state.
    pub fn server<S: Server>(name: impl Into<String>, args: S::Args) -> Self
    where
        S::Args: Clone + Sync,
    {
        let id = name.into();
        let name = id.clone();
        let start: Start = Arc::new(move |me| {
            let (name, args) = (name.clone(), args.clone());
            Box::pin(async move {
                let started = S::start_link_named(me, &name, args).await;
                started.map_err(|error| error.reason())
            })
        });
        Self::worker(id, start)
    }

    /// A child that is a supervisor. It has all the time it needs to end.
    pub fn supervisor(id: impl Into<String>, supervisor: Supervisor) -> Self {
        let start: Start = Arc::new(move |me| {
            let supervisor = supervisor.clone();
            Box::pin(async move {
                let started = supervisor.start_link(me).await;
                started.map_err(|error| error.reason())
            })
        });
        let (kind, shutdown) = (ChildKind::Supervisor, Shutdown::Infinity);
        Self { kind, shutdown, ..Self::worker(id.into(), start) }
    }

    fn worker(id: String, start: Start) -> Self {
        Self {
            id,
            restart: Restart::Permanent,
            shutdown: Shutdown::After(WORKER_SHUTDOWN),
            kind: ChildKind::Worker,
            start,
        }
    }

    /// Is started again unless it ended in good order.
    #[must_use]
    pub fn transient(self) -> Self {
        Self { restart: Restart::Transient, ..self }
    }

    /// Is never started again.
    #[must_use]
    pub fn temporary(self) -> Self {
        Self { restart: Restart::Temporary, ..self }
    }

    /// How it is ended.
    #[must_use]
    pub fn shutdown(self, shutdown: Shutdown) -> Self {
        Self { shutdown, ..self }
    }

    /// The name its supervisor has for it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Starts the child, linked to this process.
    pub(super) async fn start(&self, me: &mut Process) -> Result<Pid, Reason> {
        // The supervisor outlives a start function that panics.
        catch(async { (self.start)(me).await }).await
    }
}

async fn start_registered<F, Fut>(
    me: &mut Process,
    name: String,
    body: F,
) -> Result<Pid, StartLinkError>
where
    F: FnOnce(Process) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), Reason>> + Send + 'static,
{
    start_link(me, |me, ready| async move {
        let named = take_name(&me, &name);
        let goes_on = named.is_ok();
        let _ = ready.send(named);
        if goes_on { body(me).await } else { Ok(()) }
    })
    .await
}

impl fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, restart, shutdown, kind, .. } = self;
        write!(f, "ChildSpec({id:?}, {restart:?}, {shutdown:?}, {kind:?})")
    }
}
