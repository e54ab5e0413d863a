//! Who takes part in a script, and what they are called in its logs: pids differ from run
//! to run, roles do not.

use std::collections::HashMap;

use super::causal::Role;
use super::scene::{alive, called};
use super::trace::{Line, What, node_of};

/// What they are called who would be called so under any other name.
const OWN: [&str; 2] = ["shell", "leader"];

/// A process of a script.
#[derive(Debug, Default)]
pub struct Member {
    pid: String,
    /// When it started.
    time: u64,
    /// What it runs.
    function: String,
    /// What its program calls it.
    named: Option<String>,
    pub(super) registered: Option<String>,
}

/// All processes of a script, by their full pids.
#[derive(Debug, Default)]
pub struct Cast(HashMap<String, Member>);

impl Member {
    /// Is it a prompt?
    pub fn is_shell(&self) -> bool {
        self.named.as_deref() == Some("shell")
    }

    /// Is it one of those that keep a lesson's program going, and no part of the lesson?
    pub fn is_hidden(&self) -> bool {
        let name = self.named.as_deref().unwrap_or(&self.function);
        name == "keeper" || name == "launch"
    }

    /// Its node, with the host.
    pub fn node(&self) -> &str {
        node_of(&self.pid)
    }

    fn name(&self) -> String {
        let first = self.named.as_ref().filter(|name| OWN.contains(&name.as_str()));
        let given = first.or(self.registered.as_ref()).or(self.named.as_ref());
        given.unwrap_or(&self.function).replace(' ', "_")
    }
}

impl Cast {
    /// Those whom the lines are about.
    pub fn of<'a>(lines: impl Iterator<Item = &'a Line> + Clone) -> Self {
        let mut cast = Self::default();
        let mut requests = HashMap::new();
        for line in lines.clone() {
            if let What::Sent(sent) = &line.what
                && sent.kind.starts_with("spawn")
                && sent.kind != "spawn_reply"
            {
                requests.insert(sent.key.as_str(), called(&sent.text));
            }
        }
        for line in lines {
            let member = || Member {
                pid: line.pid.clone(),
                time: line.time,
                ..Member::default()
            };
            match &line.what {
                What::Spawned { request, runs, .. } => {
                    let asked = request.as_deref().and_then(|r| requests.get(r));
                    let function = asked.copied().unwrap_or_else(|| called(runs));
                    let member = Member { function: function.into(), ..member() };
                    cast.0.insert(line.pid.clone(), member);
                }
                What::Named(name) => {
                    let of = cast.0.entry(line.pid.clone()).or_insert_with(member);
                    of.named = Some(name.clone());
                }
                What::Registered(name) => {
                    let of = cast.0.entry(line.pid.clone()).or_insert_with(member);
                    of.registered = Some(name.clone());
                }
                _ => {}
            }
        }
        cast
    }

    /// The process with this pid.
    pub fn member(&self, pid: &str) -> Option<&Member> {
        self.0.get(pid)
    }

    /// Does an address mean this process?
    pub fn is(&self, address: Option<&str>, pid: &str) -> bool {
        let Some(address) = address.filter(|address| *address != pid) else {
            return true;
        };
        let Some(name) = address.strip_prefix('{') else {
            // The request of a spawn has only a node.
            return !address.starts_with('#') && address == node_of(pid);
        };
        let name = name.rsplit_once(", ").map_or(name, |(name, _)| name);
        let member = self.member(pid);
        let registered = member.and_then(|member| member.registered.as_deref());
        registered == Some(name) && node_of(address) == node_of(pid)
    }

    /// The pids in a text of some time, each as that of the process that had it last.
    pub fn mentioned(&self, text: &str, time: u64) -> Vec<&str> {
        let pids = text.match_indices("#PID<").filter_map(|(at, _)| {
            let end = text[at..].find('>')?;
            self.shown(&text[at..=at + end], time)
        });
        pids.map(|member| member.pid.as_str()).collect()
    }

    /// Two pids of different runs of a node look alike.
    fn shown(&self, pid: &str, time: u64) -> Option<&Member> {
        let shown_so = |member: &&Member| {
            member.time <= time
                && member.pid.rsplit_once('/').is_some_and(|(shown, _)| shown == pid)
        };
        self.0.values().filter(shown_so).max_by_key(|member| member.time)
    }

    /// What these are called: two of one name are told apart by a number.
    pub fn roles(&self, pids: &[&str]) -> HashMap<String, Role> {
        let mut members: Vec<&Member> =
            pids.iter().filter_map(|pid| self.member(pid)).collect();
        members.sort_by_key(|member| (member.time, &member.pid));
        members.dedup_by_key(|member| &member.pid);
        let mut counts: HashMap<Role, usize> = HashMap::new();
        let mut roles = HashMap::new();
        for member in members {
            let node = alive(member.node());
            let role = Role { node, name: member.name() };
            let count = counts.entry(role.clone()).or_default();
            *count += 1;
            let name = match *count {
                1 => role.name,
                number => format!("{}-{number}", role.name),
            };
            roles.insert(member.pid.clone(), Role { name, ..role });
        }
        roles
    }

    /// A text with roles where it has pids, and without the numbers of references.
    pub fn rewrite(
        &self,
        text: &str,
        time: u64,
        roles: &HashMap<String, Role>,
    ) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('#') {
            out += &rest[..at];
            rest = &rest[at..];
            let end = match rest.starts_with("#Alias<") {
                // There is a pid in it.
                true => rest.match_indices('>').nth(1).map(|(end, _)| end),
                false => rest.find('>'),
            };
            let Some(end) = end else { break };
            let shown = &rest[..=end];
            let role = self.shown(shown, time).and_then(|m| roles.get(&m.pid));
            match (role, shown.split_once('<')) {
                (Some(role), _) => out += &role.to_string(),
                (None, Some(("#Reference", _))) => out += "#Reference",
                (None, Some(("#Alias", _))) => out += "#Alias",
                _ => out += shown,
            }
            rest = &rest[end + 1..];
        }
        out + rest
    }
}
