//! Says which lessons there are and how to start each.

fn main() {}
