//! The room.

use std::collections::HashMap;

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Envelope, Exit, Node, Pid, Process, Reason};

use crate::ask::{Ask, News, ROOM, Told};

/// Opens the room on a node.
pub async fn open(node: &Node) -> Result<(), Reason> {
    let room = ChildSpec::server::<Room>(ROOM, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(room);
    Application::start(node, "room", supervisor).await?;
    Ok(())
}

/// Who is in.
#[derive(Default)]
struct Room {
    members: HashMap<Pid, Member>,
}

struct Member {
    name: String,
}

impl Server for Room {
    type Args = ();
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self::default())
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        question: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<Told>, Reason> {
        let who = caller.pid();
        Ok(Answer::Now(match question {
            Ask::Join { name } => self.join(me, who, name).await,
            Ask::Say { text } => self.say(me, who, text).await,
            Ask::Leave => self.leave(me, who).await,
            Ask::Who => self.names(),
        }))
    }

    async fn handle_info(
        &mut self,
        me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        if let Ok(Exit { from, .. }) = message.open::<Exit>()
            && let Some(member) = self.members.remove(&from)
        {
            self.tell_all(me, News::Went { name: member.name }).await;
        }
        Ok(())
    }
}

impl Room {
    async fn join(&mut self, me: &Process, who: Pid, name: String) -> Told {
        if !self.members.contains_key(&who) {
            self.tell_all(me, News::Came { name: name.clone() }).await;
            me.link(who).await;
            self.members.insert(who, Member { name });
        }
        Told::Done
    }

    async fn say(&self, me: &Process, who: Pid, text: String) -> Told {
        let Some(Member { name, .. }) = self.members.get(&who) else {
            return Told::NotHere;
        };
        let news = News::Said { name: name.clone(), text };
        for &other in self.members.keys().filter(|&&other| other != who) {
            me.send(other, news.clone()).await;
        }
        Told::Done
    }

    async fn leave(&mut self, me: &mut Process, who: Pid) -> Told {
        let Some(Member { name }) = self.members.remove(&who) else {
            return Told::NotHere;
        };
        me.unlink(who);
        self.tell_all(me, News::Went { name }).await;
        Told::Done
    }

    fn names(&self) -> Told {
        let names = self.members.values().map(|member| member.name.clone());
        let mut names: Vec<String> = names.collect();
        names.sort();
        Told::Names(names)
    }

    async fn tell_all(&self, me: &Process, news: News) {
        for &member in self.members.keys() {
            me.send(member, news.clone()).await;
        }
    }
}
