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

// `cfg(test)`, although nothing else is here: it tells clippy that helpers may unwrap.
#[cfg(test)]
mod after;
#[cfg(test)]
mod before;
#[cfg(test)]
mod dialled;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod member;
#[cfg(test)]
mod stranger;
#[cfg(test)]
mod world;
