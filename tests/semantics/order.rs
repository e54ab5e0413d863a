//! Order between one sender and one receiver.

use moebi::{Exit, Pid, Reason};
use tokio::sync::oneshot;

use super::cluster::{Cluster, actor, trapper, within};
use super::functions::{COUNT, Word};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s40_a_hundred_thousand_messages_arrive_in_order() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (report, reported) = oneshot::channel();
    let counter = kate.spawn(|mut me| async move {
        let mut expected = 0;
        while expected < 100_000 {
            let Word(number) = me.receive().await;
            if number != expected {
                break;
            }
            expected += 1;
        }
        let _ = report.send(expected);
        Ok(())
    });
    alex.spawn(move |me| async move {
        for number in 0..100_000 {
            me.send(counter, Word(number)).await;
        }
        Ok(())
    });
    assert_eq!(within(reported).await, Ok(100_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s40_messages_sent_before_an_exit_come_before_it() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let to = me.pid();
    for round in 0..500 {
        let messages = round % 20;
        let pid = within(me.spawn_link(kate.name(), COUNT, (to, messages))).await;
        for number in 0..messages {
            assert_eq!(me.next::<Word>().await, Word(number));
        }
        let Exit { from, reason } = me.next::<Exit>().await;
        assert_eq!((from, reason), (pid, Reason::Normal));
    }
}

#[tokio::test]
async fn c19_signals_of_all_kinds_keep_their_order() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut there = trapper(&kate).await;
    there.register("server", there.pid()).expect("a free name");
    let alias = there.alias();
    for round in 0..50 {
        let mut me = actor(&alex).await;
        let (pid, word) = (there.pid(), |text: &str| Reason::word(text));
        // To the pid, the name and the alias; messages and exits; and the end.
        within(me.send(pid, Word(1))).await;
        within(me.exit(pid, word("first"))).await;
        within(me.send(("server", kate.name()), Word(2))).await;
        within(me.link(pid)).await;
        within(me.send(alias, Word(3))).await;
        within(me.exit(pid, word("second"))).await;
        within(me.send(pid, Word(4))).await;
        me.stop(Err(Reason::word("last")));
        let from: Pid = me.pid();
        assert_eq!(there.next::<Word>().await, Word(1), "in round {round}");
        assert_eq!(there.next::<Exit>().await, Exit { from, reason: word("first") });
        assert_eq!(there.next::<Word>().await, Word(2));
        assert_eq!(there.next::<Word>().await, Word(3));
        assert_eq!(
            there.next::<Exit>().await,
            Exit { from, reason: word("second") }
        );
        assert_eq!(there.next::<Word>().await, Word(4));
        assert_eq!(there.next::<Exit>().await, Exit { from, reason: word("last") });
    }
}
