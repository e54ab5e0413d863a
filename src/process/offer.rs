//! The functions a node offers: what other nodes may ask it to run.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::Process;
use crate::signal::{
    Arguments, BoxFuture, Envelope, Function, FunctionName, Message, Reason,
};

/// The body of an offered function, whatever its arguments.
type Body = Arc<dyn Fn(Process, Envelope) -> Outcome + Send + Sync>;

/// How the process that runs a body will end.
type Outcome = BoxFuture<'static, Result<(), Reason>>;

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
        let shown = name.to_string();
        let run = move |me, arguments: Envelope| -> Outcome {
            match arguments.open::<Args>() {
                Ok(arguments) => {
                    let body = body(me, arguments);
                    Box::pin(async { body.await.map(drop) })
                }
                Err(other) => Box::pin(std::future::ready(Err(unreadable::<Args>(
                    &shown, &other,
                )))),
            }
        };
        self.bodies.write().insert(name, Arc::new(run));
    }

    /// The body of a function; one that ends with `undef` if it is not offered.
    pub(super) fn find(&self, name: &FunctionName) -> Body {
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

fn unreadable<Args: Arguments>(function: &str, sent: &Envelope) -> Reason {
    let takes = std::any::type_name::<Args>();
    Reason::BadArgument(format!("{function} takes {takes} and was sent {sent}"))
}
