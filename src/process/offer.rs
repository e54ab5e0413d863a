//! The functions a node offers: what other nodes may ask it to run.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use super::Process;
use super::crash::catch;
use super::trace;
use crate::signal::{
    Alias, Arguments, BoxFuture, Envelope, Function, FunctionName, Kind, Message,
    Reason,
};

/// The body of an offered function, whatever its arguments.
type Body = Arc<dyn Fn(Process, Envelope) -> Outcome + Send + Sync>;

/// What a body gives, whatever its type, or how the process that runs it ends.
type Outcome = BoxFuture<'static, Result<Envelope, Reason>>;

/// Runs a function that the node offers and sends what it gives to the alias. Every node
/// offers this one, and lists it nowhere: it is what `erpc` asks for.
pub(crate) const EXECUTE_CALL: Function<ExecuteCall, ()> =
    Function::new("erpc", "execute_call");

/// Where the result goes to, the function, and its arguments.
type ExecuteCall = (Alias, FunctionName, Envelope);

/// What comes instead of a result: why the function ended without one.
#[derive(Serialize, Deserialize)]
#[serde(rename = "$erpc_raised")]
pub(crate) struct Raised(pub(crate) Reason);

/// The functions a node offers.
#[derive(Default)]
pub(super) struct Offers {
    bodies: RwLock<HashMap<FunctionName, Body>>,
}

impl Offers {
    /// Offers a function; a body offered before under the same name is replaced.
    pub(super) fn offer<Args, Ret, F, Fut>(
        &self,
        function: Function<Args, Ret>,
        body: F,
    ) where
        Args: Arguments,
        Ret: Message,
        F: Fn(Process, Args) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Ret, Reason>> + Send + 'static,
    {
        let name = function.into_name();
        let run = untyped(name.to_string(), body);
        self.bodies.write().insert(name, run);
    }

    /// The body of a function; one that ends with `undef` if it is not offered.
    pub(super) fn find(&self, name: &FunctionName) -> Body {
        if *name == EXECUTE_CALL.into_name() {
            return execute_call_body();
        }
        let found = self.bodies.read().get(name).cloned();
        found.unwrap_or_else(|| {
            let undef = Reason::Undef(name.to_string());
            Arc::new(move |_, _| Box::pin(std::future::ready(Err(undef.clone()))))
        })
    }

    /// What is offered.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.bodies.read().keys().map(ToString::to_string).collect();
        names.sort();
        names
    }
}

impl Process {
    /// Runs a function that this node offers, in this process, and gives what it gives:
    /// Erlang's `apply/3`, for who has a name and arguments as they crossed.
    ///
    /// The function has this pid, and can send and call. What is in the mailbox is for
    /// this process's body: a function that receives has it lost.
    ///
    /// # Errors
    /// What the function ended with; [`Reason::Undef`] if the node does not offer it.
    pub async fn apply(
        &self,
        function: &FunctionName,
        arguments: Envelope,
    ) -> Result<Envelope, Reason> {
        let body = self.processes.offers.find(function);
        body(self.mouth(), arguments).await
    }

    /// Runs a function that this node offers, in this process, and sends what it gives
    /// to whoever asked.
    pub(crate) fn perform(
        self,
        function: &FunctionName,
        arguments: Envelope,
        answer: Alias,
    ) -> impl Future<Output = Result<(), Reason>> + Send + use<> {
        trace::name(self.pid(), &function.name);
        let body = self.processes.offers.find(function);
        let back = self.mouth();
        // Outside the `async`, which would keep room for all that it is given: each task
        // of a task supervisor is one of these.
        let given = body(self, arguments);
        async move {
            back.send_envelope(answer, given.await?).await;
            Ok(())
        }
    }

    /// This process again, for what is still to be said when the body has used up `me`.
    /// Its mailbox is empty.
    pub(crate) fn mouth(&self) -> Self {
        Self::new(Arc::clone(&self.entry), Arc::clone(&self.processes))
    }
}

/// A body that opens its own arguments.
fn untyped<Args, Ret, F, Fut>(name: String, body: F) -> Body
where
    Args: Arguments,
    Ret: Message,
    F: Fn(Process, Args) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Ret, Reason>> + Send + 'static,
{
    let body = Arc::new(body);
    Arc::new(move |me, arguments: Envelope| match arguments.open::<Args>() {
        Ok(arguments) => {
            // Called inside: an `async` that is given a future has room for it twice.
            let body = Arc::clone(&body);
            Box::pin(async move { body(me, arguments).await.map(Envelope::new) })
        }
        Err(other) => {
            let reason = unreadable::<Args>(&name, &other);
            Box::pin(std::future::ready(Err(reason)))
        }
    })
}

fn execute_call_body() -> Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    let name = || EXECUTE_CALL.into_name().to_string();
    BODY.get_or_init(|| untyped(name(), execute_call)).clone()
}

/// What the function raises is the caller's business, and no crash of this process.
async fn execute_call(
    me: Process,
    (answer, function, arguments): ExecuteCall,
) -> Result<(), Reason> {
    let back = me.mouth();
    let body = me.processes.offers.find(&function);
    // A result that cannot be sent is an error of the function's, too.
    let answered = catch(async {
        let given = body(me, arguments).await?;
        back.send_envelope(answer, given).await;
        Ok(())
    });
    if let Err(reason) = answered.await {
        back.send(answer, Raised(reason)).await;
    }
    Ok(())
}

fn unreadable<Args: Arguments>(function: &str, sent: &Envelope) -> Reason {
    let takes = Kind::of::<Args>().name;
    Reason::BadArgument(format!("{function} takes {takes} and was sent {sent}"))
}
