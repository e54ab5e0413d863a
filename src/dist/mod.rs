//! Distribution: how two nodes find, recognise and talk to each other.

pub mod connection;
pub mod frame;
pub mod line;
