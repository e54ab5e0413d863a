//! The room.

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Envelope, Node, Process, Reason};

use crate::ask::{Ask, ROOM, Told};

/// Opens the room on a node.
pub async fn open(node: &Node) -> Result<(), Reason> {
    let room = ChildSpec::server::<Room>(ROOM, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(room);
    Application::start(node, "room", supervisor).await?;
    Ok(())
}

/// TODO: what does the room have to know of its members?
#[derive(Default)]
struct Room {}

impl Server for Room {
    type Args = ();
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self::default())
    }

    /// TODO: answer, and tell the others what they should know. `caller.pid()` is the
    /// process that has called.
    async fn handle_call(
        &mut self,
        _me: &mut Process,
        question: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<Told>, Reason> {
        let _ = caller.pid();
        Ok(Answer::Now(match question {
            Ask::Join { .. } | Ask::Say { .. } | Ask::Leave => Told::Done,
            Ask::Who => Told::Names(Vec::new()),
        }))
    }

    /// TODO: whatever is no call comes here. What might that be?
    async fn handle_info(
        &mut self,
        _me: &mut Process,
        _message: Envelope,
    ) -> Result<(), Reason> {
        Ok(())
    }
}
