//! Answers of a server that is not of our making.

use std::pin::pin;

use moebi::signal::codec;
use moebi::{Alias, CallError, IoRequest, Message, NodeName, Pid, Reference};
use serde::{Deserialize, Serialize};

use super::cluster::{Cluster, actor, within};
use super::desk::Ask;
use super::functions::Word;

/// A call, as a server of another make sees it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "$gen_call")]
struct Call(Caller, Ask);

#[derive(Debug, Serialize, Deserialize)]
struct Caller {
    pid: Pid,
    alias: Alias,
}

/// A reference of which only the parts are known.
#[derive(Serialize)]
struct Parts {
    node: NodeName,
    creation: u32,
    id: u64,
}

fn reference(alias: Alias) -> Reference {
    let shown = alias.to_string();
    let id = shown.trim_end_matches('>').rsplit('.').next();
    let id = id.and_then(|id| id.parse().ok()).expect("a number at the end");
    let (node, creation) = (alias.owner().node(), alias.owner().creation());
    let mut bytes = Vec::new();
    codec::encode(&Parts { node, creation, id }, &mut bytes).expect("three parts");
    codec::decode(&bytes).expect("a reference")
}

/// Calls a server of another make, which says `first` and then 42.
async fn answered_with<M: Message>(first: M) -> Result<u64, CallError> {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut me, mut forger) = (actor(&alex).await, actor(&kate).await);
    let answer = {
        let server = forger.pid();
        let mut call = pin!(me.call(server, Ask::Add(1)));
        let Call(caller, _) = tokio::select! {
            asked = forger.get::<Call>() => asked,
            _ = &mut call => panic!("nobody has answered"),
        };
        assert_eq!(caller.pid, caller.alias.owner());
        // The reply to a request that was none.
        let (from, text) = (caller.pid, String::new());
        let io = IoRequest { from, request: reference(caller.alias), text };
        forger.reply_io(&io, Ok(()));
        within(forger.send(caller.alias, first)).await;
        within(forger.send(caller.alias, 42_u64)).await;
        within(call).await
    };
    me.hear_all(&kate).await;
    me.has_nothing();
    answer
}

#[tokio::test]
async fn an_answer_of_another_type_is_an_error_that_names_both() {
    let error = answered_with(Word(1)).await.expect_err("a word is no number");
    assert!(matches!(error, CallError::BadReply(_)), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.contains("answered with #Message<Word"), "{sentence}");
    assert!(sentence.contains("where u64 was expected"), "{sentence}");
}

#[tokio::test]
async fn only_the_first_answer_counts_and_only_an_answer() {
    assert_eq!(answered_with(7_u64).await, Ok(7));
}
