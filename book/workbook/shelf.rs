//! The three books in one folder, with a page before them that leads to the reader's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};

use crate::{Interface, Language, edition, pages, sources};

/// A file that says that a folder is ours to replace.
const MARK: &str = ".workbook";

/// Builds all languages into a new folder.
///
/// `reload` lets the pages reload themselves when [`crate::serve`] has newer ones.
pub fn build(root: &Path, folder: &Path, reload: bool) -> Result<()> {
    sources::check(&root.join("book"))?;
    let interface = &Interface::read(root)?;
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(folder.join(MARK), "")?;
    let build = |language: Language| -> Result<()> {
        let pages = folder.join(language.code());
        edition::build(root, interface, language, &pages)?;
        pages::complete(&pages, interface, language, reload)
    };
    std::thread::scope(|scope| {
        let books = Language::ALL.map(|l| scope.spawn(move || build(l)));
        books.into_iter().try_for_each(|book| {
            book.join().map_err(|_| anyhow!("mdBook panicked; see above"))?
        })
    })?;
    fs::write(folder.join("index.html"), front_page(interface)?)?;
    Ok(())
}

/// Builds beside the folder and puts the result in its place, so that nobody who reads
/// there finds half a book. Refuses a folder that holds anything else.
pub fn replace(root: &Path, folder: &Path) -> Result<()> {
    let name = folder.file_name().and_then(|name| name.to_str());
    let name =
        name.with_context(|| format!("{} names no folder", folder.display()))?;
    let empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !folder.exists(),
    };
    ensure!(
        empty || folder.join(MARK).exists(),
        "{} holds something that is not the book; name an empty folder or a new one",
        folder.display()
    );
    let beside =
        |end: &str| -> PathBuf { folder.with_file_name(format!("{name}.{end}")) };
    let (new, old) = (beside("new"), beside("old"));
    remove_ours(&new)?;
    remove_ours(&old)?;
    build(root, &new, false)?;
    if folder.exists() {
        fs::rename(folder, &old)?;
    }
    fs::rename(&new, folder)?;
    remove_ours(&old)
}

/// Removes a folder if it is one of ours, or an empty one.
fn remove_ours(folder: &Path) -> Result<()> {
    if folder.join(MARK).exists() {
        fs::remove_dir_all(folder)?;
    } else if folder.exists() {
        fs::remove_dir(folder)
            .with_context(|| format!("{} is in the way", folder.display()))?;
    }
    Ok(())
}

/// Leads to the book in the browser's language; without scripts, to a list of links.
fn front_page(interface: &Interface) -> Result<String> {
    let mut links = String::new();
    for language in Language::ALL {
        let (code, name) = (language.code(), language.own_name());
        let title = interface.own("title", language)?;
        links += &format!(
            "<li lang=\"{code}\"><a hreflang=\"{code}\" href=\"{code}/index.html\">\
             {name}: {title}</a></li>\n"
        );
    }
    let title = interface.own("title", Language::English)?;
    Ok(format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"UTF-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>{title}</title>
<style>
body {{ font: 1.3rem/1.6 sans-serif; max-width: 30em; margin: 15vh auto; padding: 0 1em }}
</style>
<script>
const ours = ['en', 'fr', 'es'];
const wished = navigator.languages.map(tag => tag.slice(0, 2).toLowerCase());
const code = wished.find(code => ours.includes(code)) || 'en';
location.replace(code + '/index.html' + location.hash);
</script>
</head>
<body>
<main>
<h1>{title}</h1>
<ul>
{links}</ul>
</main>
</body>
</html>
"
    ))
}
