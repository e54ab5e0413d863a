//! The links and monitors there are, what must come of each, and what came.

use std::collections::HashMap;

use crate::cluster::{Number, Wrong};

/// One link or monitor.
pub struct Tie {
    /// The node of the process that has tied itself.
    pub watcher: Number,
    pub link: bool,
    /// The node of the process it is tied to.
    pub node: Number,
    pub target: String,
    /// The process that has tied itself, once the other has seen it.
    pub tied: Option<String>,
    /// What may come; nothing, as long as nothing has happened.
    pub expected: Vec<String>,
    pub fired: Option<String>,
}

/// Those whose watchers live.
#[derive(Default)]
pub struct Ties {
    all: HashMap<u64, Tie>,
    next: u64,
    /// Targets that were told by a link, and of whom.
    left: HashMap<(String, String), String>,
    /// Those who must be told.
    leaving: Vec<(String, String)>,
    pub fired: u64,
}

impl Ties {
    pub fn add(&mut self, tie: Tie) -> u64 {
        self.next += 1;
        self.all.insert(self.next, tie);
        self.next
    }

    /// The process has ended, of its own will; or is about to, and that is no secret.
    pub fn ends(&mut self, target: &str, reason: &str) {
        for tie in self.all.values_mut() {
            if tie.target == target && tie.fired.is_none() {
                tie.expected = vec![reason.to_owned()];
                if tie.tied.is_none() {
                    tie.expected.push("noproc".to_owned());
                }
            }
        }
    }

    /// The node will be killed. Ties that others have to it fire; its own are forgotten,
    /// but who is at the other end of a link must learn it, unless he `ends` just now.
    pub fn dies(&mut self, node: Number, ends: impl Fn(&str) -> bool) {
        for tie in self.all.values_mut() {
            if tie.node == node && tie.fired.is_none() {
                tie.expected = vec!["noconnection".to_owned()];
            }
        }
        self.all.retain(|_, tie| {
            if tie.watcher != node {
                return true;
            }
            if let Some(from) = tie.tied.take()
                && tie.link
                && tie.node != node
                && tie.fired.is_none()
                && !ends(&tie.target)
            {
                self.leaving.push((tie.target.clone(), from));
            }
            false
        });
    }

    /// A node that will be killed is not waited for.
    pub fn forget_targets_of(&mut self, targets: &[String]) {
        self.leaving.retain(|(target, _)| !targets.contains(target));
    }

    pub fn tied(&mut self, id: u64, pid: &str) {
        if let Some(tie) = self.all.get_mut(&id) {
            tie.tied = Some(pid.to_owned());
        }
    }

    pub fn fires(&mut self, id: u64, reason: &str) -> Result<(), Wrong> {
        // Of a node that was killed since.
        let Some(tie) = self.all.get_mut(&id) else { return Ok(()) };
        let what = if tie.link { "link" } else { "monitor" };
        let Tie { watcher, node, fired, expected, .. } = tie;
        if let Some(before) = fired {
            return Err(format!(
                "{what} {id} of {watcher} to {node} fired twice: {before}, {reason}"
            ));
        }
        if !expected.iter().any(|expected| expected == reason) {
            return Err(format!(
                "{what} {id} of {watcher} to {node} fired with {reason}, not {expected:?}"
            ));
        }
        *fired = Some(reason.to_owned());
        self.fired += 1;
        Ok(())
    }

    /// A target was told by a link that the other end is gone.
    pub fn left(
        &mut self,
        target: &str,
        from: &str,
        reason: &str,
    ) -> Result<(), Wrong> {
        if reason != "noconnection" {
            return Err(format!(
                "a node was killed, and a link broke with {reason}"
            ));
        }
        let key = (target.to_owned(), from.to_owned());
        match self.left.insert(key, reason.to_owned()) {
            Some(_) => Err(format!("the link of {from} broke twice for {target}")),
            None => Ok(()),
        }
    }

    /// What is still to come, one line each.
    pub fn missing(&self) -> Vec<String> {
        let ties = self.all.iter().filter_map(|(id, tie)| {
            let Tie { watcher, node, expected, fired, tied, .. } = tie;
            let waits = fired.is_none() && (tied.is_none() || !expected.is_empty());
            waits.then(|| format!("{id} of {watcher} to {node}: {expected:?}"))
        });
        let leaving = self.leaving.iter().filter(|key| !self.left.contains_key(key));
        ties.chain(leaving.map(|(to, from)| format!("{to} of {from}"))).collect()
    }

    /// All that was to come has come: what has fired stays, for it must not fire again.
    pub fn settle(&mut self) {
        self.leaving.clear();
    }

    /// Everybody goes.
    pub fn clear(&mut self) {
        self.all.clear();
    }
}
