//! The gate: no book is complete whose translations are not.

use workbook::catalogue::{compare, pairs, read, template};
use workbook::typography;
use workbook::wording::Glossary;
use workbook::{Interface, Language, root};

#[test]
fn every_sentence_is_translated_and_none_is_stale() {
    let template = template(&root()).unwrap();
    assert!(template.count() > 50);
    let mut report = String::new();
    for language in Language::TRANSLATED {
        let catalogue = read(&root(), language).unwrap();
        for line in compare(&template, &catalogue).report().lines() {
            report += &format!("{}: {line}\n", language.code());
        }
    }
    let help =
        "cargo run -- --update-translations lets the catalogues follow the text";
    assert!(report.is_empty(), "{report}{help}");
}

#[test]
fn words_code_links_and_marks_are_as_they_should_be() {
    let glossary = Glossary::read(&root()).unwrap();
    let mut report = String::new();
    for language in Language::TRANSLATED {
        let catalogue = read(&root(), language).unwrap();
        for (en, text) in pairs(&catalogue) {
            let mut faults = glossary.faults(en, text, language);
            faults.extend(typography::fault(text, language).map(String::from));
            for fault in faults {
                report +=
                    &format!("{}: {fault}\n  {en}\n  {text}\n", language.code());
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn no_code_is_in_the_catalogue() {
    let template = template(&root()).unwrap();
    for (id, _) in pairs(&template) {
        let inline = id.starts_with('`') || !id.contains("```");
        assert!(inline && !id.contains("{{#"), "{id}");
    }
    // A line of the chapter's listing, and one of a transcript.
    let whole: String = pairs(&template).map(|(id, _)| id).collect();
    for code in ["Node.alive?()                     #", "let node = Node::start"] {
        assert!(!whole.contains(code), "{code}");
    }
}

#[test]
fn the_interface_has_the_marks_of_its_languages() {
    let interface = Interface::read(&root()).unwrap();
    let lists = [&interface.template, &interface.missing, &interface.scripts];
    let own: Vec<_> = interface.all_own().collect();
    for text in lists.into_iter().flatten().chain(own) {
        for language in Language::TRANSLATED {
            let text = text.in_language(language);
            assert_eq!(typography::fault(text, language), None, "{text}");
        }
    }
}
