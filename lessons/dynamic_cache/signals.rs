//! Two ways to end a node from outside.
//!
//! In Erlang one would try `Node.stop` on it first: the node would have no name any more,
//! and nobody could reach it. But a node that was given its name on the command line
//! keeps it (`{error, not_allowed}`), for who started it relies on it, so the story stops
//! the whole system instead (`System.stop`). Here a node is ended as any other program is,
//! with a signal of the operating system, and sends it to itself because a master on
//! another machine cannot.

use moebi::{Function, Node, Process, Reason};
use nix::sys::signal::{Signal, raise};

use crate::cluster::Leave;
use crate::farewell::{AT_LEISURE, FAREWELL};

/// Ends the program at once. Nobody is told, and nothing is saved; the operating system
/// closes the connections, and that is how the others learn of it.
pub const KILL: Function<(), ()> = Function::new("Apothik", "kill");

/// Ends it in good order: what it keeps is handed over, then it stops.
pub const STOP: Function<(), ()> = Function::new("Apothik", "stop");

/// What each node of the cache offers.
pub fn offer(node: &Node) {
    node.offer(KILL, async |_me, ()| send(Signal::SIGKILL));
    node.offer(STOP, stop);
}

async fn stop(me: Process, (): ()) -> Result<(), Reason> {
    // With fixed members there is nobody to say farewell: their share is lost.
    let _ = me.call_within(AT_LEISURE, (FAREWELL, me.node()), Leave).await;
    send(Signal::SIGTERM)
}

fn send(signal: Signal) -> Result<(), Reason> {
    raise(signal).map_err(|why| Reason::word(&why.to_string()))
}
