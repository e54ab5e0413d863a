//! When do the polls close, and what was counted?

use std::time::{Duration, Instant};

use checker::desk::{self, PATIENCE};
use checker::says;
use moebi::{Pid, Process, Reason};
use tokio::time::{sleep, timeout};

use super::*;

/// So many come before the polls open, and lie in the mailbox.
const EARLY: usize = 2;

/// So many come afterwards, at intervals of an eighth of the time, which is three times
/// as long as the polls are open.
const LATER: usize = 24;

async fn vote(me: Process, names: Vec<String>, to: Pid, open: Duration) -> Outcome {
    for name in names {
        sleep(open / 8).await;
        me.send(to, Vote(name)).await;
    }
    Ok(())
}

type Outcome = Result<(), Reason>;

#[test]
fn the_polls_close_in_time() {
    desk::run(async |desk| {
        let alex = desk.node("alex").await;
        let mut me = alex.actor().await;
        let (to, number) = (me.pid(), desk.number(1000));
        let open = Duration::from_millis(300 + desk.number(100));
        let names: Vec<String> = (0..EARLY + LATER).map(|_| desk.word()).collect();
        me.send(to, number).await;
        for name in &names[..EARLY] {
            me.send(to, Vote(name.clone())).await;
        }
        let later = names[EARLY..].to_vec();
        let voters = alex.spawn(move |me| vote(me, later, to, open));
        let began = Instant::now();
        let Ok(counted) = timeout(PATIENCE, votes(&mut me, open)).await else {
            says("never_closes");
        };
        let took = began.elapsed();
        me.exit(voters, Reason::Kill).await;

        if counted.len() == names.len() {
            says("never_closes");
        }
        if took < open {
            says(if counted.len() == 1 { "only_one" } else { "closes_early" });
        }
        let mut left = Vec::new();
        let mut number_left = false;
        for message in me.flush() {
            match message.open() {
                Ok(Vote(name)) => left.push(name),
                Err(other) => number_left |= other.open().ok() == Some(number),
            }
        }
        if !number_left {
            says("takes_too_much");
        }
        let all = [&counted[..], &left[..]].concat();
        if all.len() < EARLY || !names.starts_with(&all) {
            says("loses_votes");
        }
        // One may come just as they close, or on a busy machine a few.
        if counted.len() < left.len() {
            says("misses_votes");
        }
    });
}
