//! Is the bread in the oven while the table is laid, and what if it burns?

use checker::desk::{self, Desk, Member, PATIENCE};
use checker::says;
use moebi::{Down, Pid};
use tokio::sync::oneshot::{self, Receiver, Sender};
use tokio::time::{sleep, timeout};

use super::*;

/// So long the bread is waited for when the table is laid.
const A_WHILE: Duration = Duration::from_millis(800);

/// By then whatever should happen has happened.
const LONG_AGO: Duration = Duration::from_secs(3);

/// Work that says when it has begun, and ends when it is told to.
struct Work<T> {
    begun: Receiver<()>,
    end: Sender<T>,
}

fn work<T>() -> (Work<T>, impl Future<Output = T>) {
    let (begin, begun) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let doing = async {
        let _ = begin.send(());
        match ended.await {
            Ok(outcome) => outcome,
            // The test is over.
            Err(_) => std::future::pending().await,
        }
    };
    (Work { begun, end }, doing)
}

impl<T> Work<T> {
    async fn begins(&mut self) -> bool {
        matches!(timeout(LONG_AGO, &mut self.begun).await, Ok(Ok(())))
    }
}

/// A kitchen in which both are at work.
struct Kitchen {
    cook: Pid,
    bread: Work<Result<String, Reason>>,
    table: Work<String>,
    made: Receiver<Breakfast>,
}

async fn kitchen(node: &Member) -> Kitchen {
    let (mut bread, bake) = work();
    let (mut table, lay) = work();
    let (tell, made) = oneshot::channel();
    let cook = node.spawn(async move |me: Process| {
        let _ = tell.send(breakfast(&me, bake, lay, A_WHILE).await?);
        Ok(())
    });
    let (baking, laying) = tokio::join!(bread.begins(), table.begins());
    match (baking, laying) {
        (true, true) => {}
        (true, false) => says("bread_first"),
        (false, true) => says("table_first"),
        (false, false) => says("nothing_begins"),
    }
    Kitchen { cook, bread, table, made }
}

/// How the cook has ended, if that is long ago.
async fn end(node: &Member, cook: Pid) -> Option<Reason> {
    let mut me = node.actor().await;
    me.monitor(cook).await;
    let down = timeout(LONG_AGO, me.receive::<Down>()).await;
    down.ok().map(|down| down.reason)
}

async fn both_in_time(desk: &Desk) {
    let alex = desk.node("alex").await;
    let Kitchen { bread, table, made, .. } = kitchen(&alex).await;
    // The table takes longer than anybody waits for the bread.
    sleep(A_WHILE * 3 / 2).await;
    let breakfast = Breakfast { bread: desk.word(), table: desk.word() };
    let _ = bread.end.send(Ok(breakfast.bread.clone()));
    let _ = table.end.send(breakfast.table.clone());
    match timeout(PATIENCE, made).await {
        Ok(Ok(made)) if made == breakfast => {}
        Ok(Err(_)) => says("gives_up"),
        _ => says("other_breakfast"),
    }
}

async fn the_bread_burns(desk: &Desk) {
    let alex = desk.node("alex").await;
    let Kitchen { cook, bread, table, .. } = kitchen(&alex).await;
    let _ = bread.end.send(Err(Reason::word(&desk.word())));
    if end(&alex, cook).await.is_none() {
        says("lays_on");
    }
    drop(table);
}

async fn the_bread_takes_too_long(desk: &Desk) {
    let alex = desk.node("alex").await;
    let Kitchen { cook, mut bread, table, .. } = kitchen(&alex).await;
    let _ = table.end.send(desk.word());
    match end(&alex, cook).await {
        Some(Reason::Timeout) => {}
        Some(_) => says("other_end"),
        None => says("too_patient"),
    }
    if timeout(LONG_AGO, bread.end.closed()).await.is_err() {
        says("oven_is_on");
    }
}

#[test]
fn the_bread_is_baked_while_the_table_is_laid() {
    desk::run(async |desk| {
        both_in_time(desk).await;
        the_bread_burns(desk).await;
        the_bread_takes_too_long(desk).await;
    });
}
