//! Rows about the chat: the lesson's program, three times.

use nix::sys::signal::Signal;
use tokio::process::Child;

use super::cluster::{Cluster, Member, within};
use super::program::{CHAT, ended, known, pause, run, send, start, text};

const ALEX: &str = "alex@localhost";
const KATE: &str = "kate@localhost";
const MOEBI: &str = "moebi@localhost";

/// Who knows by ping that the others are there.
async fn watcher(cluster: &Cluster) -> Member {
    cluster.node_with("watcher", |config| config.hidden(true)).await
}

/// Moebi and kate, who wait for messages.
async fn moebi_and_kate(cluster: &Cluster) -> (Child, Child) {
    let watcher = watcher(cluster).await;
    let (moebi, _) = start(cluster, CHAT, MOEBI, &watcher).await;
    let (kate, _) = start(cluster, CHAT, KATE, &watcher).await;
    (moebi, kate)
}

/// What alex sees who sends a message, and his exit status.
async fn alex_sends(cluster: &Cluster, message: &str) -> (String, Option<i32>) {
    let mut alex = known(cluster, CHAT, ALEX);
    let alex = run(alex.args(["-e", &format!("send_message {message}")])).await;
    let all = text(alex.stdout) + &text(alex.stderr);
    (all, alex.status.code())
}

#[tokio::test]
async fn s59_a_message_is_on_the_terminal_it_is_for_and_on_no_other() {
    let cluster = Cluster::start();
    let (mut moebi, mut kate) = moebi_and_kate(&cluster).await;
    let alex = alex_sends(&cluster, "kate@localhost hi").await;
    assert_eq!(alex, ("ok\n".into(), Some(0)));
    assert_eq!(ended(&mut kate).await, "hi\n");
    assert_eq!(ended(&mut moebi).await, "");
}

#[tokio::test]
async fn s60_moebi_answers_before_the_ok() {
    let cluster = Cluster::start();
    let (mut moebi, mut kate) = moebi_and_kate(&cluster).await;
    let alex = alex_sends(&cluster, "moebi@localhost hi").await;
    assert_eq!(alex, ("chicken?\nok\n".into(), Some(0)));
    assert_eq!(ended(&mut moebi).await, "hi\n");
    assert_eq!(ended(&mut kate).await, "");
}

#[tokio::test]
async fn s61_an_absent_recipient_is_one_sentence_and_status_1() {
    let cluster = Cluster::start();
    let alex = alex_sends(&cluster, "moebi@localhost hi").await;
    assert_eq!(alex, ("** no connection to moebi@localhost\n".into(), Some(1)));
}

/// The shell lives on: what is typed next is done, and a name it kept is still known.
#[tokio::test]
async fn s61_the_shell_survives_an_absent_recipient() {
    use tokio::io::AsyncWriteExt;
    let cluster = Cluster::start();
    let mut alex = known(&cluster, CHAT, ALEX);
    let mut alex =
        alex.stdin(std::process::Stdio::piped()).spawn().expect("the chat");
    let typed = "me = self\nsend_message moebi@localhost hi\nme\nquit\n";
    let mut input = alex.stdin.take().expect("piped");
    within(input.write_all(typed.as_bytes())).await.expect("a program that reads");
    let alex = within(alex.wait_with_output()).await.expect("a program that ends");
    let (out, err) = (text(alex.stdout), text(alex.stderr));
    assert_eq!(err, "** no connection to moebi@localhost\n");
    let shown: Vec<_> = out.lines().collect();
    assert!(matches!(shown[..], [first, again] if first == again), "{out}");
    assert_eq!(alex.status.code(), Some(0));
}

#[tokio::test]
async fn s61_a_recipient_who_dies_while_a_message_is_on_its_way_is_gone() {
    let cluster = Cluster::start();
    let (moebi, mut kate) = moebi_and_kate(&cluster).await;
    // Stopped, she has her connections and answers nothing.
    pause(&moebi).await;
    let mut alex = known(&cluster, CHAT, ALEX);
    let alex = alex.args(["-e", "send_message moebi@localhost hi"]).spawn();
    let alex = alex.expect("the chat");
    send(&moebi, Signal::SIGKILL);
    let alex = within(alex.wait_with_output()).await.expect("a program that ends");
    assert_eq!(alex.status.code(), Some(1));
    let said = text(alex.stderr);
    assert!(said.contains("no connection"), "{said}");
    assert_eq!(ended(&mut kate).await, "");
}

#[tokio::test]
async fn s62_moebi_does_not_write_to_himself() {
    let cluster = Cluster::start();
    let mut moebi = known(&cluster, CHAT, MOEBI);
    let moebi = run(moebi.args(["-e", "send_message moebi@localhost hi"])).await;
    assert_eq!(moebi.status.code(), Some(1));
    assert_eq!(text(moebi.stdout), "");
    let said = text(moebi.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("Moebi does not write to himself"), "{said}");
}
