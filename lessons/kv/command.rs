//! What a client can ask for: a line is a command, and each has an answer.
//!
//! ```text
//!   CREATE bucket           OK
//!   PUT bucket key value    OK
//!   GET bucket key          the value, or an empty line, then OK
//!   DELETE bucket key       OK
//!
//!   NOT FOUND               there is no such bucket
//!   UNKNOWN COMMAND         that was none of the above
//!   NODE DOWN node          the bucket is on a node that cannot be reached
//!   NO ENTRY why            the table does not say where the bucket would be
//!   LOOP way                the tables disagree about where it is
//!   ERROR why               something else went wrong
//!   LINE TOO LONG           that was no line, see `lines.rs`
//!   NOT UTF-8               nor was that
//! ```
//!
//! Whatever happens to a bucket or to its node is an answer. A connection that is closed
//! tells a client nothing, and takes from it the answers to come.

use moebi::{CallError, NodeName, Pid, Process};

use super::bucket::Ask;
use super::registry::{CREATE, LOOKUP};
use super::router::{RouteError, Router, way};

// ANCHOR: refusals
/// Why a command is not done, in the words of the protocol.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("UNKNOWN COMMAND")]
    Unknown,
    #[error("NOT FOUND")]
    NotFound,
    #[error("NODE DOWN {0}")]
    NodeDown(NodeName),
    #[error("NO ENTRY {0}")]
    NoEntry(RouteError),
    #[error("LOOP {}", way(.0))]
    Loop(Vec<NodeName>),
    #[error("ERROR {0}")]
    Error(CallError),
}
// ANCHOR_END: refusals

// ANCHOR: run
/// Does what a line says. The answer is one or more lines, all of them ended.
pub async fn run(me: &Process, router: &Router, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let answer = match words[..] {
        ["CREATE", bucket] => create(me, router, bucket).await,
        ["GET", bucket, key] => {
            let ask = Ask::Get { key: key.to_owned() };
            let value = ask_bucket(me, router, bucket, ask).await;
            value.map(|value| format!("{}\r\nOK", value.unwrap_or_default()))
        }
        ["PUT", bucket, key, value] => {
            let ask = Ask::Put { key: key.to_owned(), value: value.to_owned() };
            ask_bucket(me, router, bucket, ask).await.map(|_before| "OK".into())
        }
        ["DELETE", bucket, key] => {
            let ask = Ask::Delete { key: key.to_owned() };
            ask_bucket(me, router, bucket, ask).await.map(|_before| "OK".into())
        }
        _ => Err(Refusal::Unknown),
    };
    // A reason may have several lines, and an answer that is none of the protocol's own
    // must not: a client would take the second line for the next answer.
    let refused = |refusal: Refusal| refusal.to_string().replace(['\r', '\n'], " ");
    answer.unwrap_or_else(refused) + "\r\n"
}
// ANCHOR_END: run

/// Where the table says, the bucket is found or made.
async fn create(
    me: &Process,
    router: &Router,
    bucket: &str,
) -> Result<String, Refusal> {
    router.route(me, bucket, CREATE, (bucket.to_owned(),)).await?;
    Ok("OK".into())
}

// ANCHOR: ask-bucket
/// Finds the bucket, wherever it is, and asks it. Only the first needs the router: a pid
/// can be called from any node, and the answer comes straight back.
async fn ask_bucket(
    me: &Process,
    router: &Router,
    bucket: &str,
    question: Ask,
) -> Result<Option<String>, Refusal> {
    let found = router.route(me, bucket, LOOKUP, (bucket.to_owned(),)).await?;
    let pid: Pid = found.ok_or(Refusal::NotFound)?;
    me.call(pid, question).await.map_err(|error| match error {
        // It has ended since, and what was in it is gone.
        CallError::NoProc | CallError::Exit(_) => Refusal::NotFound,
        other => other.into(),
    })
}
// ANCHOR_END: ask-bucket

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NodeDown(node) => Self::NodeDown(node),
            other => Self::Error(other),
        }
    }
}

impl From<RouteError> for Refusal {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::Call(error) => error.into(),
            RouteError::Loop { hops, .. } => Self::Loop(hops),
            none @ RouteError::NoEntry { .. } => Self::NoEntry(none),
        }
    }
}
