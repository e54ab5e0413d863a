//! Reads a line typed at the prompt: `pid = spawn_link kate@localhost pong`.
//!
//! A line is words with white space between them. A word is what it looks like, a number,
//! a node's name, an atom; a text in quotes, a tuple in braces and a list in brackets may
//! stand where a word may. What a word *means*, a variable for one, is decided by whoever
//! evaluates it. Who is used to chats may write a slash before a command: `/help`.

use std::ops::Range;

/// Tuples within tuples, so many at most.
const MAX_DEPTH: usize = 32;

/// A line: `NAME = COMMAND`, or `COMMAND` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The variable that shall keep the answer.
    pub(super) name: Option<String>,
    /// The first word had a slash before it: it names a command, and nothing else.
    pub(super) slash: bool,
    /// The words, each with its place in the line.
    pub(super) words: Vec<(Expression, Range<usize>)>,
}

/// What can stand in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// A word: atom, number, node name, or variable.
    Word(String),
    /// A text that stood in quotes.
    Text(String),
    /// `#PID<..>`, as it is printed.
    Pid(String),
    /// `{a, b}`
    Tuple(Vec<Expression>),
    /// `[a, b]`
    List(Vec<Expression>),
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParseError {
    #[error("a text is not closed: its second quote (\") is missing")]
    OpenText,
    #[error("a bracket is not closed: {0} is missing")]
    Open(char),
    #[error("{0:?} stands where a value should")]
    Unexpected(char),
    #[error("between two values stands a comma, not {0:?}")]
    NoComma(String),
    #[error("unknown escape \\{0}: only \\n, \\t, \\\\ and \\\" are known")]
    Escape(char),
    #[error("values are nested deeper than {MAX_DEPTH}")]
    Deep,
    #[error("a pid is not closed: > is missing")]
    OpenPid,
    #[error("after = a command or a value must stand")]
    Nothing,
}

impl Line {
    /// Reads a line. An empty one has no words.
    pub(super) fn parse(line: &str) -> Result<Self, ParseError> {
        let (name, start) = assignment(line);
        let mut parser = Parser { line, at: start };
        let mut words = Vec::new();
        parser.skip_space();
        let slash = parser.skip_slash();
        while parser.peek().is_some() {
            let start = parser.at;
            let expression = parser.expression(0)?;
            words.push((expression, start..parser.at));
            parser.skip_space();
        }
        if name.is_some() && words.is_empty() {
            return Err(ParseError::Nothing);
        }
        Ok(Self { name, slash, words })
    }
}

/// The name before a `=`, and where the rest starts.
fn assignment(line: &str) -> (Option<String>, usize) {
    let none = (None, 0);
    let Some((name, _)) = line.split_once('=') else {
        return none;
    };
    let end = name.len() + 1;
    let name = name.trim();
    if is_name(name) { (Some(name.to_owned()), end) } else { none }
}

/// Can this be the name of a variable?
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

struct Parser<'a> {
    line: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    /// Skips the slash before a command's name, if there is one.
    fn skip_slash(&mut self) -> bool {
        let rest = self.line[self.at..].strip_prefix('/');
        let slash = rest.is_some_and(|name| name.starts_with(char::is_alphabetic));
        if slash {
            self.next();
        }
        slash
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError::Deep);
        }
        match self.peek() {
            Some('"') => self.text().map(Expression::Text),
            Some('{') => self.sequence('}', depth).map(Expression::Tuple),
            Some('[') => self.sequence(']', depth).map(Expression::List),
            Some(c @ ('}' | ']' | ',')) => Err(ParseError::Unexpected(c)),
            _ if self.line[self.at..].starts_with("#PID<") => self.pid(),
            _ => Ok(self.word()),
        }
    }

    fn word(&mut self) -> Expression {
        let start = self.at;
        let ends = |c: char| c.is_whitespace() || "{}[],\"".contains(c);
        while self.peek().is_some_and(|c| !ends(c)) {
            self.next();
        }
        let word = &self.line[start..self.at];
        // Whoever comes from Elixir may write the colon.
        let word = match word.strip_prefix(':') {
            Some(atom) if !atom.is_empty() => atom,
            _ => word,
        };
        Expression::Word(word.to_owned())
    }

    fn pid(&mut self) -> Result<Expression, ParseError> {
        let rest = &self.line[self.at..];
        let end = rest.find('>').ok_or(ParseError::OpenPid)? + 1;
        self.at += end;
        Ok(Expression::Pid(rest[..end].to_owned()))
    }

    fn text(&mut self) -> Result<String, ParseError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next().ok_or(ParseError::OpenText)? {
                '"' => return Ok(text),
                '\\' => match self.next().ok_or(ParseError::OpenText)? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    c @ ('\\' | '"') => text.push(c),
                    other => return Err(ParseError::Escape(other)),
                },
                c => text.push(c),
            }
        }
    }

    fn sequence(
        &mut self,
        close: char,
        depth: usize,
    ) -> Result<Vec<Expression>, ParseError> {
        self.next();
        let mut values = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => return Err(ParseError::Open(close)),
                Some(c) if c == close && values.is_empty() => break,
                Some(_) => values.push(self.expression(depth + 1)?),
            }
            self.skip_space();
            match self.peek() {
                None => return Err(ParseError::Open(close)),
                Some(',') => {
                    self.next();
                }
                Some(c) if c == close => break,
                Some(other) => return Err(ParseError::NoComma(other.to_string())),
            }
        }
        self.next();
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str) -> Expression {
        Expression::Word(word.into())
    }

    fn words(line: &str) -> Vec<Expression> {
        let line = Line::parse(line).expect("this line is well-formed");
        line.words.into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn a_line_is_words() {
        let line = "  spawn_link kate@localhost   say_name ";
        let expected = ["spawn_link", "kate@localhost", "say_name"].map(word);
        assert_eq!(words(line), expected);
        assert_eq!(words(""), []);
    }

    #[test]
    fn a_name_before_an_equals_sign_keeps_the_answer() {
        for line in ["pid = self", "pid=self", "  pid =self"] {
            let line = Line::parse(line).expect("this line is well-formed");
            assert_eq!(line.name.as_deref(), Some("pid"));
            assert_eq!(line.words[0].0, word("self"));
        }
        let text = Line::parse("say \"a = b\"").expect("this line is well-formed");
        assert_eq!(text.name, None);
        assert_eq!(Line::parse("pid ="), Err(ParseError::Nothing));
    }

    #[test]
    fn a_command_may_have_its_slash_and_an_argument_keeps_its_own() {
        let plain = ["say", "/tmp", "/say"].map(word);
        assert_eq!(words("say /tmp /say"), plain);
        assert_eq!(words("  /say /tmp /say"), plain);
        for (line, slash) in [
            ("/say", true),
            ("text = /say", true),
            ("say /say", false),
            ("//say", false),
            ("/ say", false),
            ("/", false),
        ] {
            let line = Line::parse(line).expect("this line is well-formed");
            assert_eq!(line.slash, slash, "{line:?}");
        }
        assert_eq!(words("//say"), [word("//say")]);
        assert_eq!(words("/"), [word("/")]);
    }

    #[test]
    fn where_a_word_stands_counts_the_slash() {
        let text = "x = /say /tmp";
        let line = Line::parse(text).expect("this line is well-formed");
        let places = line.words.into_iter().map(|(_, place)| &text[place]);
        assert_eq!(places.collect::<Vec<_>>(), ["say", "/tmp"]);
    }

    #[test]
    fn tuples_lists_and_texts_nest() {
        let [sent] = &words(r#"{hi, self, [1, "a, \"b\"\n"], {}}"#)[..] else {
            panic!("one tuple is one value");
        };
        let list = vec![word("1"), Expression::Text("a, \"b\"\n".into())];
        let expected = Expression::Tuple(vec![
            word("hi"),
            word("self"),
            Expression::List(list),
            Expression::Tuple(vec![]),
        ]);
        assert_eq!(*sent, expected);
    }

    #[test]
    fn a_printed_pid_is_one_word() {
        let pid = "#PID<kate@localhost.131.0>";
        assert_eq!(words(pid), [Expression::Pid(pid.into())]);
    }

    #[test]
    fn an_atom_may_have_its_colon() {
        assert_eq!(words(":ping"), [word("ping")]);
        assert_eq!(words(":"), [word(":")]);
    }

    #[test]
    fn what_is_malformed_is_said() {
        let deep = "{".repeat(50);
        for (line, error) in [
            ("{ping", ParseError::Open('}')),
            ("[1, ", ParseError::Open(']')),
            ("\"hi", ParseError::OpenText),
            ("\"\\q\"", ParseError::Escape('q')),
            ("}", ParseError::Unexpected('}')),
            ("{,}", ParseError::Unexpected(',')),
            ("{a b}", ParseError::NoComma("b".into())),
            ("#PID<a@b.1.0", ParseError::OpenPid),
            (deep.as_str(), ParseError::Deep),
        ] {
            assert_eq!(Line::parse(line), Err(error), "{line}");
        }
    }

    #[test]
    fn any_line_at_all_is_read_or_refused() {
        for line in
            ["é{ü}", "\u{0}", "= =", "a,", "\"\\", "#PID<", "#PID<>", "💡 = 1"]
        {
            let _ = Line::parse(line);
        }
    }
}
