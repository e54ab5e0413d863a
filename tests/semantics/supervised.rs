//! Two nodes, of which one runs tasks for the other.

use moebi::otp::{Server, Task, TaskSupervisor};
use moebi::{Arguments, CallError, Function, Message, Node, NodeName, Pid, Process};

use super::cluster::{Actor, Cluster, Member, trapper, within};
use super::work::HOLD;

/// The name of all task supervisors here.
pub const TASKS: &str = "Semantics.TaskSupervisor";

/// A task supervisor on a node, and the process there that started it.
pub async fn supervisor(node: &Node) -> (Pid, Actor) {
    let mut parent = trapper(node).await;
    let started = TaskSupervisor::start_link_named(&mut parent, TASKS, ());
    let pid = within(started).await.expect("a task supervisor");
    (pid, parent)
}

/// Two nodes, of which the second runs tasks for others, and the process there that
/// started its supervisor.
pub async fn supervised(cluster: &Cluster) -> (Member, Member, Actor) {
    let (alex, kate) = cluster.pair().await;
    let (_, parent) = supervisor(&kate).await;
    (alex, kate, parent)
}

/// Is a task linked to its owner?
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tied {
    /// They end together.
    Linked,
    /// Each ends alone.
    Free,
}
pub use Tied::{Free, Linked};

/// Starts a task of the owner's under the supervisor of a node.
pub async fn start<'a, Args: Arguments, Ret: Message>(
    owner: &'a Process,
    node: NodeName,
    tied: Tied,
    function: Function<Args, Ret>,
    arguments: Args,
) -> Result<Task<'a, Ret>, CallError> {
    let under = (TASKS, node);
    match tied {
        Linked => within(owner.task_under(under, function, arguments)).await,
        Free => within(owner.task_under_nolink(under, function, arguments)).await,
    }
}

/// Starts one that holds.
pub async fn holding<'a>(
    owner: &'a Actor,
    boss: &mut Actor,
    node: NodeName,
    tied: Tied,
) -> Task<'a, u64> {
    let task = start(owner, node, tied, HOLD, (boss.pid(),)).await;
    let task = task.expect("a task");
    assert_eq!(boss.begun().await, task.pid());
    task
}
