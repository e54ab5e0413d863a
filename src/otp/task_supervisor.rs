//! Task supervisors: who starts tasks for others, also for those on other nodes.
//!
//! A node that has one lets others run the functions it offers as tasks. The task is
//! linked to the supervisor and prints where the supervisor prints, which is on *its*
//! node's terminal; when the supervisor ends, so does the task. Elixir's
//! `Task.Supervisor`.
//!
//! ```text
//!   owner ── start ───────────> supervisor ── spawns ──> task
//!     │ <── a link, if wanted,      │                      │
//!     │     then its pid ───────────┘                      │
//!     │ <── the result ────────────────────────────────────┘
//! ```

use std::time::Duration;

use foldhash::HashSet;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::call::{Caller, Request};
use super::server::{Answer, Server};
use super::task::Task;
use crate::process::{Owner, Process};
use crate::signal::{
    Address, Alias, Arguments, CallError, Down, Envelope, Exit, Function,
    FunctionName, Message, Pid, Reason,
};

/// Longer than this tasks are not waited for when their supervisor ends.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A process that starts tasks for others.
///
/// It is a server like any other: `TaskSupervisor::start_link_named(&mut me,
/// "Chat.TaskSupervisor", ())`.
#[derive(Default)]
pub struct TaskSupervisor {
    tasks: HashSet<Pid>,
}

/// Asks for a task.
#[derive(Serialize, Deserialize)]
#[serde(rename = "start_task")]
pub struct StartTask {
    owner: Pid,
    /// Where the result goes.
    answer: Alias,
    function: FunctionName,
    arguments: Envelope,
    link: bool,
}

impl Request for StartTask {
    type Reply = Pid;
}

impl Process {
    /// Starts a task that runs a function, under a task supervisor: a pid, or a name and
    /// a node. The task is linked to this process (`Task.Supervisor.async/4`).
    ///
    /// The code is that of the supervisor's node, which must offer the function; if it
    /// does not, the task ends with [`Reason::Undef`].
    ///
    /// # Errors
    /// [`CallError`] of the call to the supervisor: then there is no task. Only after a
    /// [`CallError::Timeout`], or if the node is lost, there may be one all the same, and
    /// its result is lost.
    pub async fn task_under<Args: Arguments, Ret: Message>(
        &self,
        supervisor: impl Into<Address>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Result<Task<'_, Ret>, CallError> {
        self.start_task(supervisor.into(), function, arguments, true).await
    }

    /// The same without a link: a task that fails is an error where it is awaited, and
    /// no more; it goes on if this process ends (`Task.Supervisor.async_nolink/4`).
    ///
    /// # Errors
    /// The same.
    pub async fn task_under_nolink<Args: Arguments, Ret: Message>(
        &self,
        supervisor: impl Into<Address>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Result<Task<'_, Ret>, CallError> {
        self.start_task(supervisor.into(), function, arguments, false).await
    }

    async fn start_task<Args: Arguments, Ret: Message>(
        &self,
        supervisor: Address,
        function: Function<Args, Ret>,
        arguments: Args,
        link: bool,
    ) -> Result<Task<'_, Ret>, CallError> {
        // Whoever the task will be, its result and its end come under this reference:
        // both may be there before its pid is.
        let asked = self.ask_of(&supervisor);
        let task = StartTask {
            owner: self.pid(),
            answer: asked.alias(),
            function: function.into_name(),
            arguments: Envelope::new(arguments),
            link,
        };
        let pid = self.call(supervisor, task).await?;
        asked.comes_from(Address::Pid(pid));
        Ok(Task::new(asked, pid))
    }
}

impl Server for TaskSupervisor {
    type Args = ();
    type Call = StartTask;
    type Cast = ();

    async fn init(me: &mut Process, (): ()) -> Result<Self, Reason> {
        me.trap_exit(true);
        Ok(Self::default())
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        task: StartTask,
        _caller: Caller<StartTask>,
    ) -> Result<Answer<Pid>, Reason> {
        let StartTask { owner, answer, function, arguments, link } = task;
        let owner = Owner { pid: owner, reference: answer.reference(), link };
        let pid = me.spawn_link_for(Some(owner), move |me| {
            me.perform(&function, arguments, answer)
        });
        self.tasks.insert(pid);
        Ok(Answer::Now(pid))
    }

    /// A task has ended. How, is its owner's business.
    async fn handle_info(
        &mut self,
        _me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        if let Ok(Exit { from, .. }) = message.open() {
            self.tasks.remove(&from);
        }
        Ok(())
    }

    /// All tasks are asked to end, at once, and those that do not are killed.
    async fn terminate(mut self, me: &mut Process, _reason: &Reason) {
        for &task in &self.tasks {
            me.monitor(task).await;
            me.exit(task, Reason::Shutdown).await;
        }
        if timeout(SHUTDOWN, self.all_ended(me)).await.is_err() {
            for &task in &self.tasks {
                me.exit(task, Reason::Kill).await;
            }
            self.all_ended(me).await;
        }
    }
}

impl TaskSupervisor {
    async fn all_ended(&mut self, me: &mut Process) {
        while !self.tasks.is_empty() {
            let Down { object, .. } = me.receive().await;
            if let Some(task) = object.pid() {
                self.tasks.remove(&task);
            }
        }
    }
}
