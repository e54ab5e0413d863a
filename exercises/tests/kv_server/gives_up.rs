//! Who is started again, who else is, and when is it enough?

use std::time::Duration;

use checker::desk::{Actor, Desk, Member, PATIENCE, within};
use checker::{desk, says};
use moebi::{Down, receive};
use tokio::time::{Instant, sleep};

use super::*;

const OVEN: &str = "oven";
const DELIVERY: &str = "delivery";
const LEAFLETS: &str = "leaflets";

/// More than `RESTARTS` in `PERIOD` are too many.
const RESTARTS: usize = 2;
const PERIOD: Duration = Duration::from_secs(1);

/// A supervisor that never gives up is not tried for ever.
const ENOUGH: usize = 10;

#[test]
fn each_child_is_started_again_as_it_should_be() {
    desk::run(async |desk| {
        the_oven_never_stays_cold(desk).await;
        a_delivery_is_done_once(desk).await;
        leaflets_are_tried_once(desk).await;
    });
}

#[test]
fn after_too_many_it_is_enough() {
    desk::run(async |desk| {
        let mut bakery = opens(desk).await;
        for _ in 0..RESTARTS {
            bakery.ends(OVEN, Err(Reason::word(&desk.word()))).await;
            bakery.restarted(OVEN, "too_early").await;
        }
        // What was long ago does not count any more.
        sleep(PERIOD + PERIOD / 5).await;
        let mut crashes = Vec::new();
        while crashes.len() < ENOUGH {
            crashes.push(Instant::now());
            bakery.ends(OVEN, Err(Reason::word(&desk.word()))).await;
            if bakery.pid(OVEN).await.is_none() {
                break;
            }
            // On a slow machine the third crash may come too late to be too much.
            let counted = crashes.iter().rev().nth(RESTARTS);
            if counted.is_some_and(|first| first.elapsed() < PERIOD * 4 / 5) {
                says("too_late");
            }
        }
        if crashes.len() <= RESTARTS {
            says("remembers_too_long");
        }
        bakery.closed().await;
    });
}

async fn the_oven_never_stays_cold(desk: &Desk) {
    for outcome in [Err(Reason::word(&desk.word())), Ok(())] {
        let mut bakery = opens(desk).await;
        let others = [bakery.pid(DELIVERY).await, bakery.pid(LEAFLETS).await];
        bakery.ends(OVEN, outcome).await;
        bakery.restarted(OVEN, "oven_stays_cold").await;
        if [bakery.pid(DELIVERY).await, bakery.pid(LEAFLETS).await] != others {
            says("others_too");
        }
    }
}

async fn a_delivery_is_done_once(desk: &Desk) {
    let mut bakery = opens(desk).await;
    bakery.ends(DELIVERY, Err(Reason::word(&desk.word()))).await;
    bakery.restarted(DELIVERY, "not_delivered").await;
    bakery.ends(DELIVERY, Ok(())).await;
    if bakery.pid(DELIVERY).await.is_some() {
        says("delivered_twice");
    }
}

async fn leaflets_are_tried_once(desk: &Desk) {
    for outcome in [Err(Reason::word(&desk.word())), Ok(())] {
        let mut bakery = opens(desk).await;
        bakery.ends(LEAFLETS, outcome).await;
        if bakery.pid(LEAFLETS).await.is_some() {
            says("leaflets_again");
        }
        bakery.pid(OVEN).await.unwrap_or_else(|| says("too_early"));
    }
}

/// A bakery that is open, and the process that its keeper will tell of its end.
struct Bakery {
    client: Actor,
    supervisor: Pid,
    node: Member,
}

/// A node for each: names are free again.
async fn opens(desk: &Desk) -> Bakery {
    let node = desk.node("kate").await;
    let mut client = node.actor().await;
    let to = client.pid();
    let keeper = node.spawn(move |me| keeper(me, to));
    client.monitor(keeper).await;
    receive! { client,
        News::Open(supervisor) => Bakery { client, supervisor, node },
        _ended: Down => says("not_open"),
        after PATIENCE => says("not_open"),
    }
}

impl Bakery {
    /// Ends a child's day. When this returns, the supervisor has been sent the news: a
    /// process tells those it is linked to before it tells those who watch it.
    async fn ends(&mut self, child: &str, outcome: Result<(), Reason>) {
        let mut watching = self.node.actor().await;
        let Some(pid) = watching.whereis(child) else { says("not_open") };
        watching.monitor(pid).await;
        watching.send(pid, Evening(outcome)).await;
        let Some(Down { .. }) = watching.hears().await else {
            panic!("{child} was told to end, and has not");
        };
    }

    /// Who the child is now that the supervisor has done what there was to do: it
    /// answers only then. `None` if there is no such child, or no supervisor.
    async fn pid(&mut self, child: &str) -> Option<Pid> {
        let asked = Supervisor::which_children(&self.client, self.supervisor);
        let children = within(asked).await.ok()?;
        let found = children.iter().find(|known| known.id == child);
        found.and_then(|child| child.state.pid())
    }

    async fn restarted(&mut self, child: &str, otherwise: &str) {
        if self.pid(child).await.is_none() {
            says(otherwise);
        }
    }

    /// The supervisor has ended: what does the client hear of it?
    async fn closed(&mut self) {
        let client = &mut self.client;
        receive! { client,
            News::Closed(reason) => if reason != Reason::Shutdown {
                says("other_reason");
            },
            _keeper: Down => says("dies_too"),
            after PATIENCE => says("not_told"),
        }
        match client.hears().await {
            Some(Down { reason: Reason::Normal, .. }) => {}
            _ => says("other_end"),
        }
    }
}
