//! A port mapper of a test's own, so that it does not meet the nodes of this machine.

use std::net::{Ipv4Addr, SocketAddr};

use moebi::dist::epmd::Server;
use tokio::runtime::{Builder, Runtime};

/// Listens on a free port; gone when this is dropped.
pub struct Mapper {
    server: Server,
    /// Runs the mapper while the test waits for a program, and the test's own nodes.
    pub runtime: Runtime,
}

impl Mapper {
    pub fn start() -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a test may start threads");
        let _entered = runtime.enter();
        let server = Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let server = server.expect("this machine has a free port");
        drop(_entered);
        Self { server, runtime }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// The value of `ERL_EPMD_PORT` for who shall find it.
    pub fn port(&self) -> String {
        self.address().port().to_string()
    }
}
