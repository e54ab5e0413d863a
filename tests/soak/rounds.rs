//! Round after round: ties are made, processes end and nodes are killed, all at the same
//! time; then everybody who must have learned of it has.

use std::time::Duration;

use rand::prelude::{IndexedRandom, SliceRandom};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::Instant;

use crate::cluster::{Cluster, DEADLINE, Number, Said, Wrong};
use crate::ties::{Tie, Ties};

/// So many nodes.
const NODES: usize = 20;

/// So many targets on each.
const TARGETS: usize = 3;

/// So many ties are made in a round: half of them before anything happens.
const TIES: usize = 24;

/// So many letter writers have the address of a target.
const READERS: usize = 3;

/// How much a node has of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    processes: usize,
    nodes: usize,
    files: usize,
}

/// A process that others are tied to.
#[derive(Clone)]
struct Target {
    pid: String,
    node: Number,
    run: u64,
}

struct Soak {
    cluster: Cluster,
    random: StdRng,
    ties: Ties,
    targets: Vec<Target>,
    /// Of nodes that were killed.
    old: Vec<Target>,
    ready: Vec<bool>,
    counts: Vec<Option<Count>>,
    letters: Vec<u64>,
    words: u64,
    retired: bool,
}

/// Soaks for so long.
pub async fn soak(time: Duration, seed: u64) -> Result<(), Wrong> {
    let mut soak = Soak {
        cluster: Cluster::start(NODES)?,
        random: StdRng::seed_from_u64(seed),
        ties: Ties::default(),
        targets: Vec::new(),
        old: Vec::new(),
        ready: vec![false; NODES],
        counts: vec![None; NODES],
        letters: vec![0; NODES],
        words: 0,
        retired: false,
    };
    soak.are_ready().await?;
    let everybody: Vec<Number> = (0..NODES).collect();
    soak.join(&everybody).await?;
    // All nodes are alike; who has more is still busy with the last connection.
    let least = soak.counts.iter().flatten().min_by_key(|count| count.files);
    let before = *least.ok_or("nobody was counted")?;
    soak.count_until(&everybody, |count| count == before).await?;
    soak.settle_in(&everybody).await?;
    let end = Instant::now() + time;
    let mut rounds = 0;
    while Instant::now() < end {
        soak.round().await.map_err(|wrong| format!("round {rounds}: {wrong}"))?;
        rounds += 1;
    }
    soak.retire(before).await?;
    let (fired, letters) = (soak.ties.fired, soak.letters.iter().sum::<u64>());
    let killed: u64 = soak.cluster.nodes.iter().map(|node| node.run).sum();
    eprintln!(
        "{rounds} rounds, {killed} nodes killed, {fired} ties, {letters} letters"
    );
    if letters == 0 || (rounds > 0 && fired == 0) {
        return Err("nothing happened".to_owned());
    }
    Ok(())
}

impl Soak {
    async fn round(&mut self) -> Result<(), Wrong> {
        let mut nodes: Vec<Number> = (0..NODES).collect();
        nodes.shuffle(&mut self.random);
        let killed = self.random.random_range(1..=3);
        let (victims, others) = nodes.split_at(killed);
        self.tie_some(others, victims, TIES / 2).await?;
        self.until(|soak| soak.ties.missing().is_empty()).await?;
        self.tie_some(others, victims, TIES / 2).await?;
        self.tie_to_the_dead(others).await?;
        let ended = self.choose_who_ends(victims);
        for victim in victims {
            self.ties
                .dies(*victim, |pid| ended.iter().any(|(one, _)| one.pid == pid));
        }
        let mut ended = ended.into_iter();
        for victim in victims {
            for (target, word) in ended.by_ref().take(2) {
                let end = format!("end {} {word}", target.pid);
                self.cluster.tell(target.node, &end).await?;
            }
            self.cluster.kill(*victim).await?;
        }
        self.bury(victims);
        self.until(|soak| soak.ties.missing().is_empty()).await?;
        self.ties.settle();
        for victim in victims {
            self.ready[*victim] = false;
            self.cluster.restart(*victim)?;
        }
        self.are_ready().await?;
        self.join(victims).await?;
        self.settle_in(victims).await
    }

    /// Ties of survivors to anybody, and of victims to survivors.
    async fn tie_some(
        &mut self,
        others: &[Number],
        victims: &[Number],
        count: usize,
    ) -> Result<(), Wrong> {
        for made in 0..count {
            let watchers = if made % 4 == 0 { victims } else { others };
            let Some(target) = self.targets.choose(&mut self.random).cloned() else {
                continue;
            };
            let watcher = *watchers.choose(&mut self.random).expect("some");
            if watcher != target.node {
                self.tie(watcher, &target, Vec::new()).await?;
            }
        }
        Ok(())
    }

    /// All nodes know of the new run of the killed one: it has joined since.
    async fn tie_to_the_dead(&mut self, others: &[Number]) -> Result<(), Wrong> {
        let dead: Vec<Target> =
            self.old.sample(&mut self.random, 3).cloned().collect();
        for target in dead {
            let watcher = *others.choose(&mut self.random).expect("some");
            if others.contains(&target.node) && watcher != target.node {
                self.tie(watcher, &target, vec!["noproc".to_owned()]).await?;
            }
        }
        Ok(())
    }

    async fn tie(
        &mut self,
        watcher: Number,
        target: &Target,
        expected: Vec<String>,
    ) -> Result<(), Wrong> {
        let link = self.random.random();
        let id = self.ties.add(Tie {
            watcher,
            link,
            node: target.node,
            target: target.pid.clone(),
            tied: None,
            expected,
            fired: None,
        });
        let how = if link { "link" } else { "monitor" };
        self.cluster.tell(watcher, &format!("{how} {id} {}", target.pid)).await
    }

    fn choose_who_ends(&mut self, victims: &[Number]) -> Vec<(Target, String)> {
        let mut ended = Vec::new();
        for _ in 0..2 * victims.len() {
            let of_survivors = |target: &&Target| !victims.contains(&target.node);
            let some: Vec<_> = self.targets.iter().filter(of_survivors).collect();
            let Some(target) = some.choose(&mut self.random) else { break };
            let target: Target = (*target).clone();
            self.targets.retain(|other| other.pid != target.pid);
            self.words += 1;
            let word = format!("word_{}", self.words);
            self.ties.ends(&target.pid, &word);
            ended.push((target, word));
        }
        ended
    }

    fn bury(&mut self, victims: &[Number]) {
        let dead = |target: &Target| victims.contains(&target.node);
        let gone: Vec<Target> =
            self.targets.extract_if(.., |one| dead(one)).collect();
        let pids: Vec<String> =
            gone.iter().map(|target| target.pid.clone()).collect();
        self.ties.forget_targets_of(&pids);
        self.old.extend(gone);
    }

    async fn are_ready(&mut self) -> Result<(), Wrong> {
        self.until(|soak| soak.ready.iter().all(|ready| *ready)).await
    }

    /// The nodes join the mesh, each by the word of one that is in it.
    async fn join(&mut self, nodes: &[Number]) -> Result<(), Wrong> {
        let mut there: Vec<Number> =
            (0..NODES).filter(|node| !nodes.contains(node)).collect();
        for node in nodes {
            if let Some(other) = there.choose(&mut self.random) {
                let connect = format!("connect {}", self.cluster.nodes[*other].name);
                self.cluster.tell(*node, &connect).await?;
            }
            there.push(*node);
        }
        self.count_until(nodes, |count| count.nodes == NODES - 1).await
    }

    /// Targets on these nodes, and those who write to them.
    async fn settle_in(&mut self, nodes: &[Number]) -> Result<(), Wrong> {
        let wanted = self.targets.len() + TARGETS * nodes.len();
        for node in nodes {
            for _ in 0..TARGETS {
                self.cluster.tell(*node, "target").await?;
            }
        }
        self.until(|soak| soak.targets.len() == wanted).await?;
        let new = self.targets[wanted - TARGETS * nodes.len()..].to_vec();
        for Target { pid, run, .. } in new {
            for _ in 0..READERS {
                let writer = self.random.random_range(0..NODES);
                self.cluster.tell(writer, &format!("write {pid} {run}")).await?;
            }
        }
        Ok(())
    }

    /// Everything goes back to what it was.
    async fn retire(&mut self, before: Count) -> Result<(), Wrong> {
        self.retired = true;
        self.ties.clear();
        for node in 0..NODES {
            self.cluster.tell(node, "retire").await?;
        }
        let everybody: Vec<Number> = (0..NODES).collect();
        self.count_until(&everybody, |count| count == before).await
    }

    /// Asks the nodes what they have, until each of them has what it should.
    async fn count_until(
        &mut self,
        nodes: &[Number],
        right: impl Fn(Count) -> bool,
    ) -> Result<(), Wrong> {
        let until = Instant::now() + DEADLINE;
        let mut wrong = nodes.to_vec();
        while !wrong.is_empty() {
            for node in &wrong {
                self.counts[*node] = None;
                self.cluster.tell(*node, "count").await?;
            }
            self.until(|soak| wrong.iter().all(|node| soak.counts[*node].is_some()))
                .await?;
            let is_right = |node: &Number| self.counts[*node].is_some_and(&right);
            wrong.retain(|node| !is_right(node));
            if Instant::now() > until {
                let counts: Vec<_> =
                    wrong.iter().map(|node| (node, self.counts[*node])).collect();
                return Err(format!("not as it should be: {counts:?}"));
            }
            // Nobody tells when a mesh is complete, or the last file is closed.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Listens until something has been reached.
    async fn until(&mut self, reached: impl Fn(&Self) -> bool) -> Result<(), Wrong> {
        let until = Instant::now() + DEADLINE;
        while !reached(self) {
            match self.cluster.hear(until).await {
                Some(said) => self.heard(&said)?,
                None => {
                    let missing = self.ties.missing();
                    return Err(format!("waited in vain; missing: {missing:#?}"));
                }
            }
        }
        Ok(())
    }

    fn heard(&mut self, said: &Said) -> Result<(), Wrong> {
        let Said { node, run, line } = said;
        let old = *run != self.cluster.nodes[*node].run;
        let number = |text: &str| text.parse().map_err(|_| format!("{line}?"));
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match *words {
            ["crossed", ..] => return Err(format!("{node}: {line}")),
            ["left", ..] if self.retired => {}
            ["left", target, from, reason] => {
                self.ties.left(target, from, reason)?
            }
            ["tied", id, pid] => self.ties.tied(number(id)?, pid),
            ["fired", id, reason] => self.ties.fires(number(id)?, reason)?,
            _ if old => {}
            ["ready"] => self.ready[*node] = true,
            ["target", pid] => {
                let (pid, run) = (pid.to_owned(), *run);
                self.targets.push(Target { pid, node: *node, run });
            }
            ["count", processes, nodes, rest] => {
                let (files, letters) = rest.split_once(' ').ok_or("no letters")?;
                let number = |text: &str| number(text).map(|number| number as usize);
                let (processes, nodes) = (number(processes)?, number(nodes)?);
                let files = number(files)?;
                self.letters[*node] = number(letters)? as u64;
                self.counts[*node] = Some(Count { processes, nodes, files });
            }
            _ => return Err(format!("{node} said {line:?}")),
        }
        Ok(())
    }
}
