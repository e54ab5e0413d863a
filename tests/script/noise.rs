//! What a reader of a diagram does not want to see.

use super::cast::Member;
use super::record::{Event, Record};
use super::trace::{Sent, What, node_of};

impl Record {
    /// What a reader of a diagram does not want to see.
    pub(super) fn is_noise(&self, number: usize) -> bool {
        let Event { line, cause, .. } = &self.events[number];
        let member = |pid: &str| self.cast.member(pid);
        if member(&line.pid).is_some_and(Member::is_hidden) {
            return true;
        }
        let ends = matches!(line.what, What::Ended { .. });
        if cause.is_some_and(|cause| !ends && self.is_noise(cause)) {
            return true;
        }
        match &line.what {
            What::Sent(signal) | What::Taken(signal) => {
                let other = match &line.what {
                    What::Taken(_) => {
                        cause.map(|cause| self.events[cause].line.pid.as_str())
                    }
                    _ => signal.other.as_deref(),
                };
                let other = other.and_then(member);
                if other.is_some_and(Member::is_hidden) {
                    return true;
                }
                self.is_noise_between(number, signal, other)
            }
            What::Ended { .. } => false,
            _ => !matches!(&line.what, What::Spawned { .. }) || cause.is_none(),
        }
    }

    fn is_noise_between(
        &self,
        number: usize,
        signal: &Sent,
        other: Option<&Member>,
    ) -> bool {
        let line = &self.events[number].line;
        let member = self.cast.member(&line.pid);
        let taken = self.is_taken(number);
        match signal.kind.as_str() {
            // What a prompt answers is on its own terminal.
            "puts" | "io_reply" => {
                let both = [member, other];
                let shell = both.iter().flatten().any(|m| m.is_shell());
                shell && node_of(&line.pid) == other.map_or("", |m| m.node())
            }
            "demonitor" => true,
            "monitor" => self.is_given_up(&signal.key),
            "exit" | "exit2" if signal.text == "normal" => {
                let shell = |m: Option<&Member>| m.is_some_and(Member::is_shell);
                let by_hand = signal.kind == "exit2";
                !(taken && (shell(member) || shell(other)) || by_hand)
            }
            // That of a question is heard only by who gets no other answer.
            "down" => !taken,
            _ => false,
        }
    }

    /// Is it a taking, or is what is sent here taken?
    fn is_taken(&self, number: usize) -> bool {
        let sent = matches!(self.events[number].line.what, What::Sent(_));
        !sent || self.events.iter().any(|event| event.cause == Some(number))
    }

    /// Was a monitor ended before it fired?
    fn is_given_up(&self, reference: &str) -> bool {
        self.events.iter().any(|event| match &event.line.what {
            What::Sent(signal) => {
                signal.kind == "demonitor" && signal.key == reference
            }
            _ => false,
        })
    }
}
