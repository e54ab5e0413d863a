//! A node of the soak. It is told what to do on standard input, a line at a time, and
//! says on standard output what happens.
//!
//! | told | does | says |
//! |---|---|---|
//! | `connect NODE` | joins the mesh | |
//! | `target` | starts a process to tie others to | `target PID` |
//! | `link ID PID`, `monitor ID PID` | starts a process tied to that one | `tied ID PID`, `fired ID REASON` |
//! | `end PID REASON` | ends a process of its own | |
//! | `write PID RUN` | sends letters there, now and then, for that run of its node | |
//! | `retire` | ends all that was started | |
//! | `count` | | `count PROCESSES NODES FILES LETTERS` |
//!
//! A target whose other end of a link goes away says `left PID PID REASON`; one that
//! gets a letter for another run of its node says `crossed`.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::signal::codec;
use moebi::{Config, Down, Exit, Node, Pid, Process, Reason, StartError, receive};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// A letter is written so often, by each node.
const PAUSE: Duration = Duration::from_millis(4);

/// The port mapper learns in so much time that a killed node is gone.
const NAME_FREE: Duration = Duration::from_secs(10);

static LETTERS: AtomicU64 = AtomicU64::new(0);

/// What makes a program a node.
pub struct Role {
    pub name: String,
    /// Counts the runs of the node of this name.
    pub run: u64,
    pub port_mapper: u16,
    pub cookie: String,
}

const ROLE: &str = "MOEBI_SOAK_ROLE";

impl Role {
    pub fn from_env() -> Option<Self> {
        let role = std::env::var(ROLE).ok()?;
        let mut parts = role.split(' ').map(str::to_owned);
        let mut part = || parts.next().expect("a role has four parts");
        Some(Self {
            name: part(),
            run: part().parse().expect("a number"),
            port_mapper: part().parse().expect("a port"),
            cookie: part(),
        })
    }

    pub fn env(&self) -> (&'static str, String) {
        let Self { name, run, port_mapper, cookie } = self;
        (ROLE, format!("{name} {run} {port_mapper} {cookie}"))
    }
}

#[derive(Serialize, Deserialize)]
enum Order {
    /// To a target: end with this word as the reason.
    End(String),
    /// To a target, from a process that has tied itself to it.
    Seen(Pid),
    /// The answer.
    Yes,
    /// To a target, for this run of its node.
    Letter(u64),
    /// To the writer: a pid, and the run of the node that it is of.
    Write(Pid, u64),
    Retire,
}

pub async fn play(role: Role) {
    let node = start(&role).await;
    let mut helper =
        Helper { node, run: role.run, started: Vec::new(), writer: None };
    say("ready");
    let (tell, mut told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut lines = std::io::stdin().lines();
        while let Some(Ok(line)) = lines.next()
            && tell.send(line).is_ok()
        {}
    });
    // The end of the input is the end of whoever told us.
    while let Some(line) = told.recv().await {
        helper.obey(&line).await;
    }
}

/// The port mapper may not know yet that an earlier run of the node is gone.
async fn start(role: &Role) -> Node {
    let start = async {
        loop {
            let config = Config::new().short_name(role.name.as_str());
            let config = config.cookie(Cookie::new(&role.cookie));
            match Node::start(config.epmd_port(role.port_mapper)).await {
                Ok(node) => return node,
                Err(StartError::NameInUse(_)) => sleep(PAUSE).await,
                Err(why) => panic!("{why}"),
            }
        }
    };
    timeout(NAME_FREE, start).await.expect("the name is free again")
}

struct Helper {
    node: Node,
    run: u64,
    started: Vec<Pid>,
    writer: Option<Pid>,
}

impl Helper {
    async fn obey(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match *words {
            ["connect", node] => drop(self.node.connect(node).await),
            ["target"] => {
                let run = self.run;
                let pid = self.node.spawn(move |me| target(me, run));
                self.started.push(pid);
                say(format!("target {}", shown(pid)));
            }
            [how @ ("link" | "monitor"), id, pid] => {
                let (id, pid) = (id.to_owned(), read(pid));
                let link = how == "link";
                let tied = self.node.spawn(move |me| tie(me, id, pid, link));
                self.started.push(tied);
            }
            ["end", pid, reason] => {
                self.send(read(pid), Order::End(reason.to_owned()))
            }
            ["write", pid, run] => {
                let writer = *self
                    .writer
                    .get_or_insert_with(|| self.node.spawn(write_letters));
                let run = run.parse().expect("a number");
                self.send(writer, Order::Write(read(pid), run));
            }
            ["retire"] => {
                let writer = self.writer.take();
                for pid in self.started.drain(..).chain(writer).collect::<Vec<_>>() {
                    self.send(pid, Order::Retire);
                }
            }
            ["count"] => self.count(),
            _ => panic!("what is {line:?}?"),
        }
    }

    fn send(&self, to: Pid, order: Order) {
        self.node.spawn(async move |me: Process| {
            me.send(to, order).await;
            Ok(())
        });
    }

    fn count(&self) {
        let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        let (processes, nodes) =
            (self.node.processes().len(), self.node.list().len());
        let letters = LETTERS.load(Ordering::Relaxed);
        say(format!("count {processes} {nodes} {files} {letters}"));
    }
}

async fn target(mut me: Process, run: u64) -> Result<(), Reason> {
    me.trap_exit(true);
    let pid = me.pid();
    loop {
        receive! { me,
            Order::Letter(wanted) => {
                LETTERS.fetch_add(1, Ordering::Relaxed);
                if wanted != run {
                    say(format!("crossed {} for {wanted} in {run}", shown(pid)));
                }
            },
            Order::Seen(from) => me.send(from, Order::Yes).await,
            Order::End(word) => return Err(Reason::word(&word)),
            Order::Retire => return Ok(()),
            Exit { from, reason } => {
                say(format!("left {} {} {reason}", shown(pid), shown(from)));
            },
        }
    }
}

async fn tie(
    mut me: Process,
    id: String,
    to: Pid,
    link: bool,
) -> Result<(), Reason> {
    me.trap_exit(true);
    if link {
        me.link(to).await;
    } else {
        me.monitor(to).await;
    }
    let pid = me.pid();
    me.send(to, Order::Seen(pid)).await;
    loop {
        receive! { me,
            // Order holds: the tie came before the question.
            Order::Yes => say(format!("tied {id} {}", shown(pid))),
            Order::Retire => return Ok(()),
            Exit { reason, .. } => say(format!("fired {id} {reason}")),
            Down { reason, .. } => say(format!("fired {id} {reason}")),
        }
    }
}

async fn write_letters(mut me: Process) -> Result<(), Reason> {
    let mut addresses = Vec::new();
    loop {
        receive! { me,
            Order::Write(pid, run) => addresses.push((pid, run)),
            Order::Retire => return Ok(()),
            after PAUSE => {
                let one = rand::random_range(0..addresses.len().max(1));
                if let Some((pid, run)) = addresses.get(one) {
                    me.send(*pid, Order::Letter(*run)).await;
                }
            },
        }
    }
}

fn say(what: impl Display) {
    // Nobody listens any more: then the end is near.
    let _ = writeln!(std::io::stdout(), "{what}");
}

/// A pid as text, all of it.
fn shown(pid: Pid) -> String {
    let mut bytes = Vec::new();
    codec::encode(&pid, &mut bytes).expect("a pid can be encoded");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(text: &str) -> Pid {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16);
    let bytes: Result<Vec<u8>, _> = (0..text.len()).step_by(2).map(byte).collect();
    codec::decode(&bytes.expect("hexadecimal")).expect("a pid")
}
