//! Is it told apart what is known of an end, and what is not?

use checker::desk::{self, Actor, Member, PATIENCE};
use checker::says;
use moebi::{Address, Down, Message, Pid, Process, Reason};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;

/// How a process shall end.
#[derive(Serialize, Deserialize)]
struct Finish(Reason);

/// A process that ends when it is told to.
fn ends(node: &Member) -> Pid {
    node.spawn(async |mut me: Process| {
        let Finish(reason) = me.receive().await;
        Err(reason)
    })
}

/// Asks for the fate of `pid`, in a process that has `earlier` in its mailbox. As soon as
/// it waits, `then` is done.
async fn fate_of(
    asks: &Member,
    pid: Pid,
    earlier: Vec<impl Message>,
    then: impl Future<Output = ()> + Send + 'static,
) -> Fate {
    let (tell, told) = oneshot::channel();
    asks.spawn(async move |mut me: Process| {
        for message in earlier {
            me.send(me.pid(), message).await;
        }
        // The first is polled before the second.
        let (fate, ()) = tokio::join!(biased; fate(&mut me, pid), then);
        let _ = tell.send(fate);
        Ok(())
    });
    match timeout(PATIENCE, told).await {
        Ok(Ok(fate)) => fate,
        Ok(Err(_)) => says("dies_too"),
        Err(_) => says("waits_for_ever"),
    }
}

/// Somebody else's end, of which a message lies in the mailbox.
async fn elsewhere(node: &Member, asks: &mut Actor, reason: Reason) -> Down {
    let other = ends(node);
    asks.monitor(other).await;
    asks.send(other, Finish(reason)).await;
    asks.hears().await.expect("a process that ends")
}

#[test]
fn an_end_that_is_seen_has_its_reason() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let mut helper = alex.actor().await;
        let [reason, other] = [(); 2].map(|()| Reason::word(&desk.word()));
        let earlier = elsewhere(&kate, &mut helper, other.clone()).await;
        let pid = ends(&kate);
        let finish = Finish(reason.clone());
        let then = async move { helper.send(pid, finish).await };
        match fate_of(&alex, pid, vec![earlier], then).await {
            Fate::Ended(told) if told == reason => {}
            Fate::Ended(told) if told == other => says("someone_else"),
            Fate::Ended(_) => says("other_reason"),
            Fate::Gone | Fate::Unknown => says("was_alive"),
        }
    });
}

#[test]
fn an_end_that_was_missed_has_no_reason() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let mut helper = alex.actor().await;
        let reason = Reason::word(&desk.word());
        let Down { object, .. } = elsewhere(&kate, &mut helper, reason).await;
        let Address::Pid(gone) = object else {
            panic!("{object} was watched by its pid");
        };
        let earlier = Vec::<String>::new();
        match fate_of(&alex, gone, earlier, async {}).await {
            Fate::Gone => {}
            Fate::Ended(_) => says("noproc"),
            Fate::Unknown => says("node_is_there"),
        }
    });
}

#[test]
fn of_a_lost_node_nothing_is_known() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let pid = ends(&kate);
        let (node, lost) = (alex.node.clone(), kate.name());
        let then = async move {
            node.disconnect(lost);
        };
        match fate_of(&alex, pid, Vec::<String>::new(), then).await {
            Fate::Unknown => {}
            Fate::Ended(_) => says("noconnection"),
            Fate::Gone => says("was_alive"),
        }
    });
}
