//! Filling the cache through one of its nodes.
//!
//! The keys are `k_I_1` to `k_I_N`, each with the value `v_I_J`. The master asks node I to
//! put them, some at a time, so that there is a bar to look at; node I puts each of them
//! where it belongs. How many land where does not depend on the node they go through.

use std::time::Duration;

use indicatif::ProgressBar;
use moebi::otp::await_many;
use moebi::shell::{Args, CommandError, Outcome, Prompt, Value};
use moebi::{Function, Node, Process, Reason};
use serde::{Deserialize, Serialize};

use crate::master::{node, whole};
use crate::requests::{self, RequestError};

/// Puts the keys of a number from one to another, and says what came of it.
const FILL: Function<(u64, u64, u64), Filled> = Function::new("Apothik", "fill");

/// Longer the master does not wait for a piece.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// So many keys are asked for at a time,
pub const PIECE: u64 = 250;
/// and so many of those are on their way at once.
pub const LANES: u64 = 10;

/// What came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Filled {
    stored: u64,
    failed: u64,
    /// Why the last one failed that did.
    why: Option<RequestError>,
}

impl Filled {
    fn add(&mut self, other: Self) {
        self.stored += other.stored;
        self.failed += other.failed;
        self.why = other.why.or(self.why.take());
    }
}

/// Each node of the cache does it for others.
pub fn offer(node: &Node) {
    node.offer(FILL, fill_here);
}

/// Runs on node I. To put one key after the other would be to wait most of the time, for
/// an answer that is on its way; so there are a few that put, each every tenth key.
async fn fill_here(
    me: Process,
    (number, from, to): (u64, u64, u64),
) -> Result<Filled, Reason> {
    let lanes = (from..=to).take(LANES as usize).map(|first| {
        me.task(async move |me| Ok(fill_lane(&me, number, first, to).await))
    });
    let mut all = Filled::default();
    for filled in await_many(lanes.collect::<Vec<_>>(), PATIENCE).await? {
        all.add(filled);
    }
    Ok(all)
}

// ANCHOR: lane
async fn fill_lane(me: &Process, number: u64, first: u64, to: u64) -> Filled {
    let mut filled = Filled::default();
    for at in (first..=to).step_by(LANES as usize) {
        let (key, value) = (format!("k_{number}_{at}"), format!("v_{number}_{at}"));
        match requests::put(me, key, value).await {
            Ok(()) => filled.stored += 1,
            Err(why) => {
                filled.failed += 1;
                filled.why = Some(why);
            }
        }
    }
    filled
}
// ANCHOR_END: lane

/// `fill I N`: answers how many keys were put. If node I is not there, or is lost on the
/// way, that is an error; if one of the others is, it is said which keys were not put.
pub async fn fill(at: &mut Prompt, mut args: Args) -> Outcome {
    let number = whole(&mut args, "I")?;
    let count = whole(&mut args, "N")?;
    args.end()?;
    let node = node(at, number)?;
    let bar = ProgressBar::new(count);
    let mut all = Filled::default();
    for from in (1..=count).step_by(PIECE as usize) {
        let to = count.min(from + PIECE - 1);
        match at.me.erpc_within(PATIENCE, node, FILL, (number, from, to)).await {
            Ok(filled) => all.add(filled),
            Err(why) => {
                bar.finish_and_clear();
                let stored = all.stored;
                let says = format!("{why}: {stored} of {count} keys were stored");
                return Err(CommandError::new(says));
            }
        }
        bar.inc(to + 1 - from);
    }
    bar.finish_and_clear();
    if let Some(why) = &all.why {
        let says = format!("{} keys were not stored: {why}", all.failed);
        at.me.puts(says).await?;
    }
    Ok(Value::Number(all.stored as i64))
}
