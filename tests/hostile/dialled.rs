//! Those whom the node itself dials.

use std::net::Ipv4Addr;

use moebi::dist::epmd;
use moebi::dist::flags::Flags;
use moebi::dist::handshake::{self, Decision, Hello};
use moebi::{NodeName, Ping};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::stranger::{framed, hung_up, introduction};
use crate::world::{DEADLINE, World, alone, fresh};

/// A node's name that leads to somebody who answers each call with these bytes.
async fn lead_to(world: &World, name: &str, answer: Vec<u8>) -> epmd::Registration {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let alive = NodeName::from(name).alive();
    let registered = epmd::register(world.mapper, alive, port, false).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let length = stream.read_u16().await.unwrap();
        stream.read_exact(&mut vec![0; usize::from(length)]).await.unwrap();
        let _ = stream.write_all(&answer).await;
        hung_up(&mut stream).await;
    });
    registered
}

/// The second message of whoever is dialled.
fn challenge_of(name: &str) -> Vec<u8> {
    let mut message = introduction(name.as_bytes(), Flags::OURS);
    message.splice(9..9, [1, 2, 3, 4]);
    message
}

#[test]
fn nobody_who_answers_nonsense_is_connected() {
    alone(async {
        let world = World::start().await;
        let right = fresh("bait");
        let answers = [
            Vec::new(),
            vec![0xFF; 24],
            framed(b""),
            framed(b"s"),
            framed(b"swhatever"),
            framed(b"snot_allowed"),
            framed(b"strue"),
            [framed(b"sok"), vec![0xFF; 24]].concat(),
            [framed(b"sok"), framed(b"N")].concat(),
            [framed(b"sok"), framed(&challenge_of("somebody@else"))].concat(),
            [framed(b"sok"), framed(&challenge_of("\n\n"))].concat(),
            [framed(b"salive"), framed(b"a0123456789abcdef")].concat(),
            // All is well, only that the cookie is not proved.
            [
                framed(b"sok"),
                framed(&challenge_of(&right)),
                framed(b"a0123456789abcdef"),
            ]
            .concat(),
        ];
        for answer in answers {
            let registered = lead_to(&world, &right, answer.clone()).await;
            let ping = timeout(DEADLINE, world.target.ping(&right)).await;
            assert_eq!(ping.expect("an answer in time"), Ping::Pang, "{answer:?}");
            drop(registered);
            registration_ends(&world, &right).await;
        }
        world.is_unharmed().await;
        world.files_are_closed().await;
        world.stop().await;
    });
}

/// It has the cookie, and says nothing after the handshake: no greeting, no tick.
#[test]
fn who_never_greets_is_not_waited_for() {
    alone(async {
        let world = World::start().await;
        let name = fresh("mute");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let alive = NodeName::from(&name).alive();
        let registered =
            epmd::register(world.mapper, alive, port, false).await.unwrap();
        let (hello, cookie) = (
            Hello::new(NodeName::from(&name), Flags::OURS, 7),
            world.cookie.clone(),
        );
        let mute = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let decide = async |_: &str| Decision::Ok;
            let peer =
                handshake::accept(&mut stream, &hello, &cookie, decide, DEADLINE)
                    .await;
            let peer = peer.unwrap();
            handshake::check(&mut stream, &hello, &peer, DEADLINE).await.unwrap();
            stream
        });
        let ping = timeout(DEADLINE, world.target.ping(&name)).await;
        assert_eq!(ping.expect("an answer in time"), Ping::Pang);
        let stream = timeout(DEADLINE, mute).await.expect("it was dialled").unwrap();
        drop((stream, registered));
        world.is_unharmed().await;
        world.files_are_closed().await;
        world.stop().await;
    });
}

async fn registration_ends(world: &World, name: &str) {
    let alive = NodeName::from(name).alive();
    let ended = async {
        while epmd::lookup(world.mapper, alive).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, ended).await.expect("the name is free again");
}
