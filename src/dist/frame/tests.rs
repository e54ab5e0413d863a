//! What is written is read back, and nothing else is believed.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::signal::{
    Alias, Envelope, FunctionName, Kind, Passed, Reason, Reference, Term, Wire,
};

/// What can be written.
#[derive(Debug, Clone)]
enum Sample {
    Tick,
    Send(Pid, u64, Vec<u8>),
    SendTo(Address, u64, Vec<u8>),
    /// A signal's own bytes: a signal cannot be cloned or compared.
    Signal(Vec<u8>),
    Kind(u64, String),
    Nodes(Vec<NodeName>),
}

impl Sample {
    fn write(&self, out: &mut Vec<u8>) {
        let passed =
            |kind, message: &[u8]| Passed(Some(Wire::copy(kind, message).into()));
        let written = match self {
            Self::Tick => {
                write_tick(out);
                Ok(())
            }
            Self::Send(to, kind, message) => {
                write_send(out, *to, *kind, &passed(*kind, message))
            }
            Self::SendTo(to, kind, message) => {
                write_send_to(out, to, *kind, &passed(*kind, message))
            }
            Self::Signal(bytes) => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            Self::Kind(kind, name) => {
                write_kind(out, *kind, name);
                Ok(())
            }
            Self::Nodes(nodes) => write_nodes(out, nodes),
        };
        written.expect("such a frame can be written");
    }

    fn is_read_from(&self, frame: &[u8]) {
        match (self, read(frame).expect("what was written can be read")) {
            (Self::Tick, Frame::Tick) => {}
            (Self::Send(to, kind, message), Frame::Send(target)) => {
                assert_eq!(target, (to.id, to.serial));
                let wire = run::Run::copy(frame).next().expect("one message");
                assert_eq!((wire.kind, wire.bytes()), (*kind, &**message));
            }
            (
                Self::SendTo(to, kind, message),
                Frame::SendTo { to: whom, kind: what, message: bytes },
            ) => assert_eq!((to, *kind, &**message), (&whom, what, bytes)),
            (Self::Signal(bytes), Frame::Signal(signal)) => {
                let mut again = Vec::new();
                write_signal(&mut again, &signal).expect("written again");
                assert_eq!(&again, bytes);
            }
            (Self::Kind(kind, name), Frame::Kind(hash, text)) => {
                assert_eq!((*kind, &**name), (hash, text));
            }
            (Self::Nodes(nodes), Frame::Nodes(names)) => assert_eq!(*nodes, names),
            _ => panic!("{self:?} was read as something else"),
        }
    }
}

/// Names are kept for good, so there are few.
fn nodes() -> impl Strategy<Value = NodeName> {
    select(vec!["a@b", "kate@localhost", "", "\n", "x@10.0.0.5"])
        .prop_map(NodeName::from)
}

fn pids() -> impl Strategy<Value = Pid> {
    let parts = (nodes(), any::<u32>(), any::<u32>(), any::<u32>());
    parts.prop_map(|(node, id, serial, creation)| Pid { node, id, serial, creation })
}

fn references() -> impl Strategy<Value = Reference> {
    let parts = (nodes(), any::<u32>(), any::<u64>());
    parts.prop_map(|(node, creation, id)| Reference { node, creation, id })
}

fn addresses() -> impl Strategy<Value = Address> {
    prop_oneof![
        pids().prop_map(Address::Pid),
        (any::<String>(), nodes())
            .prop_map(|(name, node)| Address::Name(name.into(), node)),
        (pids(), any::<u64>())
            .prop_map(|(owner, id)| Address::Alias(Alias { owner, id })),
    ]
}

fn reasons() -> impl Strategy<Value = Reason> {
    prop_oneof![
        select(vec![Reason::Normal, Reason::Kill, Reason::NoProc, Reason::Timeout]),
        any::<u64>().prop_map(|value| Reason::ShutdownWith(Term::of(&value))),
        any::<String>().prop_map(Reason::Undef),
        any::<String>().prop_map(Reason::Exception),
        any::<String>().prop_map(Reason::Word),
        nodes().prop_map(Reason::NodeDown),
        vec(any::<u8>(), 0..50).prop_map(|bytes| Reason::of(&bytes)),
    ]
}

/// All that a signal is made of; `which` decides what becomes of it.
type Parts = (Pid, Pid, Address, Reference, Reason, (bool, bool, u64), String);

fn signal(which: usize, parts: Parts) -> Signal<'static> {
    let (from, to, object, reference, reason, (link, monitor, id), text) = parts;
    let request = reference;
    match which {
        0 => Signal::Link { from, to },
        1 => Signal::Unlink { from, to, id },
        2 => Signal::UnlinkAck { from, to, id },
        3 => Signal::Exit { from, to, reason },
        4 => Signal::Exit2 { from, to, reason },
        5 => Signal::Monitor { from, to: object, reference },
        6 => Signal::Demonitor { from, to: object, reference },
        7 => Signal::Down { from: object, to, reference, reason },
        8 => Signal::SpawnRequest {
            from,
            node: to.node,
            request,
            leader: to,
            function: FunctionName {
                module: text.clone().into(),
                name: text.clone().into(),
                arity: 1,
            },
            arguments: Envelope::from(Wire::copy(id, text.as_bytes())),
            link,
            monitor,
        },
        9 => Signal::SpawnReply { to, request, pid: from, link, monitor },
        10 => {
            let result = if link { Ok(()) } else { Err(reason) };
            Signal::IoReply { to, request, result }
        }
        _ => Signal::CrashReport { to, from, reason },
    }
}

fn signals() -> impl Strategy<Value = Vec<u8>> {
    let parts = (
        pids(),
        pids(),
        addresses(),
        references(),
        reasons(),
        any::<(bool, bool, u64)>(),
        any::<String>(),
    );
    (0..12_usize, parts).prop_map(|(which, parts)| {
        let mut bytes = Vec::new();
        write_signal(&mut bytes, &signal(which, parts)).expect("it can be written");
        bytes
    })
}

fn samples() -> impl Strategy<Value = Sample> {
    let message = || vec(any::<u8>(), 0..100);
    prop_oneof![
        Just(Sample::Tick),
        (pids(), any::<u64>(), message())
            .prop_map(|(to, kind, bytes)| Sample::Send(to, kind, bytes)),
        (addresses(), any::<u64>(), message())
            .prop_map(|(to, kind, bytes)| Sample::SendTo(to, kind, bytes)),
        signals().prop_map(Sample::Signal),
        (any::<u64>(), "\\PC{0,60}")
            .prop_map(|(kind, name)| Sample::Kind(kind, name)),
        vec(nodes(), 0..20).prop_map(Sample::Nodes),
    ]
}

fn framed(contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("a short frame");
    [&length.to_le_bytes(), contents].concat()
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in vec(any::<u8>(), 0..200)) {
        let _ = size(&bytes);
        let _ = read(&bytes);
        let _ = read(&framed(&bytes));
    }

    #[test]
    fn any_contents_of_a_known_operation(
        operation in 0..8_u8,
        bytes in vec(any::<u8>(), 0..200),
    ) {
        let _ = read(&framed(&[&[operation], &*bytes].concat()));
    }

    #[test]
    fn what_is_written_is_read(sample in samples()) {
        let mut frame = Vec::new();
        sample.write(&mut frame);
        prop_assert_eq!(size(&frame).expect("a length"), Some(frame.len()));
        sample.is_read_from(&frame);
    }

    #[test]
    fn a_stream_is_read_frame_by_frame_however_it_comes(
        all in vec(samples(), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let (mut stream, mut ends) = (Vec::new(), Vec::new());
        for sample in &all {
            sample.write(&mut stream);
            ends.push(stream.len());
        }
        // A part of it ends with a frame that is not whole yet, or with none.
        let part = &stream[..cut.index(stream.len() + 1)];
        let mut at = 0;
        for (sample, end) in all.iter().zip(ends) {
            match size(&part[at..]).expect("a length") {
                Some(size) if at + size <= part.len() => {
                    prop_assert_eq!(at + size, end);
                    sample.is_read_from(&part[at..end]);
                    at = end;
                }
                _ => {
                    prop_assert!(end > part.len(), "it was whole");
                    break;
                }
            }
        }
    }

    #[test]
    fn a_signal_ends_where_its_frame_ends(
        bytes in signals(),
        more in vec(any::<u8>(), 1..9),
        cut in any::<prop::sample::Index>(),
    ) {
        prop_assert!(read(&framed(&[&bytes[4..], &more].concat())).is_err());
        let contents = &bytes[4..];
        let cut = 1 + cut.index(contents.len() - 1);
        prop_assert!(read(&framed(&contents[..cut])).is_err());
    }

    #[test]
    fn one_wrong_byte_is_survived(
        sample in samples(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut frame = Vec::new();
        sample.write(&mut frame);
        let at = at.index(frame.len());
        frame[at] = byte;
        let _ = size(&frame);
        let _ = read(&frame);
    }
}

#[test]
fn too_long_is_said_before_it_has_come() {
    for length in [MAX_FRAME + 1, u32::MAX as usize] {
        let bytes = u32::try_from(length).expect("four bytes").to_le_bytes();
        assert!(
            matches!(size(&bytes), Err(FrameError::Long(long)) if long == length)
        );
    }
    let longest = u32::try_from(MAX_FRAME).expect("four bytes").to_le_bytes();
    assert_eq!(size(&longest).expect("allowed"), Some(4 + MAX_FRAME));
}

#[test]
fn what_cannot_be_written_leaves_no_trace() {
    let mut out = vec![1, 2, 3];
    let to = Pid { node: NodeName::from("a@b"), id: 1, serial: 0, creation: 4 };
    let huge = Some("x".repeat(MAX_FRAME));
    let kind = Kind::of::<String>().hash;
    let name = Address::from(("kate", "a@b"));
    assert!(write_send(&mut out, to, kind, &huge).is_err());
    assert!(write_send_to(&mut out, &name, kind, &huge).is_err());
    assert_eq!(out, [1, 2, 3]);
}

/// The answers to two questions of one process wake one process.
#[test]
fn an_alias_wakes_its_owner() {
    let owner = Pid { node: NodeName::from("a@b"), id: 7, serial: 2, creation: 4 };
    let wakes = |to: Address| Frame::SendTo { to, kind: 0, message: &[] }.wakes();
    for id in [1, 2] {
        assert_eq!(wakes(Address::Alias(Alias { owner, id })), Some((7, 2)));
    }
    assert_eq!(Frame::Send((7, 2)).wakes(), Some((7, 2)));
    assert_eq!(wakes(Address::Pid(owner)), None);
    assert_eq!(Frame::Tick.wakes(), None);
}
