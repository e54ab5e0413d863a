//! The workbook's book: three languages, built by mdBook as a library.
//!
//! | file | what it is about |
//! |---|---|
//! | `interface.rs` | words of menus, boxes and messages, in all languages |
//! | `sources.rs` | what the English pages must keep to |
//! | `fences.rs`, `anchors.rs` | code blocks, and the parts of files they take in |
//! | `chapters.rs` | the pages, changed one after the other |
//! | `exercises.rs` | the exercises of a chapter, put on its page |
//! | `semantics.rs` | the page on semantics, out of the tests' tables |
//! | `shield.rs` | before the translation: code, ids and boxes out of its reach |
//! | `boxes.rs` | after it: boxes, *predict first* among them |
//! | `script.rs`, `transcript.rs` | a lesson's script, shown as terminals |
//! | `diagram.rs` | a log of what processes did, shown as a picture and in words |
//! | `picture.rs` | drawings, inside the page |
//! | `listings.rs` | parts of files, moved to the margin |
//! | `catalogue.rs` | the translations: what is missing, and how they follow the text |
//! | `typography.rs`, `wording.rs` | the marks and the terms of each language |
//! | `edition.rs` | one language's book, built |
//! | `pages.rs` | what mdBook's pages lack: the picker, the reader's language |
//! | `landmarks.rs` | and what the keyboard and the ear need |
//! | `shelf.rs` | the three together in one folder |
//! | `serve.rs`, `http.rs`, `watch.rs` | to read it here, and see changes at once |
//! | `lessons.rs` | the table of lessons in the terminal |

mod anchors;
mod boxes;
mod chapters;
mod diagram;
mod edition;
mod exercises;
mod fences;
mod http;
mod interface;
mod landmarks;
mod listings;
mod pages;
mod picture;
mod script;
mod shield;
mod transcript;

pub mod catalogue;
pub mod lessons;
pub mod semantics;
pub mod serve;
pub mod shelf;
pub mod sources;
pub mod typography;
pub mod watch;
pub mod wording;

use std::path::PathBuf;

pub use checker::{Language, Text};
pub use interface::Interface;

/// The folder of the whole workbook, with `book/`, `lessons/` and `translations/` in it:
/// the one this program was compiled in.
pub fn root() -> PathBuf {
    let book = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    book.parent().map_or_else(|| book.clone(), PathBuf::from)
}

/// The snippets of the pages, each compiled (and run) as a test of documentation. A
/// test in `tests/sources.rs` sees to it that no page is left out.
#[cfg(doctest)]
mod snippets {
    #[doc = include_str!("../src/welcome.md")]
    struct Welcome;
    #[doc = include_str!("../src/nodes.md")]
    struct Nodes;
    #[doc = include_str!("../src/spawn_link.md")]
    struct SpawnLink;
    #[doc = include_str!("../src/ping_pong.md")]
    struct PingPong;
    #[doc = include_str!("../src/cookies.md")]
    struct Cookies;
    #[doc = include_str!("../src/remote_calls.md")]
    struct RemoteCalls;
    #[doc = include_str!("../src/distributed_tasks.md")]
    struct DistributedTasks;
    #[doc = include_str!("../src/chat.md")]
    struct Chat;
    #[doc = include_str!("../src/moebi.md")]
    struct Moebi;
    #[doc = include_str!("../src/tags.md")]
    struct Tags;
    #[doc = include_str!("../src/environments.md")]
    struct Environments;
    #[doc = include_str!("../src/kv_router.md")]
    struct KvRouter;
    #[doc = include_str!("../src/kv_server.md")]
    struct KvServer;
    #[doc = include_str!("../src/cache_experiment.md")]
    struct CacheExperiment;
    #[doc = include_str!("../src/cache_placement.md")]
    struct CachePlacement;
    #[doc = include_str!("../src/elixir.md")]
    struct Elixir;
    #[doc = include_str!("../src/runtime.md")]
    struct Runtime;
    #[doc = include_str!("../src/wire.md")]
    struct Wire;
    #[doc = include_str!("../src/semantics.md")]
    struct Semantics;
    #[doc = include_str!("../src/errors.md")]
    struct Errors;
    #[doc = include_str!("../src/instructors.md")]
    struct Instructors;
    #[doc = include_str!("../src/glossary.md")]
    struct Glossary;
    #[doc = include_str!("../src/credits.md")]
    struct Credits;
}
