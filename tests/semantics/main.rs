//! Erlang's semantics, row by row, between real nodes over real sockets.
//!
//! Each test is named after the row of `rows.tsv` that it shows, or the row is in
//! `differences.tsv`, where the runtime differs from OTP and says why.

mod application;
mod cache;
mod call;
mod chat;
mod checklist;
mod cluster;
mod cookie;
mod definitions;
mod desk;
mod erpc;
mod forged;
mod functions;
mod in_flight;
mod kv;
mod link;
mod log;
mod monitor;
mod node;
mod order;
mod program;
mod relay;
mod rows;
mod server;
mod spawn;
mod supervised;
mod supervisor;
mod task;
mod task_supervisor;
mod terminal;
mod work;
