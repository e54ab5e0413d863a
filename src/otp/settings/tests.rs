//! What settings give, and what they say when something is wrong with them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Supervisor {
    Remote,
    Local,
    At(String),
}

/// A folder of one's own; `dev.toml` and `test.toml` hold these.
fn folder(dev: &str, test: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, text) in [("dev.toml", dev), ("test.toml", test)] {
        std::fs::write(folder.path().join(name), text)
            .expect("a file of the temporary folder can be written");
    }
    folder
}

fn read(
    folder: &tempfile::TempDir,
    environment: &str,
    variables: &[(&str, &str)],
) -> Result<Settings, SettingsError> {
    let variables = variables.iter();
    let variables = variables.map(|&(k, v)| (k.to_owned(), v.to_owned()));
    let variables =
        Environment::with_prefix(PREFIX).source(Some(variables.collect()));
    let file = folder.path().join(format!("{environment}.toml"));
    Settings::read_file(&file, variables)
}

/// The settings of this file, with these variables, and how sentences name the file.
fn dev(text: &str, variables: &[(&str, &str)]) -> (Settings, String) {
    let folder = folder(text, "");
    let settings = read(&folder, "dev", variables).expect("the file is TOML");
    (settings, shown(&folder.path().join("dev.toml")))
}

fn says<T: std::fmt::Debug>(result: Result<T, SettingsError>) -> String {
    result.expect_err("this must fail").to_string()
}

#[test]
fn the_environment_chooses_the_file() {
    let folder = folder("of_this_test = 'remote'", "of_this_test = 'local'");
    for (environment, expected) in
        [("dev", Supervisor::Remote), ("test", Supervisor::Local)]
    {
        // As a program reads it, with what is set where the test runs: no such key.
        let settings = Settings::read(folder.path(), environment);
        let settings = settings.expect("the file is TOML");
        assert_eq!(settings.get("of_this_test"), Ok(expected));
    }
}

#[test]
fn an_option_overrides_them_all() {
    let (settings, file) = dev("port = 1", &[("MOEBI_SET_PORT", "2")]);
    assert_eq!(settings.get("port"), Ok(2));
    let settings = settings.with_option("port", "3").with_option("host", "kate");
    assert_eq!(settings.get("port"), Ok(3));
    assert_eq!(settings.find("host"), Ok(Some("kate".to_owned())));
    assert_eq!(settings.find::<u16>("path"), Ok(None));
    assert_eq!(
        says(settings.get::<u16>("path")),
        format!("{file} has no key \"path\"")
    );
    let wrong = says(settings.with_option("port", "many").get::<u16>("port"));
    assert_eq!(wrong, "port = \"many\" in the option --port: expected u16");
    let only = Settings::none().with_option("port", "4");
    assert_eq!(only.get("port"), Ok(4));
}

#[test]
fn a_variable_overrides_the_file_and_nothing_else_does() {
    let (settings, _) = dev(
        "supervisor = 'remote'\nnode = 'kate@localhost'",
        &[
            ("MOEBI_SET_SUPERVISOR", "local"),
            ("MOEBI_SET_WORKERS", "3"),
            ("MOEBI_NODE", "moebi@localhost"),
            ("NODE", "moebi@localhost"),
        ],
    );
    assert_eq!(settings.get("supervisor"), Ok(Supervisor::Local));
    assert_eq!(settings.get("workers"), Ok(3));
    assert_eq!(settings.get("node"), Ok("kate@localhost".to_owned()));
}

#[test]
fn a_variable_is_a_text_if_it_can_be_and_else_what_toml_says() {
    let (settings, _) = dev(
        "",
        &[("MOEBI_SET_PORT", "4369"), ("MOEBI_SET_NODES", "['kate', 'alex']")],
    );
    assert_eq!(settings.get("port"), Ok("4369".to_owned()));
    assert_eq!(settings.get("port"), Ok(4369_u16));
    assert_eq!(settings.get("port"), Ok(Some(4369_u16)));
    let nodes = vec!["kate".to_owned(), "alex".to_owned()];
    assert_eq!(settings.get("nodes"), Ok(nodes));
}

#[test]
fn a_value_may_have_parts() {
    let (settings, _) = dev("supervisor.at = 'kate'\n[limits]\na = 1.5\nb = 2", &[]);
    let limits = BTreeMap::from([("a".to_owned(), 1.5), ("b".to_owned(), 2.0)]);
    assert_eq!(settings.get("limits"), Ok(limits));
    assert_eq!(settings.get("supervisor"), Ok(Supervisor::At("kate".into())));
}

#[test]
fn a_missing_key_is_named_with_its_file() {
    let (settings, file) = dev("supervisor = 'remote'", &[]);
    let missing = says(settings.get::<Supervisor>("remote_supervisor"));
    assert_eq!(missing, format!("{file} has no key \"remote_supervisor\""));
}

#[test]
fn a_wrong_value_is_told_what_it_might_be() {
    let (settings, file) = dev(
        "word = 'moon'\nyes = true\nmany = 70000\nhalf = 2.5\n\
         list = ['a', 1]\ntable = { b = 1, a = 'x' }\non = 'on'",
        &[],
    );
    let one_of = r#"expected one of "remote", "local", "at""#;
    let table = r#"table = { a = "x", b = 1 }"#;
    for (sentence, key_is, expected) in [
        (says(settings.get::<Supervisor>("word")), r#"word = "moon""#, one_of),
        (says(settings.get::<Supervisor>("yes")), "yes = true", one_of),
        (says(settings.get::<Supervisor>("table")), table, one_of),
        (says(settings.get::<u16>("many")), "many = 70000", "expected u16"),
        (says(settings.get::<u16>("half")), "half = 2.5", "expected u16"),
        (says(settings.get::<u16>("on")), r#"on = "on""#, "expected u16"),
        (says(settings.get::<bool>("on")), r#"on = "on""#, "expected a boolean"),
        (
            says(settings.get::<Vec<String>>("list")),
            r#"list = ["a", 1]"#,
            "expected a string",
        ),
    ] {
        assert_eq!(sentence, format!("{key_is} in {file}: {expected}"));
    }
}

#[test]
fn a_variant_that_carries_something_is_not_only_its_name() {
    let (settings, file) = dev("supervisor = 'at'", &[]);
    let wrong = says(settings.get::<Supervisor>("supervisor"));
    let expected = "expected newtype variant";
    assert_eq!(wrong, format!("supervisor = \"at\" in {file}: {expected}"));
}

#[test]
fn a_wrong_variable_is_named_instead_of_the_file() {
    let (settings, _) = dev(
        "supervisor = 'remote'\nworkers = 3",
        &[("MOEBI_SET_SUPERVISOR", "moon"), ("MOEBI_SET_WORKERS", "-1")],
    );
    assert_eq!(
        says(settings.get::<Supervisor>("supervisor")),
        "supervisor = \"moon\" in the environment variable MOEBI_SET_SUPERVISOR: \
         expected one of \"remote\", \"local\", \"at\""
    );
    assert_eq!(
        says(settings.get::<u16>("workers")),
        "workers = \"-1\" in the environment variable MOEBI_SET_WORKERS: \
         expected u16"
    );
}

#[test]
fn a_missing_file_is_named() {
    let folder = folder("", "");
    let file = shown(&folder.path().join("prod.toml"));
    let missing = says(read(&folder, "prod", &[]));
    assert_eq!(missing, format!("there is no file {file}"));
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = folder("", "");
    let file = folder.path().join("dev.toml");
    std::fs::write(&file, b"word = '\xff'").expect("the file can be written");
    let why = "cannot be read: stream did not contain valid UTF-8";
    assert_eq!(says(read(&folder, "dev", &[])), format!("{} {why}", shown(&file)));
}

#[test]
fn what_is_not_toml_is_said_in_one_line() {
    for (text, why) in [
        ("a = 1\nb = [", "line 2, column 6: unclosed array, expected `]`"),
        (
            "a = b",
            "line 1, column 5: string values must be quoted, expected literal string",
        ),
        ("a = 1\n\na = 2", "line 3, column 1: duplicate key"),
        ("a = 9223372036854775808", "number too large to fit in target type"),
    ] {
        let folder = folder(text, "");
        let file = folder.path().join("dev.toml");
        assert_eq!(
            says(read(&folder, "dev", &[])),
            format!("{} is not TOML: {why}", shown(&file))
        );
    }
}

#[test]
fn a_path_below_the_current_folder_is_shown_from_there() {
    let here = std::env::current_dir().expect("tests run in a folder");
    let file = here.join("lessons/chat/config/dev.toml");
    assert_eq!(shown(&file), "lessons/chat/config/dev.toml");
    let elsewhere = Path::new("/elsewhere/dev.toml");
    assert_eq!(shown(elsewhere), "/elsewhere/dev.toml");
}

#[test]
fn a_program_without_settings_says_so() {
    assert_eq!(
        says(Settings::none().get::<u16>("port")),
        "this program reads no settings: it has no key \"port\""
    );
}
