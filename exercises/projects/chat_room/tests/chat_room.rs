//! Who is in the room, who hears what, and what becomes of those who are gone?

use std::time::Duration;

use chat_room::{News, ROOM, Told, join, leave, open, say, who};
use checker::desk::{Actor, Desk, Member, PATIENCE, within};
use checker::{desk, says};
use moebi::{CallError, Down, Exit, NodeName, Pid, Reason, receive};

#[test]
fn a_room_for_people_of_several_nodes() {
    desk::run(async |desk| {
        let mut room = Room::new(desk).await;
        room.others_are_told(desk).await;
        room.strangers_do_not_talk(desk).await;
        room.joining_twice_is_joining_once(desk).await;
        room.who_leaves_has_left(desk).await;
        room.who_ends_is_forgotten(desk).await;
        room.the_room_may_end(desk).await;
    });
}

/// The room is on kate's node. Alex and sophie stay in it, each on another node.
struct Room {
    kate: Member,
    alex: Person,
    sophie: Person,
}

/// Somebody who can be in the room.
struct Person {
    actor: Actor,
    name: String,
    room: Pid,
}

impl Room {
    async fn new(desk: &Desk) -> Self {
        let kate = desk.node("kate").await;
        within(open(&kate)).await.expect("a room opens");
        let away = desk.node("alex").await;
        let alex = person(desk, &away, &kate).await;
        let sophie = person(desk, &kate, &kate).await;
        Self { kate, alex, sophie }
    }

    async fn others_are_told(&mut self, desk: &Desk) {
        let Self { alex, sophie, .. } = self;
        alex.joins().await;
        alex.quiet("own_news").await;
        sophie.joins().await;
        sophie.quiet("own_news").await;
        alex.hears(sophie.came(), "coming_untold").await;
        let text = desk.word();
        alex.says(&text).await;
        sophie.hears(alex.said(&text), "unheard").await;
        alex.quiet("echo").await;
        let mut names = vec![alex.name.clone(), sophie.name.clone()];
        names.sort();
        if done(who(&alex.actor, alex.node())).await != Told::Names(names) {
            says("names");
        }
    }

    async fn strangers_do_not_talk(&mut self, desk: &Desk) {
        let stranger = person(desk, &self.kate, &self.kate).await;
        let (me, node) = (&stranger.actor, self.kate.name());
        for told in
            [done(say(me, node, &desk.word())).await, done(leave(me, node)).await]
        {
            if told != Told::NotHere {
                says("stranger");
            }
        }
        self.both_quiet("stranger").await;
    }

    async fn joining_twice_is_joining_once(&mut self, desk: &Desk) {
        let Self { alex, sophie, .. } = self;
        let before = done(who(&alex.actor, alex.node())).await;
        let another = desk.word();
        done(join(&sophie.actor, sophie.node(), &another)).await;
        if done(who(&alex.actor, alex.node())).await != before {
            says("joins_twice");
        }
        alex.quiet("joins_twice").await;
        let text = desk.word();
        alex.says(&text).await;
        sophie.hears(alex.said(&text), "joins_twice").await;
        sophie.quiet("joins_twice").await;
    }

    async fn who_leaves_has_left(&mut self, desk: &Desk) {
        let mut tom = person(desk, &self.kate, &self.kate).await;
        tom.joins().await;
        self.both_hear(tom.came(), "coming_untold").await;
        if done(leave(&tom.actor, self.kate.name())).await != Told::Done {
            says("not_done");
        }
        self.both_hear(tom.went(), "leaving_untold").await;
        let Self { alex, sophie, .. } = self;
        let text = desk.word();
        sophie.says(&text).await;
        alex.hears(sophie.said(&text), "unheard").await;
        tom.quiet("left_and_hears").await;
        tom.ends(&self.kate, Ok(())).await;
        self.both_quiet("went_twice").await;
    }

    async fn who_ends_is_forgotten(&mut self, desk: &Desk) {
        let away = desk.node("mia").await;
        let mut mia = person(desk, &away, &self.kate).await;
        mia.joins().await;
        self.both_hear(mia.came(), "coming_untold").await;
        let crash = Reason::Exception(desk.word());
        mia.ends(&away, Err(crash)).await;
        self.both_hear(mia.went(), "end_untold").await;
        let mut nick = person(desk, &away, &self.kate).await;
        nick.joins().await;
        self.both_hear(nick.came(), "coming_untold").await;
        nick.ends(&away, Ok(())).await;
        self.both_hear(nick.went(), "end_untold").await;
        let tina = person(desk, &away, &self.kate).await;
        tina.joins().await;
        self.both_hear(tina.came(), "coming_untold").await;
        within(away.node.stop()).await;
        self.both_hear(tina.went(), "end_untold").await;
        self.both_quiet("went_twice").await;
        let Self { alex, sophie, .. } = self;
        let mut names = vec![alex.name.clone(), sophie.name.clone()];
        names.sort();
        if done(who(&alex.actor, alex.node())).await != Told::Names(names) {
            says("still_in");
        }
    }

    /// Not that it should; but that is no reason for its members to.
    async fn the_room_may_end(&mut self, desk: &Desk) {
        let mut watching = person(desk, &self.kate, &self.kate).await.actor;
        watching.exit(self.sophie.room, Reason::Kill).await;
        let Some(Down { .. }) = watching.hears().await else {
            panic!("a killed process has ended");
        };
        // Whoever is linked is told before whoever watches.
        let sophie = &mut self.sophie.actor;
        receive! { sophie,
            _room: Exit => says("members_end"),
            after Duration::ZERO => {}
        }
    }

    async fn both_hear(&mut self, news: News, otherwise: &str) {
        self.alex.hears(news.clone(), otherwise).await;
        self.sophie.hears(news, otherwise).await;
    }

    async fn both_quiet(&mut self, otherwise: &str) {
        self.alex.quiet(otherwise).await;
        self.sophie.quiet(otherwise).await;
    }
}

/// A process on a node that knows where the room is, and hears of the room's end.
async fn person(desk: &Desk, node: &Member, hall: &Member) -> Person {
    let there = hall.actor().await;
    let room = there.whereis(ROOM).unwrap_or_else(|| says("room_ends"));
    let actor = node.actor().await;
    actor.monitor(room).await;
    // Should somebody link them to the room, it must not take the test's processes along.
    actor.trap_exit(true);
    Person { actor, name: desk.word(), room }
}

/// An answer, if the room is there to give one.
async fn done(asked: impl Future<Output = Result<Told, CallError>>) -> Told {
    within(asked).await.unwrap_or_else(|_| says("room_ends"))
}

impl Person {
    fn node(&self) -> NodeName {
        self.room.node()
    }

    fn came(&self) -> News {
        News::Came { name: self.name.clone() }
    }

    fn went(&self) -> News {
        News::Went { name: self.name.clone() }
    }

    fn said(&self, text: &str) -> News {
        News::Said { name: self.name.clone(), text: text.to_owned() }
    }

    async fn joins(&self) {
        if done(join(&self.actor, self.node(), &self.name)).await != Told::Done {
            says("not_done");
        }
    }

    async fn says(&self, text: &str) {
        if done(say(&self.actor, self.node(), text)).await != Told::Done {
            says("not_done");
        }
    }

    /// The next news are these.
    async fn hears(&mut self, expected: News, otherwise: &str) {
        let me = &mut self.actor;
        let news = receive! { me,
            news: News => news,
            _room: Down => says("room_ends"),
            _room: Exit => says("room_ends"),
            after PATIENCE => says(otherwise),
        };
        match (&news, &expected) {
            _ if news == expected => {}
            (News::Went { .. }, News::Came { .. }) => says("went_twice"),
            _ => says(otherwise),
        }
    }

    /// There are no news. What the room has sent before it answers is here before the
    /// answer is.
    async fn quiet(&mut self, otherwise: &str) {
        done(who(&self.actor, self.node())).await;
        let me = &mut self.actor;
        receive! { me,
            news: News => match news {
                News::Said { name, .. } if name == self.name => says("echo"),
                _ => says(otherwise),
            },
            _room: Down => says("room_ends"),
            after Duration::ZERO => {}
        }
    }

    /// Ends this process; somebody on its node hears when it has.
    async fn ends(&mut self, node: &Member, outcome: Result<(), Reason>) {
        let mut watching = node.actor().await;
        watching.monitor(self.actor.pid()).await;
        self.actor.end(outcome);
        let Some(Down { .. }) = watching.hears().await else {
            panic!("a process that was ended has ended");
        };
    }
}
