//! EPMD, the port mapper of a host: which node listens on which port.
//!
//! A node registers its name and port, and stays registered for as long as the
//! connection to the port mapper is open. Whoever wants to reach `kate@host` asks the
//! port mapper of `host` for `kate`. The protocol is Erlang's ("EPMD Protocol" in the
//! ERTS user's guide), so a real `epmd` is used if one runs, and real Erlang nodes and
//! `epmd -names` can use ours.
//!
//! If none runs, the first node hosts one itself. When that node goes, the others notice
//! that their registration is lost; one of them takes the port over, and all register
//! again ([`Presence`]).

mod client;
mod presence;
mod protocol;
mod server;

pub use client::{Registration, lookup, names, register};
pub use presence::{Presence, PresenceConfig};
pub use server::Server;

/// The port of a port mapper, unless `ERL_EPMD_PORT` says another.
pub const PORT: u16 = 4369;

/// What can go wrong between a node and its port mapper.
#[derive(Debug, thiserror::Error)]
pub enum EpmdError {
    /// Another node of this host is registered under the name.
    #[error("the name {0} seems to be in use by another Erlang node")]
    NameInUse(String),
    /// Nobody listens, and none could be hosted.
    #[error("the port mapper at {0} cannot be reached: {1}")]
    Unreachable(std::net::SocketAddr, std::io::Error),
    /// It did not answer in time.
    #[error("the port mapper at {0} does not answer")]
    Slow(std::net::SocketAddr),
    /// It answers, but not as a port mapper does.
    #[error("what listens at {0} is not a port mapper")]
    Malformed(std::net::SocketAddr),
    /// The environment names no port.
    #[error("ERL_EPMD_PORT is {0:?}, which is not a port")]
    Port(String),
}

/// The port mapper's port: `ERL_EPMD_PORT`, else [`PORT`].
///
/// # Errors
/// [`EpmdError::Port`].
pub fn port_from_env() -> Result<u16, EpmdError> {
    match std::env::var("ERL_EPMD_PORT") {
        Ok(text) => match text.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(EpmdError::Port(text)),
        },
        Err(_) => Ok(PORT),
    }
}

#[cfg(test)]
mod tests;
