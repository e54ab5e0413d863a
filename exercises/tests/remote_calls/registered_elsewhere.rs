//! Is somebody found who has a name on another node, whatever the others answer?

use std::future::{pending, ready};

use checker::desk::{Actor, Desk, Member, PATIENCE, within};
use checker::{desk, says};
use moebi::Reason;
use tokio::time::timeout;

use super::*;

/// For one that will not answer.
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_name_is_found_where_it_is() {
    desk::run(async |desk| {
        let town = town(desk).await;
        names_are_told(&town).await;
        the_first_who_has_it(&town).await;
        no_answer_is_no_end(desk, &town).await;
        nobody_waits_for_ever(desk, &town).await;
    });
}

/// Kate's node has nobody of the name, sophie's and tom's have.
struct Town {
    alex: Member,
    kate: Member,
    sophie: Member,
    tom: Member,
    me: Actor,
    name: String,
    clerks: [Actor; 2],
}

async fn town(desk: &Desk) -> Town {
    let (alex, kate) = desk.pair().await;
    let (sophie, tom) = (desk.node("sophie").await, desk.node("tom").await);
    for node in [&alex, &kate, &sophie, &tom] {
        offer(node);
    }
    let name = desk.word();
    let clerks = [clerk(&sophie, &name).await, clerk(&tom, &name).await];
    let me = alex.actor().await;
    Town { alex, kate, sophie, tom, me, name, clerks }
}

async fn clerk(node: &Member, name: &str) -> Actor {
    let clerk = node.actor().await;
    clerk.register(name, clerk.pid()).expect("the name is free");
    clerk
}

impl Town {
    async fn found(&self, nodes: &[NodeName]) -> Option<Pid> {
        within(find(&self.me, &self.name, nodes, PATIENCE)).await
    }

    /// Sophie's clerk.
    fn wanted(&self) -> Option<Pid> {
        Some(self.clerks[0].pid())
    }
}

async fn names_are_told(town: &Town) {
    for (node, who) in [(&town.kate, None), (&town.sophie, town.wanted())] {
        let question = (town.name.clone(),);
        match within(town.me.erpc(node.name(), WHEREIS, question)).await {
            Ok(answer) if answer == who => {}
            Ok(_) => says("wrong_answer"),
            Err(_) => says("not_offered"),
        }
    }
}

async fn the_first_who_has_it(town: &Town) {
    let [kate, sophie, tom] =
        [&town.kate, &town.sophie, &town.tom].map(|node| node.name());
    if town.found(&[sophie]).await != town.wanted() {
        says("only_here");
    }
    if town.found(&[kate]).await.is_some() {
        says("not_there");
    }
    if town.found(&[kate, sophie]).await != town.wanted() {
        says("first_answer");
    }
    if town.found(&[kate, sophie, tom]).await != town.wanted() {
        says("not_the_first");
    }
    let own = clerk(&town.alex, &town.name).await;
    if town.found(&[town.alex.name(), tom]).await != Some(own.pid()) {
        says("own_node");
    }
    if town.found(&[sophie, town.alex.name()]).await != town.wanted() {
        says("not_the_first");
    }
}

async fn no_answer_is_no_end(desk: &Desk, town: &Town) {
    let other_program = desk.node("moebi").await;
    let fails = desk.node("nina").await;
    let broken = Reason::Exception(desk.word());
    fails.offer(WHEREIS, move |_me, (_name,)| ready(Err(broken.clone())));
    // Nobody has this name.
    let nobody = NodeName::from(&format!("{}@localhost", desk.word()));
    for node in [nobody, other_program.name(), fails.name()] {
        if town.found(&[node, town.sophie.name()]).await != town.wanted() {
            says("gives_up");
        }
    }
}

async fn nobody_waits_for_ever(desk: &Desk, town: &Town) {
    let slow = desk.node("otto").await;
    slow.offer(WHEREIS, |_me, (_name,)| pending());
    let nodes = [slow.name(), town.sophie.name()];
    let found = find(&town.me, &town.name, &nodes, SHORT);
    match timeout(SHORT * 10, found).await {
        Ok(found) if found == town.wanted() => {}
        Ok(_) => says("gives_up"),
        Err(_) => says("waits"),
    }
}
