//! What differs from run to run, made the same: pids, references, ports, times.

use std::path::Path;

/// Numbers pids and references by first appearance, for one script.
#[derive(Default)]
pub struct Normaliser {
    pids: Vec<String>,
    references: Vec<String>,
    home: Option<String>,
}

/// Something in a line that looks like `#PID<kate@localhost.131.0>`.
#[derive(Clone, Copy)]
enum Kind {
    Pid,
    Reference,
}

impl Kind {
    fn opening(self) -> &'static str {
        match self {
            Self::Pid => "#PID<",
            Self::Reference => "#Reference<",
        }
    }

    fn write(self, node: &str, number: &str) -> String {
        match self {
            Self::Pid => format!("#PID<{node}.{number}.0>"),
            Self::Reference => format!("#Reference<{node}.0.{number}>"),
        }
    }
}

impl Normaliser {
    /// One that writes `~` for this folder.
    pub fn with_home(home: &Path) -> Self {
        let home = home.to_str().map(str::to_string);
        Self { home, ..Self::default() }
    }

    /// The line as every run shows it.
    pub fn normalise(&mut self, line: &str) -> String {
        let line = rewrite(line, |kind, node, text| {
            let known = match kind {
                Kind::Pid => &mut self.pids,
                Kind::Reference => &mut self.references,
            };
            let index = known.iter().position(|k| k == text).unwrap_or_else(|| {
                known.push(text.to_string());
                known.len() - 1
            });
            kind.write(node, &(index + 1).to_string())
        });
        self.plain(line)
    }

    /// The line without what is not known yet: what lines without an order are sorted
    /// by, so that the numbers do not depend on who was first.
    pub fn mask(&self, line: &str) -> String {
        let line = rewrite(line, |kind, node, text| {
            let index = self.known(kind).iter().position(|k| k == text);
            kind.write(node, &index.map_or("?".into(), |i| (i + 1).to_string()))
        });
        self.plain(line)
    }

    /// The inverse for what is typed: the pid that was shown as this.
    pub fn restore(&self, line: &str) -> String {
        rewrite(line, |kind, node, text| {
            let shown_as_this = |(index, _): &(usize, &String)| {
                kind.write(node, &(index + 1).to_string()) == text
            };
            let mut known = self.known(kind).iter().enumerate();
            known.find(shown_as_this).map_or(text, |(_, real)| real).to_string()
        })
    }

    fn known(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Pid => &self.pids,
            Kind::Reference => &self.references,
        }
    }

    fn plain(&self, mut line: String) -> String {
        if let Some(home) = &self.home {
            line = line.replace(home, "~");
        }
        for (before, instead) in [
            ("port ", "PORT"),
            ("localhost:", "PORT"),
            ("127.0.0.1:", "PORT"),
            ("creation ", "CREATION"),
        ] {
            line = replace_number(&line, before, instead);
        }
        without_time(line)
    }
}

/// Replaces each pid and reference by what `with` makes of its kind, node and text.
fn rewrite(line: &str, mut with: impl FnMut(Kind, &str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('#') {
        out += &rest[..at];
        rest = &rest[at..];
        let found = [Kind::Pid, Kind::Reference].into_iter().find_map(|kind| {
            name_of_node(kind, rest).map(|(n, len)| (kind, n, len))
        });
        let length = match found {
            Some((kind, node, length)) => {
                out += &with(kind, node, &rest[..length]);
                length
            }
            None => {
                out.push('#');
                1
            }
        };
        rest = &rest[length..];
    }
    out + rest
}

/// If the text begins with a pid or reference: its node, and how long it is.
fn name_of_node(kind: Kind, text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix(kind.opening())?;
    let inner = &inner[..inner.find('>')?];
    // A host may have dots in it; the two numbers are at the end.
    let (rest, last) = inner.rsplit_once('.')?;
    let (node, middle) = rest.rsplit_once('.')?;
    let number = |text: &str| text.parse::<u64>().is_ok();
    (number(last) && number(middle))
        .then_some((node, kind.opening().len() + inner.len() + 1))
}

/// Replaces the number after each `before` that does not go on a word.
fn replace_number(line: &str, before: &str, instead: &str) -> String {
    let mut parts = line.split(before);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &part[..part.len() - rest.len()];
        let is_word = !out.ends_with(|c: char| c.is_alphanumeric());
        out += before;
        out += if is_word && rest.len() < part.len() { instead } else { number };
        out += rest;
    }
    out
}

/// The text with `TIME` where it has a time in microseconds, which has sixteen digits.
pub fn without_microseconds(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out += &rest[..at];
        rest = &rest[at..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        out += if end == 16 { "TIME" } else { &rest[..end] };
        rest = &rest[end..];
    }
    out + rest
}

/// Log lines begin with the time, `14:05:12.123`.
fn without_time(line: String) -> String {
    let time = line.split(' ').next().unwrap_or_default();
    let is_time = time.len() >= 8
        && time.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.')
        && time.matches(':').count() == 2;
    if is_time { line.replacen(time, "TIME", 1) } else { line }
}
