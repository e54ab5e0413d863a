//! The server that the tests of calls call: it does what it is asked to, and tells a
//! process what it was not asked.

use moebi::otp::{Answer, Caller, Request, Server};
use moebi::{Down, Envelope, Exit, Node, Pid, Process, Reason};
use serde::{Deserialize, Serialize};

use super::cluster::{Actor, trapper, within};
use super::functions::Word;

/// A counter, with questions that wait for their answer.
pub struct Desk {
    count: u64,
    waiting: Vec<Caller<Ask>>,
    boss: Pid,
}

/// How a desk is started.
pub struct Opening {
    /// Whom it tells.
    pub boss: Pid,
    /// Does it trap exits?
    pub trap: bool,
    /// How it begins.
    pub init: Init,
}

/// How a desk begins.
pub enum Init {
    /// As it should.
    Well,
    /// Not at all.
    Fail(Reason),
    /// With a panic.
    Panic(String),
}

/// What a desk is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Add a number, and say what it comes to.
    Add(u64),
    /// Say nothing yet; and tell the boss [`Heard::Waiting`].
    Wait,
    /// Have another process answer with a number.
    Delegate(u64),
    /// Ask another desk to add 1, and give its answer.
    Through(Pid),
    /// Answer, and end.
    Last(u64),
    /// End with a reason instead of an answer.
    End(Reason),
    /// Panic with a text.
    Panic(String),
}

impl Request for Ask {
    type Reply = u64;
}

/// What a desk is told.
#[derive(Debug, Serialize, Deserialize)]
pub enum Tell {
    /// Add a number.
    Add(u64),
    /// Answer whoever has waited longest.
    Answer(u64),
    /// Watch a process.
    Watch(Pid),
    /// End with a reason.
    End(Reason),
}

/// What a desk tells its boss.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Heard {
    /// Somebody waits.
    Waiting,
    /// A process that it watches has ended.
    Down(Pid, Reason),
    /// An exit signal came.
    Exit(Pid, Reason),
    /// Any other message.
    Word(u64),
    /// It is ending.
    Terminating(Reason),
}

impl Server for Desk {
    type Args = Opening;
    type Call = Ask;
    type Cast = Tell;

    async fn init(me: &mut Process, opening: Opening) -> Result<Self, Reason> {
        me.trap_exit(opening.trap);
        match opening.init {
            Init::Well => {}
            Init::Fail(reason) => return Err(reason),
            Init::Panic(text) => panic!("{text}"),
        }
        Ok(Self { count: 0, waiting: Vec::new(), boss: opening.boss })
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        ask: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<u64>, Reason> {
        match ask {
            Ask::Add(more) => self.count += more,
            Ask::Wait => {
                self.waiting.push(caller);
                me.send(self.boss, Heard::Waiting).await;
                return Ok(Answer::Later);
            }
            Ask::Delegate(number) => {
                me.spawn_here(async move |me| {
                    caller.reply(&me, number).await;
                    Ok(())
                });
                return Ok(Answer::Later);
            }
            Ask::Through(other) => self.count = me.call(other, Ask::Add(1)).await?,
            Ask::Last(number) => {
                caller.reply(me, number).await;
                return Err(Reason::Normal);
            }
            Ask::End(reason) => return Err(reason),
            Ask::Panic(text) => panic!("{text}"),
        }
        Ok(Answer::Now(self.count))
    }

    async fn handle_cast(
        &mut self,
        me: &mut Process,
        tell: Tell,
    ) -> Result<(), Reason> {
        match tell {
            Tell::Add(more) => self.count += more,
            Tell::Answer(number) => {
                self.waiting.remove(0).reply(me, number).await;
            }
            Tell::Watch(pid) => {
                me.monitor(pid).await;
            }
            Tell::End(reason) => return Err(reason),
        }
        Ok(())
    }

    async fn handle_info(
        &mut self,
        me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        let heard = match message.open() {
            Ok(Down { object, reason, .. }) => {
                Heard::Down(object.pid().expect("a pid is watched"), reason)
            }
            Err(other) => match other.open() {
                Ok(Exit { from, reason }) => Heard::Exit(from, reason),
                Err(other) => {
                    let Word(number) = other.open().expect("nothing else is sent");
                    Heard::Word(number)
                }
            },
        };
        me.send(self.boss, heard).await;
        Ok(())
    }

    async fn terminate(self, me: &mut Process, reason: &Reason) {
        me.send(self.boss, Heard::Terminating(reason.clone())).await;
    }
}

impl Opening {
    /// One that begins well and does not trap exits.
    pub fn of(boss: &Actor) -> Self {
        Self { boss: boss.pid(), trap: false, init: Init::Well }
    }

    /// One that traps exits.
    pub fn trapping(boss: &Actor) -> Self {
        Self { trap: true, ..Self::of(boss) }
    }

    /// One that does not begin well.
    pub fn failing(boss: &Actor, init: Init) -> Self {
        Self { init, ..Self::of(boss) }
    }
}

/// A desk on a node, and the process there that started it.
pub async fn desk(node: &Node, boss: &Actor) -> (Pid, Actor) {
    let mut parent = trapper(node).await;
    let started = Desk::start_link(&mut parent, Opening::of(boss));
    let pid = within(started).await.expect("a desk that begins well");
    (pid, parent)
}

/// The same, under a name.
pub async fn desk_named(node: &Node, name: &str, boss: &Actor) -> (Pid, Actor) {
    let mut parent = trapper(node).await;
    let started = Desk::start_link_named(&mut parent, name, Opening::of(boss));
    let pid = within(started).await.expect("a desk with a free name");
    (pid, parent)
}
