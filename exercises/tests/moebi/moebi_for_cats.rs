//! Who answers, what, on whose terminal, and does it come to an end?

use std::sync::Arc;
use std::time::Duration;

use checker::desk::{Desk, Member, within};
use checker::{desk, says};
use moebi::CallError;
use moebi::otp::{Application, ChildSpec, Strategy, Supervisor, TaskSupervisor};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::*;

/// What is on its way has arrived by then, and who waits still waits.
const MOMENT: Duration = Duration::from_millis(300);

const TO_PEOPLE: &str = "chicken?";
const TO_CATS: &str = "meow";

#[test]
fn whoever_is_a_cat_answers() {
    desk::run(async |desk| {
        let town = town(desk).await;
        people_answer_nobody(desk, &town).await;
        the_answer_comes_first(desk, &town.moebi).await;
        moebi_asks_people(desk, &town).await;
        cats_answer_cats(desk, &town).await;
    });
}

/// Two people, two cats, and somebody whose name only begins as a cat's does.
struct Town {
    alex: Member,
    kate: Member,
    moebi: Member,
    mimi: Member,
    namesake: Member,
}

async fn town(desk: &Desk) -> Town {
    let town = Town {
        alex: desk.node("alex").await,
        kate: desk.node("kate").await,
        moebi: desk.node_named("moebi@localhost").await,
        mimi: desk.node_named("mimi@localhost").await,
        namesake: desk.node("moebi").await,
    };
    for node in [&town.alex, &town.kate, &town.moebi, &town.mimi, &town.namesake] {
        offer(node);
        opens(node).await;
    }
    town
}

async fn opens(node: &Member) {
    let tasks = ChildSpec::server::<TaskSupervisor>(TASKS, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(tasks);
    let started = within(Application::start(node, "chat", supervisor)).await;
    started.expect("a supervisor starts");
}

async fn writes(from: &Member, to: &Member, text: &str) -> Result<(), CallError> {
    let me = from.actor().await;
    let message = (text.to_owned(), from.name());
    me.task_under_nolink((TASKS, to.name()), HEAR, message).await?.await
}

/// The same, of a message that is printed on the other terminal, and nothing goes wrong.
async fn is_heard(from: &Member, to: &Member, text: &str) {
    if within(writes(from, to, text)).await.is_err() {
        says("fails");
    }
    if !to.screen.has(text) {
        says("not_printed");
    }
}

fn answered(node: &Member) -> bool {
    node.screen.has(TO_PEOPLE) || node.screen.has(TO_CATS)
}

async fn people_answer_nobody(desk: &Desk, town: &Town) {
    let Town { alex, kate, moebi, namesake, .. } = town;
    is_heard(alex, kate, &desk.word()).await;
    is_heard(moebi, kate, &desk.word()).await;
    if answered(alex) || answered(moebi) {
        says("people_answer");
    }
    is_heard(kate, namesake, &desk.word()).await;
    if answered(kate) {
        says("similar_name");
    }
}

/// Sends what it is asked to print to the test, and is done when the test wants it to be.
async fn gate(
    shown: UnboundedSender<String>,
    go_on: Arc<Notify>,
    text: String,
) -> Result<(), Reason> {
    let _ = shown.send(text);
    go_on.notified().await;
    Ok(())
}

/// Sophie reads slowly: until she has, whoever answers her has not yet done so.
async fn the_answer_comes_first(desk: &Desk, moebi: &Member) {
    let sophie = desk.node("sophie").await;
    let (shown, mut answers) = unbounded_channel();
    let go_on = Arc::new(Notify::new());
    let (shows, goes_on) = (shown.clone(), Arc::clone(&go_on));
    sophie.offer(SHOW, move |_me, (text,)| {
        gate(shows.clone(), Arc::clone(&goes_on), text)
    });
    let goes_on = Arc::clone(&go_on);
    sophie.offer(HEAR, move |_me, (text, _from)| {
        gate(shown.clone(), Arc::clone(&goes_on), text)
    });
    opens(&sophie).await;
    let text = desk.word();
    let mut written = Box::pin(writes(&sophie, moebi, &text));
    let answer = tokio::select! {
        answer = within(answers.recv()) => answer.expect("sophie is there"),
        written = &mut written => match written {
            Err(_) => says("fails"),
            Ok(()) if answered(moebi) => says("on_his_own"),
            Ok(()) => match timeout(MOMENT, answers.recv()).await {
                Ok(_) => says("too_early"),
                Err(_) => says("no_answer"),
            },
        },
    };
    if answer != TO_PEOPLE {
        says("other_words");
    }
    if timeout(MOMENT, &mut written).await.is_ok() {
        says("too_early");
    }
    go_on.notify_one();
    if within(written).await.is_err() {
        says("fails");
    }
}

async fn moebi_asks_people(desk: &Desk, town: &Town) {
    let Town { alex, moebi, namesake, .. } = town;
    is_heard(alex, moebi, &desk.word()).await;
    if !alex.screen.has(TO_PEOPLE) {
        says("no_answer");
    }
    is_heard(namesake, moebi, &desk.word()).await;
    if namesake.screen.has(TO_CATS) {
        says("similar_name");
    }
    if !namesake.screen.has(TO_PEOPLE) {
        says("no_answer");
    }
}

async fn cats_answer_cats(desk: &Desk, town: &Town) {
    let Town { moebi, mimi, .. } = town;
    let text = desk.word();
    tokio::select! {
        () = is_heard(mimi, moebi, &text) => {}
        true = moebi.screen.shows(TO_CATS) => says("never_ends"),
    }
    if mimi.screen.has(TO_PEOPLE) {
        says("other_words");
    }
    if !mimi.screen.has(TO_CATS) {
        says("cat_unanswered");
    }
    if answered(moebi) {
        says("never_ends");
    }
    // To himself: what he has written, and one answer.
    let text = desk.word();
    let done = timeout(MOMENT * 10, writes(moebi, moebi, &text)).await;
    let lines = moebi.screen.lines();
    match lines.iter().filter(|line| line.contains(TO_CATS)).count() {
        0 => says("cat_unanswered"),
        1 => {}
        _ => says("never_ends"),
    }
    if done != Ok(Ok(())) {
        says("fails");
    }
}
