//! The port mapper of a script: on a port of its own, so that scripts run in parallel
//! with the names their text has.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::Failure;

/// A port mapper; it is gone when this is dropped.
pub struct Epmd {
    port: u16,
    _child: Child,
}

impl Epmd {
    /// Where it listens, for `ERL_EPMD_PORT`.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Starts one.
//
// STAND-IN until the library has one: then this is `moebi::dist::epmd::Server::bind`
// with port 0, its `local_addr`, and the server as the guard. Debian's epmd has to be
// told a port, which somebody else may take in between.
pub async fn host() -> Result<Epmd, Failure> {
    let failed = |e: std::io::Error| format!("no epmd for the script: {e}");
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = free.local_addr().map_err(failed)?.port();
    drop(free);
    let mut child = Command::new("epmd")
        .args([
            "-d",
            "-d",
            "-address",
            "127.0.0.1",
            "-port",
            &port.to_string(),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let log = child.stderr.take().ok_or("epmd has no log")?;
    // It logs "entering the main select() loop" once it listens.
    let mut lines = BufReader::new(log).lines();
    let listens = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains("select") {
                tokio::spawn(async move {
                    while let Ok(Some(_)) = lines.next_line().await {}
                });
                return true;
            }
        }
        false
    };
    match timeout(Duration::from_secs(5), listens).await {
        Ok(true) => Ok(Epmd {
            port,
            _child: child,
        }),
        _ => Err("epmd does not listen".into()),
    }
}
