//! Tasks at home: two computations at once.
//!
//! A call is to start something and to wait for it. A task takes the two apart, and
//! between them we can do something else. It is a process like any other, and what it
//! computes comes back as its answer:
//!
//! ```text
//!   prompt ── me.task ──┬── counts ──────────── task.await ── both
//!                       └── task counts as well ────┘
//! ```

use std::time::Duration;

use moebi::Reason;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use tokio::task::{JoinError, spawn_blocking};

/// The command of this file.
pub fn commands() -> Vec<Command> {
    vec![Command::new(
        "both",
        "N M",
        "Counts the primes up to N and up to M, at once.",
        both,
    )]
}

// ANCHOR: both
/// Takes as long as the larger of the two does alone, on a machine with two processors.
/// Try `both 1 3000000`, and then 3000000 twice.
///
/// A future of Rust's does nothing before somebody awaits it; a task runs at once. As it
/// is linked to the prompt, a panic in either of them ends both.
async fn both(at: &mut Prompt, mut args: Args) -> Outcome {
    let n = whole(&mut args, "N")?;
    let m = whole(&mut args, "M")?;
    args.end()?;
    let task = at.me.task(async move |_me| Ok::<_, Reason>(count(2, n + 1).await?));
    let here = count(2, m + 1).await?;
    // Five seconds would be the rule, and here it is more than we know.
    let there = task.within(Duration::MAX).await?;
    Ok(Value::list([there, here]))
}
// ANCHOR_END: both

// ANCHOR: count
/// How many primes there are from a number on and below another.
///
/// Computing never awaits, and a process that never awaits lets no other run. So it gets
/// a thread of its own, and its node goes on answering. Such a thread cannot be killed:
/// if the process goes, it counts to the end for nobody.
pub async fn count(from: i64, below: i64) -> Result<i64, JoinError> {
    spawn_blocking(move || (from..below).map(|n| i64::from(is_prime(n))).sum()).await
}
// ANCHOR_END: count

/// The slow way, on purpose: there must be something to share.
fn is_prime(n: i64) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)
}

/// The most this lesson counts up to; days of work.
const MOST: i64 = 1_000_000_000_000;

/// A number that one can count up to.
pub fn whole(args: &mut Args, what: &str) -> Result<i64, CommandError> {
    match args.value(what)? {
        Value::Number(number @ 0..=MOST) => Ok(number),
        other => {
            let says = format!("{other} is not a number from 0 to {MOST}");
            Err(CommandError::new(says))
        }
    }
}
