//! `erpc`: running a function on another node, and having its result.
//!
//! One request starts a process there that runs the function and answers. Nothing of it
//! ever comes to the mailbox: an answer that nobody waits for any more is dropped, and so
//! is the news of that process's end. This is Erlang's `erpc`; its older `rpc`, with
//! results like `{badrpc, nodedown}`, is a layer over it that nobody needs here.

use std::time::Duration;

use tokio::time::timeout;

use super::reply;
use crate::process::{Answer, EXECUTE_CALL, Process, Raised};
use crate::signal::{
    Arguments, Envelope, ErpcError, Function, Message, NodeName, Reason,
};

impl Process {
    /// Runs a function of a node, this one or another, and waits for its result, for as
    /// long as it takes.
    ///
    /// What the function prints goes to the terminal of this process.
    ///
    /// # Errors
    /// [`ErpcError`] tells apart that the node was lost, that it does not offer the
    /// function, that the arguments are not its, and how else it ended.
    pub async fn erpc<Args: Arguments, Ret: Message>(
        &self,
        node: impl Into<NodeName>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Result<Ret, ErpcError> {
        let node = node.into();
        let function = function.into_name();
        let shown = function.to_string();
        let mut asked = self.ask_on(node).last_words();
        let call = (asked.alias(), function, Envelope::new(arguments));
        let execute = (EXECUTE_CALL.into_name(), Envelope::new(call));
        self.request_spawn(node, asked.reference(), execute, false, true).await;
        match asked.answer().await {
            Some(Answer::Message(given)) => result_of(given, &shown),
            None | Some(Answer::Gone(Reason::NoConnection)) => {
                Err(ErpcError::NoConnection(node))
            }
            Some(Answer::Gone(reason)) => Err(ErpcError::Signal(reason)),
            Some(Answer::Spawned(_) | Answer::Io(_)) => {
                unreachable!("a question for a message is answered with one")
            }
        }
    }

    /// The same, for so long at most.
    ///
    /// # Errors
    /// [`ErpcError::Timeout`] as well: the function goes on, and its result is lost.
    pub async fn erpc_within<Args: Arguments, Ret: Message>(
        &self,
        time: Duration,
        node: impl Into<NodeName>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Result<Ret, ErpcError> {
        let call = self.erpc(node, function, arguments);
        timeout(time, call).await.unwrap_or(Err(ErpcError::Timeout(time)))
    }
}

fn result_of<Ret: Message>(
    given: Envelope,
    function: &str,
) -> Result<Ret, ErpcError> {
    match given.open::<Raised>() {
        Ok(Raised(reason)) => Err(ErpcError::raised(reason)),
        Err(given) => reply::read(given, &function).map_err(ErpcError::BadReply),
    }
}
