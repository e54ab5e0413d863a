//! The port mapper of a script: on a port of its own, so that scripts run in parallel
//! with the names their text has.

use std::net::{Ipv4Addr, SocketAddr};

use moebi::dist::epmd::Server;

use super::Failure;

/// A port mapper; it is gone when this is dropped.
pub struct Epmd(Server);

impl Epmd {
    /// Where it listens, for `ERL_EPMD_PORT`.
    pub fn port(&self) -> u16 {
        self.0.local_addr().port()
    }
}

/// Starts one.
pub fn host() -> Result<Epmd, Failure> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Server::bind(any).map(Epmd).map_err(|e| format!("no epmd for the script: {e}"))
}
