//! EPMD, Erlang's port mapper: which port has `kate` on this host?
//!
//! A node listens on any free port. It tells the port mapper of its host, which is at a
//! port that everybody knows, and asks the mapper of another host for the nodes there.
//!
//! ```text
//! kate              EPMD of the host              alex
//!  |  ALIVE2_REQ kate 40123  |                     |
//!  |------------------------>|                     |
//!  |  ALIVE2_X_RESP creation |                     |
//!  |<------------------------|                     |
//!  |                         | PORT_PLEASE2_REQ kate
//!  |   (stays connected)     |<--------------------|
//!  |                         | PORT2_RESP 40123    |
//!  |                         |-------------------->|
//!  |  connection closes      |                     |
//!  |----------x              | kate is forgotten   |
//! ```
//!
//! The registration lives exactly as long as its connection, so the mapper needs no
//! timer and no clean-up: when a node dies, however badly, its operating system closes
//! the connection.
//!
//! | module | what |
//! |---|---|
//! | `protocol` | the bytes |
//! | `client` | [`register`], [`lookup`], [`names`] |
//! | `server` | [`Server`], a mapper of our own |
//! | `presence` | [`Presence`]: a node stays registered, whatever happens to the mapper |

mod client;
mod presence;
mod protocol;
mod server;

use std::io;
use std::net::SocketAddr;

pub use client::{Registration, lookup, names, register};
pub use presence::{Presence, PresenceConfig};
pub use server::Server;

/// Where a port mapper listens unless `ERL_EPMD_PORT` says otherwise.
pub const DEFAULT_PORT: u16 = 4369;

/// What can go wrong with the port mapper.
#[derive(Debug, thiserror::Error)]
pub enum EpmdError {
    /// Another node of that name is registered.
    #[error("the name {0} is in use by another node on this host")]
    NameInUse(String),
    /// Nobody listens there.
    #[error("no port mapper (epmd) answers at {0}")]
    Nobody(SocketAddr),
    /// It did not answer in time.
    #[error("the port mapper (epmd) at {0} did not answer in time")]
    Timeout(SocketAddr),
    /// It hung up instead of answering.
    #[error("the port mapper (epmd) at {0} closed the connection without an answer")]
    Closed(SocketAddr),
    /// Something else listens at that port, or it is broken.
    #[error("what answers at {0} is not a port mapper (epmd): {1}")]
    NotEpmd(SocketAddr, &'static str),
    /// The network.
    #[error("the port mapper (epmd) at {0} cannot be reached: {1}")]
    Io(SocketAddr, #[source] io::Error),
    /// There is no port mapper, and none could be started.
    #[error("no port mapper (epmd) answers, and none can be started at {0}: {1}")]
    Bind(SocketAddr, #[source] io::Error),
    /// No node can have this name.
    #[error("{0:?} is not a name that a port mapper (epmd) can keep")]
    BadName(String),
    /// `ERL_EPMD_PORT` is set to something else than a port.
    #[error("ERL_EPMD_PORT must be a port number from 1 to 65535, but is {0:?}")]
    BadPort(String),
}

/// The port of the port mapper: `ERL_EPMD_PORT`, else [`DEFAULT_PORT`].
///
/// # Errors
/// [`EpmdError::BadPort`] if the variable is not a port number.
pub fn port_from_env() -> Result<u16, EpmdError> {
    let value = std::env::var_os("ERL_EPMD_PORT");
    port_from(value.as_ref().map(|value| value.to_string_lossy()).as_deref())
}

fn port_from(value: Option<&str>) -> Result<u16, EpmdError> {
    let Some(value) = value else {
        return Ok(DEFAULT_PORT);
    };
    match value.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(EpmdError::BadPort(value.to_owned())),
    }
}

/// Which run of a node of that name this is. Values below 4 are left to old nodes,
/// which had two bits for it.
fn fresh_creation() -> u32 {
    rand::random_range(4..=u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_comes_from_the_environment() {
        assert_eq!(port_from(None).unwrap(), 4369);
        assert_eq!(port_from(Some("40000")).unwrap(), 40000);
        for junk in ["", "0", "65536", "-1", "epmd"] {
            let error = port_from(Some(junk)).unwrap_err().to_string();
            assert!(error.contains(&format!("{junk:?}")), "{error}");
        }
    }
}
