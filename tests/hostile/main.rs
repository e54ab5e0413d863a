//! What strangers and members of the cluster can do to a node: nothing that anybody
//! else notices.
//!
//! | read about | in |
//! |---|---|
//! | the node under attack, and the link that must not notice | `world.rs` |
//! | what the log says | `logs.rs` |
//! | who has no cookie | `stranger.rs`, tests in `before.rs` and `dialled.rs` |
//! | who has one and still misbehaves | `member.rs`, tests in `after.rs`, `floods.rs` |
//!
//! One test at a time: each looks at the memory of the whole program.

mod after;
mod before;
mod dialled;
mod floods;
mod logs;
mod member;
mod stranger;
mod world;
