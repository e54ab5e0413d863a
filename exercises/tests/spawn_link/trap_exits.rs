//! Does the reporter live, hear everything, and obey?

use checker::desk::{self, Actor, Desk, Member, PATIENCE};
use checker::says;
use moebi::{Down, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};

use super::*;

/// How one of the others shall end.
#[derive(Serialize, Deserialize)]
struct Finish(Result<(), Reason>);

/// Nodes, those who will end, and a client who is told.
struct Scene {
    client: Actor,
    reporter: Pid,
    others: Vec<Pid>,
    _nodes: (Member, Member),
}

async fn scene(desk: &Desk) -> Scene {
    let (alex, kate) = desk.pair().await;
    let mut client = alex.actor().await;
    let other = |_| {
        kate.spawn(async |mut me: Process| {
            let Finish(outcome) = me.receive().await;
            outcome
        })
    };
    let others: Vec<Pid> = (0..4).map(other).collect();
    let (to, linked) = (client.pid(), others.clone());
    let reporter = alex.spawn(move |me| reporter(me, linked, to));
    client.monitor(reporter).await;
    receive! { client,
        Ready => {}
        _down: Down => says("dies_too"),
        after PATIENCE => says("not_ready"),
    }
    Scene { client, reporter, others, _nodes: (alex, kate) }
}

impl Scene {
    /// Over the connection that the links have been made over, so not before them.
    async fn finish(&self, other: usize, outcome: Result<(), Reason>) {
        self.client.send(self.others[other], Finish(outcome)).await;
    }

    /// What is said about one of the others, who has ended.
    async fn told_of(&mut self, other: usize) -> End {
        let of = self.others[other];
        let client = &mut self.client;
        receive! { client,
            news @ News { .. } if news.of == of => news.end,
            // One after the other they end, and each is waited for.
            _news: News => says("normal_unheard"),
            _down: Down => says("dies_too"),
            after PATIENCE => says("nothing_told"),
        }
    }
}

#[test]
fn each_end_is_told() {
    desk::run(async |desk| {
        let mut scene = scene(desk).await;
        let (crash, word) = (desk.word(), desk.word());

        // Whoever waits for the second end hears that the first was passed over: over
        // one connection, news keep their order.
        let mine = scene.client.monitor(scene.others[0]).await;
        scene.finish(0, Ok(())).await;
        let client = &mut scene.client;
        receive! { client,
            down: Down => if down.reference != mine { says("dies_too") },
            after PATIENCE => panic!("the first has not ended"),
        }
        scene.finish(1, Err(Reason::Exception(crash.clone()))).await;
        if scene.told_of(0).await != End::Done {
            says("done");
        }
        match scene.told_of(1).await {
            End::Crashed(text) if text == crash => {}
            End::Crashed(_) => says("not_the_text"),
            _ => says("crashed"),
        }
        scene.client.exit(scene.others[2], Reason::Kill).await;
        if scene.told_of(2).await != End::Killed {
            says("killed");
        }
        scene.finish(3, Err(Reason::word(&word))).await;
        if scene.told_of(3).await != End::Other(word) {
            says("other_reason");
        }
        match scene.client.hears().await {
            Some(Down { reason: Reason::Normal, .. }) => {}
            _ => says("stays"),
        }
    });
}

#[test]
fn a_request_is_obeyed() {
    desk::run(async |desk| {
        let Scene { mut client, reporter, _nodes, .. } = scene(desk).await;
        let word = Reason::word(&desk.word());
        client.exit(reporter, word.clone()).await;
        receive! { client,
            Down { reason: Reason::Normal, .. } => says("ends_well"),
            Down { reason, .. } => if reason != word { says("ends_otherwise") },
            _news: News => says("not_one_of_them"),
            after PATIENCE => says("disobeys"),
        }
    });
}
