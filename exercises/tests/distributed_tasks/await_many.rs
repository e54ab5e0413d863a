//! Which answers come, in which order, and when? And what becomes of the others?

use checker::desk::{self, Desk};
use checker::says;
use tokio::sync::mpsc;
use tokio::sync::oneshot::{self, Sender};
use tokio::time::{sleep, timeout};

use super::*;

/// So much work there is.
const PIECES: usize = 8;

/// And so long all of it may take.
const PATIENCE: Duration = Duration::from_millis(2000);

/// What is started at once has begun by then.
const SOON: Duration = Duration::from_millis(1500);

/// Less than the patience for each of those that hang.
const TOO_LONG: Duration = Duration::from_millis(5000);

/// Work that says when it has begun, and ends when it is told its answer.
fn work(
    begun: mpsc::Sender<()>,
) -> (Sender<String>, impl Future<Output = Result<String, Reason>>) {
    let (answer, told) = oneshot::channel();
    let doing = async move {
        let _ = begun.send(()).await;
        match told.await {
            Ok(answer) => Ok(answer),
            // The test is over.
            Err(_) => std::future::pending().await,
        }
    };
    (answer, doing)
}

/// Answers some of the work, the last piece first. What is left never ends.
async fn finishes(
    desk: &Desk,
    pieces: Vec<Sender<String>>,
) -> (Vec<Option<String>>, Vec<Sender<String>>) {
    let (mut answers, mut hang) = (Vec::new(), Vec::new());
    let even = desk.number(2) as usize;
    for (at, piece) in pieces.into_iter().enumerate().rev() {
        if at % 2 == even {
            hang.push(piece);
            answers.push(None);
            continue;
        }
        let answer = desk.word();
        let _ = piece.send(answer.clone());
        answers.push(Some(answer));
        sleep(Duration::from_millis(10)).await;
    }
    answers.reverse();
    (answers, hang)
}

async fn all_begin(begun: &mut mpsc::Receiver<()>) -> bool {
    let all = async {
        for _ in 0..PIECES {
            begun.recv().await;
        }
    };
    timeout(SOON, all).await.is_ok()
}

/// What was given, and is not what it should be.
fn blame(given: &[Option<String>], answers: &[Option<String>]) -> ! {
    if given.len() != answers.len() {
        says("missing_places");
    }
    let sorted = |answers: &[Option<String>]| {
        let mut answers = answers.to_vec();
        answers.sort();
        answers
    };
    if sorted(given) == sorted(answers) {
        says("order");
    }
    if given.iter().flatten().count() < answers.iter().flatten().count() {
        says("lost_answers");
    }
    says("other_answers")
}

#[test]
fn all_have_the_same_deadline() {
    desk::run(async |desk| {
        let alex = desk.node("alex").await;
        let (begin, mut begun) = mpsc::channel(PIECES);
        let (pieces, all) = (0..PIECES).map(|_| work(begin.clone())).unzip();
        let (give, given) = oneshot::channel();
        alex.spawn(async move |me: Process| {
            let _ = give.send(answers(&me, all, PATIENCE).await);
            // Who asks for the answers has other things to do with them.
            std::future::pending().await
        });
        if !all_begin(&mut begun).await {
            says("one_at_a_time");
        }
        let (answers, hang) = finishes(desk, pieces).await;
        let given = match timeout(TOO_LONG, given).await {
            Ok(Ok(given)) => given,
            Ok(Err(_)) => says("dies_too"),
            Err(_) => says("too_long"),
        };
        if given != answers {
            blame(&given, &answers);
        }
        for mut piece in hang {
            if timeout(SOON, piece.closed()).await.is_err() {
                says("left_running");
            }
        }
    });
}
