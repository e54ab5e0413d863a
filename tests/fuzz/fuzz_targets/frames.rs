//! Whatever a member of the cluster sends, it is a stream of frames or an error.
//!
//! The bytes are taken apart as the reader of a connection does it: frame by frame,
//! messages to one process as one run. What was read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use moebi::dist::frame::{self, Frame};
use moebi::signal::run::{HEADER, Run};
use moebi::{Envelope, Passed};

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    let mut run = Messages::default();
    while let Ok(Some(size)) = frame::size(rest)
        && size <= rest.len()
    {
        let (one, behind) = rest.split_at(size);
        let Ok(read) = frame::read(one) else { break };
        match read {
            Frame::Send(to) => run.add(to, one),
            other => {
                run.walk();
                is_the_same_again(&other);
            }
        }
        rest = behind;
    }
    run.walk();
});

/// Consecutive messages to one process.
#[derive(Default)]
struct Messages<'a> {
    to: (u32, u32),
    frames: Vec<u8>,
    all: Vec<&'a [u8]>,
}

impl<'a> Messages<'a> {
    fn add(&mut self, to: (u32, u32), frame: &'a [u8]) {
        if self.to != to {
            self.walk();
            self.to = to;
        }
        self.frames.extend_from_slice(frame);
        self.all.push(&frame[HEADER..]);
    }

    /// The receiver finds the messages that the reader put together.
    fn walk(&mut self) {
        let walked: Vec<_> = Run::copy(&self.frames).collect();
        assert_eq!(walked.len(), self.all.len());
        for (wire, message) in walked.iter().zip(self.all.drain(..)) {
            assert_eq!(wire.bytes(), message);
        }
        let single = (walked.len() == 1).then(|| Run::single(&self.frames));
        assert!(single.is_none_or(|single| single.is_some()));
        self.frames.clear();
    }
}

/// Written, read and written again, it is the same.
fn is_the_same_again(frame: &Frame<'_>) {
    let mut once = Vec::new();
    if !write(frame, &mut once) {
        return;
    }
    assert_eq!(frame::size(&once).expect("a length"), Some(once.len()));
    let read = frame::read(&once).expect("what was written can be read");
    let mut twice = Vec::new();
    assert!(write(&read, &mut twice));
    assert_eq!(once, twice);
}

fn write(frame: &Frame<'_>, out: &mut Vec<u8>) -> bool {
    match frame {
        Frame::Tick => frame::write_tick(out),
        Frame::Send(_) => return false,
        Frame::SendTo { to, kind, message } => {
            let wire = moebi::Wire::copy(*kind, message);
            let passed = Passed(Some(Envelope::from(wire)));
            return frame::write_send_to(out, to, *kind, &passed).is_ok();
        }
        Frame::Signal(signal) => return frame::write_signal(out, signal).is_ok(),
        Frame::Kind(kind, name) => frame::write_kind(out, *kind, name),
        Frame::Nodes(nodes) => return frame::write_nodes(out, nodes).is_ok(),
    }
    true
}
