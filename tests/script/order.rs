//! A log, brought into one order: always the same for the same log, and one that a
//! reader can follow.

use std::collections::BTreeMap;

use super::{Deed, Log, Role, Signal, Step, TIES};

/// Brings a log into one order.
pub(super) struct Writer<'a> {
    log: &'a Log,
    /// How much of what each process does has been written.
    done: BTreeMap<&'a Role, usize>,
    sent: Vec<bool>,
    /// Those whom the last step was about, who go on first.
    last: Vec<&'a Role>,
    steps: Vec<Step>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(log: &'a Log) -> Self {
        // What nobody here sends was sent before.
        let mut sent = vec![true; log.signals.len()];
        for deed in log.deeds.values().flatten() {
            if let Deed::Sends(number) = deed {
                sent[*number] = false;
            }
        }
        for number in &log.loose {
            sent[*number] = false;
        }
        let done = log.deeds.keys().map(|role| (role, 0)).collect();
        Self { log, done, sent, last: Vec::new(), steps: Vec::new() }
    }

    pub(super) fn write(mut self) -> Vec<Step> {
        while self.step(false) || self.node_speaks() || self.step(true) {}
        self.steps
    }

    /// What a process does next.
    fn next(&self, role: &Role) -> Option<&'a Deed> {
        // A new prompt is there when the old one has ended.
        let old = self.done.keys().filter(|old| {
            old.node == role.node && **old < role && is_shell(old) && is_shell(role)
        });
        let all_over = |old: &Role| self.log.deeds[old].len() == self.done[old];
        let free = old.into_iter().all(|old| all_over(old));
        free.then(|| self.log.deeds.get(role)?.get(self.done[role])).flatten()
    }

    fn after_next(&self, role: &Role) -> Option<&'a Deed> {
        self.log.deeds.get(role)?.get(self.done[role] + 1)
    }

    /// One step, of whoever can do one; `forced`: also one that sends a signal whom it
    /// is for cannot take yet.
    fn step(&mut self, forced: bool) -> bool {
        let others = self.log.deeds.keys();
        let roles: Vec<&'a Role> = self.last.iter().copied().chain(others).collect();
        if self.step_tie() || self.step_loose(false) {
            return true;
        }
        roles.into_iter().any(|role| match self.next(role) {
            None => false,
            Some(Deed::Ends(_)) if role.is_node() && !self.is_alone(role) => false,
            Some(Deed::Ends(reason)) => {
                self.steps.push(Step::Ends(role.clone(), reason.clone()));
                self.did(role);
                self.last = vec![role];
                true
            }
            Some(Deed::Takes(number)) => {
                self.sent[*number] && {
                    let signal = &self.log.signals[*number];
                    self.steps.push(Step::Arrives(signal.clone()));
                    self.did(role);
                    self.last = vec![role];
                    true
                }
            }
            Some(Deed::Sends(number)) => self.sends(*number, role, forced),
        })
    }

    /// Whoever makes a tie does so at once, and goes on.
    fn step_tie(&mut self) -> bool {
        let mut next =
            self.log.deeds.keys().filter_map(|role| match self.next(role) {
                Some(Deed::Sends(number)) => Some((role, *number)),
                _ => None,
            });
        let tie = next.find(|(_, number)| {
            TIES.contains(&self.log.signals[*number].kind.as_str())
        });
        let Some((role, number)) = tie else { return false };
        self.did(role);
        self.sent[number] = true;
        self.steps.push(Step::Leaves(self.log.signals[number].clone()));
        true
    }

    /// Does nobody of this node do anything more?
    fn is_alone(&self, node: &Role) -> bool {
        let mut others = self.done.keys().filter(|role| role.node == node.node);
        others.all(|role| role.is_node() || self.next(role).is_none())
    }

    fn sends(&mut self, number: usize, from: &'a Role, forced: bool) -> bool {
        let taken = self.log.taken_by(number);
        let now = taken.is_some_and(|to| {
            let next = if to == from { self.after_next(to) } else { self.next(to) };
            next == Some(&Deed::Takes(number))
        });
        if taken.is_some() && !now && !forced {
            return false;
        }
        self.did(from);
        self.send(number, now);
        true
    }

    fn send(&mut self, number: usize, now: bool) {
        let signal = &self.log.signals[number];
        self.sent[number] = true;
        if now {
            self.did(&signal.to);
            self.steps.push(Step::Crosses(signal.clone()));
            self.last = vec![&signal.from, &signal.to];
        } else {
            self.steps.push(Step::Leaves(signal.clone()));
            self.last = vec![&signal.from];
        }
    }

    /// A node says something of its own: as late as it can be, for that comes from
    /// something that has happened there.
    fn node_speaks(&mut self) -> bool {
        self.step_loose(true)
    }

    /// What follows from an end, or comes from a node: in the order of the alphabet.
    fn step_loose(&mut self, of_nodes: bool) -> bool {
        let mut ready: Vec<usize> = self.log.loose.clone();
        ready.retain(|number| {
            let by_node = self.log.signals[*number].from.is_node();
            by_node == of_nodes && !self.sent[*number] && self.is_due(*number)
        });
        ready.sort_by_key(|number| &self.log.signals[*number]);
        let Some(&number) = ready.first() else { return false };
        let to = self.log.taken_by(number);
        let now = to.is_some_and(|to| self.next(to) == Some(&Deed::Takes(number)));
        self.send(number, now);
        true
    }

    /// Has its sender ended? If it has none: does nothing but this happen next to whom
    /// it is for?
    fn is_due(&self, number: usize) -> bool {
        let Signal { from, to, .. } = &self.log.signals[number];
        if !from.is_node() {
            return self.next(from).is_none();
        }
        let takes = self.next(to) == Some(&Deed::Takes(number));
        takes || self.log.taken_by(number).is_none()
    }

    fn did(&mut self, role: &'a Role) {
        if let Some(done) = self.done.get_mut(role) {
            *done += 1;
        }
    }
}

/// Is it a prompt, or one that came after it?
fn is_shell(role: &Role) -> bool {
    role.name == "shell" || role.name.starts_with("shell-")
}
