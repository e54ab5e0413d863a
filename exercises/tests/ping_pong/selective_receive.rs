//! Which letter is read next, and what becomes of the others?

use std::pin::pin;
use std::time::Duration;

use checker::desk::{self, Actor, Desk, PATIENCE};
use checker::says;
use tokio::time::timeout;

use super::*;

/// Who does not wait has given an answer by then.
const A_MOMENT: Duration = Duration::from_millis(150);

/// Puts letters into a mailbox, in this order.
async fn post(from: &Actor, to: &Actor, letters: impl IntoIterator<Item = Letter>) {
    for letter in letters {
        from.send(to.pid(), letter).await;
    }
}

#[test]
fn urgent_letters_come_first_and_the_others_stay() {
    desk::run(async |desk| {
        let alex = desk.node("alex").await;
        let (mut me, helper) = (alex.actor().await, alex.actor().await);
        let texts: Vec<String> = (0..5).map(|_| desk.word()).collect();
        let letter = |urgent: bool, text: &String| match urgent {
            true => Letter::Urgent(text.clone()),
            false => Letter::Ordinary(text.clone()),
        };
        let urgent = [false, false, true, true, false];
        let letters =
            urgent.iter().zip(&texts).map(|(urgent, t)| letter(*urgent, t));
        let number = desk.number(1000);
        helper.send(me.pid(), number).await;
        post(&helper, &me, letters).await;

        let Ok(read) = timeout(PATIENCE, next(&mut me)).await else {
            says("waits_in_vain");
        };
        if read == texts[0] {
            says("oldest_first");
        }
        if read == texts[3] {
            says("out_of_order");
        }
        if read != texts[2] {
            says("other_letter");
        }
        let mut left = Vec::new();
        for message in me.flush() {
            left.push(match message.open::<Letter>() {
                Ok(Letter::Ordinary(text) | Letter::Urgent(text)) => text,
                Err(other) => match other.open::<u64>() {
                    Ok(number) => number.to_string(),
                    Err(other) => other.to_string(),
                },
            });
        }
        let stay = [&number.to_string(), &texts[0], &texts[1], &texts[3], &texts[4]];
        if stay.iter().any(|text| !left.contains(text)) {
            says("lost");
        }
        if left.iter().ne(stay) {
            says("out_of_order");
        }
    });
}

/// What is read when letters come only after somebody has begun to wait for them.
async fn read_later(desk: &Desk, letters: [Letter; 2], otherwise: &str) -> String {
    let alex = desk.node("alex").await;
    let (mut me, helper) = (alex.actor().await, alex.actor().await);
    let to = me.pid();
    let mut reading = pin!(next(&mut me));
    if timeout(A_MOMENT, &mut reading).await.is_ok() {
        says("does_not_wait");
    }
    for letter in letters {
        helper.send(to, letter).await;
    }
    timeout(PATIENCE, reading).await.unwrap_or_else(|_| says(otherwise))
}

#[test]
fn an_ordinary_letter_is_waited_for() {
    desk::run(async |desk| {
        let texts = [(); 2].map(|()| desk.word());
        let letters = texts.clone().map(Letter::Ordinary);
        if read_later(desk, letters, "waits_for_urgent").await != texts[0] {
            says("other_letter");
        }
    });
}

#[test]
fn an_urgent_letter_is_waited_for() {
    desk::run(async |desk| {
        let [urgent, ordinary] = [(); 2].map(|()| desk.word());
        let letters =
            [Letter::Urgent(urgent.clone()), Letter::Ordinary(ordinary.clone())];
        let read = read_later(desk, letters, "waits_in_vain").await;
        if read == ordinary {
            says("deaf_while_waiting");
        }
        if read != urgent {
            says("other_letter");
        }
    });
}
