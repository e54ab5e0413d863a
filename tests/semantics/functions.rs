//! What every node of a test offers: a process that does what it is told.

use moebi::{Function, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};

/// Does as it is told, until it is told to end.
pub const OBEY: Function<(), ()> = Function::new("Semantics", "obey");
/// Prints its name and ends.
pub const SAY_NAME: Function<(), ()> = Function::new("Semantics", "say_name");
/// Ends with a reason at once.
pub const END: Function<(Reason,), ()> = Function::new("Semantics", "end");
/// Sends the numbers from 0 up and ends.
pub const COUNT: Function<(Pid, u64), ()> = Function::new("Semantics", "count");
/// Nobody offers this.
pub const UNKNOWN: Function<(), ()> = Function::new("Semantics", "unknown");

/// What an obedient process does.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Send a word back.
    Echo {
        /// Whom to.
        to: Pid,
        /// Which.
        word: u64,
    },
    /// End with a reason.
    End(Reason),
    /// Panic with a text.
    Panic(String),
    /// Print a line, and report how it went.
    Print {
        /// The line.
        text: String,
        /// Whom to.
        report: Pid,
    },
    /// Print a line on the terminal of the node it runs on.
    PrintHere(String),
    /// Take a registered name, and report whether that worked.
    Register {
        /// The name.
        name: String,
        /// Whom to.
        report: Pid,
    },
    /// Link to a process, then report.
    Link {
        /// Which.
        pid: Pid,
        /// Whom to.
        report: Pid,
    },
}

/// The answer to [`Order::Echo`].
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Word(pub u64);

/// What became of an order.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Report(pub Result<(), String>);

/// Offers them all.
pub fn offer(node: &Node) {
    let leader = leader_of(node);
    node.offer(OBEY, move |me, ()| obey(me, leader));
    node.offer(SAY_NAME, |me, ()| async move {
        Ok(me.puts(format!("Hi, my name is {}", me.node().alive())).await?)
    });
    node.offer(END, |_, (reason,)| async { Err::<(), _>(reason) });
    node.offer(COUNT, |me, (to, numbers)| async move {
        for number in 0..numbers {
            me.send(to, Word(number)).await;
        }
        Ok(())
    });
}

/// The first process of a node is its group leader.
fn leader_of(node: &Node) -> Pid {
    node.processes()[0]
}

async fn obey(mut me: Process, leader: Pid) -> Result<(), Reason> {
    loop {
        receive! { me,
            Order::Echo { to, word } => me.send(to, Word(word)).await,
            Order::End(reason) => return Err(reason),
            Order::Panic(text) => panic!("{text}"),
            Order::Print { text, report } => {
                let printed = me.puts(text).await.map_err(|why| why.to_string());
                me.send(report, Report(printed)).await;
            }
            Order::PrintHere(text) => {
                me.set_leader(leader);
                me.puts(text).await?;
            }
            Order::Register { name, report } => {
                let done = me.register(&name, me.pid()).map_err(|why| why.to_string());
                me.send(report, Report(done)).await;
            }
            Order::Link { pid, report } => {
                me.link(pid).await;
                me.send(report, Report(Ok(()))).await;
            }
        }
    }
}
