//! What nodes compute for each other: the functions that `erpc` and tasks run, and how a
//! test knows where they are.

use std::future::Future;
use std::time::Duration;

use moebi::{Exit, Function, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize, Serializer};
use tokio::time::sleep;

use super::cluster::{Actor, within};

/// Twice the number.
pub const DOUBLE: Function<(u64,), u64> = Function::new("Work", "double");
/// The text, so many times.
pub const REPEAT: Function<(String, usize), String> =
    Function::new("Work", "repeat");
/// Ends with the reason instead of a result.
pub const FAIL: Function<(Reason,), u64> = Function::new("Work", "fail");
/// Panics with the text.
pub const PANIC: Function<(String,), u64> = Function::new("Work", "panic");
/// Prints the text.
pub const SAY: Function<(String,), ()> = Function::new("Work", "say");
/// Reports to a process that it has [`Begun`], and gives what comes with [`Go`].
pub const HOLD: Function<(Pid,), u64> = Function::new("Work", "hold");
/// The same, but traps exits and does nothing about them.
pub const STUBBORN: Function<(Pid,), u64> = Function::new("Work", "stubborn");
/// Gives what no other node can be sent.
pub const UNSENDABLE: Function<(), Unsendable> = Function::new("Work", "unsendable");
/// [`DOUBLE`], as somebody sees it who thinks that it takes a text.
pub const OTHER_ARGUMENT: Function<(String,), u64> = Function::new("Work", "double");
/// [`DOUBLE`], as somebody sees it who thinks that it gives a text.
pub const OTHER_RESULT: Function<(u64,), String> = Function::new("Work", "double");
/// Nobody offers this.
pub const UNKNOWN: Function<(u64,), u64> = Function::new("Work", "unknown");

/// A function that holds has begun, in this process.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begun(pub Pid);

/// What a function that holds waits for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Go(pub u64);

/// A value that refuses to be written.
#[derive(Debug, Deserialize)]
pub struct Unsendable;

impl Serialize for Unsendable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("this stays at home"))
    }
}

/// Offers them all.
pub fn offer(node: &Node) {
    node.offer(DOUBLE, |_, (number,)| async move { Ok(2 * number) });
    node.offer(REPEAT, |_, (text, times)| async move { Ok(text.repeat(times)) });
    node.offer(FAIL, |_, (reason,)| async { Err(reason) });
    node.offer(PANIC, |_, (text,)| async move { panic!("{text}") });
    node.offer(SAY, |me, (text,)| async move { Ok(me.puts(text).await?) });
    node.offer(HOLD, hold);
    node.offer(STUBBORN, |me, boss| {
        me.trap_exit(true);
        hold(me, boss)
    });
    node.offer(UNSENDABLE, |_, ()| async { Ok(Unsendable) });
}

/// The body of [`HOLD`].
pub async fn hold(mut me: Process, (boss,): (Pid,)) -> Result<u64, Reason> {
    me.send(boss, Begun(me.pid())).await;
    loop {
        receive! { me,
            Go(number) => return Ok(number),
            Exit { .. } => {},
        }
    }
}

impl Actor {
    /// The process of a function that holds, which somebody has asked for just now.
    #[track_caller]
    pub fn begun(&mut self) -> impl Future<Output = Pid> {
        let begun = self.get::<Begun>();
        async move { begun.await.0 }
    }

    /// The same, while somebody waits for its result.
    pub async fn begun_during<F>(&mut self, waiting: &mut F) -> Pid
    where
        F: Future + Unpin,
    {
        tokio::select! {
            biased;
            pid = self.begun() => pid,
            _ = waiting => panic!("a result before the function was to give one"),
        }
    }

    /// Lets a function that holds end with its result, and waits until it has ended.
    /// What it sent from there to this node before has come then, too.
    pub async fn finish(&mut self, pid: Pid) {
        let monitor = within(self.monitor(pid)).await;
        within(self.send(pid, Go(1))).await;
        assert_eq!(self.down_of(monitor).await.reason, Reason::Normal);
    }

    /// Waits until all that is on its way from a node to this one has come.
    pub async fn hear_all(&mut self, node: &Node) {
        let servant = self.servant(node).await;
        let monitor = self.watch(servant).await;
        self.end(servant, Reason::Normal).await;
        self.down_of(monitor).await;
    }
}

/// Waits until a node has no processes but those it had before: a process ends just after
/// its last word.
#[track_caller]
pub fn only_has(node: &Node, before: &[Pid]) -> impl Future<Output = ()> {
    within(async move {
        while !node.processes().iter().all(|pid| before.contains(pid)) {
            sleep(Duration::from_millis(2)).await;
        }
    })
}
