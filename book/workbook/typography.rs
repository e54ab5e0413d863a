//! The marks of each language: what a reader of it expects around signs of punctuation.
//!
//! French has a narrow space that does not break (U+202F) before `; : ! ?` and inside
//! « », and a curly apostrophe. Spanish opens its questions and exclamations. Code,
//! links and HTML are left alone.

use std::sync::LazyLock;

use regex::Regex;

use crate::Language;
use crate::anchors::pattern;

/// Code, keys, destinations of links, HTML, addresses (`https://…`, `doi:10.…`), and signs
/// that are not punctuation.
static NOT_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"`+[^`]+`+|<kbd>[^<]*</kbd>|\]\([^)]*\)|<[^>]*>|&#?\w+;|\b[A-Za-z][A-Za-z0-9+.-]*:[\w/](?:[^\s)\]]*[\w/])?|\d+:\d+|\\.|\[\^[^\]]*\]",
    )
});

static BEFORE_SIGN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[ \u{a0}\u{202f}]*([;:!?»]+)"));
static AFTER_QUOTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"«[ \u{a0}\u{202f}]*"));

/// A translation with the marks of its language, where they can be set without
/// understanding it.
pub fn set(text: &str, language: Language) -> String {
    if language != Language::French {
        return text.to_string();
    }
    let mut out = String::new();
    let mut end = 0;
    for kept in NOT_TEXT.find_iter(text) {
        out += &french(&text[end..kept.start()]);
        out += kept.as_str();
        end = kept.end();
    }
    out + &french(&text[end..])
}

/// Text without code in it. A sign at its beginning follows code and gets its space too.
fn french(text: &str) -> String {
    let text = BEFORE_SIGN.replace_all(text, "\u{202f}$1");
    let text = AFTER_QUOTE.replace_all(&text, "«\u{202f}");
    text.replace('\'', "’")
}

/// What is wrong with the marks of a translation, if anything is.
pub fn fault(text: &str, language: Language) -> Option<&'static str> {
    let plain = NOT_TEXT.replace_all(text, "x");
    let count = |sign: char| plain.matches(sign).count();
    match language {
        Language::English => None,
        Language::French if set(text, language) != text => {
            Some("French spaces or apostrophes: --update-translations sets them")
        }
        Language::French if plain.contains(['"', '“', '”']) => {
            Some("quotation marks are « »")
        }
        Language::French => None,
        Language::Spanish
            if count('?') != count('¿') || count('!') != count('¡') =>
        {
            Some("¿…? and ¡…! come in pairs")
        }
        Language::Spanish if plain.contains(['"', '“', '”', '\'']) => {
            Some("quotation marks are «»")
        }
        Language::Spanish => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{fault, set};
    use crate::Language::{French, Spanish};

    #[test]
    fn french_has_its_spaces_and_apostrophes() {
        let text = "Qu'est-ce que `a : b` ? Voir « [ici](a.md?x) » : l'état!";
        let expected = "Qu’est-ce que `a : b`\u{202f}? Voir «\u{202f}[ici](a.md?x)\u{202f}»\u{202f}: l’état\u{202f}!";
        assert_eq!(set(text, French), expected);
        assert_eq!(set(expected, French), expected);
        assert_eq!(fault(expected, French), None);
        assert!(fault(text, French).is_some());
    }

    #[test]
    fn addresses_stay_as_they_are() {
        let text = "Lire [doi:10.1109/90.663936](https://doi.org/10.1109/90.663936); et https://a.fr/?b=c, mailto:d@e.fr; à 9:00: oui";
        let expected = "Lire [doi:10.1109/90.663936](https://doi.org/10.1109/90.663936)\u{202f}; et https://a.fr/?b=c, mailto:d@e.fr\u{202f}; à 9:00\u{202f}: oui";
        assert_eq!(set(text, French), expected);
        assert_eq!(set(expected, French), expected);
        let bold = "**Il a des limites:** oui";
        assert_eq!(set(bold, French), "**Il a des limites\u{202f}:** oui");
    }

    #[test]
    fn spanish_opens_its_questions() {
        assert_eq!(fault("¿Quién? `x?`", Spanish), None);
        assert!(fault("Quién?", Spanish).is_some());
        assert!(fault("dice \"hola\"", Spanish).is_some());
    }
}
