//! What a node runs for others: functions about its guest book.
//!
//! The same functions serve `erpc` and tasks. Each is run by a new process, on the node
//! that offers it; the book itself they ask for, as everybody else must.

use moebi::{Function, Node, Process, Reason};
use tokio::time::sleep;

use crate::guest_book::{Ask, BOOK, SLOWLY};

/// What the functions belong to, as in `Book.guests/0`.
pub const MODULE: &str = "Book";

/// All answer with a text. What a function takes and gives is known to the compiler
/// here, and to nobody else: on the other node somebody may have written another type.
const GUESTS: Function<(), String> = Function::new(MODULE, "guests");
const FIND: Function<(String,), String> = Function::new(MODULE, "find");
const READ_ALOUD: Function<(), String> = Function::new(MODULE, "read_aloud");
const READ_SLOWLY: Function<(), String> = Function::new(MODULE, "read_slowly");
const BURN: Function<(), String> = Function::new(MODULE, "burn");

// ANCHOR: offer
/// Every node offers them.
pub fn offer(node: &Node) {
    node.offer(GUESTS, guests);
    node.offer(FIND, find);
    node.offer(READ_ALOUD, read_aloud);
    node.offer(READ_SLOWLY, read_slowly);
    node.offer(BURN, burn);
}
// ANCHOR_END: offer

// ANCHOR: guests
/// Runs where the book is, so it asks the book of its own node. If that fails, so does
/// the function, and for the same reason: that is what `?` does with a call.
async fn guests(me: Process, (): ()) -> Result<String, Reason> {
    Ok(me.call((BOOK, me.node()), Ask::Guests).await?)
}
// ANCHOR_END: guests

/// The guests whose names begin so. It takes a text: see what becomes of a number.
async fn find(me: Process, (start,): (String,)) -> Result<String, Reason> {
    let guests = me.call((BOOK, me.node()), Ask::Guests).await?;
    let found = guests.split(", ").filter(|guest| guest.starts_with(&start));
    let found: Vec<&str> = found.collect();
    Ok(if found.is_empty() { "nobody".into() } else { found.join(", ") })
}

/// Where does this appear? A process prints where the one prints that started it. For
/// `erpc` that is the caller; for a task it is the supervisor, and so the task's node.
async fn read_aloud(me: Process, (): ()) -> Result<String, Reason> {
    let guests = me.call((BOOK, me.node()), Ask::Guests).await?;
    me.puts(format!("were here: {guests}")).await?;
    Ok(guests)
}

/// Takes its time, but holds up nobody: it is not the server who waits here.
async fn read_slowly(me: Process, (): ()) -> Result<String, Reason> {
    sleep(SLOWLY).await;
    guests(me, ()).await
}

/// Ends the process that runs it. The book is another process, and knows nothing of it.
async fn burn(_me: Process, (): ()) -> Result<String, Reason> {
    panic!("my copy is on fire")
}
