//! A diagram in words: one sentence a step, in the reader's language.

use anyhow::Result;

use super::causal::{Role, Signal, Step, Without};
use super::svg::escape;
use crate::{Interface, Language};

/// Says what a diagram shows.
pub struct Words<'a> {
    interface: &'a Interface,
    language: Language,
}

impl<'a> Words<'a> {
    /// In one language.
    pub fn new(interface: &'a Interface, language: Language) -> Self {
        Self { interface, language }
    }

    /// One of the interface's texts.
    pub fn own(&self, name: &str) -> Result<&'a str> {
        self.interface.own(name, self.language)
    }

    /// What it is a picture of: plain text.
    pub fn title(&self, steps: &[Step]) -> Result<String> {
        let mut nodes: Vec<&str> = Vec::new();
        for step in steps {
            let pair = match step {
                Step::Ends(role, _) => [role, role],
                Step::Crosses(s) | Step::Leaves(s) | Step::Arrives(s) => {
                    [&s.from, &s.to]
                }
            };
            for role in pair {
                if !nodes.contains(&role.node.as_str()) {
                    nodes.push(&role.node);
                }
            }
        }
        Ok(self.own("diagram-title")?.replace("{nodes}", &nodes.join(", ")))
    }

    /// Who is not shown, or who alone is, if the log says so.
    pub fn left_out(&self, without: &Without) -> Result<Option<String>> {
        let (name, roles) = match (&without.roles[..], &without.only[..]) {
            ([], []) => return Ok(None),
            ([], only) => ("diagram-only", only),
            (roles, _) => ("diagram-without", roles),
        };
        let roles: Result<Vec<String>> =
            roles.iter().map(|role| self.role(role)).collect();
        let text = self.own(name)?;
        Ok(Some(text.replace("{roles}", &roles?.join(", "))))
    }

    /// One sentence a step, as HTML.
    pub fn sentences(&self, steps: &[Step]) -> Result<Vec<String>> {
        let said = |(row, step)| self.sentence(step, &steps[row + 1..]);
        steps.iter().enumerate().map(said).map(|s| s.map(|s| capital(&s))).collect()
    }

    fn sentence(&self, step: &Step, later: &[Step]) -> Result<String> {
        match step {
            Step::Ends(role, reason) => {
                let text = self.own("diagram-ends")?;
                let text = text.replace("{from}", &self.role(role)?);
                Ok(text.replace("{text}", &code(reason)))
            }
            Step::Crosses(signal) => self.said(sending(signal), signal),
            Step::Arrives(signal) => {
                let name = match signal.text.is_empty() {
                    true => "diagram-takes-signal",
                    false => "diagram-takes",
                };
                self.said(name, signal)
            }
            Step::Leaves(signal) => {
                let taken = later.iter().any(
                    |step| matches!(step, Step::Arrives(other) if other == signal),
                );
                let sent = self.said(sending(signal), signal)?;
                match untaken(signal, taken) {
                    Some(name) => Ok(format!("{sent} {}", self.said(name, signal)?)),
                    None => Ok(sent),
                }
            }
        }
    }

    fn said(&self, name: &str, signal: &Signal) -> Result<String> {
        let Signal { from, to, text, .. } = signal;
        let said = self.own(name)?.replace("{from}", &self.role(from)?);
        let said = said.replace("{to}", &self.role(to)?);
        Ok(said.replace("{text}", &code(text)))
    }

    fn role(&self, role: &Role) -> Result<String> {
        if role.is_node() {
            let node = code(&role.node);
            return Ok(self.own("diagram-node")?.replace("{node}", &node));
        }
        Ok(code(&role.to_string()))
    }
}

/// The node's own sentences begin with a word of the language.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn code(text: &str) -> String {
    format!("<code translate=\"no\">{}</code>", escape(text))
}

/// The sentence for what is sent.
fn sending(signal: &Signal) -> &'static str {
    match signal.kind.as_str() {
        "call" => "diagram-call",
        "cast" => "diagram-cast",
        "reply" => "diagram-reply",
        "puts" => "diagram-puts",
        "spawn" => "diagram-spawn",
        "spawn_link" => "diagram-spawn_link",
        "spawn_monitor" => "diagram-spawn_monitor",
        "erpc" => "diagram-erpc",
        "link" => "diagram-link",
        "unlink" => "diagram-unlink",
        "monitor" => "diagram-monitor",
        "exit" => "diagram-exit",
        "down" => "diagram-down",
        _ => "diagram-message",
    }
}

/// What becomes of what is not taken at once.
fn untaken(signal: &Signal, taken: bool) -> Option<&'static str> {
    match (signal.kind.as_str(), taken) {
        ("link" | "unlink" | "monitor", _) => None,
        (_, true) => Some("diagram-waits"),
        ("reply", false) => Some("diagram-late"),
        ("exit", false) => Some("diagram-ignored"),
        (_, false) => Some("diagram-untaken"),
    }
}

#[cfg(test)]
mod tests {
    use super::Words;
    use crate::diagram::causal::Log;
    use crate::{Interface, Language};

    #[test]
    fn a_diagram_is_said_in_each_language() {
        let log = "alex/shell ~> kate/pong: {<hi>}\nalex/shell -> kate/pong: ping\n\
                   kate/pong <~ alex/shell: {<hi>}\nkate/pong x normal\n";
        let steps = Log::parse(log).unwrap().steps();
        let interface = Interface::read(&crate::root()).unwrap();
        let shell = "<code translate=\"no\">alex/shell</code>";
        let hi = "<code translate=\"no\">{&lt;hi&gt;}</code>";
        let pong = "<code translate=\"no\">kate/pong</code>";
        for (language, first, title) in [
            (
                Language::English,
                format!("{shell} sends {pong} {hi}. It waits in the mailbox."),
                "Processes and signals of alex, kate",
            ),
            (
                Language::French,
                format!(
                    "{shell} envoie {hi} à {pong}. Le message attend dans la boîte aux lettres."
                ),
                "Processus et signaux\u{202f}: alex, kate",
            ),
            (
                Language::Spanish,
                format!("{shell} envía {hi} a {pong}. Espera en el buzón."),
                "Procesos y señales de alex, kate",
            ),
        ] {
            let words = Words::new(&interface, language);
            assert_eq!(words.title(&steps).unwrap(), title);
            let sentences = words.sentences(&steps).unwrap();
            assert_eq!(sentences.len(), 4);
            assert_eq!(sentences[0], first);
        }
    }

    #[test]
    fn a_diagram_says_whom_it_does_not_show() {
        let interface = Interface::read(&crate::root()).unwrap();
        let words = Words::new(&interface, Language::English);
        let said = |log| words.left_out(&Log::parse(log).unwrap().without).unwrap();
        let [a, b] = ["a/x", "b/y"].map(super::code);
        assert_eq!(
            said("# without a/x b/y\n"),
            Some(format!("Not shown: {a}, {b}."))
        );
        let only = format!("Nobody is shown but {a}, {b}.");
        assert_eq!(said("# only a/x b/y\n"), Some(only));
        assert_eq!(said("a/x x normal\n"), None);
    }
}
