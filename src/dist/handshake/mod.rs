//! Two nodes make sure that they belong to the same cluster.
//!
//! This is version 6 of Erlang's handshake, byte for byte. Nothing secret crosses: each
//! side sends a number that the other has never seen, and the answer proves that the
//! other has the cookie.
//!
//! ```text
//! alex (dials)                                            kate (accepts)
//!  |  N  flags, creation, "alex@localhost"                         |
//!  |-------------------------------------------------------------->|
//!  |  s  ok | ok_simultaneous | nok | not_allowed | alive          |
//!  |<--------------------------------------------------------------|
//!  |  s  true | false               (only after alive)             |
//!  |-------------------------------------------------------------->|
//!  |  N  flags, challenge K, creation, "kate@localhost"            |
//!  |<--------------------------------------------------------------|
//!  |  r  challenge A, MD5(cookie, K)                               |
//!  |-------------------------------------------------------------->|  proved: alex
//!  |  a  MD5(cookie, A)                                            |
//!  |<--------------------------------------------------------------|
//! proved: kate                                                     |
//! ```
//!
//! The status decides what to do if there is more than one connection between the two:
//!
//! - `nok` and `ok_simultaneous`: both dial at the same time. The names are compared,
//!   so both sides find the same one to be superfluous.
//! - `alive`: kate still has a connection with alex. Either alex has restarted so fast
//!   that kate has not noticed, or it is a mistake; alex answers whether he means it.
//!   If so the old connection goes, but not before alex has proved the cookie:
//!   otherwise a stranger could cut any connection by just asking. [`Peer::replaces`]
//!   tells it to the caller, who takes the old connection down before the new comes up.
//!
//! Until a peer has proved itself it can cost us little: a frame has at most
//! [`MAX_FRAME`] bytes, everything must be done within a deadline, its name stays a
//! text. Not one byte is read beyond the handshake, because the next one belongs to the
//! connection.
//!
//! A peer could let us answer our own challenge: it dials us while we dial it, and
//! passes on what each of our two ends says to the other. So the node remembers which
//! challenges it has out ([`Challenges`]), and answers none of them.
//!
//! Two nodes of this crate confirm that to each other afterwards, with [`check`].

mod challenges;
mod check;
mod error;
mod message;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::cookie::Cookie;
use super::flags::Flags;
use crate::signal::NodeName;
pub use challenges::Challenges;
pub use check::{WIRE_VERSION, check};
pub use error::HandshakeError;
pub use message::MAX_FRAME;
use message::{Ack, Challenge, Frames, Introduction, Reply, Status};

/// For a whole handshake, as `net_setuptime` in Erlang.
pub const SETUP_TIME: Duration = Duration::from_secs(7);

/// How a node that has not said its name is called in errors.
const STRANGER: &str = "an unknown node";

/// What a node says about itself. It is made once; its clones share the challenges.
#[derive(Debug, Clone)]
pub struct Hello {
    /// Its name.
    pub name: NodeName,
    /// What it understands.
    pub flags: Flags,
    /// Which run of the node this is.
    pub creation: u32,
    /// The numbers it has out for others to prove themselves with.
    pub challenges: Challenges,
}

impl Hello {
    /// With random challenges.
    pub fn new(name: NodeName, flags: Flags, creation: u32) -> Self {
        Self { name, flags, creation, challenges: Challenges::default() }
    }
}

/// A node that has proved that it has our cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name, which keeps the rules for names.
    pub name: String,
    /// What it understands.
    pub flags: Flags,
    /// Which run of the node this is.
    pub creation: u32,
    /// Is there an older connection with it, to be taken down before this one is used?
    pub replaces: bool,
}

/// What the accepting side says to a node that has told its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Ok,
    /// Go on: we are dialling that node as well, and give our attempt up.
    OkSimultaneous,
    /// Give up: we are dialling that node as well, and our attempt counts.
    Nok,
    /// That node is not welcome.
    NotAllowed,
    /// There is a connection with that node; does it want a new one instead?
    Alive,
}

/// What the dialling side says if the other end believes that they are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StillAlive {
    /// We have no connection: the new one shall replace what the other end has.
    #[default]
    Replace,
    /// We have it, too: leave it at that.
    Keep,
}

/// Dials: the first half of a connection with the node `expected`, over a stream that
/// has just been opened. `still_alive` is asked only if the other end believes that
/// the two are connected, at that moment: meanwhile the other's own call may have come
/// through.
///
/// # Errors
/// Why there is no connection; the stream must then be closed.
pub async fn dial<S, A>(
    stream: &mut S,
    ours: &Hello,
    expected: &str,
    cookie: &Cookie,
    still_alive: A,
    within: Duration,
) -> Result<Peer, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: FnOnce() -> StillAlive,
{
    if expected == ours.name.as_str() {
        return Err(HandshakeError::Ourselves { node: expected.to_owned() });
    }
    let mut frames = Frames::new(stream, expected);
    let dialling = dial_frames(&mut frames, ours, cookie, still_alive);
    match timeout(within, dialling).await {
        Ok(result) => result,
        Err(_) => Err(HandshakeError::Timeout { node: expected.to_owned() }),
    }
}

async fn dial_frames<S, A>(
    frames: &mut Frames<'_, S>,
    ours: &Hello,
    cookie: &Cookie,
    still_alive: A,
) -> Result<Peer, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: FnOnce() -> StillAlive,
{
    frames.send(&Introduction::of(ours)).await?;
    let status: Status = frames.receive().await?;
    hear_status(frames, ours, status, still_alive).await?;
    let theirs: Challenge = frames.receive().await?;
    let expected = frames.node();
    if theirs.from.name != expected {
        let said = theirs.from.name;
        return Err(HandshakeError::WrongName { expected, said });
    }
    require_flags(&expected, theirs.from.flags)?;
    let our = ours.challenges.issue();
    if ours.challenges.has(theirs.challenge) {
        return Err(HandshakeError::Reflected { node: expected });
    }
    let digest = cookie.digest(theirs.challenge);
    frames.send(&Reply { challenge: our.number(), digest }).await?;
    let ack: Ack = frames.receive().await.map_err(|error| match error {
        HandshakeError::Closed { node } => HandshakeError::CookieRefused { node },
        error => error,
    })?;
    if !cookie.verify(our.number(), &ack.digest) {
        return Err(HandshakeError::InvalidChallengeAck { node: expected });
    }
    Ok(theirs.from.proved(false))
}

/// What the other end thinks of our call.
async fn hear_status<S, A>(
    frames: &mut Frames<'_, S>,
    ours: &Hello,
    status: Status,
    still_alive: A,
) -> Result<(), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: FnOnce() -> StillAlive,
{
    let node = frames.node();
    match status {
        Status::Ok | Status::OkSimultaneous => Ok(()),
        // It gives us the name that we already have: we did not ask, and do not mind.
        Status::Named(name) if name == ours.name.as_str() => Ok(()),
        Status::Alive => match still_alive() {
            StillAlive::Replace => frames.send(&Status::True).await,
            StillAlive::Keep => {
                frames.send(&Status::False).await?;
                Err(HandshakeError::StillAlive { node })
            }
        },
        Status::Nok => Err(HandshakeError::GaveWay { node }),
        Status::NotAllowed => Err(HandshakeError::NotAllowed { node }),
        Status::Named(_) | Status::True | Status::False => {
            Err(HandshakeError::Malformed { node, expected: "a status" })
        }
    }
}

/// Accepts: the other half, over a stream that somebody has opened to us. Once the
/// caller has said its name, which proves nothing yet, `decide` says whether we want to
/// talk to it.
///
/// # Errors
/// Why there is no connection; the stream must then be closed.
/// [`HandshakeError::InvalidChallengeReply`] belongs in the log.
pub async fn accept<S, D>(
    stream: &mut S,
    ours: &Hello,
    cookie: &Cookie,
    decide: D,
    within: Duration,
) -> Result<Peer, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    D: AsyncFnOnce(&str) -> Decision,
{
    let mut frames = Frames::new(stream, STRANGER);
    let accepting = accept_frames(&mut frames, ours, cookie, decide);
    let result = timeout(within, accepting).await;
    result.unwrap_or_else(|_| Err(HandshakeError::Timeout { node: frames.node() }))
}

async fn accept_frames<S, D>(
    frames: &mut Frames<'_, S>,
    ours: &Hello,
    cookie: &Cookie,
    decide: D,
) -> Result<Peer, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
    D: AsyncFnOnce(&str) -> Decision,
{
    let theirs: Introduction = frames.receive().await?;
    frames.call(&theirs.name);
    if let Err(error) = may_call(ours, &theirs) {
        // So that its user learns it, too. If it cannot be told, we say no all the same.
        let _ = frames.send(&Status::NotAllowed).await;
        return Err(error);
    }
    let decision = decide(&theirs.name).await;
    say_status(frames, decision).await?;
    // ANCHOR: proof
    let our = ours.challenges.issue();
    let from = Introduction::of(ours);
    frames.send(&Challenge { challenge: our.number(), from }).await?;
    let reply: Reply = frames.receive().await?;
    let node = theirs.name.clone();
    if ours.challenges.has(reply.challenge) {
        return Err(HandshakeError::Reflected { node });
    }
    if !cookie.verify(our.number(), &reply.digest) {
        return Err(HandshakeError::InvalidChallengeReply { node });
    }
    frames.send(&Ack { digest: cookie.digest(reply.challenge) }).await?;
    // ANCHOR_END: proof
    Ok(theirs.proved(decision == Decision::Alive))
}

fn may_call(ours: &Hello, theirs: &Introduction) -> Result<(), HandshakeError> {
    if theirs.name == ours.name.as_str() {
        return Err(HandshakeError::Ourselves { node: theirs.name.clone() });
    }
    require_flags(&theirs.name, theirs.flags)
}

/// Tells the decision; comes back if the handshake goes on.
async fn say_status<S>(
    frames: &mut Frames<'_, S>,
    decision: Decision,
) -> Result<(), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let node = frames.node();
    match decision {
        Decision::Ok => frames.send(&Status::Ok).await,
        Decision::OkSimultaneous => frames.send(&Status::OkSimultaneous).await,
        Decision::Nok => {
            frames.send(&Status::Nok).await?;
            Err(HandshakeError::GaveWay { node })
        }
        Decision::NotAllowed => {
            frames.send(&Status::NotAllowed).await?;
            Err(HandshakeError::Disallowed { node })
        }
        Decision::Alive => {
            frames.send(&Status::Alive).await?;
            match frames.receive().await? {
                Status::True => Ok(()),
                Status::False => Err(HandshakeError::StillAlive { node }),
                _ => Err(HandshakeError::Malformed {
                    node,
                    expected: "true or false",
                }),
            }
        }
    }
}

fn require_flags(node: &str, theirs: Flags) -> Result<(), HandshakeError> {
    let missing = Flags::missing(theirs);
    if missing.is_empty() {
        return Ok(());
    }
    Err(HandshakeError::MissingFlags { node: node.to_owned(), missing })
}
