//! What mdBook's pages lack for the keyboard, and for those who listen to a page: its
//! parts have names, and whatever the mouse can press can be reached.

use anyhow::{Context, Result};

use crate::pages::{MISSING, put};
use crate::{Interface, Language};

/// Adds it to a page with the menu bar.
pub fn add(
    page: &str,
    name: &str,
    interface: &Interface,
    language: Language,
) -> Result<String> {
    let own = |text: &str| interface.own(text, language);
    let page = skip_link(page, name, own("skip")?)?;
    let page = menu(&page)?;
    let page = sidebar(&page, name, own("contents")?)?;
    let page = search(&page, own("search-place")?, own("search")?)?;
    keys(&page)
}

/// The first that the keyboard reaches.
fn skip_link(page: &str, name: &str, skip: &str) -> Result<String> {
    // On this page relative addresses begin elsewhere.
    let here = if name == MISSING { MISSING } else { "" };
    let link = format!("<a class=\"skip\" href=\"{here}#text\">{skip}</a>");
    put(page, "<body>", &format!("<body>\n{link}"))
}

fn menu(page: &str) -> Result<String> {
    let menu = "id=\"mdbook-menu-bar\" class=\"menu-bar sticky\"";
    let page = put(page, menu, &format!("{menu} role=\"banner\""))?;
    // A page has one heading of the first rank, and that is its own.
    let title = "<h1 class=\"menu-title\">";
    renamed(&page, title, "</h1>", "<p class=\"menu-title\">", "</p>")
}

/// What shows the table of contents is a label in mdBook, which a keyboard cannot press.
/// As a button it needs `workbook.js`; without scripts there is a link.
fn sidebar(page: &str, name: &str, contents: &str) -> Result<String> {
    let label = "<label id=\"mdbook-sidebar-toggle\" class=\"icon-button\" \
                 for=\"mdbook-sidebar-toggle-anchor\"";
    let up = "../".repeat(name.matches('/').count());
    let button = format!(
        "<noscript><a class=\"contents\" href=\"{up}toc.html\">{contents}</a>\
         </noscript>\n<button id=\"mdbook-sidebar-toggle\" class=\"icon-button\" \
         type=\"button\""
    );
    let page = renamed(page, label, "</label>", &button, "</button>")?;
    let frame = "<iframe class=\"sidebar-iframe-outer\"";
    put(&page, frame, &format!("{frame} title=\"{contents}\""))
}

fn search(page: &str, place: &str, search: &str) -> Result<String> {
    let wrapper = "<div id=\"mdbook-search-wrapper\"";
    let landmark = format!("{wrapper} role=\"search\" aria-label=\"{place}\"");
    let page = put(page, wrapper, &landmark)?;
    let input = "type=\"search\" id=\"mdbook-searchbar\"";
    let page = put(&page, input, &format!("{input} aria-label=\"{search}\""))?;
    let page = put(
        &page,
        "aria-describedby=\"searchresults-header\"",
        "aria-describedby=\"mdbook-searchresults-header\"",
    )?;
    // How much was found is said while one types.
    let found = "<div id=\"mdbook-searchresults-header\"";
    put(&page, found, &format!("{found} role=\"status\""))
}

/// The box that tells the keys; `workbook.js` takes the keyboard there.
fn keys(page: &str) -> Result<String> {
    let popup = "<div id=\"mdbook-help-popup\"";
    let dialog = format!(
        "{popup} role=\"dialog\" aria-modal=\"true\" \
         aria-labelledby=\"workbook-keys\" tabindex=\"-1\""
    );
    let page = put(page, popup, &dialog)?;
    let title = "<h2 class=\"mdbook-help-title\"";
    put(&page, title, &format!("{title} id=\"workbook-keys\""))
}

/// Completes the frame with the table of contents, which is a page too: for those
/// without scripts and without room for a frame.
pub fn contents(page: &str, title: &str) -> Result<String> {
    let page = put(page, "</head>", &format!("<title>{title}</title></head>"))?;
    let list = "<ol class=\"chapter\">";
    let main = format!("<main>\n<h1>{title}</h1>\n{list}");
    let page = put(&page, list, &main)?;
    put(&page, "</body>", "</main>\n</body>")
}

/// Puts another tag in the place of the first that begins like this.
fn renamed(
    page: &str,
    open: &str,
    close: &str,
    new_open: &str,
    new_close: &str,
) -> Result<String> {
    let at =
        page.find(open).with_context(|| format!("mdBook's page has no {open}"))?;
    let (before, element) = page.split_at(at);
    let element = put(element, open, new_open)?;
    Ok(format!("{before}{}", put(&element, close, new_close)?))
}
