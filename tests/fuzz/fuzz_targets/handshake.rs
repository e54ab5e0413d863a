//! Whatever a stranger sends, the handshake ends, and only the cookie lets one in.
//!
//! The challenge is fixed, so that a run can be repeated. The fuzzer does not know the
//! cookie; that it finds the right digest is impossible, so whoever comes in is a find.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use moebi::dist::cookie::Cookie;
use moebi::dist::flags::Flags;
use moebi::dist::handshake::{
    Challenges, Decision, Hello, SETUP_TIME, StillAlive, accept, dial,
};
use moebi::signal::NodeName;
use tokio::io::{join, sink};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime of one thread")
});

const DECISIONS: [Decision; 5] = [
    Decision::Ok,
    Decision::OkSimultaneous,
    Decision::Alive,
    Decision::Nok,
    Decision::NotAllowed,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, heard)) = bytes.split_first() else { return };
    let decision = DECISIONS[usize::from(*first) % DECISIONS.len()];
    let cookie = Cookie::new("a secret that the fuzzer does not know");
    let ours = Hello {
        name: NodeName::from("kate@localhost"),
        flags: Flags::OURS,
        creation: 4,
        challenges: Challenges::from_source(|| 1),
    };
    RUNTIME.block_on(async {
        let mut stream = join(heard, sink());
        let decide = async |_: &str| decision;
        let came = accept(&mut stream, &ours, &cookie, decide, SETUP_TIME).await;
        assert!(came.is_err(), "{came:?}");

        let mut stream = join(heard, sink());
        let alive = || StillAlive::Replace;
        let alex = "alex@localhost";
        let went = dial(&mut stream, &ours, alex, &cookie, alive, SETUP_TIME).await;
        assert!(went.is_err(), "{went:?}");
    });
});
