//! What the tests of the exercises are made with: nodes, processes that a test plays
//! itself, and words for the learner.
//!
//! ```no_run
//! use checker::desk;
//!
//! #[test]
//! fn kate_answers() {
//!     desk::run(async |desk| {
//!         let (alex, kate) = desk.pair().await;
//!         let mut me = alex.actor().await;
//!         let text = desk.word();
//!         me.puts(&text).await.unwrap();
//!         if !alex.screen.shows(&text).await {
//!             checker::says("prints_nothing");
//!         }
//!     });
//! }
//! ```
//!
//! Names and words are other ones in each run, so that no answer can be written down
//! beforehand; the seed in `MOEBI_EXERCISE_SEED` brings them back. Every wait ends: a
//! test that waits for what never comes says so.

mod screen;

use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::LazyLock;
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::{Config, Connected, Message, Node, Process, Reason, StartError};
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::timeout;

pub use screen::Screen;

use crate::{Language, List, Texts};

/// No single wait is longer.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A whole test takes no longer.
const TEST: Duration = Duration::from_secs(30);

/// What a seed is read from.
pub const SEED: &str = "MOEBI_EXERCISE_SEED";

static SEED_VALUE: LazyLock<u64> = LazyLock::new(|| {
    let seed = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    seed.unwrap_or_else(rand::random)
});

/// Fails the test with a message of the exercise, in the reader's language. Which message
/// it is stands in brackets before it, for the checker.
///
/// # Panics
///
/// Always; with a hint for the author if the exercise has no such message.
#[track_caller]
pub fn says(message: &str) -> ! {
    let text = text_of(message).unwrap_or_else(|why| format!("{why:#}"));
    panic!("[{message}] {text}")
}

fn text_of(message: &str) -> anyhow::Result<String> {
    let root = crate::root();
    let list = List::read(&root)?;
    let name = exercise().unwrap_or_default();
    let text = list.find(&name).and_then(|e| e.messages.get(message));
    let text = text.ok_or_else(|| {
        anyhow::anyhow!("exercise {name} has no message {message} in info.toml")
    })?;
    Ok(Texts::read(&root, Language::of_reader())?.say(text))
}

/// The exercise this test is of: the checker says so, or else the name of the program
/// does, `say_name-0123abcd` or `say_name_sol-0123abcd`.
fn exercise() -> Option<String> {
    if let Ok(name) = std::env::var("MOEBI_EXERCISE") {
        return Some(name);
    }
    let program = std::env::current_exe().ok()?;
    let name = program.file_stem()?.to_str()?;
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    Some(name.strip_suffix("_sol").unwrap_or(name).to_owned())
}

/// Runs a test. Whatever it has started ends with it.
///
/// # Panics
///
/// If the test does, or takes too long.
#[track_caller]
pub fn run(test: impl AsyncFnOnce(&Desk)) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let outcome = runtime.block_on(async {
        let desk = Desk::start();
        timeout(TEST, test(&desk)).await
    });
    runtime.shutdown_background();
    assert!(
        outcome.is_ok(),
        "the test has not ended in {TEST:?} (seed {})",
        *SEED_VALUE
    );
}

/// Where the nodes of a test find each other, and where its random words come from.
pub struct Desk {
    mapper: epmd::Server,
    random: Mutex<StdRng>,
}

impl Desk {
    fn start() -> Self {
        let mapper = epmd::Server::bind(([127, 0, 0, 1], 0).into());
        let mapper = mapper.expect("a port for the port mapper");
        Self { mapper, random: Mutex::new(StdRng::seed_from_u64(*SEED_VALUE)) }
    }

    /// A random number below another.
    pub fn number(&self, below: u64) -> u64 {
        self.random.lock().random_range(0..below)
    }

    /// A random word of eight small letters.
    pub fn word(&self) -> String {
        let letter = |_| char::from(b'a' + self.number(26) as u8);
        (0..8).map(letter).collect()
    }

    /// A folder with this file in it, which goes when what is returned does.
    pub fn folder(&self, file: &str, text: &str) -> TempDir {
        let folder = TempDir::new().expect("room for a folder");
        std::fs::write(folder.path().join(file), text).expect("room for a file");
        folder
    }

    /// The port of the port mapper that the nodes of this test know each other by.
    pub fn epmd_port(&self) -> u16 {
        self.mapper.local_addr().port()
    }

    /// Starts a node whose name begins like this.
    pub async fn node(&self, role: &str) -> Member {
        self.node_named(&format!("{role}_{}@localhost", self.word())).await
    }

    /// Starts a node of exactly this name: no two desks share names.
    pub async fn node_named(&self, name: &str) -> Member {
        let config = Config::new().short_name(name).cookie(Cookie::new("desk"));
        let member = self.join(config).await;
        member.unwrap_or_else(|why| panic!("{name} does not start: {why}"))
    }

    /// Starts a node as it is configured, but for its port mapper and its terminal,
    /// which are those of this test. The cookie of the other nodes is `desk`.
    ///
    /// # Errors
    ///
    /// Why it does not start.
    pub async fn join(&self, config: Config) -> Result<Member, StartError> {
        let screen = Screen::default();
        let config = config.epmd_port(self.epmd_port()).output(screen.clone());
        let node = within(Node::start(config)).await?;
        Ok(Member { node, screen })
    }

    /// Two nodes that are connected.
    pub async fn pair(&self) -> (Member, Member) {
        let (alex, kate) = (self.node("alex").await, self.node("kate").await);
        assert_eq!(within(alex.connect(kate.name())).await, Connected::True);
        (alex, kate)
    }
}

/// Waits, but not for ever.
#[track_caller]
pub fn within<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let from = Location::caller();
    async move {
        timeout(PATIENCE, future).await.unwrap_or_else(|_| {
            panic!("nothing came in {PATIENCE:?}, awaited at {from}")
        })
    }
}

/// A node, and the terminal its group leader prints on.
pub struct Member {
    /// The node.
    pub node: Node,
    /// What was printed there.
    pub screen: Screen,
}

impl Deref for Member {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Member {
    /// Starts a process that the test plays itself. It lives as long as what is returned.
    pub async fn actor(&self) -> Actor {
        let (give, given) = oneshot::channel();
        let (ending, end) = oneshot::channel();
        self.node.spawn(async move |me| {
            let _ = give.send(me);
            end.await.unwrap_or(Ok(()))
        });
        let me = within(given).await.expect("a process that starts");
        Actor { me, ending: Some(ending) }
    }
}

/// A process that a test plays itself: it sends and receives where the test says so.
pub struct Actor {
    me: Process,
    ending: Option<oneshot::Sender<Result<(), Reason>>>,
}

impl Deref for Actor {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.me
    }
}

impl DerefMut for Actor {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.me
    }
}

impl Actor {
    /// The next message of a type, if one comes in time.
    pub async fn hears<M: Message>(&mut self) -> Option<M> {
        timeout(PATIENCE, self.me.receive::<M>()).await.ok()
    }

    /// Ends this process.
    pub fn end(&mut self, outcome: Result<(), Reason>) {
        if let Some(ending) = self.ending.take() {
            let _ = ending.send(outcome);
        }
    }
}
