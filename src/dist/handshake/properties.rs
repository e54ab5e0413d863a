//! Whatever a stranger sends: no panic, no hang, and no entrance without the cookie.

use proptest::prelude::*;
use proptest::sample::Index;

use super::tests::*;
use super::*;

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime of one thread").block_on(future)
}

/// One thing that goes wrong on the way.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, Index),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match self {
            Self::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Self::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(length))),
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.extend(part);
            }
        }
    }
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let one = prop_oneof![
        (any::<Index>(), 1u8..).prop_map(|(at, bits)| Mutation::Flip(at, bits)),
        (any::<Index>(), any::<u8>())
            .prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<Index>().prop_map(Mutation::Cut),
        any::<(Index, Index)>().prop_map(|(from, to)| Mutation::Repeat(from, to)),
    ];
    proptest::collection::vec(one, 1..4)
}

fn decisions() -> impl Strategy<Value = Decision> {
    use Decision::*;
    prop::sample::select(vec![Ok, OkSimultaneous, Nok, NotAllowed, Alive])
}

/// A peer that came in must have shown the proof, and be one we can talk to.
fn entitled(peer: &Peer, heard: &[u8]) {
    let proof = cookie().digest(OURS);
    assert!(heard.windows(16).any(|bytes| bytes == proof), "no proof, but came in");
    NodeName::check(&peer.name).expect("a peer has a name that keeps the rules");
    assert!(Flags::missing(peer.flags).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_refused(heard: Vec<u8>, decision in decisions()) {
        prop_assert!(run(kate_hears(&heard, decision)).0.is_err());
        prop_assert!(run(alex_hears(&heard)).0.is_err());
    }

    #[test]
    fn frames_of_any_bytes_are_refused(
        frames in proptest::collection::vec(
            ("[Nsran]", proptest::collection::vec(any::<u8>(), 0..40)), 0..5
        ),
        decision in decisions(),
    ) {
        let mut heard = Vec::new();
        for (kind, body) in frames {
            heard.extend((1 + body.len() as u16).to_be_bytes());
            heard.extend(kind.bytes());
            heard.extend(body);
        }
        prop_assert!(run(kate_hears(&heard, decision)).0.is_err());
        prop_assert!(run(alex_hears(&heard)).0.is_err());
    }

    #[test]
    fn a_mutated_call_is_refused_or_harmless(mutations in mutations()) {
        let mut heard = dialler().concat();
        mutations.iter().for_each(|mutation| mutation.apply(&mut heard));
        if let Ok(peer) = run(kate_hears(&heard, Decision::Ok)).0 {
            entitled(&peer, &heard);
            prop_assert_ne!(peer.name, KATE);
        }
    }

    #[test]
    fn a_mutated_answer_is_refused_or_harmless(mutations in mutations()) {
        let mut heard = acceptor().concat();
        mutations.iter().for_each(|mutation| mutation.apply(&mut heard));
        if let Ok(peer) = run(alex_hears(&heard)).0 {
            entitled(&peer, &heard);
            prop_assert_eq!(peer.name, KATE);
        }
    }
}
