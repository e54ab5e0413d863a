//! The port mapper of a script: the library's own, on a free port, so that scripts run
//! in parallel with the names their text has.

use std::net::{Ipv4Addr, SocketAddr};

use moebi::dist::epmd::Server;

use super::Failure;

/// Starts one; it is gone when this is dropped.
pub fn host() -> Result<Server, Failure> {
    Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .map_err(|e| format!("no port mapper for the script: {e}"))
}
