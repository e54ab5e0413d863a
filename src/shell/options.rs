//! The options every lesson takes.

use clap::{Arg, ArgMatches, Parser, ValueEnum};

use crate::dist::cookie::Cookie;
use crate::node::Config;
use crate::signal::{NameError, NodeName};

/// How a lesson is started.
#[derive(Debug, Clone, Parser)]
#[command(disable_version_flag = true)]
pub struct Options {
    /// Give the node a short name: kate@localhost, or kate on this machine's host name
    #[arg(long, value_name = "NAME", conflicts_with = "name")]
    pub sname: Option<String>,

    /// Give the node a full name: kate@10.0.0.5 (without a name it is nonode@nohost)
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// What the nodes of a cluster know in common (default: from ~/.erlang.cookie)
    #[arg(long, value_name = "COOKIE")]
    pub cookie: Option<String>,

    /// Stay out of the other nodes' lists
    #[arg(long)]
    pub hidden: bool,

    /// Connect to these nodes at the start
    #[arg(long, value_name = "NODE", value_delimiter = ',', value_parser = node_name)]
    pub connect: Vec<NodeName>,

    /// Run a command instead of the prompt, then stop; repeatable, in order.
    ///
    /// The first command that fails ends it, with exit status 1.
    #[arg(short, long = "eval", value_name = "COMMAND")]
    pub eval: Vec<String>,

    /// Keep the node running, until SIGTERM, whatever standard input does
    #[arg(long)]
    pub no_halt: bool,

    /// Read the lesson's settings for this environment
    #[arg(long, value_name = "ENV", env = "MOEBI_ENV", default_value = "dev")]
    pub env: Environment,
}

/// An option that only one lesson has; its value overrides a setting.
pub(super) struct OwnOption {
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    pub(super) help: &'static str,
}

/// The settings that options override, and what they say.
pub(super) type Given = Vec<(&'static str, String)>;

impl OwnOption {
    pub(super) fn arg(&self) -> Arg {
        let Self { key, value, help } = self;
        Arg::new(*key).long(*key).value_name(*value).help(*help)
    }

    pub(super) fn given(
        &self,
        matches: &ArgMatches,
    ) -> Option<(&'static str, String)> {
        Some((self.key, matches.get_one::<String>(self.key)?.clone()))
    }
}

/// What a node's settings are for, as in Mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Environment {
    /// A person tries it.
    #[default]
    Dev,
    /// A test runs it.
    Test,
}

impl Environment {
    /// As it is typed, and as its file is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
        }
    }
}

/// Checks the rules; left to itself, clap would take the conversion that does not.
fn node_name(name: &str) -> Result<NodeName, NameError> {
    name.parse()
}

impl Options {
    /// What the node is started with.
    pub fn config(&self) -> Config {
        let mut config = Config::new().hidden(self.hidden);
        if let Some(name) = &self.sname {
            config = config.short_name(name);
        }
        if let Some(name) = &self.name {
            config = config.long_name(name);
        }
        if let Some(cookie) = &self.cookie {
            config = config.cookie(Cookie::new(cookie));
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_options_of_the_design() {
        let options =
            parse("nodes --sname alex@localhost --connect kate@localhost,moebi@localhost -e list --eval self --no-halt")
                .expect("these options are well-formed");
        assert_eq!(options.sname.as_deref(), Some("alex@localhost"));
        assert_eq!(options.connect.len(), 2);
        assert_eq!(options.eval, ["list", "self"]);
        assert!(options.no_halt && !options.hidden);
    }

    #[test]
    fn an_environment_is_called_as_it_is_typed() {
        for environment in Environment::value_variants() {
            let line = format!("nodes --env {}", environment.as_str());
            let options = parse(&line).expect("every environment can be typed");
            assert_eq!(options.env, *environment);
        }
    }

    #[test]
    fn a_lesson_may_have_options_of_its_own() {
        let port = OwnOption { key: "port", value: "PORT", help: "Serve clients." };
        let given = |line: &str| {
            let command = Options::command().arg(port.arg());
            let matches = command.try_get_matches_from(line.split(' '));
            port.given(&matches.expect("these options are well-formed"))
        };
        assert_eq!(given("kv --port 4040"), Some(("port", "4040".into())));
        assert_eq!(given("kv --no-halt"), None);
    }

    #[test]
    fn a_node_has_one_name_at_most_and_connects_to_nodes() {
        assert!(parse("nodes --sname a@localhost --name b@10.0.0.5").is_err());
        assert!(parse("nodes --connect kate").is_err());
    }
}
