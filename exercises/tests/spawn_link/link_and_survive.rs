//! Does the foreman outlive his workers, but not they him?

use checker::desk::{self, Actor, Desk, Member, PATIENCE};
use checker::says;
use moebi::{Down, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};

use super::*;

const JOBS: usize = 5;

/// A worker has begun.
#[derive(Serialize, Deserialize)]
struct Begun {
    worker: Pid,
    job: u64,
}

/// How a worker shall end.
#[derive(Serialize, Deserialize)]
struct Finish(Result<(), Reason>);

#[derive(Serialize, Deserialize)]
struct AreYouThere(Pid);

#[derive(Serialize, Deserialize)]
struct Here;

async fn work(mut me: Process, job: u64, client: Pid) -> Result<(), Reason> {
    me.send(client, Begun { worker: me.pid(), job }).await;
    loop {
        receive! { me,
            Finish(outcome) => return outcome,
            AreYouThere(who) => me.send(who, Here).await,
        }
    }
}

/// Nodes, and a client whose foreman has set his workers to work.
struct Site {
    client: Actor,
    foreman: Pid,
    workers: Vec<Begun>,
    _nodes: (Member, Member),
}

async fn site(desk: &Desk) -> Site {
    let (alex, kate) = desk.pair().await;
    let mut client = alex.actor().await;
    let (to, node) = (client.pid(), kate.name());
    kate.offer(WORK, move |me, (job,)| work(me, job, to));
    let first = desk.number(1000);
    let jobs: Vec<u64> = (first..).take(JOBS).collect();
    let foreman = alex.spawn(move |me| foreman(me, node, jobs, to));
    client.monitor(foreman).await;
    let mut workers = Vec::new();
    while workers.len() < JOBS {
        receive! { client,
            begun: Begun => workers.push(begun),
            _report: Report => says("too_early"),
            _down: Down => says("dies_too"),
            after PATIENCE => says("one_at_a_time"),
        }
    }
    workers.sort_by_key(|begun| begun.job);
    Site { client, foreman, workers, _nodes: (alex, kate) }
}

impl Site {
    async fn finish(&mut self, worker: usize, outcome: Result<(), Reason>) {
        self.client.send(self.workers[worker].worker, Finish(outcome)).await;
    }

    /// What comes of it, if anything should come yet.
    async fn report(&mut self) -> Report {
        let client = &mut self.client;
        receive! { client,
            report: Report => report,
            Down { reason, .. } => match reason {
                Reason::Normal => says("no_report"),
                _ => says("dies_too"),
            },
            after PATIENCE => says("no_report"),
        }
    }
}

#[test]
fn a_crash_is_a_line_in_the_report() {
    desk::run(async |desk| {
        let mut site = site(desk).await;
        let crashes = [desk.number(2) as usize, 2 + desk.number(2) as usize];
        let word = desk.word();
        for crash in crashes {
            site.finish(crash, Err(Reason::Exception(word.clone()))).await;
        }
        for worker in (0..JOBS).filter(|worker| !crashes.contains(worker)) {
            site.finish(worker, Ok(())).await;
        }
        let Report { mut done, mut failed } = site.report().await;
        if done.len() + failed.len() < JOBS {
            says("too_early");
        }
        done.sort();
        failed.sort();
        let jobs = |crashed: bool| {
            let those =
                (0..JOBS).filter(|worker| crashes.contains(worker) == crashed);
            those.map(|worker| site.workers[worker].job).collect::<Vec<_>>()
        };
        if jobs(false).iter().any(|job| failed.contains(job)) {
            says("normal_is_no_crash");
        }
        if (done, failed) != (jobs(false), jobs(true)) {
            says("other_jobs");
        }
    });
}

#[test]
fn the_workers_end_with_the_foreman() {
    desk::run(async |desk| {
        let Site { mut client, foreman, workers, _nodes } = site(desk).await;
        client.exit(foreman, Reason::Kill).await;
        let Some(Down { .. }) = client.hears().await else {
            panic!("a killed process has ended");
        };
        // What the foreman's end sends to his workers is on its way before this.
        for begun in workers {
            client.monitor(begun.worker).await;
            client.send(begun.worker, AreYouThere(client.pid())).await;
            receive! { client,
                Here => says("orphans"),
                Down { .. } => {}
                after PATIENCE => says("orphans"),
            }
        }
    });
}
