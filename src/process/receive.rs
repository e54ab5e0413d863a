//! Receiving: `receive!`, which takes patterns over several message types, and
//! [`Process::receive`], which takes one type.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::coop::poll_proceed;
use tokio::time::timeout;

use super::{Process, trace};
use crate::signal::{Candidate, Envelope, Message};

impl Process {
    /// Waits for the first message of a type. Others stay where they are.
    pub async fn receive<M: Message>(&mut self) -> M {
        let mut found = None;
        self.select(|candidate| take(candidate, &mut found, |_| true)).await;
        found.expect("select returns when something was taken")
    }

    /// The same, for so long at most. With `Duration::ZERO`: what is there now.
    pub async fn receive_timeout<M: Message>(
        &mut self,
        after: Duration,
    ) -> Option<M> {
        let mut found = None;
        let wanted =
            |candidate: &mut Candidate<'_>| take(candidate, &mut found, |_| true);
        self.select_timeout(Some(after), wanted).await;
        found
    }

    /// Waits for the next message, whatever it is.
    pub async fn receive_any(&mut self) -> Envelope {
        let mut found = None;
        self.select(|candidate| {
            found = Some(candidate.take());
            true
        })
        .await;
        found.expect("select returns when something was taken")
    }

    /// Takes all messages out of the mailbox.
    pub fn flush(&mut self) -> Vec<Envelope> {
        let mut all = Vec::new();
        self.scan_now(|candidate| {
            all.push(candidate.take());
            true
        });
        all
    }

    /// Takes out a message that is there now.
    pub(crate) fn take_now<M: Message>(
        &mut self,
        mut wanted: impl FnMut(&M) -> bool,
    ) -> Option<M> {
        let mut found = None;
        self.scan_now(|candidate| {
            found.is_none() && take(candidate, &mut found, &mut wanted)
        });
        found
    }

    /// Shows `wanted` every message that is there now; those it takes are gone.
    fn scan_now(&mut self, mut wanted: impl FnMut(&mut Candidate<'_>) -> bool) {
        let (pid, taken) = (self.entry.pid(), self.taken.get_mut());
        let mut wanted =
            |message: &mut Candidate<'_>| trace::taking(pid, message, &mut wanted);
        let mut from = 0;
        loop {
            while taken.scan(&mut from, &mut wanted) {}
            let mut shared = self.entry.lock();
            if shared.inbox.is_empty() {
                return;
            }
            shared.inbox.swap(&mut taken.fresh);
        }
    }

    /// Waits until `wanted` takes a message; it is shown them in order. `receive!` is
    /// made of this.
    #[doc(hidden)]
    pub async fn select(
        &mut self,
        mut wanted: impl FnMut(&mut Candidate<'_>) -> bool,
    ) {
        let mut from = 0;
        poll_fn(|cx| self.poll_select(cx, &mut from, &mut wanted)).await;
    }

    /// The same, for so long at most; `false` if nothing was taken.
    #[doc(hidden)]
    pub async fn select_timeout(
        &mut self,
        after: Option<Duration>,
        wanted: impl FnMut(&mut Candidate<'_>) -> bool,
    ) -> bool {
        let select = self.select(wanted);
        match after {
            None => {
                select.await;
                true
            }
            Some(after) => timeout(after, select).await.is_ok(),
        }
    }

    fn poll_select(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut usize,
        wanted: &mut impl FnMut(&mut Candidate<'_>) -> bool,
    ) -> Poll<()> {
        // A mailbox that is never empty must not keep other tasks from running.
        let budget = ready!(poll_proceed(cx));
        let (pid, taken) = (self.entry.pid(), self.taken.get_mut());
        let wanted =
            &mut |message: &mut Candidate<'_>| trace::taking(pid, message, wanted);
        // ANCHOR: wait
        loop {
            if taken.scan(from, wanted) {
                budget.made_progress();
                return Poll::Ready(());
            }
            let mut shared = self.entry.lock();
            if shared.inbox.is_empty() {
                shared.inbox.wait(cx.waker());
                return Poll::Pending;
            }
            shared.inbox.swap(&mut taken.fresh);
        }
        // ANCHOR_END: wait
    }
}

/// Moves the message of an candidate into a slot, if it is an `M` that `wanted` agrees to.
#[doc(hidden)]
pub fn take<M: Message>(
    candidate: &mut Candidate<'_>,
    slot: &mut Option<M>,
    wanted: impl FnOnce(&M) -> bool,
) -> bool {
    *slot = candidate.take_if(wanted);
    slot.is_some()
}

/// Waits for the first message that one of the patterns takes.
///
/// The mailbox is looked through message by message, and each message is held against the
/// patterns from top to bottom, as in Erlang. Messages that no pattern takes stay where
/// they are, in order. The patterns may be of different types; a type is found by its
/// pattern, or named: `text: String`. A guard (`pattern if ..`) sees what the pattern binds
/// by reference.
/// `after` comes last and says how long to wait, and what then.
///
/// ```
/// # use moebi::{receive, Down, Pid, Process, Reason};
/// # use std::time::Duration;
/// # use serde::{Serialize, Deserialize};
/// #[derive(Serialize, Deserialize)]
/// enum Greeting {
///     Hi(Pid),
///     Sup,
/// }
///
/// async fn polite(mut me: Process) -> Result<(), Reason> {
///     receive! { me,
///         Greeting::Hi(who) => me.send(who, Greeting::Sup).await,
///         Down { reason, .. } if *reason != Reason::Normal => return Err(reason),
///         text: String => me.puts(text).await?,
///         after Duration::from_secs(60) => me.puts("nobody wrote").await?,
///     }
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! receive {
    // All arms are read: look, then act. The bodies stand outside the loop that looks, so
    // that `break` and `return` in them mean what they say.
    (@ $me:ident [$(($slot:ident, $type:ty, $pat:pat, $guard:expr, $body:expr))*]
        ($after:expr, $otherwise:expr)) => {{
        $(let mut $slot: ::core::option::Option<$type> = ::core::option::Option::None;)*
        $me.select_timeout($after, |candidate: &mut $crate::Candidate<'_>| {
            $(
                #[allow(unused_variables)]
                let taken = $crate::process::take(candidate, &mut $slot, |message| {
                    match message {
                        $pat => $guard,
                        #[allow(unreachable_patterns)]
                        _ => false,
                    }
                });
                if taken {
                    return true;
                }
            )*
            false
        })
        .await;
        $(if let ::core::option::Option::Some($pat) = $slot { $body } else)* {
            $otherwise
        }
    }};
    (@ $me:ident [$($arms:tt)*]) => {
        $crate::receive!(@ $me [$($arms)*] (
            ::core::option::Option::None,
            ::core::unreachable!("without `after`, only a message ends the wait")
        ))
    };
    (@ $me:ident [$($arms:tt)*] after $after:expr => $body:expr $(,)?) => {
        $crate::receive!(@ $me [$($arms)*] (::core::option::Option::Some($after), $body))
    };
    // One arm at a time. `slot` is another variable in each step: macros are hygienic.
    (@ $me:ident [$($arms:tt)*] $name:ident : $type:ty => $body:block
        , $($rest:tt)*) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, $type, $name, true, $body)] $($rest)*)
    };
    (@ $me:ident [$($arms:tt)*] $name:ident : $type:ty => $body:block
        $($rest:tt)*) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, $type, $name, true, $body)] $($rest)*)
    };
    (@ $me:ident [$($arms:tt)*] $name:ident : $type:ty => $body:expr
        $(, $($rest:tt)*)?) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, $type, $name, true, $body)] $($($rest)*)?)
    };
    (@ $me:ident [$($arms:tt)*] $pat:pat $(if $guard:expr)? => $body:block
        , $($rest:tt)*) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, _, $pat, true $(&& $guard)?, $body)] $($rest)*)
    };
    (@ $me:ident [$($arms:tt)*] $pat:pat $(if $guard:expr)? => $body:block
        $($rest:tt)*) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, _, $pat, true $(&& $guard)?, $body)] $($rest)*)
    };
    (@ $me:ident [$($arms:tt)*] $pat:pat $(if $guard:expr)? => $body:expr
        $(, $($rest:tt)*)?) => {
        $crate::receive!(@ $me [$($arms)*
            (slot, _, $pat, true $(&& $guard)?, $body)] $($($rest)*)?)
    };
    ($me:ident, $($arms:tt)+) => { $crate::receive!(@ $me [] $($arms)+) };
}
