//! Four small tests on which the rules are proved: this program, started once more by
//! its own tests, runs them instead of the real ones.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use moebi::dist::cookie::Cookie;
use moebi::{Config, Node, Ping};
use tokio::runtime::Runtime;

use super::alive::SOPHIE;
use super::mapper::Mapper;
use super::tags::Test;

/// Whose node the first of the four needs.
pub const MOEBI: &str = "moebi@localhost";

const VARIABLE: &str = "MOEBI_TEST_REHEARSAL";
/// Its value, if the fifth test shall be there.
const TWO_NODES: &str = "two nodes";
const DEADLINE: Duration = Duration::from_secs(30);

/// Is this the program that was started once more?
pub fn is_on() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The four, and if it is asked for a fifth, which needs another node.
pub fn tests() -> Vec<Test> {
    let mut tests = four();
    if env::var(VARIABLE).is_ok_and(|value| value == TWO_NODES) {
        let kate =
            Test::new("kates", || panic!("kate is not there")).tag("distributed");
        tests.push(kate.tag("node:kate@localhost").tag("lesson:nodes"));
    }
    tests
}

fn four() -> Vec<Test> {
    vec![
        Test::new("distributed", distributed)
            .tag("distributed")
            .tag("node:moebi@localhost")
            .tag("lesson:chat"),
        Test::new("plain", || {}),
        Test::new("slow", || {}).tag("slow"),
        Test::new("skipped", || panic!("it ran")).skip("moebi is tired"),
    ]
}

/// Its node can be called sophie, because the suite's own has stopped before a test runs.
fn distributed() {
    let runtime = Runtime::new().expect("a test may start threads");
    runtime.block_on(async {
        let node = Node::start(Config::new().short_name(SOPHIE)).await;
        let node = node.expect("sophie stopped, so her name is free");
        assert_eq!(node.ping(MOEBI).await, Ping::Pong, "moebi did not answer");
        node.stop().await;
    });
}

/// Where a rehearsal takes place: with a port mapper and a cookie file of its own.
pub struct Stage {
    pub mapper: Mapper,
    home: PathBuf,
}

impl Stage {
    pub fn new() -> Self {
        let home = format!("rehearsal_{}", rand::random::<u64>());
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(home);
        std::fs::create_dir(&home).expect("cargo's folder for tests is writable");
        Self { mapper: Mapper::start(), home }
    }

    /// Where a node of the program finds its cookie, or makes one.
    pub fn cookie_file(&self) -> PathBuf {
        self.home.join(".erlang.cookie")
    }

    /// The cookie of the program's nodes.
    pub fn cookie(&self) -> Cookie {
        let cookie = Cookie::load_from(&self.cookie_file());
        cookie.expect("a cookie file can be made in an empty folder")
    }

    /// A node there, as a person would start it.
    pub fn start(&self, name: &str, cookie: Cookie) -> Node {
        let port = self.mapper.address().port();
        let config = Config::new().short_name(name).cookie(cookie).epmd_port(port);
        let node = self.mapper.runtime.block_on(Node::start(config));
        node.expect("the name is free at a new port mapper")
    }

    /// The program, with these words after its name.
    pub fn program(&self, arguments: &str) -> Command {
        let program = env::current_exe().expect("a program knows its own path");
        let mut command = Command::new(program);
        for variable in ["INCLUDE", "EXCLUDE", "ONLY"] {
            command.env_remove(format!("MOEBI_TEST_{variable}"));
        }
        command.args(arguments.split_whitespace()).timeout(DEADLINE);
        command.env(VARIABLE, "1").env("HOME", &self.home);
        command.env("ERL_EPMD_PORT", self.mapper.port());
        command
    }

    /// The same with a test that needs kate.
    pub fn run_for_two(&self, arguments: &str) -> Assert {
        self.program(arguments).env(VARIABLE, TWO_NODES).assert()
    }

    pub fn run(&self, arguments: &str) -> Assert {
        self.program(arguments).assert()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left of it is in cargo's folder, and goes with `cargo clean`.
        let _ = std::fs::remove_dir_all(&self.home);
    }
}
