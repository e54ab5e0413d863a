//! The grades: for people, as JSON, and as JUnit's XML.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::{Grade, Grades, Outcome};

/// So many columns of what was said are shown in the table.
const SHOWN: usize = 100;

/// A line for each learner, and below what is not passed yet.
///
/// ```text
/// ada    240/240
/// blaise 230/240
///   answer_ping   failed    answers_nobody: Nobody was answered. ...
///   tests/ping_pong/answer_ping.rs was changed
/// ```
pub fn table(grades: &Grades) -> String {
    let names = grades.learners.iter().map(|learner| learner.name.chars().count());
    let longest = names.max().unwrap_or(0);
    let exercises = grades.learners.iter().flat_map(|learner| &learner.exercises);
    let widest = exercises.map(|grade| grade.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for learner in &grades.learners {
        let (name, points) = (&learner.name, learner.points);
        let _ = writeln!(out, "{name:longest$} {points:>4}/{}", grades.points);
        for notice in &learner.notices {
            let _ = writeln!(out, "  ! {notice}");
        }
        let open = learner.exercises.iter().filter(|g| g.outcome != Outcome::Passed);
        for Grade { name, outcome, says, message, .. } in open {
            let first = says.lines().find(|line| !line.trim().is_empty());
            let said = console::truncate_str(first.unwrap_or(""), SHOWN, "…");
            let message =
                message.as_ref().map(|m| format!("{m}: ")).unwrap_or_default();
            let outcome = outcome.word();
            let line = format!("  {name:widest$}  {outcome:12}  {message}{said}");
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    out
}

/// All of it.
pub fn json(grades: &Grades) -> Result<String> {
    Ok(serde_json::to_string_pretty(grades)?)
}

/// A suite for each learner, a case for each exercise.
pub fn junit(grades: &Grades) -> Result<String> {
    let mut report = quick_junit::Report::new("moebi");
    for learner in &grades.learners {
        let mut suite = TestSuite::new(learner.name.as_str());
        suite.add_property(("points", learner.points.to_string().as_str()));
        suite.add_property(("points.of", grades.points.to_string().as_str()));
        if !learner.notices.is_empty() {
            suite.set_system_out(learner.notices.join("\n"));
        }
        for grade in &learner.exercises {
            let mut case = TestCase::new(grade.name.as_str(), status(grade));
            case.set_classname(learner.name.as_str());
            case.set_time(Duration::from_secs_f64(grade.seconds));
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn status(grade: &Grade) -> TestCaseStatus {
    let kind = match grade.outcome {
        Outcome::Passed => return TestCaseStatus::success(),
        Outcome::Failed | Outcome::Untouched | Outcome::Missing => {
            NonSuccessKind::Failure
        }
        Outcome::NotCompiled | Outcome::TooSlow | Outcome::Ended => {
            NonSuccessKind::Error
        }
    };
    let mut status = TestCaseStatus::non_success(kind);
    let message = grade.message.as_deref().unwrap_or(grade.outcome.word());
    status.set_type(grade.outcome.word()).set_message(message);
    status.set_description(XmlString::new(&grade.says));
    status
}
