//! Ten made-up learners, and what each of them must get. It compiles for a minute, so it
//! is ignored unless asked for: `cargo test -p checker --test grade -- --ignored`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use checker::grade::{self, Grade, Grades, LIMITS, Outcome, Rules};
use checker::program::Limits;
use checker::{Language, root};

/// The exercise they all did, or not.
const NAME: &str = "say_name";
const FILE: &str = "exercises/spawn_link/say_name.rs";
const TEST: &str = "tests/spawn_link/say_name.rs";

/// What the body of the function is in each.
const LEARNERS: [(&str, &str); 6] = [
    ("compile_error", "me.puts(nothing).await?;"),
    ("endless_loop", "loop { std::hint::spin_loop(); }"),
    ("fork", "FORK"),
    ("hard_coded", "me.puts(\"Hi, my name is kate_abcdefgh\").await?;"),
    ("huge_output", "for _ in 0..200_000 { eprintln!(\"{}\", \"x\".repeat(100)); }"),
    ("panics", "panic!(\"it \\u{7} broke\");"),
];

/// A hundred children that would live for minutes, half of them in sessions of their own.
const FORK: &str = "for number in 0..100 {
        let program = if number % 2 == 0 { \"sleep\" } else { \"setsid\" };
        let rest: &[&str] =
            if number % 2 == 0 { &[\"MARK\"] } else { &[\"sleep\", \"MARK\"] };
        std::process::Command::new(program).args(rest).spawn().expect(\"a child\");
    }";

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(path, text).expect("a new file");
}

/// Makes their folders.
fn hand_in(folder: &Path, mark: &str) {
    let root = root().join("exercises");
    let read =
        |file: &str| fs::read_to_string(root.join(file)).expect("a file of ours");
    let (stub, test) = (read(FILE), read(TEST));
    let solution = read("solutions/spawn_link/say_name.rs");
    let right = "me.puts(format!(\"Hi, my name is {}\", me.node().alive())).await?;";
    assert!(solution.contains(right), "the solution is written in another way");
    for (name, body) in LEARNERS {
        let body = body.replace("FORK", &FORK.replace("MARK", mark));
        let body =
            format!("let _ = &me;\n    {body}\n    #[allow(unreachable_code)]");
        write(folder, &format!("{name}/{FILE}"), &solution.replace(right, &body));
    }
    // A whole workbook, and one with a copy of the exercises only.
    write(folder, &format!("perfect/exercises/{FILE}"), &solution);
    write(folder, &format!("perfect/exercises/{TEST}"), &test);
    write(folder, &format!("untouched/{FILE}"), &stub);
    // The test that always passes is not ours; and neither is one in the file itself.
    let tail = "mod tests { #[test]\n fn fine() {} }\n";
    let own = stub.split("#[cfg(test)]").next().unwrap_or(&stub);
    write(
        folder,
        &format!("tampered/{FILE}"),
        &format!("{own}#[cfg(test)]\n{tail}"),
    );
    write(folder, &format!("tampered/{TEST}"), "#[test]\nfn fine() {}\n");
    write(folder, "missing/README.md", "I was ill.");
}

fn of<'a>(grades: &'a Grades, name: &str) -> (&'a Grade, &'a [String]) {
    let learner = grades.learners.iter().find(|learner| learner.name == name);
    let learner = learner.unwrap_or_else(|| panic!("{name} was not graded"));
    assert_eq!(learner.exercises.len(), 1);
    assert_eq!(learner.points, learner.exercises[0].points);
    (&learner.exercises[0], &learner.notices)
}

#[test]
#[ignore = "compiles for a minute: cargo test -p checker --test grade -- --ignored"]
fn everybody_gets_what_they_have_earned_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mark = format!("3{:06}", rand::random_range(0..999_999));
    hand_in(folder.path(), &mark);
    let time = Duration::from_secs(10);
    let rules = Rules {
        language: Language::English,
        limits: Limits { time, ..LIMITS },
        jobs: 2,
        only: vec![NAME.into()],
        seeds: 2,
    };
    let grades = grade::grade(&root(), folder.path(), &rules).unwrap();
    let expected = [
        ("perfect", Outcome::Passed, None),
        ("untouched", Outcome::Untouched, None),
        ("compile_error", Outcome::NotCompiled, None),
        ("panics", Outcome::Failed, Some("prints_elsewhere")),
        ("tampered", Outcome::NotCompiled, None),
        ("hard_coded", Outcome::Failed, Some("other_words")),
        ("huge_output", Outcome::Failed, Some("prints_elsewhere")),
        ("missing", Outcome::Missing, None),
    ];
    for (name, outcome, message) in expected {
        let (grade, _) = of(&grades, name);
        assert_eq!(
            (grade.outcome, grade.message.as_deref()),
            (outcome, message),
            "{name}: {grade:?}"
        );
        let points = if outcome == Outcome::Passed { grades.points } else { 0 };
        assert_eq!(grade.points, points, "{name}");
    }
    // The loop has one of the test's two threads for ever: the test may still notice, or
    // may be ended.
    let (endless, _) = of(&grades, "endless_loop");
    assert!(
        endless.outcome == Outcome::TooSlow
            || endless.message.as_deref() == Some("never_ends"),
        "{endless:?}"
    );
    assert_eq!((endless.points, of(&grades, "fork").0.points), (0, 0));
    assert!(endless.seconds < 30.0, "{endless:?}");
    let changed =
        [format!("{TEST} was changed"), format!("{NAME}: the tests were taken out")];
    assert_eq!(of(&grades, "tampered").1, changed);
    assert!(of(&grades, "perfect").1.is_empty());
    let left = Command::new("ps").arg("ax").output().unwrap();
    let left = String::from_utf8_lossy(&left.stdout).into_owned();
    assert!(!left.contains(&format!("sleep {mark}")), "{left}");
    let junit = grade::junit(&grades).unwrap();
    assert!(junit.contains("<testsuite name=\"perfect\" tests=\"1\""), "{junit}");
    assert!(!junit.contains('\u{7}'), "a character that XML does not know");
    assert!(junit.len() < 100_000, "what somebody wrote without end is in it");
    // `.ci/grading` holds it against the schema of Jenkins.
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("junit.xml");
    fs::write(file, &junit).unwrap();
    assert_eq!(
        grade::table(&grades).lines().filter(|l| l.contains("10/10")).count(),
        1
    );
}
