//! Who is answered, how often, and until when?

use checker::desk::{self, Actor, PATIENCE};
use checker::says;
use moebi::{Down, Reason, receive};

use super::*;

/// Counts the pongs that come until kate's process has ended. `None` if it does not end.
async fn pongs(player: &mut Actor) -> (usize, Option<Reason>) {
    let mut pongs = 0;
    loop {
        receive! { player,
            Rally::Pong => pongs += 1,
            _other: Rally => says("no_pong"),
            Down { reason, .. } => return (pongs, Some(reason)),
            after PATIENCE => return (pongs, None),
        }
    }
}

#[test]
fn each_ping_has_its_pong() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        offer(&kate);
        let (mut one, mut two) = (alex.actor().await, alex.actor().await);
        let pid = one.spawn(kate.name(), PONG, ()).await;
        one.monitor(pid).await;
        two.monitor(pid).await;
        // All by the same sender: the order is promised, and the sender says nothing.
        for player in [one.pid(), two.pid(), two.pid(), one.pid(), two.pid()] {
            one.send(pid, Rally::Ping(player)).await;
        }
        one.send(pid, Rally::Enough).await;

        let (of_one, reason) = pongs(&mut one).await;
        if reason.is_none() {
            says(if of_one == 0 { "no_answer" } else { "no_end" });
        }
        let (of_two, _) = pongs(&mut two).await;
        match (of_one, of_two) {
            (2, 3) => {}
            (0, 0) => says("no_answer"),
            (1, 0) => says("only_once"),
            (5, 0) => says("always_the_same"),
            _ => says("other_count"),
        }
        if reason != Some(Reason::Normal) {
            says("bad_end");
        }
    });
}
