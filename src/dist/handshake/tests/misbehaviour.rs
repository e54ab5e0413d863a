//! Peers that do not keep to the protocol, or are too slow.

use std::collections::BTreeSet;

use super::super::message::Fault;
use super::*;

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
    let dialled =
        dial(&mut stream, &kate, ALEX, &cookie(), || alive, SETUP_TIME).await;
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
            dial(&mut ours, &alex, KATE, &cookie(), || alive, SETUP_TIME).await;
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
