//! Handshakes between two of ours, and with a peer that says what a script has.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, join};

use super::message::{Fault, Message};
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
    let result = dial(&mut stream, &alex, KATE, &cookie(), alive, SETUP_TIME).await;
    (result, said, heard.to_vec())
}

async fn kate_error(heard: &[u8]) -> HandshakeError {
    kate_hears(heard, Decision::Ok).await.0.unwrap_err()
}

async fn alex_error(heard: &[u8]) -> HandshakeError {
    alex_hears(heard).await.0.unwrap_err()
}

/// Two of ours, each in a task of its own: what the dialling and the accepting side
/// come to, and their ends of the stream.
struct Meeting {
    alex: Result<Peer>,
    kate: Result<Peer>,
    streams: (DuplexStream, DuplexStream),
}

async fn meet(cookies: [&str; 2], decision: Decision, alive: StillAlive) -> Meeting {
    let (mut to_kate, mut to_alex) = duplex(64);
    let [alex_cookie, kate_cookie] = cookies.map(Cookie::new);
    // Spawned, so that this does not compile if the futures cannot go to another thread.
    let alex = tokio::spawn(async move {
        let alex = hello(ALEX, 60);
        let result =
            dial(&mut to_kate, &alex, KATE, &alex_cookie, alive, SETUP_TIME).await;
        // Whoever fails hangs up.
        (result.map(|peer| (peer, to_kate)), ())
    });
    let kate = tokio::spawn(async move {
        let kate = hello(KATE, 50);
        let decide = async |name: &str| {
            assert_eq!(name, ALEX);
            decision
        };
        let result =
            accept(&mut to_alex, &kate, &kate_cookie, decide, SETUP_TIME).await;
        result.map(|peer| (peer, to_alex))
    });
    let (alex, ()) = alex.await.unwrap();
    let kate = kate.await.unwrap();
    let (unused, also_unused) = duplex(1);
    let mut streams = (unused, also_unused);
    let alex = alex.map(|(peer, stream)| {
        streams.0 = stream;
        peer
    });
    let kate = kate.map(|(peer, stream)| {
        streams.1 = stream;
        peer
    });
    Meeting { alex, kate, streams }
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
        let (mut to_kate, mut to_alex) = met.streams;
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
    let dialled = dial(&mut stream, &kate, KATE, &cookie(), alive, SETUP_TIME).await;
    assert!(matches!(dialled, Err(HandshakeError::Ourselves { .. })), "{dialled:?}");

    let heard = framed(&introduction(KATE, Flags::OURS));
    let (result, said, _) = kate_hears(&heard, Decision::Ok).await;
    assert!(matches!(result, Err(HandshakeError::Ourselves { .. })), "{result:?}");
    assert_eq!(said, framed(&Status::NotAllowed));
}

#[tokio::test]
async fn another_node_than_the_dialled_one_is_refused() {
    let answer = framed(&challenge("moebi@localhost", Flags::OURS));
    let error = alex_error(&[framed(&Status::Ok), answer].concat()).await;
    let text = "kate@localhost was dialled, but moebi@localhost answered";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn missing_flags_are_refused_by_name() {
    let few = Flags::OURS.without(Flags::MANDATORY_25_DIGEST | Flags::MAP_TAG);
    let error = kate_error(&framed(&introduction(ALEX, few))).await;
    let text = "alex@localhost cannot handle MAP_TAG, so we cannot talk to it";
    assert_eq!(error.to_string(), text);
    let answer = framed(&challenge(KATE, few));
    let error = alex_error(&[framed(&Status::Ok), answer].concat()).await;
    assert!(matches!(error, HandshakeError::MissingFlags { .. }), "{error}");
}

#[tokio::test]
async fn version_five_is_refused() {
    let error = kate_error(&raw(b"n\0\x05\0\x07\x7f\xbdalex@localhost")).await;
    assert!(matches!(error, HandshakeError::OldVersion { .. }), "{error}");
    let old = raw(b"n\0\x05\0\x07\x7f\xbd\0\0\0\x02kate@localhost");
    let error = alex_error(&[framed(&Status::Ok), old].concat()).await;
    assert!(matches!(error, HandshakeError::OldVersion { .. }), "{error}");
}

#[tokio::test]
async fn a_name_against_the_rules_is_refused() {
    let long = format!("{}@h", "a".repeat(300));
    for name in ["", "alex", "alex@", "al\x1b[2Jex@h", "alex@h\n", long.as_str()] {
        let error = kate_error(&framed(&introduction(name, Flags::OURS))).await;
        assert!(matches!(error, HandshakeError::BadName { .. }), "{error}");
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
    }
}

#[tokio::test]
async fn a_message_of_another_kind_is_refused() {
    let [name, reply] = dialler();
    let [ok, challenge, ack] = acceptor();
    for heard in [&reply, &ok, &ack, &raw(b""), &raw(b"N\0")] {
        let error = kate_error(heard).await;
        assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
    }
    for second in [&name, &ok, &ack, &raw(b""), &raw(b"r\0\0\0\x01short")] {
        let error = kate_error(&[&name[..], second].concat()).await;
        assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
    }
    let statuses = [Status::True, Status::False, Status::Named("kim@h".to_owned())];
    let statuses = statuses.iter().map(framed);
    let others = [&b""[..], b"s", b"sokay", b"snamed:\0\xff", b"x"].map(raw);
    for status in statuses.chain(others) {
        let error = alex_error(&status).await;
        assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
    }
    for second in [&reply, &ok, &ack] {
        let error = alex_error(&[&ok[..], second].concat()).await;
        assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
    }
    let error = alex_error(&[ok, challenge, name].concat()).await;
    assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_to_alive_is_true_or_false() {
    let heard = [framed(&introduction(ALEX, Flags::OURS)), framed(&Status::Nok)];
    let error = kate_hears(&heard.concat(), Decision::Alive).await.0.unwrap_err();
    assert!(matches!(error, HandshakeError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn a_name_that_we_have_already_is_no_harm() {
    let [_, challenge, ack] = acceptor();
    let named = framed(&Status::Named(ALEX.to_owned()));
    alex_hears(&[named, challenge, ack].concat()).await.0.unwrap();
}

#[tokio::test]
async fn what_follows_a_message_in_its_frame_is_ignored() {
    let longer = |frame: Vec<u8>| raw(&[&frame[2..], b"of later versions"].concat());
    let heard = dialler().map(longer).concat();
    kate_hears(&heard, Decision::Ok).await.0.unwrap();
    let [status, challenge, ack] = acceptor();
    let heard = [status, longer(challenge), longer(ack)].concat();
    alex_hears(&heard).await.0.unwrap();
}

#[tokio::test]
async fn wherever_a_peer_hangs_up_the_handshake_ends() {
    let heard = dialler().concat();
    for end in 0..heard.len() {
        let error = kate_error(&heard[..end]).await;
        assert!(matches!(error, HandshakeError::Closed { .. }), "{end}: {error}");
    }
    let [status, challenge, ack] = acceptor();
    let before_ack = status.len() + challenge.len();
    let heard = [status, challenge, ack].concat();
    for end in 0..heard.len() {
        match alex_error(&heard[..end]).await {
            HandshakeError::Closed { .. } => assert!(end < before_ack),
            HandshakeError::CookieRefused { .. } => assert!(end >= before_ack),
            error => panic!("{end}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_frame_too_long_is_refused_before_it_is_read() {
    let announced = (MAX_FRAME as u16 + 1).to_be_bytes();
    for error in [kate_error(&announced).await, alex_error(&announced).await] {
        assert!(matches!(error, HandshakeError::TooLong { .. }), "{error}");
    }
}

#[tokio::test]
async fn our_own_challenge_is_not_answered() {
    let [name, _] = dialler();
    let digest = cookie().digest(OURS);
    let echo = framed(&Reply { challenge: OURS, digest });
    let error = kate_error(&[name, echo].concat()).await;
    assert!(matches!(error, HandshakeError::Reflected { .. }), "{error}");

    let [status, _, ack] = acceptor();
    let from = introduction(KATE, Flags::OURS);
    let echo = framed(&Challenge { challenge: OURS, from });
    let error = alex_error(&[status, echo, ack].concat()).await;
    assert!(matches!(error, HandshakeError::Reflected { .. }), "{error}");
}

#[tokio::test]
async fn nor_is_a_challenge_that_another_handshake_of_ours_has_out() {
    // Who has no cookie dials kate, to have her challenge answered by herself.
    let kate = hello(KATE, 50);
    let out = kate.challenges.issue();
    let from = introduction(ALEX, Flags::OURS);
    let relayed = Challenge { challenge: out.number(), from };
    let heard = [framed(&Status::Ok), framed(&relayed)].concat();
    let mut stream = join(&heard[..], Vec::new());
    let alive = StillAlive::Replace;
    let dialled = dial(&mut stream, &kate, ALEX, &cookie(), alive, SETUP_TIME).await;
    assert!(matches!(dialled, Err(HandshakeError::Reflected { .. })), "{dialled:?}");
    let said = stream.into_inner().1;
    assert_eq!(said, framed(&Introduction::of(&kate)), "and no answer was given");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing_is_not_waited_for() {
    // Which parts of its side of the handshake the peer says before it falls silent.
    for parts in 0..2 {
        let (mut ours, mut theirs) = duplex(1024);
        theirs.write_all(&dialler()[..parts].concat()).await.unwrap();
        let kate = scripted(KATE, 50);
        let decide = async |_: &str| Decision::Ok;
        let result = accept(&mut ours, &kate, &cookie(), decide, SETUP_TIME).await;
        assert!(matches!(result, Err(HandshakeError::Timeout { .. })), "{result:?}");
    }
    for parts in 0..3 {
        let (mut ours, mut theirs) = duplex(1024);
        theirs.write_all(&acceptor()[..parts].concat()).await.unwrap();
        let alex = scripted(ALEX, 60);
        let alive = StillAlive::Replace;
        let result =
            dial(&mut ours, &alex, KATE, &cookie(), alive, SETUP_TIME).await;
        assert!(matches!(result, Err(HandshakeError::Timeout { .. })), "{result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_dribbles_does_not_stretch_the_deadline() {
    let (mut ours, mut theirs) = duplex(1024);
    tokio::spawn(async move {
        for byte in dialler().concat() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            theirs.write_all(&[byte]).await.ok();
        }
    });
    let kate = scripted(KATE, 50);
    let start = tokio::time::Instant::now();
    let decide = async |_: &str| Decision::Ok;
    let result = accept(&mut ours, &kate, &cookie(), decide, SETUP_TIME).await;
    assert!(matches!(result, Err(HandshakeError::Timeout { .. })), "{result:?}");
    assert!(start.elapsed() < SETUP_TIME + Duration::from_secs(1));
}

#[tokio::test]
async fn two_rust_nodes_confirm_it() {
    let met = meet(["SECRET"; 2], Decision::Ok, StillAlive::Replace).await;
    let (alex, kate) = (hello(ALEX, 60), hello(KATE, 50));
    let (her, him) = (met.alex.unwrap(), met.kate.unwrap());
    let (mut to_kate, mut to_alex) = met.streams;
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
    let good = check::frame(WIRE_VERSION, 50);
    checked(&good).await.unwrap();
    checked(b"\0\0\0\x0fmoebi\0\x01\0\0\0\x32more").await.unwrap();

    let error = checked(&check::frame(7, 50)).await.unwrap_err();
    let text =
        "kate@localhost speaks version 7 of the wire between Rust nodes, we 1";
    assert_eq!(error.to_string(), text);
    let error = checked(&check::frame(WIRE_VERSION, 51)).await.unwrap_err();
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

#[test]
fn every_status_is_read_as_it_was_written() {
    let named = Status::Named(ALEX.to_owned());
    let all = [
        Status::Ok,
        Status::OkSimultaneous,
        Status::Nok,
        Status::NotAllowed,
        Status::Alive,
        Status::True,
        Status::False,
        named,
    ];
    let mut seen = BTreeSet::new();
    for status in all {
        let mut bytes = Vec::new();
        status.encode(&mut bytes);
        assert_eq!(Status::decode(&bytes), Ok(status));
        assert!(seen.insert(bytes));
    }
    assert_eq!(Status::decode(b"sOK"), Err(Fault::Malformed));
}
