//! Which tests run: the options, and ExUnit's rules for them.

use std::fmt;

use clap::Parser;
use libtest_mimic::Arguments;

use super::tags::{Tag, Test};

/// Tests with tags. TAG is a name, as distributed, or a name with a value, as
/// node:moebi@localhost.
#[derive(Debug, Parser)]
pub struct Options {
    /// Run tests with this tag although they are excluded (repeatable, or with commas)
    #[arg(
        long,
        value_name = "TAG",
        env = "MOEBI_TEST_INCLUDE",
        value_delimiter = ','
    )]
    include: Vec<Tag>,

    /// Do not run tests with this tag
    #[arg(
        long,
        value_name = "TAG",
        env = "MOEBI_TEST_EXCLUDE",
        value_delimiter = ','
    )]
    exclude: Vec<Tag>,

    /// Run tests with this tag, and no others
    #[arg(long, value_name = "TAG", env = "MOEBI_TEST_ONLY", value_delimiter = ',')]
    only: Vec<Tag>,

    #[command(flatten)]
    pub libtest: Arguments,
}

impl Options {
    pub fn has_only(&self) -> bool {
        !self.only.is_empty()
    }
}

/// The filters of a run; each is there once.
#[derive(Default)]
pub struct Selection {
    include: Vec<Tag>,
    exclude: Vec<Tag>,
    /// The tags of nodes that are not there, while others are.
    absent: Vec<Tag>,
}

/// What the selection says of a test.
pub enum Verdict {
    Runs,
    /// By this filter.
    Excluded(Tag),
    /// With this reason.
    Skipped(String),
}

impl Selection {
    pub fn new(options: &Options) -> Self {
        let mut selection = Self::default();
        for tag in options.include.iter().chain(&options.only) {
            add(&mut selection.include, tag);
        }
        if options.has_only() {
            selection.exclude(&Tag::any("test"));
        }
        for tag in &options.exclude {
            selection.exclude(tag);
        }
        selection
    }

    /// Excludes a tag, unless the very same is included.
    pub fn exclude(&mut self, tag: &Tag) {
        if !self.include.contains(tag) {
            add(&mut self.exclude, tag);
        }
    }

    /// Excludes the tag of a node that is not there, also for who includes another tag of
    /// the test; unless the very same is included.
    pub fn miss(&mut self, node: Tag) {
        if !self.include.contains(&node) {
            add(&mut self.absent, &node);
        }
    }

    /// Is this the tag of a node that is not there?
    pub fn misses(&self, filter: &Tag) -> bool {
        self.absent.contains(filter)
    }

    // ANCHOR: judge
    /// Exclusion comes first, then `skip`: an excluded test is not counted as skipped.
    pub fn judge(&self, test: &Test) -> Verdict {
        let included = test.first_match(&self.include).is_some();
        match test.first_match(&self.exclude) {
            Some(filter) if !included => return Verdict::Excluded(filter.clone()),
            _ => {}
        }
        if let Some(filter) = test.first_match(&self.absent) {
            return Verdict::Excluded(filter.clone());
        }
        let named = |skip: &&Tag| self.include.iter().any(|tag| tag.matches(skip));
        match test.tags("skip").find(|skip| !named(skip)) {
            Some(skip) => Verdict::Skipped(skip.value().to_owned()),
            None => Verdict::Runs,
        }
    }
    // ANCHOR_END: judge
}

fn add(tags: &mut Vec<Tag>, tag: &Tag) {
    if !tags.contains(tag) {
        tags.push(tag.clone());
    }
}

/// One line for each list that is not empty.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let excluded = self.exclude.iter().chain(&self.absent).collect();
        let included: Vec<_> = self.include.iter().collect();
        for (what, tags) in [("Excluding", excluded), ("Including", included)] {
            if !tags.is_empty() {
                let tags: Vec<_> = tags.into_iter().map(Tag::to_string).collect();
                writeln!(f, "{what} tags: [{}]", tags.join(", "))?;
            }
        }
        Ok(())
    }
}
