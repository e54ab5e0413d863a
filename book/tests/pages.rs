//! What every page has, and where its links lead.

use workbook::{Language, sources};

use crate::site::{IDS, SITE, attributes, chapters, pages, pattern, resolve, text};

#[test]
fn every_language_has_every_page() {
    let names = |code| chapters(code).map(|(name, _)| name).collect::<Vec<_>>();
    let english = names("en");
    for page in sources::pages(&workbook::root().join("book")).unwrap() {
        let name = page.file_stem().unwrap().to_str().unwrap();
        let html = format!("{name}.html");
        assert!(name == "SUMMARY" || english.contains(&html.as_str()), "{html}");
    }
    assert_eq!(names("fr"), english);
    assert_eq!(names("es"), english);
}

#[test]
fn every_link_leads_to_a_page_and_a_place_on_it() {
    let mut count = 0;
    for (name, page) in pages() {
        // mdBook's frames and its page for wrong addresses resolve from elsewhere.
        let base =
            attributes(page, "href").first().is_some_and(|h| h.starts_with('/'));
        let from = if base {
            name.split_once('/').unwrap().0.to_string() + "/404.html"
        } else {
            name.into()
        };
        for reference in attributes(page, "href|src") {
            if reference.starts_with('/') || reference.contains("://") {
                continue;
            }
            count += 1;
            let (path, place) = resolve(&from, reference);
            assert!(SITE.contains_key(&path), "{name}: {reference}");
            if !place.is_empty() {
                assert!(IDS[path.as_str()].contains(place), "{name}: {reference}");
            }
        }
    }
    assert!(count > 300, "only {count} links were found");
}

#[test]
fn no_page_asks_anything_of_another_machine() {
    let outside = pattern(
        r#"(?:src|srcset|action|data|poster)="(?:https?:)?//|url\(["']?(?:https?:)?//|@import"#,
    );
    let stylesheet = pattern(r#"<link[^>]*href="(?:https?:)?//"#);
    for (name, file) in SITE.iter() {
        let text = String::from_utf8_lossy(file);
        if name.ends_with(".html") || name.ends_with(".css") {
            assert!(!outside.is_match(&text), "{name}: {:?}", outside.find(&text));
            assert!(!stylesheet.is_match(&text), "{name}");
        }
    }
}

#[test]
fn the_picker_on_every_page_leads_to_the_same_page() {
    for language in Language::ALL {
        let code = language.code();
        let missing = format!("{code}/404.html");
        let page = text(&missing);
        for (name, page) in chapters(code).chain([("404.html", page)]) {
            let start = page.find("<nav class=\"languages\"").expect("a picker");
            let end = start + page[start..].find("</nav>").unwrap();
            let links = attributes(&page[start..end], "href");
            let expected =
                ["en", "fr", "es"].map(|other| format!("../{other}/{name}"));
            assert_eq!(links, expected, "{code}/{name}");
            assert_eq!(
                page.matches("aria-current=\"true\"").count(),
                1,
                "{code}/{name}"
            );
            assert_eq!(page.matches("rel=\"alternate\" hreflang=").count(), 4);
            assert!(
                page.contains(&format!("<html lang=\"{code}\"")),
                "{code}/{name}"
            );
            assert!(page.contains("<a class=\"skip\" href=\""), "{code}/{name}");
        }
    }
}

/// What must be the same on a page in all languages.
fn unchanging(page: &str) -> Vec<&str> {
    let main = page
        .split_once("<main")
        .and_then(|(_, rest)| rest.split_once("</main>"))
        .map_or("", |(main, _)| main);
    let listing = pattern(r"(?s)<pre\b.*?</pre>");
    let mut found: Vec<&str> = listing.find_iter(main).map(|l| l.as_str()).collect();
    found.extend(attributes(main, "href|id|src"));
    assert!(!found.is_empty(), "no listing and no heading on {page}");
    found
}

#[test]
fn listings_links_and_ids_are_the_same_in_all_languages() {
    for (name, english) in chapters("en") {
        let english = unchanging(english);
        for code in ["fr", "es"] {
            let page = text(&format!("{code}/{name}"));
            assert_eq!(unchanging(page), english, "{code}/{name}");
        }
    }
}

#[test]
fn every_listing_begins_at_the_margin() {
    let listing = pattern(r#"(?s)<code class="language-rs[^"]*">(.*?)</code>"#);
    let mut count = 0;
    for code in ["en", "fr", "es"] {
        for (name, page) in chapters(code) {
            for found in listing.captures_iter(page) {
                let text = &found[1];
                let margin = text.lines().any(|line| line.starts_with(|c| c != ' '));
                assert!(margin, "{code}/{name}:\n{text}");
                count += 1;
            }
        }
    }
    assert!(count > 300, "only {count} listings were found");
}

#[test]
fn nothing_of_how_pages_are_written_is_left_on_them() {
    for (name, page) in pages() {
        for sign in ["{{#", "[!", "i18n:", "<!-- box:", "ANCHOR"] {
            assert!(!page.contains(sign), "{name}: {sign}");
        }
    }
}

#[test]
fn the_interface_speaks_the_readers_language() {
    for (code, words) in [
        (
            "fr",
            ["Prédisez d’abord</p>", "Chercher dans ce livre", "Chapitre suivant"],
        ),
        (
            "es",
            ["Predice primero</p>", "Buscar en este libro", "Capítulo siguiente"],
        ),
    ] {
        let page = text(&format!("{code}/welcome.html"));
        for word in words {
            assert!(page.contains(word), "{code}: {word}");
        }
    }
    let missing = |code: &str| text(&format!("{code}/404.html"));
    assert!(missing("fr").contains("<title>Page introuvable"));
    assert!(missing("es").contains("Esta página no existe"));
}

/// mdBook's own titles of boxes are English, and were found and shown by the search.
#[test]
fn the_search_knows_boxes_by_the_readers_words() {
    for (code, title) in [
        ("en", "Predict first"),
        ("fr", "Prédisez d’abord"),
        ("es", "Predice primero"),
    ] {
        let start = format!("{code}/searchindex-");
        let index = SITE.keys().find(|name| name.starts_with(&start)).unwrap();
        let index = text(index);
        assert!(index.contains(title), "{code}");
        for theirs in [" Important ", " Warning ", " Caution "] {
            assert!(!index.contains(theirs), "{code}: {theirs}");
        }
    }
}

#[test]
fn the_front_page_works_without_scripts() {
    let page = text("index.html");
    assert_eq!(
        attributes(page, "href"),
        ["en/index.html", "fr/index.html", "es/index.html"]
    );
}

#[test]
fn the_snippets_of_every_page_are_compiled() {
    let root = workbook::root();
    let list = std::fs::read_to_string(root.join("book/workbook/lib.rs")).unwrap();
    for page in sources::pages(&root.join("book")).unwrap() {
        let name = page.file_name().unwrap().to_str().unwrap();
        let line = format!("#[doc = include_str!(\"../src/{name}\")]");
        assert!(
            name == "SUMMARY.md" || list.contains(&line),
            "book/workbook/lib.rs lacks {line}"
        );
    }
}
