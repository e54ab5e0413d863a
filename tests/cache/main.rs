//! The cache, while its nodes come and go: each a program of its own, which clients use
//! through its prompt.
//!
//! | run | what happens | what must hold |
//! |---|---|---|
//! | `stormy` | nodes are killed and started again, any of them at any time | no request takes longer than its time-out; an answer was once put under that key |
//! | `copied` | the same with two copies: one node at a time, and the next when the copies are restored | besides, no key is lost, and none falls back behind what was acknowledged |
//! | `planned` | nodes leave and come in good order | every key is found at any time, and the counts add up |
//! | `at_once` | two leave in good order at the same time, or one while another comes | the counts add up |
//!
//! ```text
//! MOEBI_CACHE_SECONDS=60 cargo test --test cache
//! ```

mod cluster;
mod ledger;
mod prompt;
mod runs;

use runs::{at_once, copied, planned, stormy};

#[test]
fn modulo_answers_what_was_put_while_nodes_are_killed() {
    stormy("modulo");
}

#[test]
fn tokens_answer_what_was_put_while_nodes_are_killed() {
    stormy("tokens");
}

#[test]
fn rendezvous_answers_what_was_put_while_nodes_are_killed() {
    stormy("rendezvous");
}

#[test]
fn two_copies_by_tokens_survive_one_kill_after_the_other() {
    copied("tokens");
}

#[test]
fn two_copies_by_rendezvous_survive_one_kill_after_the_other() {
    copied("rendezvous");
}

#[test]
fn with_tokens_nothing_is_lost_in_planned_leaves_and_joins() {
    planned("tokens");
}

#[test]
fn with_rendezvous_nothing_is_lost_in_planned_leaves_and_joins() {
    planned("rendezvous");
}

#[test]
fn with_tokens_nothing_is_lost_when_two_leave_at_once() {
    at_once("tokens");
}

#[test]
fn with_rendezvous_nothing_is_lost_when_two_leave_at_once() {
    at_once("rendezvous");
}
