//! The lesson's own files, as its program has them.
#![allow(dead_code, reason = "a test has no use for all that the program uses")]

#[path = "../../../lessons/kv/lines.rs"]
pub mod lines;
#[path = "../../../lessons/kv/router.rs"]
pub mod router;
#[path = "../../../lessons/kv/table.rs"]
pub mod table;
