//! How many keys are found: what a cache is for.
//!
//! The number of keys that nodes have says little. A key that lies where nobody looks for
//! it is counted as well, and does nobody any good. So we ask for each.

use indicatif::ProgressBar;
use moebi::otp::await_many;
use moebi::shell::{Args, Outcome, Prompt, Value};
use moebi::{Function, Node, Process, Reason};

use crate::fill::{LANES, PATIENCE, PIECE};
use crate::master::{node, whole};
use crate::requests;

/// How many of the keys of a number are found, from one to another.
const HITS: Function<(u64, u64, u64), u64> = Function::new("Apothik", "hits");

/// Each node of the cache counts for others.
pub fn offer(node: &Node) {
    node.offer(HITS, hits_here);
}

/// Runs on node I, in lanes as a fill does.
async fn hits_here(
    me: Process,
    (number, from, to): (u64, u64, u64),
) -> Result<u64, Reason> {
    let lanes = (from..=to).take(LANES as usize).map(|first| {
        me.task(async move |me| Ok(hits_lane(&me, number, first, to).await))
    });
    let lanes: Vec<_> = lanes.collect();
    Ok(await_many(lanes, PATIENCE).await?.into_iter().sum())
}

/// A key that cannot be asked for is not found.
async fn hits_lane(me: &Process, number: u64, first: u64, to: u64) -> u64 {
    let mut hits = 0;
    for at in (first..=to).step_by(LANES as usize) {
        let found = requests::get(me, format!("k_{number}_{at}")).await;
        hits += u64::from(found == Ok(Some(format!("v_{number}_{at}"))));
    }
    hits
}

/// `hits I N`: how many of the keys are found that `fill I N` has put.
pub async fn hits(at: &mut Prompt, mut args: Args) -> Outcome {
    let number = whole(&mut args, "I")?;
    let count = whole(&mut args, "N")?;
    args.end()?;
    let node = node(at, number)?;
    let (bar, mut hits) = (ProgressBar::new(count), 0);
    for from in (1..=count).step_by(PIECE as usize) {
        let piece = (number, from, count.min(from + PIECE - 1));
        hits += at.me.erpc_within(PATIENCE, node, HITS, piece).await?;
        bar.set_position(piece.2);
    }
    bar.finish_and_clear();
    Ok(Value::Number(hits as i64))
}
