//! Terms that are always translated the same, or never: `translations/glossary.toml`.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use regex::Regex;
use serde::Deserialize;

use crate::Language;
use crate::anchors::pattern;

/// The glossary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    /// Words that stay as they are.
    never: Vec<Word>,
    /// Words that become others.
    term: Vec<Term>,
}

/// A term and what it becomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    en: Word,
    /// Beginnings of words, one of which must be there.
    fr: Vec<String>,
    es: Vec<String>,
}

/// A regular expression of whole words, capitals or not.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Word {
    written: String,
    pattern: Regex,
}

impl TryFrom<String> for Word {
    type Error = regex::Error;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let pattern = Regex::new(&format!(r"(?i)\b(?:{written})\b"))?;
        Ok(Self { written, pattern })
    }
}

static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"`+[^`]+`+"));
static TARGET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\]\(([^)]*)\)|<(https?://[^>]*)>"));

impl Glossary {
    /// Reads `translations/glossary.toml` under the workbook's root.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("translations/glossary.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("{} is not as expected", path.display()))
    }

    /// What is wrong with the words of a translation.
    pub fn faults(&self, en: &str, text: &str, language: Language) -> Vec<String> {
        let mut faults = Vec::new();
        if all(&CODE, en) != all(&CODE, text) {
            faults.push("other code than in English".into());
        }
        if all(&TARGET, en) != all(&TARGET, text) {
            faults.push("other links than in English".into());
        }
        let (en, text) = (words(en), words(text));
        for word in &self.never {
            if word.pattern.is_match(&en) && !word.pattern.is_match(&text) {
                faults.push(format!("{} is not translated", word.written));
            }
        }
        let text = text.to_lowercase();
        for term in self.term.iter().filter(|term| term.en.pattern.is_match(&en)) {
            let known = term.in_language(language);
            if !known.iter().any(|word| text.contains(word.as_str())) {
                faults.push(format!(
                    "{} is {}",
                    term.en.written,
                    known.join(" or ")
                ));
            }
        }
        faults
    }
}

impl Term {
    fn in_language(&self, language: Language) -> &[String] {
        match language {
            Language::English => &[],
            Language::French => &self.fr,
            Language::Spanish => &self.es,
        }
    }
}

/// A text without what is no word of its language: code, and where links lead.
fn words(text: &str) -> String {
    let text = CODE.replace_all(text, "`");
    TARGET.replace_all(&text, "]").into_owned()
}

/// All matches, sorted: another language may need another order.
fn all<'a>(what: &Regex, text: &'a str) -> Vec<&'a str> {
    let mut found: Vec<&str> = what.find_iter(text).map(|m| m.as_str()).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::{Glossary, Term, Word};
    use crate::Language::French;

    fn word(written: &str) -> Word {
        Word::try_from(written.to_string()).unwrap()
    }

    #[test]
    fn a_term_has_its_word_and_code_stays() {
        let node = Term {
            en: word("nodes?"),
            fr: vec!["nœud".into()],
            es: vec!["nodo".into()],
        };
        let glossary = Glossary { never: vec![word("EPMD")], term: vec![node] };
        let faults = |en, fr| glossary.faults(en, fr, French);
        assert_eq!(faults("Two nodes, `a`.", "Deux Nœuds, `a`."), [""; 0]);
        assert_eq!(faults("Two nodes.", "Deux machines."), ["nodes? is nœud"]);
        assert_eq!(faults("`a`", "`b`"), ["other code than in English"]);
        assert_eq!(faults("EPMD", "le mappeur"), ["EPMD is not translated"]);
        assert_eq!(faults("[Here](nodes.md)", "[Ici](nodes.md)"), [""; 0]);
        assert_eq!(faults("[Here](a.md)", "[Ici](b.md)").len(), 1);
    }
}
