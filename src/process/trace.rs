//! A trace of what processes do to each other, for who wants to look at it afterwards:
//! the diagrams of the book are drawn from such traces.
//!
//! [`to_file`] switches it on, for the whole program; lesson programs do so with
//! `MOEBI_TRACE=FILE` in their environment. Off, it costs one load of a flag where a signal
//! is sent or taken.
//!
//! What is written is what a process *does*, in its own order: that it sent a signal, that
//! it took a message out of its mailbox, that it ended. That a message has arrived is not
//! written, for when it does is chance; so the lines of each process are the same in each
//! run, however those of several processes are mixed. Which sending belongs to which
//! taking is left to the reader, who has a key for it. Monitors that belong to a question
//! (`call`, `puts`) are left out, and the answers are there.
//!
//! A line has fields with tabs between them: the time in microseconds, the process, what
//! it did, and then
//!
//! | it | further fields |
//! |---|---|
//! | `spawned` | by whom, the request, what it runs, `link` if they are linked |
//! | `named` | what a diagram calls it |
//! | `registered` | the name |
//! | `typed` | the line, at a prompt |
//! | `sent` | what kind of signal, to whom, key, text |
//! | `taken` | what kind, from whom if that is known, key, text |
//! | `ended` | the reason, and by whose exit signal, if by one |
//! | `stopping` | nothing: the node stops, what follows is no process's doing |
//!
//! A key names a request or a monitor; that of a message is a hash of its type and bytes.
//! What is not there is `-`. Erlang's way to have this is `erlang:trace/3`.

mod function;

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use self::function::function_of;
use super::entry::Answer;
use super::leader::IoRequest;
use crate::signal::{
    Address, Candidate, Down, Exit, FunctionName, Kind, Parcel, Pid, Reason,
    Reference, Signal, codec,
};

static ON: AtomicBool = AtomicBool::new(false);
static FILE: OnceLock<File> = OnceLock::new();

/// From now on this program writes what its processes do to the end of a file, until it
/// ends.
///
/// # Errors
/// If the file cannot be opened. The second file of a program is left as it is.
pub fn to_file(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    if FILE.set(file).is_ok() {
        ON.store(true, Ordering::Release);
    }
    Ok(())
}

/// Is there a trace?
#[inline]
pub(super) fn on() -> bool {
    ON.load(Ordering::Acquire)
}

/// What a process is called in the trace, if its function's name does not say it: a word,
/// or the name of a type.
pub(crate) fn name(pid: Pid, name: &str) {
    if on() {
        write(pid, "named", &[&function_of(name)]);
    }
}

/// A process was registered under a name.
pub(super) fn registered(pid: Pid, name: &str) {
    if on() {
        write(pid, "registered", &[name]);
    }
}

/// Somebody typed a line, and a prompt does what it says.
pub(crate) fn typed(pid: Pid, line: &str) {
    if on() {
        write(pid, "typed", &[line]);
    }
}

/// The node of these processes stops.
pub(crate) fn stopping(leader: Pid) {
    if on() {
        write(leader, "stopping", &[]);
    }
}

/// A process starts that runs a function of this program: the one whose future has a type
/// of this name.
pub(super) fn spawned(pid: Pid, by: Option<Pid>, runs: &str, link: bool) {
    if on() {
        let by = by.map_or_else(nothing, full);
        write(pid, "spawned", &[&by, "-", &function_of(runs), tie(link)]);
    }
}

/// A process starts that another has asked for, perhaps from another node.
pub(super) fn requested(
    pid: Pid,
    by: Pid,
    request: Reference,
    function: &FunctionName,
    link: bool,
) {
    if on() {
        let (by, request) = (full(by), request.to_string());
        let function = function.to_string();
        write(pid, "spawned", &[&by, &request, &function, tie(link)]);
    }
}

/// A process has ended: with its body, or by an exit signal.
pub(super) fn ended(pid: Pid, reason: &Reason, by: Option<Pid>) {
    if on() {
        let by = by.map_or_else(nothing, full);
        write(pid, "ended", &[&reason.to_string(), &by]);
    }
}

/// A process watches another, because it wants to know; or does so no longer.
pub(super) fn watches(pid: Pid, object: &Address, reference: Reference, now: bool) {
    if on() {
        let kind = if now { "monitor" } else { "demonitor" };
        let key = reference.to_string();
        write(pid, "sent", &[kind, &address(object), &key, ""]);
    }
}

/// A group leader answers a request for output.
pub(super) fn printed(
    pid: Pid,
    to: Pid,
    key: Reference,
    result: &Result<(), Reason>,
) {
    if on() {
        let said = result.as_ref().err().map(ToString::to_string);
        let text = said.unwrap_or_else(|| "ok".into());
        let fields = ["io_reply", &full(to), &key.to_string(), &text];
        write(pid, "sent", &fields);
    }
}

/// Asks `wanted` about a message, and notes it if it is taken.
#[inline]
pub(super) fn taking(
    pid: Pid,
    candidate: &mut Candidate<'_>,
    wanted: &mut impl FnMut(&mut Candidate<'_>) -> bool,
) -> bool {
    if !on() {
        return wanted(candidate);
    }
    let (kind, bytes) = candidate.encoded();
    let taken = wanted(candidate);
    if taken {
        took(pid, kind, &bytes);
    }
    taken
}

fn took(pid: Pid, kind: u64, bytes: &[u8]) {
    if let Some(IoRequest { from, request, text }) = read(kind, bytes) {
        let fields = [&full(from), &request.to_string(), text.trim_end()];
        write(pid, "taken", &["puts", fields[0], fields[1], fields[2]]);
    } else if let Some(Exit { from, reason }) = read(kind, bytes) {
        let reason = reason.to_string();
        write(pid, "taken", &["exit", &full(from), "-", &reason]);
    } else if let Some(Down { reference, object, reason }) = read(kind, bytes) {
        let fields = [address(&object), reference.to_string(), reason.to_string()];
        write(pid, "taken", &["down", &fields[0], &fields[1], &fields[2]]);
    } else {
        let name = Kind::name_of(kind);
        write(pid, "taken", &["message", "-", &hash(kind, bytes), name]);
    }
}

fn read<M: crate::signal::Message>(kind: u64, bytes: &[u8]) -> Option<M> {
    let same = kind == Kind::of::<M>().hash;
    same.then(|| codec::decode(bytes).ok()).flatten()
}

/// A process has the answer to a question.
pub(super) fn answered(pid: Pid, reference: Reference, answer: &Answer) {
    if !on() {
        return;
    }
    let key = reference.to_string();
    match answer {
        Answer::Spawned(new) => {
            write(pid, "taken", &["spawn_reply", &full(*new), &key, ""]);
        }
        Answer::Io(_) => write(pid, "taken", &["io_reply", "-", &key, ""]),
        Answer::Message(_) => write(pid, "taken", &["reply", "-", &key, ""]),
        Answer::Gone(reason) => {
            write(pid, "taken", &["down", "-", &key, &reason.to_string()]);
        }
    }
}

/// A signal that is about to be sent, to be noted once it was: then its message is gone.
pub(super) struct Sent {
    from: String,
    time: u128,
    kind: &'static str,
    to: String,
    key: String,
    text: String,
}

impl Sent {
    /// Nothing, if there is no trace, or this signal is of no interest to it.
    #[inline]
    pub(super) fn of(signal: &Signal<'_>) -> Option<Self> {
        if on() { Self::describe(signal) } else { None }
    }

    fn describe(signal: &Signal<'_>) -> Option<Self> {
        let none = String::new;
        let sent = |from: String, kind, to: String, key: String, text: String| {
            Some(Self { from, time: now(), kind, to, key, text })
        };
        match signal {
            Signal::Send { sender: Some(sender), to, message } => {
                if sender.ended() {
                    return None;
                }
                let (kind, key, text) = message_of(to, &**message);
                sent(full(sender.pid), kind, address(to), key, text)
            }
            Signal::Link { from, to } => {
                sent(full(*from), "link", full(*to), nothing(), none())
            }
            Signal::Unlink { from, to, .. } => {
                sent(full(*from), "unlink", full(*to), nothing(), none())
            }
            Signal::Exit { from, to, reason } => {
                let reason = reason.to_string();
                sent(full(*from), "exit", full(*to), nothing(), reason)
            }
            Signal::Exit2 { from, to, reason } => {
                let reason = reason.to_string();
                sent(full(*from), "exit2", full(*to), nothing(), reason)
            }
            Signal::Down { from, to, reference, reason } => {
                let (key, reason) = (reference.to_string(), reason.to_string());
                sent(address(from), "down", full(*to), key, reason)
            }
            Signal::SpawnRequest {
                from,
                node,
                request,
                function,
                arguments,
                ..
            } => {
                let text = format!("{function} {}", arguments.show());
                let kind = spawn_kind(signal);
                sent(full(*from), kind, node.to_string(), request.to_string(), text)
            }
            Signal::SpawnReply { to, request, pid, .. } => {
                let key = request.to_string();
                sent(full(*pid), "spawn_reply", full(*to), key, none())
            }
            Signal::Send { sender: None, .. }
            | Signal::UnlinkAck { .. }
            | Signal::Monitor { .. }
            | Signal::Demonitor { .. }
            | Signal::IoReply { .. }
            | Signal::CrashReport { .. } => None,
        }
    }

    /// It was sent.
    pub(super) fn write(&self) {
        let Self { from, time, kind, to, key, text } = self;
        write_at(*time, from, "sent", &[kind, to, key, text]);
    }
}

fn spawn_kind(signal: &Signal<'_>) -> &'static str {
    match signal {
        Signal::SpawnRequest { link: true, .. } => "spawn_link",
        Signal::SpawnRequest { monitor: true, .. } => "spawn_monitor",
        _ => "spawn",
    }
}

/// Kind, key and text of a message.
fn message_of(to: &Address, message: &dyn Parcel) -> (&'static str, String, String) {
    let mut bytes = Vec::new();
    // What cannot be encoded panics when it is sent.
    let _ = message.encode(&mut bytes);
    if let Some(IoRequest { request, text, .. }) = read(message.kind(), &bytes) {
        return ("puts", request.to_string(), text.trim_end().to_owned());
    }
    let key = hash(message.kind(), &bytes);
    match to {
        Address::Alias(alias) => {
            let keys = format!("{} {key}", alias.reference());
            ("reply", keys, message.show())
        }
        _ => ("message", key, message.show()),
    }
}

fn hash(kind: u64, bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    (kind, bytes).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A pid with what tells it from the one of an earlier node of that name.
fn full(pid: Pid) -> String {
    format!("{pid}/{}", pid.creation())
}

fn address(to: &Address) -> String {
    match to.pid() {
        Some(pid) => full(pid),
        None => to.to_string(),
    }
}

fn nothing() -> String {
    "-".into()
}

fn tie(link: bool) -> &'static str {
    if link { "link" } else { "-" }
}

fn now() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_micros())
}

fn write(pid: Pid, what: &str, fields: &[&str]) {
    write_at(now(), &full(pid), what, fields);
}

fn write_at(time: u128, process: &dyn Display, what: &str, fields: &[&str]) {
    let mut line = format!("{time}\t{process}\t{what}");
    for field in fields {
        line.push('\t');
        line.extend(field.chars().flat_map(escaped));
    }
    line.push('\n');
    if let Some(mut file) = FILE.get() {
        // One call: the program may be killed at any time, and lines must not mix. A
        // trace that cannot be written is no reason for a node to stop.
        let _ = file.write_all(line.as_bytes());
    }
}

fn escaped(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        '\t' => ('\\', Some('t')),
        '\n' => ('\\', Some('n')),
        '\\' => ('\\', Some('\\')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}
