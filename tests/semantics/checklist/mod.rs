//! What Erlang distribution promises, promise by promise: the races among them with a
//! relay that says when a signal arrives.

mod connecting;
mod flow;
mod identity;
mod links;
mod liveness;
mod monitors;
mod output;
mod spawning;
