//! The exercises of a chapter, at its end.
//!
//! A page says
//!
//! ````text
//! ```exercises
//! spawn_link
//! ```
//! ````
//!
//! and has the exercises of that chapter there, out of `exercises/info.toml`. They become
//! Markdown before anything else happens, so they are translated and checked as the text
//! of the page is. Where the fence says `messages` instead, there is what all tests may
//! say.

use anyhow::{Context, Result};
use checker::{Exercise, List};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::chapters::change_each;
use crate::fences::fences;

/// The info string of the fence.
pub const INFO: &str = "exercises";

/// What stands in the fence for the messages of all tests.
const MESSAGES: &str = "messages";

/// The preprocessor, before all others.
pub struct Exercises;

impl Exercises {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "exercises";
}

impl Preprocessor for Exercises {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> Result<Book> {
        let root = context.root.parent().context("the book is in the workbook")?;
        let list = List::read(root)?;
        change_each(book, context, |page, _folder| replace(page, &list))
    }
}

fn replace(page: &str, list: &List) -> Result<String> {
    let mut out = page.to_string();
    for fence in fences(page).into_iter().rev().filter(|fence| fence.info == INFO) {
        let shown = match fence.text.trim() {
            MESSAGES => list.exercises.iter().map(messages).collect(),
            chapter => of_chapter(list, chapter)?,
        };
        out.replace_range(fence.range, &shown);
    }
    Ok(out)
}

fn of_chapter(list: &List, chapter: &str) -> Result<String> {
    let shown: String = list.of_chapter(chapter).map(exercise).collect();
    (!shown.is_empty()).then_some(shown).with_context(|| {
        format!("info.toml has no exercise of the chapter {chapter}")
    })
}

fn exercise(exercise: &Exercise) -> String {
    let Exercise { name, title, minutes, difficulty, task, .. } = exercise;
    let hints: String = (1..)
        .zip(exercise.hints())
        .map(|(level, hint)| {
            format!(
                "<details>\n<summary>\n\nHint {level}\n\n</summary>\n\n\
                 {}\n\n</details>\n\n",
                hint.trim()
            )
        })
        .collect();
    format!(
        "### {title} {{#exercise-{name}}}\n\n\
         ```console\n$ cargo exercise {name}\n```\n\n\
         About {minutes} minutes; difficulty {difficulty} of 3.\n\n\
         {}\n\n{hints}",
        task.trim()
    )
}

fn messages(exercise: &Exercise) -> String {
    let lines: String = exercise
        .messages
        .values()
        .map(|text| format!("- {}\n", text.trim()))
        .collect();
    format!("### {} {{#messages-{}}}\n\n{lines}\n", exercise.title, exercise.name)
}

#[cfg(test)]
mod tests {
    use checker::{List, paragraphs};

    use super::replace;
    use crate::root;

    #[test]
    fn a_chapter_shows_its_exercises_with_their_hints() {
        let list = List::read(&root()).unwrap();
        let page =
            replace("Text.\n\n```exercises\nspawn_link\n```\n\nMore.\n", &list);
        let page = page.unwrap();
        let exercise = list.of_chapter("spawn_link").next().unwrap();
        let parts =
            ["Text.\n", &exercise.title, "Hint 1", exercise.hints()[2], "More."];
        let places: Vec<_> = parts.iter().map(|part| page.find(part)).collect();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{page}");
        assert!(page.contains(&paragraphs(&exercise.task).next().unwrap()));
        assert!(!page.contains("```exercises"));
    }

    #[test]
    fn a_chapter_without_exercises_is_a_mistake() {
        let list = List::read(&root()).unwrap();
        let why = replace("```exercises\nnowhere\n```\n", &list).unwrap_err();
        assert!(why.to_string().contains("no exercise of the chapter nowhere"));
    }
}
