//! Tests with tags, as ExUnit has them: some need a node that you start in another
//! terminal, and without it they are left out, visibly.
//!
//! ```console
//! $ cargo run --bin chat -- --sname moebi@localhost    # in one terminal
//! $ cargo test                                         # in another
//! ```
//!
//! # The rules
//!
//! Each test has tags: names, some with a value. Options select tests by their tags;
//! `TAG` is `distributed` or, with a value, `node:moebi@localhost`.
//!
//! - All tests are included at first. `--exclude TAG` leaves out those with the tag.
//! - `--include TAG` takes back in what was excluded, and wins: with nothing excluded it
//!   changes nothing.
//! - `--only TAG` is both at once: it excludes everything, by the tag `test` that every
//!   test has, and includes `TAG`. If then no test runs, that is an error, with exit
//!   status 1: a typing mistake must not look like a success.
//! - A test with the tag `skip` is not run even if it is included by another tag; only
//!   `--include skip` runs it.
//! - If none of the nodes that tests name is there, `distributed` is excluded before we
//!   are asked. To include it nevertheless makes the tests run, fail, and say why.
//! - If only some of them are there, those that are not are left out one by one: their
//!   tests are excluded as `node:foo@localhost`, and only `--include` of that very tag
//!   makes them run. So who has started one lesson is not bothered by another.
//!
//! What they do together is proved in `rules.rs`.
//!
//! # Where the options go
//!
//! Rust's own tests have `#[ignore]`, one switch for all; tags need a `main` of our own
//! (`harness = false` in `Cargo.toml`), on the crate libtest-mimic. Its options work as
//! usual: a filter, `--list`, `--exact`, `--skip`, `--test-threads`.
//!
//! `cargo test -- --include distributed` cannot work: cargo gives what follows the `--`
//! to each test program in turn, and the first with Rust's own `main` ends the run with
//! "Unrecognized option". So there is an alias for this program alone, in
//! `.cargo/config.toml`, and there are variables, which others do not look at:
//!
//! ```console
//! $ cargo tagged --only distributed
//! $ MOEBI_TEST_EXCLUDE=distributed,slow cargo test
//! ```
//!
//! | read about | in |
//! |---|---|
//! | the tests of the lessons | `chat.rs`, `kv.rs` |
//! | what a tag is, and a test | `tags.rs` |
//! | who runs | `selection.rs` |
//! | whether a node is there | `alive.rs` |
//! | the run, and what is said at its end | `suite.rs`, `summary.rs` |
//! | the rules, proved on four tests in a process of their own | `rules.rs`, `rehearsal.rs` |

mod alive;
mod chat;
mod kv;
mod mapper;
mod rehearsal;
mod rules;
mod selection;
mod suite;
mod summary;
mod tags;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = selection::Options::parse();
    let tests = match rehearsal::is_on() {
        true => rehearsal::tests(),
        false => [chat::tests(), kv::tests(), rules::tests()]
            .into_iter()
            .flatten()
            .collect(),
    };
    suite::run(&options, tests)
}
