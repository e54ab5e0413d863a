//! What a tag is, and a test that has some.

use std::fmt;
use std::str::FromStr;

/// A word on a test, as `distributed`, or with a value, as `node:moebi@localhost`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    name: String,
    value: Option<String>,
}

/// Why a text is no tag.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    #[error(
        "the name of a tag has letters, digits and underscores, as in distributed"
    )]
    Name,
    #[error("a value must follow the colon, as in node:moebi@localhost")]
    Value,
}

/// A test, before it is known whether it runs.
pub struct Test {
    pub name: &'static str,
    /// Passes if it returns, fails if it panics.
    pub body: fn(),
    tags: Vec<Tag>,
}

impl Tag {
    /// A tag with a value.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: Some(value.to_owned()) }
    }

    // ANCHOR: matches
    /// As a filter, does it match the tag of a test? Without a value it matches every
    /// value.
    pub fn matches(&self, tag: &Tag) -> bool {
        let value = self.value.as_deref();
        self.name == tag.name && value.is_none_or(|value| value == tag.value())
    }
    // ANCHOR_END: matches

    /// The filter of that name, for any value.
    pub fn any(name: &str) -> Self {
        Self { name: name.to_owned(), value: None }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A tag without a value says that something is so: its value is `true`.
    pub fn value(&self) -> &str {
        self.value.as_deref().unwrap_or("true")
    }
}

impl Test {
    /// A test with this name. It has the tag `test` already, with its name.
    pub fn new(name: &'static str, body: fn()) -> Self {
        Self { name, body, tags: vec![Tag::new("test", name)] }
    }

    /// Adds a tag, written as on the command line.
    pub fn tag(mut self, tag: &str) -> Self {
        let tag = tag.parse().unwrap_or_else(|error| panic!("{tag:?}: {error}"));
        self.tags.push(tag);
        self
    }

    /// Leaves it out for a reason that everyone shall read.
    pub fn skip(mut self, reason: &str) -> Self {
        self.tags.push(Tag::new("skip", reason));
        self
    }

    /// The first of these filters that matches a tag of it.
    pub fn first_match<'a>(&self, filters: &'a [Tag]) -> Option<&'a Tag> {
        filters.iter().find(|filter| self.tags.iter().any(|tag| filter.matches(tag)))
    }

    /// All its tags of that name.
    pub fn tags(&self, name: &str) -> impl Iterator<Item = &Tag> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }

    /// The nodes it needs.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.tags("node").map(Tag::value)
    }

    /// The lesson whose program those nodes run.
    pub fn lesson(&self) -> &str {
        self.tags("lesson").next().map_or("LESSON", Tag::value)
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let (name, value) = match text.split_once(':') {
            Some((_, "")) => return Err(TagError::Value),
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let is_good = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(is_good) {
            return Err(TagError::Name);
        }
        Ok(Self { name: name.to_owned(), value })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            None => f.write_str(&self.name),
            Some(value) => write!(f, "{}: {value}", self.name),
        }
    }
}
