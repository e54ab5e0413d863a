//! A learner at a terminal, in a copy of the workbook, from the first look at an exercise
//! to the next one. It compiles the runtime anew, so it is ignored unless asked for:
//! `cargo test -p checker --test learner -- --ignored`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;
use std::time::{Duration, Instant};

use checker::root;
use tempfile::TempDir;

const FILE: &str = "exercises/exercises/nodes/names_and_cookies.rs";
const SOLUTION: &str = "exercises/solutions/nodes/names_and_cookies.rs";

/// What compiles the runtime may take a while.
const PATIENCE: Duration = Duration::from_secs(300);
/// What is asked for of `watch`, where nothing else goes on. A machine may be busy.
const AT_ONCE: Duration = Duration::from_secs(30);

/// A copy of the workbook with a history of its own; what is compiled of other crates is
/// shared with ours.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().expect("a new folder"));
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root())
            .output()
            .expect("git lists the files");
        let names = String::from_utf8(listed.stdout).expect("names are text");
        for name in names.split_terminator('\0') {
            let (from, to) = (root().join(name), copy.path(name));
            // One that was deleted, and not yet committed, is listed too.
            if from.exists() {
                fs::create_dir_all(to.parent().expect("a folder"))
                    .expect("a new folder");
                fs::copy(from, to).expect("a copy");
            }
        }
        copy.git(&["init", "--quiet"]);
        copy.commit("The workbook");
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=ada", "-c", "user.email=ada@localhost"];
        let mut git = Command::new("git");
        let status = git.args(who).args(arguments).current_dir(&self.0).status();
        assert!(status.expect("git runs").success(), "git {arguments:?}");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.arg("exercise").args(line.split_whitespace());
        command.current_dir(&self.0).env("MOEBI_LANG", "en");
        command.env("CARGO_TARGET_DIR", self.target());
        command
    }

    fn target(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("target/")
            .to_path_buf()
    }

    /// What is said to a line, and the exit status.
    fn says(&self, line: &str) -> (String, i32) {
        let Output { status, stdout, stderr } =
            self.command(line).output().expect("cargo runs");
        let said = [stdout, stderr].concat();
        (String::from_utf8(said).expect("it is text"), status.code().unwrap_or(-1))
    }

    fn solve(&self) {
        fs::copy(self.path(SOLUTION), self.path(FILE)).expect("the stub is there");
    }

    fn stub(&self) -> String {
        fs::read_to_string(self.path(FILE)).expect("the stub is there")
    }
}

impl Drop for Copy {
    /// Its programs are in our folder for what is compiled; no other copy uses them.
    fn drop(&mut self) {
        let mut clean = Command::new(env!("CARGO"));
        clean.args(["clean", "--quiet", "--workspace"]).current_dir(&self.0);
        let _ = clean.env("CARGO_TARGET_DIR", self.target()).status();
    }
}

/// `cargo exercise watch`, ended when this is dropped.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(copy: &Copy) -> Self {
        let mut command = copy.command("--plain watch");
        let mut child = command.stdout(Stdio::piped()).spawn().expect("cargo runs");
        let stream = BufReader::new(child.stdout.take().expect("a pipe"));
        let (tell, lines) = channel();
        spawn(move || {
            for line in stream.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    fn wait_for(&self, text: &str, time: Duration) {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no {text:?} in {time:?}"));
            if line.contains(text) {
                return;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn contains((said, status): (String, i32), expected: &[&str], with: i32) {
    for part in expected {
        assert!(said.contains(part), "no {part:?} in:\n{said}");
    }
    assert_eq!(status, with, "{said}");
}

#[test]
#[ignore = "compiles the runtime anew: cargo test -p checker --test learner -- --ignored"]
fn an_exercise_from_the_first_look_to_the_next_one() {
    let copy = Copy::new();
    let stub = copy.stub();
    let name = "names_and_cookies";
    contains(copy.says(""), &["0 of", "cargo exercise names_and_cookies"], 0);
    contains(copy.says(name), &["Not yet", FILE, "cargo exercise hint"], 1);
    for level in [1, 2, 3, 3] {
        let said = copy.says(&format!("--plain hint {name}"));
        contains(said, &[&format!("Hint {level} of 3")], 0);
    }
    let later = copy.says(&format!("solution {name}"));
    contains(later, &["once names_and_cookies is passed"], 2);
    contains(copy.says("names_and_cookie"), &["These look like it", name], 2);
    contains(copy.says("xyzzy"), &["`cargo exercise` lists them all"], 2);
    contains(copy.says(&format!("{name} next")), &["one thing at a time"], 2);

    // One that does not compile says what the compiler says.
    fs::write(copy.path(FILE), stub.replace("fn main", "fn fn main")).unwrap();
    contains(copy.says(name), &["error", "fn fn main"], 1);

    // What was there is given back, also after a learner's commit; what was done is kept.
    copy.commit("Homework");
    let back = copy.says(&format!("--plain reset {name}"));
    contains(back, &["exercises/discarded/"], 0);
    assert_eq!(copy.stub(), stub);
    let kept = fs::read_to_string(copy.path("exercises/discarded").join(FILE));
    assert!(kept.unwrap().contains("fn fn main"));
    contains(copy.says(&format!("reset {name}")), &["is as it was at first"], 0);

    // A save is noticed, and the next exercise is on.
    let watching = Watching::start(&copy);
    watching.wait_for("each save is checked", PATIENCE);
    copy.solve();
    watching.wait_for("Passed", AT_ONCE);
    watching.wait_for("Checking hidden_guest", AT_ONCE);
    watching.wait_for("each save is checked", PATIENCE);
    drop(watching);

    contains(copy.says(""), &["1 of", "cargo exercise hidden_guest"], 0);
    contains(copy.says(&format!("solution {name}")), &[SOLUTION, "Cookie::new"], 0);
    // Progress is a file that can be carried about.
    let progress = fs::read_to_string(copy.path("exercises/progress.txt")).unwrap();
    assert!(progress.contains("names_and_cookies passed"), "{progress}");
}
