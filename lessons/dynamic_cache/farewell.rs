//! Leaving on purpose: what this node keeps is handed over before it goes.
//!
//! Supervisors end their children from the last to the first. So this process is asked to
//! end while the cache and the cluster still run; it has them do what must be done, and
//! ends when they have. A node that is killed does nothing of this.

use std::time::Duration;

use moebi::otp::{Answer, Caller, Server};
use moebi::{CallError, Process, Reason};

use crate::ask::Ask;
use crate::cache::CACHE;
use crate::cluster::{CLUSTER, Leave};

/// Its name.
pub const FAREWELL: &str = "Apothik.Farewell";

/// When the node stops there is so much time: a supervisor waits five seconds for a
/// child. What is not handed over by then is lost.
const IN_A_HURRY: Duration = Duration::from_secs(4);
/// Who says before that the node will be stopped (`stop I` does) gets this much.
pub const AT_LEISURE: Duration = Duration::from_secs(60);

pub struct Farewell;

impl Server for Farewell {
    type Args = ();
    type Call = Leave;
    type Cast = ();

    /// Who traps exits is asked to end, and not just ended.
    async fn init(me: &mut Process, (): ()) -> Result<Self, Reason> {
        me.trap_exit(true);
        Ok(Self)
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        Leave: Leave,
        _caller: Caller<Leave>,
    ) -> Result<Answer<()>, Reason> {
        Ok(Answer::Now(leave(me, AT_LEISURE).await?))
    }

    /// If it takes too long, or fails, it is as if the node had been killed.
    async fn terminate(self, me: &mut Process, _reason: &Reason) {
        let _ = leave(me, IN_A_HURRY).await;
    }
}

/// First nobody gives this node anything any more; then it gives away what it has.
async fn leave(me: &Process, time: Duration) -> Result<(), CallError> {
    let here = me.node();
    me.call((CLUSTER, here), Leave).await?;
    let gone = Ask::Await { nodes: vec![here], there: false };
    me.call_within(time, (CACHE, here), gone).await?;
    Ok(())
}
