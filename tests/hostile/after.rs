//! After the cookie is proved: frames that are none.

use std::time::Duration;

use moebi::dist::frame::{self, MAX_FRAME};
use moebi::{Function, Message, Pid, Process, Reason, Signal};
use serde::Serialize;

use crate::logs::{about, the_one_about};
use crate::member::{Member, made_of, signal};
use crate::world::{World, alone};

const SEND: u8 = 1;
const SEND_TO: u8 = 2;
const SIGNAL: u8 = 3;
const KIND: u8 = 4;
const NODES: u8 = 5;

/// A text or list of 2^63 - 1 elements, as bincode would begin to write one.
const HUGE: [u8; 9] = [253, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];

/// A frame with these contents.
fn framed(contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).unwrap();
    [&length.to_le_bytes(), contents].concat()
}

/// All the ways in which the contents of a frame can end too early.
fn cut(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let contents = &whole[4..];
    (1..contents.len()).map(|length| framed(&contents[..length]))
}

/// Every frame comes from a member of its own, who is dropped for it.
async fn each_is_dropped(world: &World, frames: impl IntoIterator<Item = Vec<u8>>) {
    for frame in frames {
        let mut member = Member::join(world).await;
        // What comes behind a malformed frame is not looked at.
        member.says(&[frame.as_slice(), &[0; 64]].concat()).await;
        let name = member.is_dropped().await;
        let line = the_one_about(name).await;
        assert!(line.contains("connection closed"), "{frame:?}: {line}");
    }
    world.is_unharmed().await;
}

/// Any signal that is about one process and a reason.
fn exit(member: &Member, to: Pid, reason: Reason) -> Signal<'static> {
    Signal::Exit2 { from: member.pid(1), to, reason }
}

fn spawn_request<A: Serialize>(
    member: &Member,
    world: &World,
    arguments: A,
) -> Signal<'static> {
    Signal::SpawnRequest {
        from: member.pid(1),
        node: world.target.name(),
        request: member.reference(1),
        leader: member.pid(2),
        function: made_of(&("Kate", "count", 1_u8)),
        arguments: made_of(&arguments),
        link: false,
        monitor: true,
    }
}

#[test]
fn unknown_operations() {
    alone(async {
        let world = World::start().await;
        let unknown = [0, 6, 7, 42, 128, 255];
        each_is_dropped(&world, unknown.map(|operation| framed(&[operation; 30])))
            .await;
        world.stop().await;
    });
}

#[test]
fn frames_longer_than_any_may_be() {
    alone(async {
        let world = World::start().await;
        let lengths = [u32::MAX, i32::MAX as u32, MAX_FRAME as u32 + 1];
        each_is_dropped(&world, lengths.map(|length| length.to_le_bytes().to_vec()))
            .await;
        // The same behind a good one.
        let behind = [framed(&[]), u32::MAX.to_le_bytes().to_vec()].concat();
        each_is_dropped(&world, [behind]).await;
        world.stop().await;
    });
}

#[test]
fn truncated_messages() {
    alone(async {
        let world = World::start().await;
        let to = world.target.processes()[0];
        let mut send = Vec::new();
        frame::write_send(&mut send, to, 1, &Some(1_u8)).unwrap();
        let mut send_to = Vec::new();
        let address = ("kate", world.target.name()).into();
        frame::write_send_to(&mut send_to, &address, 1, &Some(1_u8)).unwrap();
        assert_eq!((send[4], send_to[4]), (SEND, SEND_TO));
        // The message itself, a byte, is looked at by whoever receives it.
        let frames =
            cut(&send[..send.len() - 1]).chain(cut(&send_to[..send_to.len() - 1]));
        each_is_dropped(&world, frames.step_by(3)).await;
        let kinds = (1..9).map(|length| framed(&[KIND; 9][..length]));
        each_is_dropped(&world, kinds.step_by(2)).await;
        world.stop().await;
    });
}

#[test]
fn truncated_signals() {
    alone(async {
        let world = World::start().await;
        let member = Member::join(&world).await;
        let to = world.target.processes()[0];
        let leaves = signal(&exit(&member, to, Reason::word("a word")));
        let spawns = signal(&spawn_request(&member, &world, (1_u64, "u64", "text")));
        let mut nodes = Vec::new();
        frame::write_nodes(&mut nodes, &[world.target.name(), world.other.name()])
            .unwrap();
        let frames = cut(&leaves).chain(cut(&spawns)).chain(cut(&nodes));
        each_is_dropped(&world, frames.step_by(11)).await;
        world.stop().await;
    });
}

#[test]
fn more_bytes_than_the_value_has() {
    alone(async {
        let world = World::start().await;
        let member = Member::join(&world).await;
        let to = world.target.processes()[0];
        let mut nodes = Vec::new();
        frame::write_nodes(&mut nodes, &[world.target.name()]).unwrap();
        let wholes = [signal(&exit(&member, to, Reason::Normal)), nodes];
        let longer = wholes.map(|whole| framed(&[&whole[4..], &[0]].concat()));
        each_is_dropped(&world, longer).await;
        world.stop().await;
    });
}

#[test]
fn values_that_claim_terabytes() {
    alone(async {
        let world = World::start().await;
        let member = Member::join(&world).await;
        let to = world.target.processes()[0];
        let whole = signal(&exit(&member, to, Reason::word("?")));
        // In place of the length of the word, the function's module, the list, the name.
        let word = [&whole[4..whole.len() - 2], &HUGE].concat();
        let spawn = signal(&spawn_request(&member, &world, (1_u64, "u64", "text")));
        let module = spawn.windows(4).position(|window| window == b"Kate").unwrap();
        let module = [&spawn[4..module - 1], &HUGE, b"Kate"].concat();
        let arguments = [&spawn[4..spawn.len() - 7], &HUGE, b"text"].concat();
        let nodes = [&[NODES][..], &HUGE].concat();
        let name = [&[NODES, 1][..], &HUGE].concat();
        let address =
            [&[SEND_TO][..], &[0; 8], &[11, 0], &[1], &HUGE, &[0]].concat();
        let claims = [word, module, arguments, nodes, name, address];
        each_is_dropped(&world, claims.map(|claim| framed(&claim))).await;
        // And what is no value at all.
        let junk = [[SIGNAL; 40], [NODES; 40], [0xFF; 40]];
        let junk = junk.map(|mut bytes| {
            bytes[0] = SIGNAL;
            framed(&bytes)
        });
        each_is_dropped(&world, junk).await;
        world.stop().await;
    });
}

#[test]
fn text_that_is_not_text() {
    alone(async {
        let world = World::start().await;
        let name = [&[KIND][..], &[1; 8], b"\xff\xfe"].concat();
        let node = [NODES, 1, 2, 0xFF, 0xFE].to_vec();
        each_is_dropped(&world, [framed(&name), framed(&node)]).await;
        world.stop().await;
    });
}

#[test]
fn arguments_that_are_junk() {
    alone(async {
        let world = World::start().await;
        let count = Function::<(String,), ()>::new("Kate", "count");
        world.target.offer(count, async |_: Process, _: (String,)| Ok(()));
        let mut member = Member::join(&world).await;
        let kind = moebi::Kind::of::<(String,)>().hash;
        let huge = serde_bytes::ByteBuf::from(HUGE);
        let none = serde_bytes::ByteBuf::new();
        for (kind, bytes) in
            [(kind, &huge), (kind, &none), (1, &huge), (u64::MAX, &none)]
        {
            let asks = spawn_request(&member, &world, (kind, "(String,)", bytes));
            member.says(&signal(&asks)).await;
            let reason = member.down_of(member.reference(1)).await;
            assert!(matches!(reason, Reason::BadArgument(_)), "{reason}");
        }
        let mut unknown = spawn_request(&member, &world, (kind, "(String,)", &none));
        if let Signal::SpawnRequest { function, .. } = &mut unknown {
            *function = made_of(&("", "\n", 255_u8));
        }
        member.says(&signal(&unknown)).await;
        let reason = member.down_of(member.reference(1)).await;
        assert!(matches!(reason, Reason::Undef(_)), "{reason}");
        member.is_heard(&world).await;
        world.stop().await;
    });
}

/// What is well-formed and concerns nobody is thrown away.
#[test]
fn signals_for_others() {
    alone(async {
        let world = World::start().await;
        let mut member = Member::join(&world).await;
        let elsewhere = world.other.processes();
        let gone: Pid = made_of(&(world.target.name(), 1_u32, 1_u32, 1_u32));
        for to in elsewhere.iter().copied().chain([gone, member.pid(1)]) {
            let from = member.pid(1);
            let mut frames = signal(&exit(&member, to, Reason::Kill));
            frames.extend(signal(&Signal::Link { from, to }));
            let reason = Reason::Kill;
            frames.extend(signal(&Signal::Exit { from, to, reason }));
            let reference = member.reference(9);
            frames.extend(signal(&Signal::IoReply {
                to,
                request: reference,
                result: Ok(()),
            }));
            let (link, monitor) = (true, true);
            frames.extend(signal(&Signal::SpawnReply {
                to,
                request: reference,
                pid: from,
                link,
                monitor,
            }));
            send(&mut frames, to, 1_u64);
            member.says(&frames).await;
        }
        member.is_heard(&world).await;
        assert_eq!(elsewhere, world.other.processes(), "nobody there was reached");
        assert!(about(&member.name).is_empty());
        world.stop().await;
    });
}

fn send<M: Message>(frames: &mut Vec<u8>, to: Pid, message: M) {
    frame::write_send(frames, to, moebi::Kind::of::<M>().hash, &Some(message))
        .unwrap();
}

/// Half a frame, and then nothing.
#[test]
fn a_frame_that_never_comes_to_its_end() {
    alone(async {
        let world =
            World::with(|config| config.tick_time(Duration::from_secs(1))).await;
        let mut member = Member::join(&world).await;
        member.says(&(100 * 1024 * 1024_u32).to_le_bytes()).await;
        member.says(&[SEND; 100]).await;
        let name = member.is_dropped().await;
        the_one_about(name).await;
        world.files_are_closed().await;
        world.stop().await;
    });
}
