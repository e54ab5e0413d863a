//! Distribution: how two nodes find, recognise and talk to each other.
//!
//! In the order in which two nodes need them:
//!
//! | step | module | question |
//! |---|---|---|
//! | find | [`epmd`] | which port has `kate` on that host? |
//! | recognise | [`handshake`], [`cookie`] | is it she, and may we talk? |
//! | agree | [`flags`] | what do both of us understand? |
//! | talk | [`connection`], [`mod@line`], [`frame`] | what does she say? |

mod buffer;
pub mod connection;
pub mod cookie;
pub mod epmd;
pub mod flags;
pub mod frame;
pub mod handshake;
pub mod line;
