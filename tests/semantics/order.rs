//! Order between one sender and one receiver.

use moebi::{Exit, Reason};
use tokio::sync::oneshot;

use super::cluster::{Cluster, trapper, within};
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
