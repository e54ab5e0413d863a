//! A computation spread over all nodes.
//!
//! The numbers are cut into pieces, the pieces are dealt to the nodes like cards, and
//! each becomes a task there. Results are taken as they come, and each moves the bar.
//! The tasks are not linked: there is another way if one fails. A node that lets us down
//! gets no more, and its pieces are dealt again to those that are left.

use std::collections::BTreeMap;
use std::mem::take;

use indicatif::ProgressBar;
use moebi::otp::Tasks;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{CallError, Function, Node, NodeName, Process, Reason};

use crate::{primes, supervisor};

/// How many primes there are from a number on and below another.
const COUNT: Function<(i64, i64), i64> = Function::new("Primes", "count");

/// So many pieces, at most: enough for each node to have some, and for a bar to move.
const PIECES: i64 = 24;

/// Every node helps.
pub fn offer(node: &Node) {
    node.offer(COUNT, count);
}

async fn count(_me: Process, (from, below): (i64, i64)) -> Result<i64, Reason> {
    Ok(primes::count(from, below).await?)
}

/// The command of this file.
pub fn commands() -> Vec<Command> {
    let help = "Counts the primes up to N, on all nodes.";
    vec![Command::new("primes", "N", help, count_everywhere)]
}

/// Answers how many primes there are, and how many pieces each node has done.
///
/// The bar is drawn on standard error and only if that is a terminal, as it should be:
/// what is not a result does not belong into the output of a program.
async fn count_everywhere(at: &mut Prompt, mut args: Args) -> Outcome {
    let most = primes::whole(&mut args, "N")?;
    args.end()?;
    let mut nodes = vec![at.node.name()];
    nodes.extend(at.node.list());
    let mut work = Work::new(nodes, most);
    // So that the bar is there before the first result is.
    work.bar.tick();
    while !work.left.is_empty() {
        work.deal(&at.me).await?;
    }
    work.bar.finish_and_clear();
    for sentence in &work.lost {
        at.me.puts(sentence).await?;
    }
    let shares = work
        .shares
        .into_iter()
        .map(|(node, pieces)| Value::tuple([node.into(), Value::Number(pieces)]));
    Ok(Value::tuple([Value::Number(work.found), Value::list(shares)]))
}

/// From a number on, and below another.
type Piece = (i64, i64);

/// What is to be done, by whom, and what has come of it so far.
struct Work {
    nodes: Vec<NodeName>,
    left: Vec<Piece>,
    found: i64,
    shares: BTreeMap<NodeName, i64>,
    lost: Vec<String>,
    bar: ProgressBar,
}

impl Work {
    fn new(nodes: Vec<NodeName>, most: i64) -> Self {
        let size = most / PIECES + 1;
        let pieces = (0..PIECES).map(|at| (at * size, (at + 1) * size));
        let left: Vec<_> =
            pieces.map(|(from, to)| (from, to.min(most + 1))).collect();
        Self {
            nodes,
            bar: ProgressBar::new(left.len() as u64),
            left,
            found: 0,
            shares: BTreeMap::new(),
            lost: Vec::new(),
        }
    }

    // ANCHOR: deal
    /// Deals what is left to the nodes that are left, and gathers what comes of it. All
    /// pieces are dealt before the first result is awaited: that is what spreads them.
    async fn deal(&mut self, me: &Process) -> Result<(), CommandError> {
        if self.nodes.is_empty() {
            return Err(CommandError::new("no node is left to count"));
        }
        let nodes = self.nodes.clone();
        let (mut dealt, mut tasks) = (Vec::new(), Vec::new());
        for (piece, &node) in
            take(&mut self.left).into_iter().zip(nodes.iter().cycle())
        {
            let under = (supervisor::NAME, node);
            match me.task_under_nolink(under, COUNT, piece).await {
                Ok(task) => {
                    tasks.push(task);
                    dealt.push((node, piece));
                }
                Err(error) => self.take_back(node, piece, &error),
            }
        }
        let mut tasks = Tasks::from_iter(tasks);
        while let Some((which, result)) = tasks.next().await {
            let (node, piece) = dealt[which];
            match result {
                Ok(primes) => self.add(node, primes),
                Err(error) => self.take_back(node, piece, &error),
            }
        }
        Ok(())
    }
    // ANCHOR_END: deal

    fn add(&mut self, node: NodeName, primes: i64) {
        self.found += primes;
        *self.shares.entry(node).or_default() += 1;
        self.bar.inc(1);
    }

    // ANCHOR: take_back
    /// One failure is enough: why should the next piece fare better there?
    fn take_back(&mut self, node: NodeName, piece: Piece, error: &CallError) {
        self.left.push(piece);
        if self.nodes.contains(&node) {
            self.nodes.retain(|&other| other != node);
            self.lost.push(format!("{node} is left out: {error}"));
        }
    }
    // ANCHOR_END: take_back
}
