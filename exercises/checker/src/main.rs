//! `cargo exercise`

fn main() {}
