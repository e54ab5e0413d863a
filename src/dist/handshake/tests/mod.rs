//! Handshakes between two of ours, and with a peer that says what a script has.

mod check;
mod misbehaviour;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, join};

use super::message::Message;
use super::*;

pub(super) const ALEX: &str = "alex@localhost";
pub(super) const KATE: &str = "kate@localhost";
/// The challenge that every scripted end sends.
pub(super) const OURS: u32 = 1;
pub(super) const THEIRS: u32 = 2;

type Result<T> = std::result::Result<T, HandshakeError>;

pub(super) fn cookie() -> Cookie {
    Cookie::new("SECRET")
}

fn hello(name: &str, creation: u32) -> Hello {
    Hello::new(NodeName::from(name), Flags::OURS, creation)
}

/// A node whose next challenge is known.
fn scripted(name: &str, creation: u32) -> Hello {
    let challenges = Challenges::from_source(|| OURS);
    Hello { challenges, ..hello(name, creation) }
}

fn framed(message: &impl Message) -> Vec<u8> {
    let mut body = Vec::new();
    message.encode(&mut body);
    raw(&body)
}

fn raw(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u16).to_be_bytes(), body].concat()
}

fn introduction(name: &str, flags: Flags) -> Introduction {
    Introduction { flags, creation: 40, name: name.to_owned() }
}

fn challenge(name: &str, flags: Flags) -> Challenge {
    Challenge { challenge: THEIRS, from: introduction(name, flags) }
}

/// What alex says when he dials.
pub(super) fn dialler() -> [Vec<u8>; 2] {
    let reply = Reply { challenge: THEIRS, digest: cookie().digest(OURS) };
    [framed(&introduction(ALEX, Flags::OURS)), framed(&reply)]
}

/// What kate says when she is dialled.
pub(super) fn acceptor() -> [Vec<u8>; 3] {
    let ack = Ack { digest: cookie().digest(OURS) };
    let challenge = challenge(KATE, Flags::OURS);
    [framed(&Status::Ok), framed(&challenge), framed(&ack)]
}

/// kate, when she hears these bytes: the result, what she said, what she left unread.
pub(super) async fn kate_hears(
    mut heard: &[u8],
    decision: Decision,
) -> (Result<Peer>, Vec<u8>, Vec<u8>) {
    let mut said = Vec::new();
    let mut stream = join(&mut heard, &mut said);
    let kate = scripted(KATE, 50);
    let decide = async |_: &str| decision;
    let result = accept(&mut stream, &kate, &cookie(), decide, SETUP_TIME).await;
    (result, said, heard.to_vec())
}

/// alex, when he dials kate and hears these bytes.
pub(super) async fn alex_hears(
    mut heard: &[u8],
) -> (Result<Peer>, Vec<u8>, Vec<u8>) {
    let mut said = Vec::new();
    let mut stream = join(&mut heard, &mut said);
    let alex = scripted(ALEX, 60);
    let alive = StillAlive::Replace;
    let result =
        dial(&mut stream, &alex, KATE, &cookie(), || alive, SETUP_TIME).await;
    (result, said, heard.to_vec())
}

async fn kate_error(heard: &[u8]) -> HandshakeError {
    kate_hears(heard, Decision::Ok).await.0.unwrap_err()
}

async fn alex_error(heard: &[u8]) -> HandshakeError {
    alex_hears(heard).await.0.unwrap_err()
}

/// Two of ours: what the dialling and the accepting side come to, and their ends of the
/// stream if they come together.
struct Meeting {
    alex: Result<Peer>,
    kate: Result<Peer>,
    streams: Option<(DuplexStream, DuplexStream)>,
}

async fn meet(cookies: [&str; 2], decision: Decision, alive: StillAlive) -> Meeting {
    let (mut to_kate, mut to_alex) = duplex(64);
    let [alex, kate] = cookies.map(Cookie::new);
    // Spawned, so that this does not compile if the futures cannot go to another thread.
    // The stream is dropped by whoever fails, as the real one would be.
    let alex = tokio::spawn(async move {
        let ours = hello(ALEX, 60);
        let result =
            dial(&mut to_kate, &ours, KATE, &alex, || alive, SETUP_TIME).await;
        result.map(|peer| (peer, to_kate))
    });
    let kate = tokio::spawn(async move {
        let ours = hello(KATE, 50);
        let decide = async |name: &str| {
            assert_eq!(name, ALEX);
            decision
        };
        let result = accept(&mut to_alex, &ours, &kate, decide, SETUP_TIME).await;
        result.map(|peer| (peer, to_alex))
    });
    match (alex.await.unwrap(), kate.await.unwrap()) {
        (Ok((alex, one)), Ok((kate, other))) => {
            Meeting { alex: Ok(alex), kate: Ok(kate), streams: Some((one, other)) }
        }
        (alex, kate) => Meeting {
            alex: alex.map(|(peer, _)| peer),
            kate: kate.map(|(peer, _)| peer),
            streams: None,
        },
    }
}

fn peer(name: &str, creation: u32, replaces: bool) -> Peer {
    Peer { name: name.to_owned(), flags: Flags::OURS, creation, replaces }
}

#[tokio::test]
async fn two_nodes_with_one_cookie_know_each_other() {
    for decision in [Decision::Ok, Decision::OkSimultaneous] {
        let met = meet(["SECRET"; 2], decision, StillAlive::Replace).await;
        assert_eq!(met.alex.unwrap(), peer(KATE, 50, false));
        assert_eq!(met.kate.unwrap(), peer(ALEX, 60, false));
        let (mut to_kate, mut to_alex) = met.streams.unwrap();
        to_kate.write_all(b"hi").await.unwrap();
        let mut heard = [0; 2];
        to_alex.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hi");
    }
}

#[tokio::test]
async fn the_bytes_are_those_of_erlang() {
    let (result, said, _) = kate_hears(&dialler().concat(), Decision::Ok).await;
    result.unwrap();
    let digest = |challenge| cookie().digest(challenge);
    let flags = Flags::OURS.0.to_be_bytes();
    let mut expected = b"\0\x03sok\0\x21N".to_vec();
    expected.extend(flags);
    expected.extend(b"\0\0\0\x01\0\0\0\x32\0\x0ekate@localhost\0\x11a");
    expected.extend(digest(THEIRS));
    assert_eq!(said, expected);

    let (result, said, _) = alex_hears(&acceptor().concat()).await;
    result.unwrap();
    let mut expected = b"\0\x1dN".to_vec();
    expected.extend(flags);
    expected.extend(b"\0\0\0\x3c\0\x0ealex@localhost\0\x15r\0\0\0\x01");
    expected.extend(digest(THEIRS));
    assert_eq!(said, expected);
}

#[tokio::test]
async fn nothing_is_read_beyond_the_handshake() {
    let next = b"\0\0\0\0the next frame";
    let heard = [&dialler().concat(), &next[..]].concat();
    assert_eq!(kate_hears(&heard, Decision::Ok).await.2, next);
    let heard = [&acceptor().concat(), &next[..]].concat();
    assert_eq!(alex_hears(&heard).await.2, next);
}

#[tokio::test]
async fn another_cookie_is_refused_and_both_sides_say_so() {
    let met = meet(["SECRET", "OTHER"], Decision::Ok, StillAlive::Replace).await;
    assert_eq!(
        met.kate.unwrap_err().to_string(),
        "** Connection attempt from node :alex@localhost rejected. \
         Invalid challenge reply. **"
    );
    let error = met.alex.unwrap_err();
    assert!(matches!(error, HandshakeError::CookieRefused { .. }), "{error}");
}

#[tokio::test]
async fn who_accepts_without_the_cookie_is_refused() {
    let [status, challenge, _] = acceptor();
    let forged = framed(&Ack { digest: Cookie::new("OTHER").digest(OURS) });
    let error = alex_error(&[status, challenge, forged].concat()).await;
    assert!(matches!(error, HandshakeError::InvalidChallengeAck { .. }), "{error}");
}

#[tokio::test]
async fn an_old_connection_is_replaced_if_the_dialler_means_it() {
    let met = meet(["SECRET"; 2], Decision::Alive, StillAlive::Replace).await;
    assert_eq!(met.alex.unwrap(), peer(KATE, 50, false));
    assert_eq!(met.kate.unwrap(), peer(ALEX, 60, true));

    let met = meet(["SECRET"; 2], Decision::Alive, StillAlive::Keep).await;
    for error in [met.alex.unwrap_err(), met.kate.unwrap_err()] {
        assert!(matches!(error, HandshakeError::StillAlive { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_stranger_cannot_replace_a_connection() {
    let met = meet(["OTHER", "SECRET"], Decision::Alive, StillAlive::Replace).await;
    let error = met.kate.unwrap_err();
    assert!(
        matches!(error, HandshakeError::InvalidChallengeReply { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn the_superfluous_one_of_two_connections_gives_way() {
    let met = meet(["SECRET"; 2], Decision::Nok, StillAlive::Replace).await;
    for error in [met.alex.unwrap_err(), met.kate.unwrap_err()] {
        assert!(matches!(error, HandshakeError::GaveWay { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_node_may_be_unwelcome() {
    let met = meet(["SECRET"; 2], Decision::NotAllowed, StillAlive::Replace).await;
    let error = met.alex.unwrap_err();
    assert!(matches!(error, HandshakeError::NotAllowed { .. }), "{error}");
    let error = met.kate.unwrap_err();
    assert!(matches!(error, HandshakeError::Disallowed { .. }), "{error}");
}

#[tokio::test]
async fn a_node_does_not_connect_to_its_own_name() {
    let mut stream = duplex(64).0;
    let kate = hello(KATE, 1);
    let alive = StillAlive::Replace;
    let dialled =
        dial(&mut stream, &kate, KATE, &cookie(), || alive, SETUP_TIME).await;
    assert!(matches!(dialled, Err(HandshakeError::Ourselves { .. })), "{dialled:?}");

    let heard = framed(&introduction(KATE, Flags::OURS));
    let (result, said, _) = kate_hears(&heard, Decision::Ok).await;
    assert!(matches!(result, Err(HandshakeError::Ourselves { .. })), "{result:?}");
    assert_eq!(said, framed(&Status::NotAllowed));
}
