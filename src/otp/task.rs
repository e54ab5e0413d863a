//! Tasks: a process that computes one thing, and whose result somebody waits for.
//!
//! To call is to start and to wait; a task takes the two apart, so that something else
//! can be done between, or several tasks run at once. A linked task and its owner die
//! together: a result that nobody will read is not worth computing, and without the
//! result the owner cannot go on. Elixir's `Task`.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

use super::call::{PATIENCE, read_answer};
use crate::process::{Asked, Process};
use crate::signal::{BoxFuture, CallError, Message, Pid, Reason};

/// A task whose result is awaited: `task.await`.
///
/// It belongs to the process that started it, which it borrows: until it has been awaited
/// that process can send, and receives nothing. A server that wants results among its
/// messages starts a process that sends them.
///
/// A task can be awaited once, and only by its owner:
///
/// ```compile_fail,E0382
/// # async fn owner(me: moebi::Process) -> Result<(), moebi::Reason> {
/// let task = me.task(async |_me| Ok(6 * 7));
/// task.await?;
/// task.await?; // the answer has been taken
/// # Ok(()) }
/// ```
///
/// ```compile_fail,E0597
/// # async fn owner(me: moebi::Process) -> Result<(), moebi::Reason> {
/// let task = me.task(async |_me| Ok(6 * 7));
/// // Another process is not its owner.
/// me.spawn_here(async move |_other| {
///     task.await?;
///     Ok(())
/// });
/// # Ok(()) }
/// ```
///
/// In Elixir both are found out when the program runs: the first waits for its time to
/// be over, the second raises. Here is what compiles:
///
/// ```
/// # async fn owner(me: moebi::Process) -> Result<(), moebi::Reason> {
/// let task = me.task(async |_me| Ok(6 * 7));
/// // Other things can be done here.
/// assert_eq!(task.await?, 42);
/// # Ok(()) }
/// ```
#[must_use = "a task that nobody waits for runs in vain"]
pub struct Task<'owner, T> {
    asked: Asked<'owner>,
    pid: Pid,
    time: Duration,
    result: PhantomData<fn() -> T>,
}

impl Process {
    /// Starts a task on this node, linked to this process (`Task.async/1`).
    ///
    /// If it panics, or ends with another reason than a result, this process ends too,
    /// unless it traps exits.
    pub fn task<T, F, Fut>(&self, body: F) -> Task<'_, T>
    where
        T: Message,
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Reason>> + Send + 'static,
    {
        let (asked, pid) = self.ask_child(async move |me, answer| {
            let back = me.mouth();
            let result = body(me).await?;
            back.send(answer, result).await;
            Ok(())
        });
        Task::new(asked, pid)
    }
}

impl<'owner, T: Message> Task<'owner, T> {
    pub(super) fn new(asked: Asked<'owner>, pid: Pid) -> Self {
        let (asked, time) = (asked.last_words(), PATIENCE);
        Self { asked, pid, time, result: PhantomData }
    }

    /// The process that computes.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// How long to wait for the result: five seconds if nothing else is said,
    /// [`Duration::MAX`] for as long as it takes.
    pub fn within(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Ends the task: asks it to, waits so long, and kills it then
    /// (`Task.shutdown/2`). Gives the result if it was there before.
    ///
    /// # Errors
    /// What the task ended with.
    pub async fn shutdown(mut self, time: Duration) -> Result<T, CallError> {
        let me = self.asked.owner();
        me.unlink(self.pid);
        me.exit(self.pid, Reason::Shutdown).await;
        if let Ok(result) = timeout(time, self.result()).await {
            return result;
        }
        me.exit(self.pid, Reason::Kill).await;
        self.result().await
    }

    /// Cancel safe.
    async fn result(&mut self) -> Result<T, CallError> {
        poll_fn(|cx| self.poll_result(cx)).await
    }

    fn poll_result(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, CallError>> {
        let pid = self.pid;
        let answer = self.asked.poll_answer(cx);
        answer.map(|answer| read_answer(answer, &pid, pid.node()))
    }
}

impl<'owner, T: Message> IntoFuture for Task<'owner, T> {
    type Output = Result<T, CallError>;
    type IntoFuture = BoxFuture<'owner, Self::Output>;

    /// Waits for the result (`Task.await/2`).
    ///
    /// # Errors
    /// [`CallError::Timeout`] when the time is over: the task goes on, its result is
    /// lost, and if it is linked it ends when its owner ends. Else what the task ended
    /// with.
    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let time = self.time;
            let result = timeout(time, self.result()).await;
            result.unwrap_or(Err(CallError::Timeout(time)))
        })
    }
}

/// Waits for the results of several tasks, in the order of the tasks, so long at most
/// for all of them (`Task.await_many/2`).
///
/// # Errors
/// Of the first that came to nothing, at once. The others go on, and their results are
/// lost.
pub async fn await_many<'owner, T: Message>(
    tasks: impl IntoIterator<Item = Task<'owner, T>>,
    time: Duration,
) -> Result<Vec<T>, CallError> {
    let mut tasks = Tasks::from_iter(tasks);
    let mut results: Vec<Option<T>> = tasks.0.iter().map(|_| None).collect();
    let all = async {
        while let Some((which, result)) = tasks.next().await {
            results[which] = Some(result?);
        }
        Ok(())
    };
    timeout(time, all).await.unwrap_or(Err(CallError::Timeout(time)))?;
    Ok(results.into_iter().flatten().collect())
}

/// Several tasks, whose results are taken as they come.
///
/// ```
/// # use moebi::otp::Tasks;
/// # async fn owner(me: moebi::Process) -> Result<(), moebi::Reason> {
/// let squares = (1..=3_u64).map(|n| me.task(async move |_me| Ok(n * n)));
/// let mut tasks = Tasks::from_iter(squares);
/// while let Some((which, square)) = tasks.next().await {
///     me.puts(format!("{which}: {}", square?)).await?;
/// }
/// # Ok(()) }
/// ```
pub struct Tasks<'owner, T>(Vec<(usize, Task<'owner, T>)>);

impl<'owner, T> FromIterator<Task<'owner, T>> for Tasks<'owner, T> {
    fn from_iter<I: IntoIterator<Item = Task<'owner, T>>>(tasks: I) -> Self {
        Self(tasks.into_iter().enumerate().collect())
    }
}

impl<T: Message> Tasks<'_, T> {
    /// The next result, and which of the tasks gave it; `None` when there are no more.
    /// Waits for as long as it takes. Cancel safe.
    pub async fn next(&mut self) -> Option<(usize, Result<T, CallError>)> {
        if self.0.is_empty() {
            return None;
        }
        let (at, result) = poll_fn(|cx| self.poll_any(cx)).await;
        let (which, _done) = self.0.swap_remove(at);
        Some((which, result))
    }

    fn poll_any(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<(usize, Result<T, CallError>)> {
        for (at, (_, task)) in self.0.iter_mut().enumerate() {
            if let Poll::Ready(result) = task.poll_result(cx) {
                return Poll::Ready((at, result));
            }
        }
        Poll::Pending
    }
}
