//! Who is let in, and what does the door give away?

use std::collections::HashSet;

use checker::{desk, says};

use super::Door;
use moebi::dist::cookie::Cookie;

#[test]
fn only_who_knows_the_cookie_comes_in() {
    desk::run(async |desk| {
        let word = desk.word();
        let right = |challenge| Cookie::new(&word).digest(challenge);
        let wrong = |challenge| Cookie::new(desk.word()).digest(challenge);
        let mut door = Door::new(Cookie::new(&word));

        // The same door, after a restart, is another one.
        let mut again = Door::new(Cookie::new(&word));
        let mut asked: Vec<u32> = (0..3).map(|_| again.challenge()).collect();
        asked.extend([(); 3].map(|()| door.challenge()));
        if asked.iter().collect::<HashSet<_>>().len() < asked.len() {
            says("repeats_itself");
        }

        // Several knock before the first has answered.
        let [one, two] = [(); 2].map(|()| door.challenge());
        if !door.lets_in(two, &right(two)) || !door.lets_in(one, &right(one)) {
            says("keeps_friends_out");
        }
        let three = door.challenge();
        if door.lets_in(three, &wrong(three)) {
            says("lets_thieves_in");
        }
        if door.lets_in(asked[0], &right(asked[0])) {
            says("never_asked");
        }
        if door.lets_in(two, &right(two)) {
            says("replayed");
        }
        if door.lets_in(three, &right(three)) {
            says("second_try");
        }

        let four = door.challenge();
        let others = desk.number(1 << 32) as u32;
        if door.answer(others) != Some(right(others)) {
            says("no_answer");
        }
        if door.answer(four).is_some() {
            says("answers_itself");
        }
    });
}
