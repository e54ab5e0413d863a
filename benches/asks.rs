//! Questions to another node: calls of a server, `erpc`, and tasks under a supervisor.
//!
//! One caller after the other shows how long an answer takes, many at once how much work
//! it is.

use moebi::{NodeName, Process, Reason};

use crate::load::{Question, Run};
use crate::offered::{EchoCall, GIVE, Letter, SERVER, TASKS};
use crate::ours::{There, side_by_side};

impl There {
    /// So many questions, by so many callers. Fails if one of them does.
    pub async fn asks(
        self,
        mut me: Process,
        question: Question,
        callers: u64,
        count: u64,
    ) -> crate::Result<Run> {
        let each = count / callers;
        let one = move |me| ask(me, self.node, question, each);
        let all = side_by_side(&mut me, callers, one);
        let (run, done) = Run::of(&[self.os], each * callers, all).await;
        done?;
        Ok(run)
    }
}

/// One caller.
async fn ask(
    me: Process,
    node: NodeName,
    question: Question,
    count: u64,
) -> Result<(), Reason> {
    for number in 0..count {
        let letter = match question {
            Question::Server => {
                me.call((SERVER, node), EchoCall::new(number)).await?
            }
            Question::Erpc => me.erpc(node, GIVE, (u64::MAX, number)).await?,
            Question::Task => {
                let task = me.task_under((TASKS, node), GIVE, (u64::MAX, number));
                task.await?.await?
            }
        };
        assert!(matches!(letter, Letter::Ping(..)), "this was not the answer");
    }
    Ok(())
}
