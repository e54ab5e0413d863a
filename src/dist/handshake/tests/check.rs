//! The frame that says that both ends are Rust nodes.

use super::super::check::frame;
use super::*;

#[tokio::test]
async fn two_rust_nodes_confirm_it() {
    let met = meet(["SECRET"; 2], Decision::Ok, StillAlive::Replace).await;
    let (alex, kate) = (hello(ALEX, 60), hello(KATE, 50));
    let (her, him) = (met.alex.unwrap(), met.kate.unwrap());
    let (mut to_kate, mut to_alex) = met.streams.unwrap();
    let (one, other) = tokio::join!(
        check(&mut to_kate, &alex, &her, SETUP_TIME),
        check(&mut to_alex, &kate, &him, SETUP_TIME),
    );
    one.unwrap();
    other.unwrap();
}

async fn checked(heard: &[u8]) -> Result<()> {
    let mut stream = join(heard, tokio::io::sink());
    check(&mut stream, &hello(ALEX, 60), &peer(KATE, 50, false), SETUP_TIME).await
}

#[tokio::test]
async fn what_is_no_rust_node_of_our_release_is_refused() {
    let good = frame(WIRE_VERSION, 50);
    checked(&good).await.unwrap();
    checked(b"\0\0\0\x0fmoebi\0\x01\0\0\0\x32more").await.unwrap();

    let error = checked(&frame(7, 50)).await.unwrap_err();
    let text =
        "kate@localhost speaks version 7 of the wire between Rust nodes, we 1";
    assert_eq!(error.to_string(), text);
    let error = checked(&frame(WIRE_VERSION, 51)).await.unwrap_err();
    assert!(matches!(error, HandshakeError::Creation { .. }), "{error}");
    for bytes in [
        &b"\0\0\0\0"[..],
        b"\0\0\0\x06moebi\0",
        b"\0\0\0\x07moebi\0\x01",
        b"\0\0\0\x0berlang\0\x01\0\0\0\x32",
        b"\xff\xff\xff\xff",
    ] {
        let error = checked(bytes).await.unwrap_err();
        assert!(matches!(error, HandshakeError::NotRust { .. }), "{error}");
    }
    for end in 0..good.len() {
        let error = checked(&good[..end]).await.unwrap_err();
        assert!(matches!(error, HandshakeError::Closed { .. }), "{end}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_does_not_come_is_not_waited_for() {
    let (mut ours, _theirs) = duplex(64);
    let her = peer(KATE, 50, false);
    let error =
        check(&mut ours, &hello(ALEX, 60), &her, SETUP_TIME).await.unwrap_err();
    assert!(matches!(error, HandshakeError::Timeout { .. }), "{error}");
}
