//! The room.

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Down, Envelope, Node, Pid, Process, Reason, Reference};

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
    members: Vec<Member>,
}

struct Member {
    pid: Pid,
    name: String,
    monitor: Reference,
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
        if let Ok(Down { object, .. }) = message.open::<Down>()
            && let Some(member) = object.pid().and_then(|who| self.take(who))
        {
            self.tell_all(me, News::Went { name: member.name }).await;
        }
        Ok(())
    }
}

impl Room {
    async fn join(&mut self, me: &Process, who: Pid, name: String) -> Told {
        self.tell_all(me, News::Came { name: name.clone() }).await;
        let monitor = me.monitor(who).await;
        self.members.push(Member { pid: who, name, monitor });
        Told::Done
    }

    async fn say(&self, me: &Process, who: Pid, text: String) -> Told {
        let Some(member) = self.members.iter().find(|member| member.pid == who)
        else {
            return Told::NotHere;
        };
        let news = News::Said { name: member.name.clone(), text };
        for other in self.members.iter().filter(|other| other.pid != who) {
            me.send(other.pid, news.clone()).await;
        }
        Told::Done
    }

    async fn leave(&mut self, me: &mut Process, who: Pid) -> Told {
        let Some(Member { name, monitor, .. }) = self.take(who) else {
            return Told::NotHere;
        };
        me.demonitor_flush(monitor);
        self.tell_all(me, News::Went { name }).await;
        Told::Done
    }

    fn take(&mut self, who: Pid) -> Option<Member> {
        let place = self.members.iter().position(|member| member.pid == who)?;
        Some(self.members.remove(place))
    }

    fn names(&self) -> Told {
        let names = self.members.iter().map(|member| member.name.clone());
        let mut names: Vec<String> = names.collect();
        names.sort();
        Told::Names(names)
    }

    async fn tell_all(&self, me: &Process, news: News) {
        for member in &self.members {
            me.send(member.pid, news.clone()).await;
        }
    }
}
