//! Before the cookie is proved.

use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::flags::Flags;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::logs::{about, the_one_about};
use crate::stranger::{Stranger, challenge, framed, introduction, reply};
use crate::world::{World, alone, fresh};

/// Each says one thing and then waits: he is dropped, and the log says so once.
async fn each_is_dropped(world: &World, sayings: Vec<Vec<u8>>) {
    let mut strangers = Vec::new();
    for saying in sayings {
        let mut stranger = Stranger::connect(world).await;
        stranger.says(&saying).await;
        strangers.push((stranger, saying));
    }
    for (stranger, saying) in strangers {
        let from = stranger.from;
        stranger.is_dropped().await;
        let line = the_one_about(from).await;
        assert!(line.contains("rejected"), "{saying:?}: {line}");
        assert!(!line.contains(['\n', '\r', '\0', '\x1b']), "{saying:?}: {line:?}");
    }
    world.is_unharmed().await;
}

#[test]
fn random_bytes() {
    alone(async {
        let world = World::start().await;
        let seed = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut some = || {
            let mut bytes = vec![0; 1 + random.next_u32() as usize % 2000];
            random.fill_bytes(&mut bytes);
            bytes
        };
        let mut sayings: Vec<_> = (0..30).map(|_| some()).collect();
        // The same inside frames that are not too long, and as messages that begin well.
        sayings.extend((0..30).map(|_| framed(&some()[..1])));
        sayings.extend((0..30).map(|_| {
            let junk = some();
            framed(&[b"N", &junk[..junk.len().min(500)]].concat())
        }));
        each_is_dropped(&world, sayings).await;
        world.files_are_closed().await;
        world.stop().await;
    });
}

#[test]
fn oversized_and_empty_frames() {
    alone(async {
        let world = World::start().await;
        let sayings = [0_u16, 513, 0x7FFF, 0xFFFF].map(|length| {
            [&length.to_be_bytes()[..], b"Nothing of the kind"].concat()
        });
        each_is_dropped(&world, sayings.into()).await;
        world.stop().await;
    });
}

#[test]
fn a_packet_that_claims_terabytes() {
    alone(async {
        let world = World::start().await;
        let sayings = vec![
            vec![0xFF; 24],
            [&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F][..], &[b'N'; 16]]
                .concat(),
            framed(&[&[b'N'; 20][..], &[0xFF, 0xFF]].concat()),
        ];
        each_is_dropped(&world, sayings).await;
        world.stop().await;
    });
}

#[test]
fn truncated_messages() {
    alone(async {
        let world = World::start().await;
        let whole = introduction(fresh("cut").as_bytes(), Flags::OURS);
        // With the length of the part, so that the node gets a frame that is whole, and with
        // that of the whole, so that it waits for what never comes.
        let cuts = (0..whole.len()).step_by(3);
        let short = cuts.clone().map(|cut| framed(&whole[..cut]));
        let waits = cuts.map(|cut| framed(&whole)[..2 + cut].to_vec());
        each_is_dropped(&world, short.chain(waits).collect()).await;
        world.stop().await;
    });
}

#[test]
fn strangers_who_hang_up() {
    alone(async {
        let world = World::start().await;
        let whole = framed(&introduction(fresh("gone").as_bytes(), Flags::OURS));
        for cut in [0, 1, 2, 3, whole.len() - 1, whole.len()] {
            let mut stranger = Stranger::connect(&world).await;
            stranger.says(&whole[..cut]).await;
            stranger.falls_silent().await;
            let from = stranger.from;
            stranger.is_dropped().await;
            the_one_about(from).await;
        }
        world.stop().await;
    });
}

#[test]
fn a_byte_now_and_then() {
    alone(async {
        let world = World::start().await;
        let mut stranger = Stranger::connect(&world).await;
        let (from, whole) = (stranger.from, introduction(&[b'x'; 255], Flags::OURS));
        let slow = tokio::spawn(async move {
            for byte in framed(&whole) {
                stranger.says(&[byte]).await;
                // To be slow is all that he does.
                tokio::time::sleep(Duration::from_millis(20)).await;
                if !about(&from).is_empty() {
                    break;
                }
            }
            stranger.is_dropped().await;
        });
        the_one_about(from).await;
        slow.await.unwrap();
        world.stop().await;
    });
}

#[test]
fn silent_strangers() {
    alone(async {
        let world = World::start().await;
        // One says nothing at all, one only his name.
        let named = framed(&introduction(fresh("mute").as_bytes(), Flags::OURS));
        each_is_dropped(&world, vec![Vec::new(), named]).await;
        world.files_are_closed().await;
        world.stop().await;
    });
}

#[test]
fn other_versions_of_the_handshake() {
    alone(async {
        let world = World::start().await;
        let name = fresh("old");
        let old = [b"n\x00\x05\x00\x07\x7f\xfd", name.as_bytes()].concat();
        let poor = introduction(name.as_bytes(), Flags(0));
        let mut unknown = introduction(name.as_bytes(), Flags::OURS);
        unknown[0] = b'Q';
        let sayings = [&old, &poor, &unknown].map(|message| framed(message));
        each_is_dropped(&world, sayings.into()).await;
        world.stop().await;
    });
}

#[test]
fn names_that_are_not_names() {
    alone(async {
        let world = World::start().await;
        let long = format!("{}@localhost", "x".repeat(300));
        let names: [&[u8]; 15] = [
            b"",
            b"@",
            b"kate",
            b"kate@",
            b"@localhost",
            b"kate@alex@localhost",
            b"ka te@localhost",
            b"kate@local host",
            b"kate\n** all is well **@localhost",
            b"kate@localhost\r\n** all is well **",
            b"kate\x1b[2J@localhost",
            b"kate\0@localhost",
            b"\xff\xfe@localhost",
            long.as_bytes(),
            world.target.name().as_str().as_bytes(),
        ];
        let sayings = names.map(|name| framed(&introduction(name, Flags::OURS)));
        each_is_dropped(&world, sayings.into()).await;
        world.stop().await;
    });
}

#[test]
fn a_wrong_cookie() {
    alone(async {
        let world = World::start().await;
        let name = fresh("thief");
        let mut thief = Stranger::connect(&world).await;
        thief.says_frame(&introduction(name.as_bytes(), Flags::OURS)).await;
        assert_eq!(thief.hears().await, b"sok");
        let number = challenge(&thief.hears().await);
        thief.says_frame(&reply(1, Cookie::new("a guess").digest(number))).await;
        thief.is_dropped().await;
        let line = the_one_about(&name).await;
        assert!(line.contains("rejected. Invalid challenge reply."), "{line}");
        world.stop().await;
    });
}

#[test]
fn a_challenge_sent_back() {
    alone(async {
        let world = World::start().await;
        let mut mirror = Stranger::connect(&world).await;
        let from = mirror.from;
        let name = fresh("mirror");
        mirror.says_frame(&introduction(name.as_bytes(), Flags::OURS)).await;
        assert_eq!(mirror.hears().await, b"sok");
        let number = challenge(&mirror.hears().await);
        // Even if he has the cookie.
        mirror.says_frame(&reply(number, world.cookie.digest(number))).await;
        mirror.is_dropped().await;
        the_one_about(from).await;
        assert!(!world.target.list().iter().any(|node| node.as_str() == name));
        world.stop().await;
    });
}

#[test]
fn an_impostor() {
    alone(async {
        let world = World::start().await;
        let name = world.other.name();
        let mut impostor = Stranger::connect(&world).await;
        let from = impostor.from;
        impostor
            .says_frame(&introduction(name.as_str().as_bytes(), Flags::OURS))
            .await;
        assert_eq!(impostor.hears().await, b"salive");
        impostor.says_frame(b"strue").await;
        let number = challenge(&impostor.hears().await);
        world.is_unharmed().await;
        let guess = Cookie::new("a guess").digest(number);
        impostor.says_frame(&reply(1, guess)).await;
        impostor.is_dropped().await;
        let line = the_one_about(name).await;
        assert!(line.contains("Invalid challenge reply"), "{line}");
        assert!(about(&from).is_empty());
        world.stop().await;
    });
}

#[test]
fn a_flood_of_strangers() {
    alone(async {
        let world = World::start().await;
        let named = framed(&introduction(fresh("flood").as_bytes(), Flags::OURS));
        let saying = |number: usize| match number % 3 {
            0 => Vec::new(),
            1 => named.clone(),
            _ => b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        };
        each_is_dropped(&world, (0..300).map(saying).collect()).await;
        world.lets_friends_in().await;
        world.files_are_closed().await;
        world.stop().await;
    });
}
