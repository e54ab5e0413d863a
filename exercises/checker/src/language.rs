//! The three languages of the book.

/// A language the book is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Language {
    /// The source: `book/src/`, and `exercises/info.toml`.
    #[value(name = "en")]
    English,
    /// `translations/fr.po`
    #[value(name = "fr")]
    French,
    /// `translations/es.po`
    #[value(name = "es")]
    Spanish,
}

impl Language {
    /// All of them, the source first.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::Spanish];

    /// Those with a catalogue.
    pub const TRANSLATED: [Self; 2] = [Self::French, Self::Spanish];

    /// What HTML calls it, and the folder its pages are in.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    /// What its speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Spanish => "Español",
        }
    }

    /// The language of a tag such as `fr-CA`, `es_MX.UTF-8` or `en`.
    fn of_tag(tag: &str) -> Option<Self> {
        let code = tag.trim().split(['-', '_', '.', '@']).next()?;
        Self::ALL.into_iter().find(|known| known.code().eq_ignore_ascii_case(code))
    }

    /// The language of this terminal, by the variables a POSIX program asks, in their
    /// order: the first that is set decides. English if it is none of ours.
    pub fn of_terminal() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|variable| std::env::var(variable).ok())
            .find(|value| !value.is_empty())
            .and_then(|value| Self::of_tag(&value))
            .unwrap_or(Self::English)
    }

    /// The language the reader has asked for (`MOEBI_LANG`), or that of the terminal.
    pub fn of_reader() -> Self {
        let asked = std::env::var("MOEBI_LANG").ok();
        asked.and_then(|tag| Self::of_tag(&tag)).unwrap_or_else(Self::of_terminal)
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110, 12.5.4), such as
    /// `es-MX,es;q=0.9,en;q=0.5`; English if it names none.
    pub fn accepted(header: &str) -> Self {
        let mut best = (0.0, Self::English);
        for wish in header.split(',') {
            let (tag, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            // Of two that are wished for alike, the first.
            if let Some(language) = Self::of_tag(tag).filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_browser_gets_what_it_wishes_most() {
        for (header, expected) in [
            ("fr-CA,fr;q=0.9,en;q=0.5", Language::French),
            ("de,en;q=0.3,es;q=0.8", Language::Spanish),
            ("es", Language::Spanish),
            ("de-DE, ja", Language::English),
            ("fr;q=0", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }

    #[test]
    fn a_locale_names_its_language_first() {
        assert_eq!(Language::of_tag("fr_FR.UTF-8"), Some(Language::French));
        assert_eq!(Language::of_tag("C.UTF-8"), None);
    }
}
