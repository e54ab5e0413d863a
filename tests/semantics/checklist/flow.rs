//! A peer that does not read: who waits, and who does not.

use moebi::process::TrySendError;
use moebi::{Exit, Pid, Reason};
use serde::{Deserialize, Serialize};

use crate::cluster::{Actor, Cluster, actor, is_pending, trapper, within};
use crate::functions::Word;
use crate::relay::Relay;

/// Enough to fill a line in a moment.
#[derive(Debug, Serialize, Deserialize)]
struct Load(u64, #[serde(with = "serde_bytes")] Vec<u8>);

const SIZE: usize = 64 * 1024;
/// All the buffers of two sockets and a relay are smaller than this.
const ENOUGH: u64 = 64 * 1024 * 1024 / SIZE as u64;

fn load(number: u64) -> Load {
    Load(number, vec![0; SIZE])
}

/// Sends until the line is full; says how much was sent.
fn fill(me: &Actor, to: Pid) -> u64 {
    for number in 0..ENOUGH {
        if let Err(refused) = me.try_send(to, load(number)) {
            assert_eq!(refused, TrySendError::Full(to.node()));
            return number;
        }
    }
    panic!("{ENOUGH} messages of {SIZE} bytes did not fill the line");
}

#[tokio::test]
async fn c13_a_peer_that_does_not_read_holds_its_senders_and_nobody_else() {
    let (home, abroad) = (Cluster::start(), Cluster::start());
    let (alex, kate) = (home.node("alex").await, abroad.node("kate").await);
    let moebi = home.node("moebi").await;
    let relay = Relay::new(&home, &kate, &abroad).await;
    alex.meet(&kate).await;
    alex.meet(&moebi).await;
    let (me, mut there) = (actor(&alex).await, actor(&kate).await);
    let helper = me.servant(&moebi).await;
    relay.hold_requests();
    let sent = fill(&me, there.pid());

    // One that waits, one that gives up: the second was never sent.
    let other = actor(&alex).await;
    let mut held = Box::pin(me.send(there.pid(), load(sent)));
    assert!(is_pending(&mut held).await);
    let mut given_up = Box::pin(other.send(there.pid(), Word(99)));
    assert!(is_pending(&mut given_up).await);
    drop(given_up);
    assert_eq!(
        other.try_send(there.pid(), Word(99)),
        Err(TrySendError::Full(kate.name()))
    );

    // Other links and processes of the same node do not notice.
    let mut third = actor(&alex).await;
    third.ask(helper, 7).await;
    within(third.send(other.pid(), Word(8))).await;
    assert!(is_pending(&mut held).await);

    relay.open();
    within(held).await;
    within(me.send(there.pid(), Word(100))).await;
    for number in 0..=sent {
        assert_eq!(there.next::<Load>().await.0, number);
    }
    assert_eq!(there.next::<Word>().await, Word(100));
}

#[tokio::test]
async fn c14_links_and_exits_do_not_wait_but_keep_their_place() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut me, mut there) = (trapper(&alex).await, trapper(&kate).await);
    relay.hold_requests();
    let sent = fill(&me, there.pid());
    within(me.link(there.pid())).await;
    within(me.exit(there.pid(), Reason::word("asked"))).await;
    me.stop(Err(Reason::word("ended")));
    relay.open();
    for number in 0..sent {
        assert_eq!(there.next::<Load>().await.0, number);
    }
    let asked = Exit { from: me.pid(), reason: Reason::word("asked") };
    assert_eq!(there.next::<Exit>().await, asked);
    assert_eq!(there.exit_of(me.pid()).await, Reason::word("ended"));
}

/// The line is full in one direction; what comes from there is heard all the same, and
/// the connection ends when somebody says so.
#[tokio::test]
async fn c14_a_full_line_still_hears_and_can_be_closed() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut me, there) = (trapper(&alex).await, actor(&kate).await);
    relay.hold_requests();
    let sent = fill(&me, there.pid());
    within(there.send(me.pid(), Word(1))).await;
    assert_eq!(me.next::<Word>().await, Word(1));
    within(me.link(there.pid())).await;
    let other = actor(&alex).await;
    let mut held = Box::pin(other.send(there.pid(), load(sent)));
    assert!(is_pending(&mut held).await);
    assert!(alex.disconnect(kate.name()));
    assert_eq!(me.exit_of(there.pid()).await, Reason::NoConnection);
    // The one that waited does not wait for ever: it connects anew.
    relay.open();
    within(held).await;
}
