//! Distribution: how two nodes find, recognise and talk to each other.
