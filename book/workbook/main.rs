//! `cargo run`: builds the book in three languages, serves it on this machine, and says
//! which lessons there are.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use workbook::serve::{Pages, Site};
use workbook::watch::Snapshot;
use workbook::{Interface, Language, catalogue, lessons, shelf};

/// Builds the workbook's book in English, French and Spanish, and serves it
#[derive(Parser)]
struct Options {
    /// Serve at this port of 127.0.0.1, or at the next free one
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Only write the pages, for any web server or to open from the disk
    #[arg(long, value_name = "DIR")]
    build_only: Option<PathBuf>,
    /// The language of this terminal (by default that of LANG)
    #[arg(long)]
    lang: Option<Language>,
    /// Let translations/*.po follow the English text
    #[arg(long, conflicts_with = "build_only")]
    update_translations: bool,
    /// The folder of the workbook, if it is another than this program was compiled in:
    /// for tests, which change a copy of the pages
    #[arg(long, value_name = "DIR", hide = true)]
    root: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // The chain of reasons is one sentence, from the whole to the part.
            let _ = writeln!(std::io::stderr(), "{why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let root = options.root.clone().unwrap_or_else(workbook::root);
    let book = root.join("book/book.toml");
    ensure!(book.exists(), "the workbook is no longer at {}", root.display());
    let language = options.lang.unwrap_or_else(Language::of_terminal);
    if options.update_translations {
        return update_translations(&root);
    }
    let interface = Interface::read(&root)?;
    let say = |name: &str, what: &str| -> Result<()> {
        let text = interface.own(name, language)?.replace("{}", what);
        Ok(writeln!(std::io::stdout(), "{text}")?)
    };
    if let Some(folder) = &options.build_only {
        let folder = std::path::absolute(folder)?;
        shelf::replace(&root, &folder)?;
        return say("written", &folder.join("index.html").display().to_string());
    }
    say("building", "")?;
    let mut seen = Snapshot::take(&root);
    let site = Site::start(options.port, pages(&root)?)?;
    lessons::tell(&mut std::io::stdout().lock(), &interface, language)?;
    say("serving", &format!("http://{}/", site.address()))?;
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = Snapshot::take(&root);
        if now == seen {
            continue;
        }
        seen = now;
        match pages(&root) {
            Ok(pages) => {
                site.turn_to(pages);
                say("rebuilt", "")?;
            }
            Err(why) => {
                say("not-rebuilt", "")?;
                writeln!(std::io::stderr(), "{why:#}")?;
            }
        }
    }
}

fn update_translations(root: &Path) -> Result<()> {
    for language in Language::TRANSLATED {
        let left = catalogue::update(root, language)?;
        let path = catalogue::path(root, language);
        let (new, fuzzy) = (left.untranslated.len(), left.fuzzy.len());
        let path = path.strip_prefix(root).unwrap_or(&path).display();
        writeln!(
            std::io::stdout(),
            "{path}: {new} to translate, {fuzzy} to look at"
        )?;
    }
    Ok(())
}

/// Builds the book and takes it into memory. What was built is removed again; a folder
/// of the process's own, because several workbooks may be open.
fn pages(root: &Path) -> Result<Pages> {
    let own = format!("target/workbook-{}", std::process::id());
    let folder = root.join(own);
    let pages =
        shelf::build(root, &folder, true).and_then(|()| Pages::read(&folder));
    // One that is left is in the way of nobody.
    let _ = fs::remove_dir_all(&folder);
    pages
}
