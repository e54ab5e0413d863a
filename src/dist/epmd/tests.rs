use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

const SOON: Duration = Duration::from_secs(5);

async fn server() -> Server {
    Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

async fn ask(at: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    timeout(SOON, socket.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    answer
}

/// Asks until the answer is this: what a port mapper notices, it notices soon.
async fn until_names(at: SocketAddr, expected: &[&str]) {
    let wait = async {
        loop {
            let names = names(at).await.unwrap_or_default();
            let names: Vec<_> =
                names.iter().map(|(name, _)| name.as_str()).collect();
            if names == expected {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, wait)
        .await
        .unwrap_or_else(|_| panic!("never {expected:?}"));
}

#[tokio::test]
async fn a_node_is_found_while_its_socket_is_open() {
    let server = server().await;
    let at = server.local_addr();
    let kate = register(at, "kate", 1234, false).await.unwrap();
    assert!(kate.creation >= 4);
    assert_eq!(lookup(at, "kate").await.unwrap(), Some(1234));
    assert_eq!(lookup(at, "alex").await.unwrap(), None);
    assert_eq!(names(at).await.unwrap(), [("kate".to_owned(), 1234)]);
    drop(kate);
    until_names(at, &[]).await;
}

#[tokio::test]
async fn a_name_in_use_is_refused() {
    let server = server().await;
    let at = server.local_addr();
    let _kate = register(at, "kate", 1, false).await.unwrap();
    let second = register(at, "kate", 2, false).await;
    assert!(matches!(second, Err(EpmdError::NameInUse(name)) if name == "kate"));
    assert_eq!(lookup(at, "kate").await.unwrap(), Some(1));
}

#[tokio::test]
async fn nobody_ends_it_from_outside() {
    let server = server().await;
    let at = server.local_addr();
    assert_eq!(ask(at, &[0, 1, 107]).await, b"NO");
    assert_eq!(ask(at, b"\0\x05skate").await, b"NOEXIST");
    assert!(names(at).await.unwrap().is_empty(), "it still answers");
}

#[tokio::test]
async fn what_is_no_request_is_dropped() {
    let server = server().await;
    let at = server.local_addr();
    let too_long = [0xFF; 600];
    for request in [
        &b"\0\0"[..],
        b"\0\x01?",
        b"\0\x03x\0\0",
        b"\0\x0bx\0\0MMMMMM\0\xFF",
        &too_long,
    ] {
        let mut socket = TcpStream::connect(at).await.unwrap();
        let _ = socket.write_all(request).await;
        let mut answer = Vec::new();
        let ended = timeout(SOON, socket.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{request:?}");
        assert_eq!(answer, b"", "{request:?}");
    }
    assert!(names(at).await.unwrap().is_empty());
}

#[tokio::test]
async fn when_the_host_goes_another_takes_over_within_a_second() {
    // A port that was free a moment ago.
    let epmd_port = server().await.local_addr().port();
    let at = SocketAddr::from(([127, 0, 0, 1], epmd_port));
    let presence = |alive: &str, port| {
        Presence::start(PresenceConfig {
            epmd_port,
            alive: alive.to_owned(),
            port,
            hidden: false,
            loopback_only: true,
        })
    };
    let first = presence("alex", 1).await.unwrap();
    let _second = presence("kate", 2).await.unwrap();
    let _third = presence("moebi", 3).await.unwrap();
    until_names(at, &["alex", "kate", "moebi"]).await;
    let gone = Instant::now();
    first.stop().await;
    until_names(at, &["kate", "moebi"]).await;
    assert!(gone.elapsed() < Duration::from_secs(1));
    let again = presence("alex", 4).await.unwrap();
    until_names(at, &["alex", "kate", "moebi"]).await;
    drop(again);
}
