//! Members who say too much, or listen too little.

use std::time::Duration;

use moebi::dist::frame;
use moebi::{NodeName, Process, Signal};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::logs::{about, the_one_about};
use crate::member::{Member, signal};
use crate::world::{DEADLINE, World, alone, fresh};

#[test]
fn kinds_without_end() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let mut kinds = Vec::new();
        for number in 0..20_000_u64 {
            let name = format!("{number:0>200}");
            frame::write_kind(&mut kinds, rand::random(), &name);
        }
        member.says(&kinds).await;
        member.is_heard(&world).await;
        world.stop().await;
    });
}

#[test]
fn kinds_with_names_without_end() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let name = "x".repeat(1024 * 1024);
        for _ in 0..128 {
            let mut kind = Vec::new();
            frame::write_kind(&mut kind, rand::random(), &name);
            member.says(&kind).await;
        }
        member.is_heard(&world).await;
        world.stop().await;
    });
}

#[test]
fn nodes_that_are_none() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let junk = ["", "@", "kate", "a@b@c", "ka te@localhost", "kate@local\nhost"];
        let own = [world.target.name(), world.other.name(), member.name];
        let mut nodes: Vec<NodeName> =
            junk.iter().map(|name| (*name).into()).collect();
        nodes.extend(own);
        // Nobody listens there: a dial that finds that out at once.
        nodes.extend((0..100).map(|_| NodeName::from(&fresh("nobody"))));
        let mut frame = Vec::new();
        frame::write_nodes(&mut frame, &nodes).unwrap();
        for _ in 0..20 {
            member.says(&frame).await;
        }
        member.is_heard(&world).await;
        world.lets_friends_in().await;
        let mut known = world.target.list();
        known.retain(|node| *node != world.other.name() && *node != member.name);
        assert!(known.is_empty(), "{known:?}");
        assert!(about(&member.name).is_empty());
        drop(member);
        world.files_are_closed().await;
        world.stop().await;
    });
}

/// More names than any cluster has nodes.
#[test]
fn nodes_without_end() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let names = (0..30_000).map(|number| format!("n{number}_{}", fresh("x")));
        let names: Vec<String> = names.collect();
        let mut bytes = Vec::new();
        moebi::signal::codec::encode(&names, &mut bytes).unwrap();
        let length = u32::try_from(1 + bytes.len()).unwrap();
        let frame = [&length.to_le_bytes()[..], &[5], &bytes].concat();
        for _ in 0..3 {
            member.says(&frame).await;
        }
        member.is_heard(&world).await;
        world.lets_friends_in().await;
        drop(member);
        world.files_are_closed().await;
        world.stop().await;
    });
}

/// Who does not read holds up those who write to him, and nobody else.
#[test]
fn a_member_who_never_reads() {
    alone(async {
        let world =
            World::with(|config| config.tick_time(Duration::from_secs(1))).await;
        let member = Member::join(&world).await;
        let to = member.pid(1);
        let (done, all_sent) = tokio::sync::oneshot::channel();
        world.target.spawn(async move |me: Process| {
            for _ in 0..200 {
                me.send(to, "x".repeat(1024 * 1024)).await;
                if me.try_send(to, ()).is_err() {
                    break;
                }
            }
            // By now the member is given up; until then the sender waits.
            me.send(to, "x".repeat(1024 * 1024)).await;
            let _ = done.send(());
            Ok(())
        });
        timeout(DEADLINE, all_sent).await.expect("given up in time").unwrap();
        the_one_about(member.name).await;
        member.is_dropped().await;
        world.stop().await;
    });
}

/// Every question has an answer, which is never read.
#[test]
fn a_member_who_asks_and_never_reads() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let to = ("nobody", world.target.name()).into();
        let reference = member.reference(1);
        let question = Signal::Monitor { from: member.pid(1), to, reference };
        let questions = signal(&question).repeat(2000);
        let name = member.name;
        let ask = async {
            loop {
                member.stream.write_all(&questions).await?;
            }
        };
        let given_up: std::io::Result<()> =
            timeout(DEADLINE, ask).await.expect("given up in time");
        given_up.unwrap_err();
        the_one_about(name).await;
        // What waits for him is bounded, but not as low as what he is sent of free will.
        world.took_at_most(256 * 1024);
        world.link_flows().await;
        world.other.stop().await;
        world.target.stop().await;
    });
}
