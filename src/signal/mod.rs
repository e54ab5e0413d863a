//! The vocabulary: node name, pid, reference, exit reason, message, signal.

mod name;

pub use name::{MAX_NAME, NameError, NodeName};
