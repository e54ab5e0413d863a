//! Where is the work done, and what is told if it comes to nothing?

use checker::desk::{self, Desk, Member, PATIENCE, within};
use checker::says;
use moebi::otp::{Application, ChildSpec, Strategy, Supervisor, TaskSupervisor};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::*;

/// What becomes of the work on a node.
#[derive(Clone)]
enum Work {
    /// Says a word, and gives a number.
    Counts(String, u64),
    /// Ends with this reason.
    Fails(Reason),
    /// Says that it has begun, and never ends.
    Hangs(mpsc::Sender<()>),
}

fn offers(node: &Member, work: Work) {
    node.offer(COUNT, move |me, (_text,)| does(me, work.clone()));
}

async fn does(me: Process, work: Work) -> Result<u64, Reason> {
    match work {
        Work::Counts(word, words) => {
            me.puts(&word).await?;
            Ok(words)
        }
        Work::Fails(reason) => Err(reason),
        Work::Hangs(begun) => {
            let _ = begun.send(()).await;
            std::future::pending().await
        }
    }
}

async fn supervises(node: &Member) {
    let tasks = ChildSpec::server::<TaskSupervisor>(TASKS, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(tasks);
    let started = within(Application::start(node, "words", supervisor)).await;
    started.expect("a supervisor starts");
}

/// Two nodes that are connected, each with a supervisor.
async fn nodes(desk: &Desk) -> (Member, Member) {
    let (alex, kate) = desk.pair().await;
    supervises(&alex).await;
    supervises(&kate).await;
    (alex, kate)
}

/// Asks, in a process of its own; as soon as it waits, `then` is done.
async fn asks(
    desk: &Desk,
    at: &Member,
    node: NodeName,
    then: impl Future<Output = ()>,
) -> Outcome {
    let (tell, told) = oneshot::channel();
    let text = desk.word();
    at.spawn(async move |me: Process| {
        let _ = tell.send(count(&me, node, text).await);
        Ok(())
    });
    match tokio::join!(timeout(PATIENCE, told), then).0 {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => says("dies_too"),
        Err(_) => says("waits_for_ever"),
    }
}

async fn is_counted_there(desk: &Desk) {
    let (alex, kate) = nodes(desk).await;
    let words = 1 + desk.number(1000);
    let said = desk.word();
    offers(&alex, Work::Counts(desk.word(), words + 1));
    offers(&kate, Work::Counts(said.clone(), words));
    match asks(desk, &alex, kate.name(), async {}).await {
        Outcome::Counted(counted) if counted == words => {}
        Outcome::Counted(counted) if counted == words + 1 => says("runs_here"),
        _ => says("not_counted"),
    }
    // What a supervisor has started prints where the supervisor does.
    if alex.screen.has(&said) {
        says("no_supervisor");
    }
}

async fn fails_there(desk: &Desk) {
    let (alex, kate) = nodes(desk).await;
    let reason = Reason::word(&desk.word());
    offers(&kate, Work::Fails(reason.clone()));
    match asks(desk, &alex, kate.name(), async {}).await {
        Outcome::Failed(told) if told == reason => {}
        Outcome::Unknown => says("is_known"),
        Outcome::NotStarted => says("was_started"),
        _ => says("other_reason"),
    }
}

async fn cannot_be_started(desk: &Desk) {
    let (alex, kate) = desk.pair().await;
    offers(&kate, Work::Counts(desk.word(), desk.number(1000)));
    // Kate has no supervisor; and nobody has the other name.
    let nobody = NodeName::from(&format!("{}@localhost", desk.word()));
    for node in [kate.name(), nobody] {
        match asks(desk, &alex, node, async {}).await {
            Outcome::NotStarted => {}
            Outcome::Counted(_) => says("no_supervisor"),
            Outcome::Failed(_) | Outcome::Unknown => says("was_not_started"),
        }
    }
}

async fn is_lost_there(desk: &Desk) {
    let (alex, kate) = nodes(desk).await;
    let (begin, mut begun) = mpsc::channel(2);
    offers(&kate, Work::Hangs(begin));
    let helper = alex.actor().await;
    let loses = async {
        if timeout(PATIENCE, begun.recv()).await.is_err() {
            return;
        }
        // A supervisor answers one after the other: with this answer, the one to who asks
        // has come as well.
        let another =
            helper.task_under_nolink((TASKS, kate.name()), COUNT, (desk.word(),));
        let _another = within(another).await.expect("a second task");
        alex.disconnect(kate.name());
    };
    match asks(desk, &alex, kate.name(), loses).await {
        Outcome::Unknown => {}
        Outcome::NotStarted => says("was_started"),
        Outcome::Failed(_) => says("is_not_known"),
        Outcome::Counted(_) => says("not_counted"),
    }
}

#[test]
fn the_work_is_done_elsewhere() {
    desk::run(async |desk| {
        is_counted_there(desk).await;
        fails_there(desk).await;
        cannot_be_started(desk).await;
        is_lost_there(desk).await;
    });
}
