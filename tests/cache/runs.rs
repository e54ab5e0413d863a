//! What is done to the nodes, and what clients see meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rand::random_range;
use tokio::join;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::cluster::{Cluster, NODES};
use super::ledger::{CLIENTS, KEYS, Ledger};

/// A client whose node is down tries another after this.
const PAUSE: Duration = Duration::from_millis(10);
/// Keys of the planned run.
const FILLED: u64 = 500;

/// Runs a run, for as long as is wanted.
fn run(run: impl AsyncFnOnce(Instant)) {
    let seconds = std::env::var("MOEBI_CACHE_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(3);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        run(Instant::now() + Duration::from_secs(seconds)).await;
    });
}

/// Any node may be killed at any time; two may be down at once.
pub fn stormy(placement: &str) {
    run(async |until| {
        let cluster = Cluster::start(placement, 1).await;
        let ledger = Arc::new(Ledger::new(true));
        let mut storm = clients(&cluster, &ledger, until);
        for numbers in [0..3, 3..NODES] {
            let cluster = Arc::clone(&cluster);
            storm.spawn(async move {
                while Instant::now() < until {
                    let number = random_range(numbers.clone());
                    cluster.kill(number).await;
                    sleep(Duration::from_millis(random_range(0..200))).await;
                    cluster.launch(number).await;
                    sleep(Duration::from_millis(random_range(0..200))).await;
                }
            });
        }
        all_end(storm).await;
        cluster.settle().await;
        check_all(&cluster, &ledger).await;
    });
}

/// One is killed at a time, and the next when all keys have two copies again.
pub fn copied(placement: &str) {
    run(async |until| {
        let cluster = Cluster::start(placement, 2).await;
        let ledger = Arc::new(Ledger::new(false));
        let mut storm = clients(&cluster, &ledger, until);
        let here = Arc::clone(&cluster);
        storm.spawn(async move {
            while Instant::now() < until {
                let number = random_range(0..NODES);
                let killed = here.order(&format!("kill {}", number + 1)).await;
                assert_eq!(killed, "ok");
                here.gone(number).await;
                here.launch(number).await;
                here.settle().await;
            }
        });
        all_end(storm).await;
        check_all(&cluster, &ledger).await;
    });
}

/// Nodes leave and come, and nobody can tell by what they find.
pub fn planned(placement: &str) {
    run(async |until| {
        let cluster = Cluster::start(placement, 1).await;
        let filled = FILLED.to_string();
        assert_eq!(cluster.order(&format!("fill 1 {filled}")).await, filled);
        let mut readers = JoinSet::new();
        let found = Arc::new(AtomicU64::new(0));
        for _ in 0..CLIENTS {
            let (cluster, found) = (Arc::clone(&cluster), Arc::clone(&found));
            readers.spawn(async move {
                while Instant::now() < until {
                    found.fetch_add(read_filled(&cluster).await, Relaxed);
                }
            });
        }
        while Instant::now() < until {
            let number = random_range(0..NODES);
            assert_eq!(cluster.order(&format!("stop {}", number + 1)).await, "ok");
            cluster.gone(number).await;
            assert_eq!(cluster.order("sum").await, filled, "after a leave");
            cluster.launch(number).await;
            cluster.settle().await;
            assert_eq!(cluster.order("sum").await, filled, "after a join");
        }
        all_end(readers).await;
        assert!(found.load(Relaxed) > 100, "the readers have read hardly anything");
    });
}

/// Two leave at the same time, and then one while the other comes.
pub fn at_once(placement: &str) {
    run(async |until| {
        let cluster = Cluster::start(placement, 1).await;
        let filled = FILLED.to_string();
        assert_eq!(cluster.order(&format!("fill 1 {filled}")).await, filled);
        while Instant::now() < until {
            let one = random_range(0..NODES);
            let [two, third] = [1, 2].map(|more| (one + more) % NODES);
            let stop = |number| format!("stop {}", number + 1);
            let (stop_one, stop_two) = (stop(one), stop(two));
            let (first, second) =
                join!(cluster.order(&stop_one), cluster.at(third, &stop_two));
            let second = second.expect("the third node stays");
            assert_eq!([&*first, &*second], ["ok", "ok"]);
            join!(cluster.gone(one), cluster.gone(two));
            cluster.settle().await;
            assert_eq!(cluster.order("sum").await, filled, "after two leaves");
            cluster.launch(one).await;
            let (first, ()) = join!(cluster.order(&stop_one), cluster.launch(two));
            assert_eq!(first, "ok");
            cluster.gone(one).await;
            cluster.settle().await;
            assert_eq!(cluster.order("sum").await, filled, "after both");
            cluster.launch(one).await;
            cluster.settle().await;
            assert_eq!(cluster.order("sum").await, filled, "after a join");
        }
    });
}

/// Reads one of the keys at any node. A node that is leaving may say that it is.
async fn read_filled(cluster: &Cluster) -> u64 {
    let key = random_range(1..=FILLED);
    match cluster.at(random_range(0..NODES), &format!("get k_1_{key}")).await {
        Ok(answer) if answer.starts_with("**") => 0,
        Ok(answer) => {
            assert_eq!(answer, format!("{:?}", format!("v_1_{key}")));
            1
        }
        Err(_) => {
            sleep(PAUSE).await;
            0
        }
    }
}

/// Put and get, through any node.
fn clients(
    cluster: &Arc<Cluster>,
    ledger: &Arc<Ledger>,
    until: Instant,
) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (cluster, ledger) = (Arc::clone(cluster), Arc::clone(ledger));
        clients.spawn(async move {
            let mut done = 0;
            while Instant::now() < until {
                let at = random_range(0..NODES);
                let key = random_range(0..KEYS) + client * KEYS;
                done += put(&cluster, &ledger, at, key).await;
                done +=
                    get(&cluster, &ledger, at, random_range(0..ledger.keys())).await;
            }
            assert!(done > 10, "client {client} has done hardly anything: {done}");
        });
    }
    clients
}

/// 1 if it was done. If there was no answer, or an error, nobody knows.
async fn put(cluster: &Cluster, ledger: &Ledger, at: usize, key: usize) -> u64 {
    let (number, line) = ledger.put(key);
    match cluster.at(at, &line).await {
        Ok(answer) if answer == "ok" => {
            ledger.acknowledged(key, number);
            1
        }
        Ok(answer) => {
            assert!(answer.starts_with("**"), "a put answers {answer}");
            0
        }
        Err(_) => {
            sleep(PAUSE).await;
            0
        }
    }
}

async fn get(cluster: &Cluster, ledger: &Ledger, at: usize, key: usize) -> u64 {
    // Also while the nodes do not all see the same: what was acknowledged before we begin
    // to ask is the least that may be answered.
    let least = ledger.least(key);
    match cluster.at(at, &format!("get key_{key}")).await {
        Ok(answer) if !answer.starts_with("**") => {
            ledger.check(key, least, &answer);
            1
        }
        _ => 0,
    }
}

/// At the end all nodes are there, and each finds the same.
async fn check_all(cluster: &Cluster, ledger: &Ledger) {
    for key in 0..ledger.keys() {
        let least = ledger.least(key);
        let mut answers = Vec::new();
        for at in 0..NODES {
            let answer = cluster.at(at, &format!("get key_{key}")).await;
            let answer = answer.expect("all nodes are there");
            ledger.check(key, least, &answer);
            answers.push(answer);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "the nodes answer differently: {answers:?}");
    }
}

/// A task that panics has seen what must not be.
async fn all_end(mut tasks: JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}
