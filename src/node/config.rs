//! How a node is started.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::dist::cookie::{Cookie, CookieError};
use crate::dist::epmd::{self, EpmdError};
use crate::process::{Output, Stdout};
use crate::signal::{NameError, NodeName};

/// How long a peer may be silent (`net_ticktime` in Erlang's kernel application).
const TICK_TIME: Duration = Duration::from_secs(60);

/// What a node is started with: by default without a name, printing on standard output.
///
/// ```no_run
/// # async fn example() -> Result<(), moebi::StartError> {
/// use moebi::{Config, Node};
/// let kate = Node::start(Config::new().short_name("kate@localhost")).await?;
/// # Ok(()) }
/// ```
pub struct Config {
    pub(super) name: Option<Name>,
    pub(super) cookie: Option<Cookie>,
    pub(super) hidden: bool,
    pub(super) tick_time: Duration,
    pub(super) setup_time: Duration,
    pub(super) epmd_port: Option<u16>,
    pub(super) output: Box<dyn Output>,
}

#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) long: bool,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The name breaks Erlang's rules.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A full name needs its host written out.
    #[error("Can't set long node name! Please write the host: --name {0}@10.0.0.5")]
    NoHost(String),
    /// Another node has the name.
    #[error(
        "Protocol 'inet_tcp': the name {0} seems to be in use by another Erlang node"
    )]
    NameInUse(NodeName),
    /// The port mapper refuses or cannot be reached.
    #[error(transparent)]
    Epmd(EpmdError),
    /// There is no cookie to be had.
    #[error(transparent)]
    Cookie(#[from] CookieError),
    /// No socket to listen on.
    #[error("cannot listen for other nodes: {0}")]
    Listen(#[from] std::io::Error),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: None,
            cookie: None,
            hidden: false,
            tick_time: TICK_TIME,
            setup_time: crate::dist::handshake::SETUP_TIME,
            epmd_port: None,
            output: Box::new(Stdout),
        }
    }
}

impl Config {
    /// A node without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// `kate@localhost`, or `kate` on this machine's own host name.
    pub fn short_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(Name { text: name.into(), long: false });
        self
    }

    /// `kate@10.0.0.5` or `kate@kate.example`. Short and long names do not mix.
    pub fn long_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(Name { text: name.into(), long: true });
        self
    }

    /// What the nodes of a cluster know in common; default: `~/.erlang.cookie`.
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// Not in anybody's `list()`, and not introduced to others.
    pub fn hidden(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    /// How long a peer may be silent; the same for all nodes of a cluster.
    pub fn tick_time(mut self, time: Duration) -> Self {
        self.tick_time = time;
        self
    }

    /// How long a connection may take to set up (default 7 s, `net_setuptime`).
    pub fn setup_time(mut self, time: Duration) -> Self {
        self.setup_time = time;
        self
    }

    /// The port mapper's port; default: `ERL_EPMD_PORT`, else 4369.
    pub fn epmd_port(mut self, port: u16) -> Self {
        self.epmd_port = Some(port);
        self
    }

    /// Where the node's own group leader prints.
    pub fn output(mut self, output: impl Output) -> Self {
        self.output = Box::new(output);
        self
    }

    pub(super) fn port_mapper(&self) -> Result<u16, StartError> {
        let port = self.epmd_port.map_or_else(epmd::port_from_env, Ok);
        port.map_err(StartError::Epmd)
    }
}

impl Name {
    /// The node's whole name, with the host if it was left out.
    pub(super) fn complete(&self) -> Result<NodeName, StartError> {
        let text = match (self.text.contains('@'), self.long) {
            (true, _) => self.text.clone(),
            (false, true) => return Err(StartError::NoHost(self.text.clone())),
            (false, false) => format!("{}@{}", self.text, host_name()),
        };
        NodeName::check(&text)?;
        let name = NodeName::from(&text);
        if !self.long && name.is_long() {
            return Err(NameError::NotShort(name.host().to_owned()).into());
        }
        Ok(name)
    }
}

/// This machine's name up to the first dot.
fn host_name() -> String {
    let whole = gethostname::gethostname().to_string_lossy().into_owned();
    let short = whole.split('.').next().unwrap_or_default();
    if short.is_empty() { "localhost".to_owned() } else { short.to_owned() }
}

/// Does the node stay on this machine?
pub(super) fn is_loopback(name: NodeName) -> bool {
    matches!(name.host(), "localhost" | "127.0.0.1")
}

/// Where a node listens, and its port mapper.
pub(super) fn listen_address(name: NodeName) -> SocketAddr {
    let ip =
        if is_loopback(name) { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
    SocketAddr::new(IpAddr::V4(ip), 0)
}
