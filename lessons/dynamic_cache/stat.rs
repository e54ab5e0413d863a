//! How many keys there are, and where.

use moebi::NodeName;
use moebi::shell::{Args, CommandError, Outcome, Prompt, Value};

use crate::ask::{Ask, Reply};
use crate::cache::CACHE;
use crate::chart::bars;
use crate::dynamic_cache::Setup;

/// A bar for each node, and the numbers; a dash for a node that is not there.
pub async fn stat(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let counts = counts(at).await?;
    let named = counts
        .iter()
        .filter_map(|(node, count)| Some((node.alive().to_owned(), (*count)?)));
    at.me.puts(bars(&named.collect::<Vec<_>>())).await?;
    let shown = counts.into_iter().map(|(_, count)| {
        count.map_or(Value::atom("-"), |count| Value::Number(count as i64))
    });
    Ok(Value::list(shown))
}

/// A key that lies on two nodes counts twice: because it is to, with `replicas = 2`, or
/// because nobody looks for it any more where it lies.
pub async fn sum(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let counts = counts(at).await?.into_iter().filter_map(|(_, count)| count);
    Ok(Value::Number(counts.sum::<u64>() as i64))
}

/// How many keys each node of the topology has; none if it is not there.
// ANCHOR: counts
pub async fn counts(
    at: &Prompt,
) -> Result<Vec<(NodeName, Option<u64>)>, CommandError> {
    let mut counts = Vec::new();
    for node in Setup::new(&at.settings)?.topology {
        let count = match at.me.call((CACHE, node), Ask::Count).await {
            Ok(Reply::Count(count)) => Some(count),
            _ => None,
        };
        counts.push((node, count));
    }
    Ok(counts)
}
// ANCHOR_END: counts
