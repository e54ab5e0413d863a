//! Which answer belongs to which question, and what is left of it all?

use checker::desk::{self, Actor, Desk, Member};
use checker::says;
use moebi::Down;
use tokio::time::timeout;

use super::*;

/// So long is waited for an answer that does not come in time.
const LITTLE: Duration = Duration::from_millis(100);

/// And so long for one that does.
const MUCH: Duration = Duration::from_secs(2);

/// Who asks, and who is asked. Both are played by the test.
struct Office {
    me: Actor,
    clerk: Actor,
}

impl Office {
    /// Asks a question that is not answered in time.
    async fn asks_in_vain(&mut self, desk: &Desk) -> Question {
        let (clerk, text) = (self.clerk.pid(), desk.word());
        let asking = ask(&mut self.me, clerk, &text, LITTLE);
        let Ok(outcome) = timeout(MUCH, asking).await else {
            says("waits_too_long");
        };
        match outcome {
            Err(NoAnswer::TooLate) => {}
            Err(NoAnswer::Ended(_)) => says("someone_elses_end"),
            Ok(_) => says("nobody_has_answered"),
        }
        asked(&mut self.clerk, &text).await
    }

    /// Asks one that is answered. The answer to the one before comes first, before this
    /// one is asked or when it has been.
    async fn asks_next(&mut self, desk: &Desk, before: Question, early: bool) {
        let [text, late, answer] = [(); 3].map(|()| desk.word());
        let (me, clerk) = (&mut self.me, &mut self.clerk);
        let mut before = Some(before);
        if let Some(before) = before.take_if(|_| early) {
            answers(clerk, before, &late).await;
        }
        let asking = ask(me, clerk.pid(), &text, MUCH);
        let answering = async {
            let question = asked(clerk, &text).await;
            if let Some(before) = before {
                answers(clerk, before, &late).await;
            }
            answers(clerk, question, &answer).await;
        };
        match tokio::join!(asking, answering).0 {
            Ok(told) if told == answer => {}
            Ok(told) if told == late => says("late_answer"),
            Err(NoAnswer::Ended(_)) => says("someone_elses_end"),
            _ => says("no_answer"),
        }
    }

    /// The clerk ends over a question, and is asked once more.
    async fn clerk_ends(&mut self, desk: &Desk) {
        let (text, reason) = (desk.word(), Reason::word(&desk.word()));
        let (me, clerk) = (&mut self.me, &mut self.clerk);
        let pid = clerk.pid();
        let asking = ask(me, pid, &text, MUCH);
        let ending = async {
            asked(clerk, &text).await;
            clerk.end(Err(reason.clone()));
        };
        let first = tokio::join!(asking, ending).0;
        if me.receive_timeout::<Down>(LITTLE).await.is_some() {
            says("still_watching");
        }
        let second = ask(me, pid, &text, MUCH).await;
        for (outcome, reason) in [(first, reason), (second, Reason::NoProc)] {
            match outcome {
                Err(NoAnswer::Ended(told)) if told == reason => {}
                Err(NoAnswer::TooLate) => says("waits_for_the_dead"),
                _ => says("other_end"),
            }
        }
    }

    /// Something that concerns none of the questions comes to the mailbox.
    async fn letters(&self, number: u64, gone: Pid) -> Reference {
        self.clerk.send(self.me.pid(), number).await;
        self.me.monitor(gone).await
    }

    /// What is in the mailbox must be those letters.
    fn looks(&mut self, number: u64, gone: Reference) {
        let (mut letters, mut answers) = (0, 0);
        for message in self.me.flush() {
            let other = match message.open::<Answer>() {
                Ok(_) => {
                    answers += 1;
                    continue;
                }
                Err(other) => other,
            };
            match other.open::<Down>() {
                Ok(down) => letters += u8::from(down.reference == gone),
                Err(other) => letters += u8::from(other.open().ok() == Some(number)),
            }
        }
        if letters != 2 {
            says("loses_messages");
        }
        if answers > 0 {
            says("late_stays");
        }
    }
}

/// The question that the clerk finds in his mailbox.
async fn asked(clerk: &mut Actor, text: &str) -> Question {
    match timeout(MUCH, clerk.receive::<Question>()).await {
        Ok(question) if question.text == text => question,
        _ => says("not_asked"),
    }
}

async fn answers(clerk: &Actor, question: Question, text: &str) {
    let Question { back, reference, .. } = question;
    let text = text.to_owned();
    clerk.send(back, Answer { reference, text }).await;
}

/// A process that has ended.
async fn gone(node: &Member, me: &mut Actor) -> Pid {
    let gone = node.spawn(async |_me| Ok(()));
    me.monitor(gone).await;
    me.hears::<Down>().await.expect("a process that ends");
    gone
}

#[test]
fn each_question_has_its_answer() {
    desk::run(async |desk| {
        let alex = desk.node("alex").await;
        let (mut me, clerk) = (alex.actor().await, alex.actor().await);
        let gone = gone(&alex, &mut me).await;
        let mut office = Office { me, clerk };
        let number = desk.number(1000);

        for early in [true, false] {
            let letters = office.letters(number, gone).await;
            let question = office.asks_in_vain(desk).await;
            office.asks_next(desk, question, early).await;
            office.looks(number, letters);
        }
        office.clerk_ends(desk).await;
    });
}
