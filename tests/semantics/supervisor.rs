//! Supervisors as OTP has them. What start functions and children do is one list of
//! events, in the order it happened.

mod control;
mod restarts;
mod shutdown;
mod starting;
mod strategies;

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use moebi::otp::{
    ChildInfo, ChildSpec, ChildState, StartLinkError, Strategy, Supervisor,
};
use moebi::{Config, Exit, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::cluster::{Actor, Screen, trapper, within};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// The start function of a child was called, and started this process.
    Started(&'static str, Pid),
    /// It was called, and failed.
    Failed(&'static str),
    /// The child was asked to end, and did.
    Ended(&'static str),
}

/// Tells a child to end like this.
#[derive(Debug, Serialize, Deserialize)]
pub struct Die(pub Reason);

/// How a child takes it that it is asked to end.
#[derive(Clone)]
pub enum Manner {
    /// It does not trap exits, so it just ends.
    Plain,
    /// It says so and ends for that reason.
    Polite,
    /// It ends for a reason of its own.
    Contrary(Reason),
    /// Not at all.
    Stubborn,
}

/// A node without a name, a process that is the parent of the supervisors, and the list
/// of what happens.
pub struct Stage {
    pub node: Node,
    pub me: Actor,
    note: UnboundedSender<Event>,
    events: UnboundedReceiver<Event>,
}

impl Stage {
    pub async fn new() -> Self {
        super::log::start();
        let node = Node::start(Config::new().output(Screen::default())).await;
        let node = node.expect("a node without a name");
        let me = trapper(&node).await;
        let (note, events) = unbounded_channel();
        Self { node, me, note, events }
    }

    /// A child that notes what happens to it.
    pub fn child(&self, id: &'static str, manner: Manner) -> ChildSpec {
        self.failing_child(id, manner, |_| false)
    }

    /// The same, whose start fails when it is the 0th, 1st ... and `fails` says so.
    pub fn failing_child(
        &self,
        id: &'static str,
        manner: Manner,
        fails: impl Fn(usize) -> bool + Send + Sync + 'static,
    ) -> ChildSpec {
        let (note, starts) = (self.note.clone(), AtomicUsize::new(0));
        ChildSpec::new(id, move |me: &mut Process| {
            let fails = fails(starts.fetch_add(1, Ordering::Relaxed));
            let (manner, note) = (manner.clone(), note.clone());
            let (ready, is_ready) = oneshot::channel();
            let pid = (!fails).then(|| {
                let note = note.clone();
                me.spawn_link_here(move |me| live(me, id, manner, ready, note))
            });
            async move {
                let Some(pid) = pid else {
                    let _ = note.send(Event::Failed(id));
                    return Err(Reason::word("no luck"));
                };
                // Before that it would not notice that it is asked to end.
                is_ready.await?;
                let _ = note.send(Event::Started(id, pid));
                Ok(pid)
            }
        })
    }

    /// A supervisor of polite children.
    pub fn tree(&self, strategy: Strategy, ids: &[&'static str]) -> Supervisor {
        ids.iter().fold(Supervisor::new(strategy), |tree, id| {
            tree.child(self.child(id, Manner::Polite))
        })
    }

    pub async fn try_start(
        &mut self,
        tree: &Supervisor,
    ) -> Result<Pid, StartLinkError> {
        within(tree.start_link(&mut self.me)).await
    }

    pub async fn start(&mut self, tree: &Supervisor) -> Pid {
        self.try_start(tree).await.expect("a supervisor that starts")
    }

    /// What happens next.
    #[track_caller]
    pub fn event(&mut self) -> impl Future<Output = Event> {
        let next = within(self.events.recv());
        async { next.await.expect("the stage itself can note") }
    }

    /// A child must be started next.
    #[track_caller]
    pub fn started(&mut self, id: &str) -> impl Future<Output = Pid> {
        let (event, id) = (self.event(), id.to_owned());
        async move {
            match event.await {
                Event::Started(which, pid) if which == id => pid,
                other => panic!("{other:?} came, where {id} was to start"),
            }
        }
    }

    /// These children must end next.
    pub async fn ended(&mut self, ids: &[&'static str]) {
        for id in ids {
            assert_eq!(self.event().await, Event::Ended(id));
        }
    }

    /// Nothing has happened that was not asked for.
    #[track_caller]
    pub fn no_more_events(&mut self) {
        if let Ok(event) = self.events.try_recv() {
            panic!("nothing was expected, and this happened: {event:?}");
        }
    }

    pub async fn die(&self, pid: Pid, reason: Reason) {
        self.me.send(pid, Die(reason)).await;
    }

    /// Asks a supervisor to end, and waits until it has.
    pub async fn end(&mut self, supervisor: Pid) -> Reason {
        self.me.exit(supervisor, Reason::Shutdown).await;
        self.me.exit_of(supervisor).await
    }

    pub async fn children(&mut self, supervisor: Pid) -> Vec<ChildInfo> {
        within(Supervisor::which_children(&self.me, supervisor))
            .await
            .expect("a supervisor that answers")
    }

    /// The children and where they stand.
    pub async fn states(&mut self, supervisor: Pid) -> Vec<(String, ChildState)> {
        let children = self.children(supervisor).await.into_iter();
        children.map(|child| (child.id, child.state)).collect()
    }
}

async fn live(
    mut me: Process,
    id: &'static str,
    manner: Manner,
    ready: oneshot::Sender<()>,
    note: UnboundedSender<Event>,
) -> Result<(), Reason> {
    me.trap_exit(!matches!(manner, Manner::Plain));
    let _ = ready.send(());
    loop {
        receive! { me,
            Die(reason) => return Err(reason),
            Exit { reason, .. } => match &manner {
                Manner::Contrary(own) => return Err(own.clone()),
                Manner::Stubborn => {},
                Manner::Plain | Manner::Polite => {
                    let _ = note.send(Event::Ended(id));
                    return Err(reason);
                }
            },
        }
    }
}

/// A body that waits for its end.
async fn idle(_: Process) -> Result<(), Reason> {
    pending().await
}

/// So many restarts are allowed that they are never too many.
const OFTEN: (usize, Duration) = (1_000_000, Duration::from_secs(5));
