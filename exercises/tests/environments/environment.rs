//! Does the setting decide where a task runs, and nothing else?

use checker::desk::{Actor, Desk, Member, within};
use checker::{desk, says};
use moebi::otp::{Application, ChildSpec, Strategy, Supervisor, TaskSupervisor};

use super::*;

#[test]
fn the_setting_decides() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let (own, other) = (desk.word(), desk.word());
        opens(&alex, &own).await;
        opens(&kate, &other).await;
        let me = alex.actor().await;
        let there = chosen(desk, "dev", "runs_on = 'there'");
        match asks(there, &me, kate.name()).await {
            Ok(word) if word == other => {}
            Ok(word) if word == own => says("there_runs_here"),
            _ => says("nothing_ran"),
        }
        let here = chosen(desk, "test", "runs_on = 'here'");
        // Nobody has this name: a test at home needs no other node.
        let nobody = NodeName::from(&format!("{}@localhost", desk.word()));
        for node in [kate.name(), nobody] {
            if asks(here, &me, node).await != Ok(own.clone()) {
                says("here_runs_there");
            }
        }
        if read(desk, "dev", &format!("runs_on = '{}'", desk.word())).is_ok() {
            says("any_value");
        }
        if read(desk, "dev", "runs = 'there'").is_ok() {
            says("default");
        }
    });
}

async fn opens(node: &Member, word: &str) {
    let word = word.to_owned();
    node.offer(WORD, move |_me, ()| std::future::ready(Ok(word.clone())));
    let tasks = ChildSpec::server::<TaskSupervisor>(TASKS, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(tasks);
    let started = within(Application::start(node, "work", supervisor)).await;
    started.expect("a supervisor starts");
}

fn read(
    desk: &Desk,
    environment: &str,
    text: &str,
) -> Result<RunsOn, SettingsError> {
    let folder = desk.folder(&format!("{environment}.toml"), text);
    let settings = Settings::read(folder.path(), environment);
    RunsOn::new(&settings.expect("the test has written that file"))
}

fn chosen(desk: &Desk, environment: &str, text: &str) -> RunsOn {
    read(desk, environment, text).unwrap_or_else(|_| says("refused"))
}

async fn asks(
    runs_on: RunsOn,
    me: &Actor,
    node: NodeName,
) -> Result<String, CallError> {
    within(runs_on.word(me, node)).await
}
