//! What is written is read back, and nothing else is believed.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::signal::{Envelope, Reason, Signal, Term};

/// Everything serde can be asked for that the wire allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    Number(u8, i64, u128),
    Text {
        text: String,
        letter: char,
    },
    List(Vec<Option<i32>>),
    Map(BTreeMap<String, (bool, f64)>),
    #[serde(with = "serde_bytes")]
    Bytes(Vec<u8>),
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Unit),
        any::<(u8, i64, u128)>()
            .prop_map(|(one, two, three)| Shape::Number(one, two, three)),
        any::<(String, char)>()
            .prop_map(|(text, letter)| Shape::Text { text, letter }),
        vec(any::<Option<i32>>(), 0..50).prop_map(Shape::List),
        btree_map(any::<String>(), any::<(bool, f64)>(), 0..10).prop_map(Shape::Map),
        vec(any::<u8>(), 0..50).prop_map(Shape::Bytes),
    ]
}

fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes).expect("it can be encoded");
    bytes
}

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(decode::<T>(&encoded(value)).expect("it can be decoded"), *value);
}

fn is_survived<T: DeserializeOwned>(bytes: &[u8]) {
    let _ = decode::<T>(bytes);
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in vec(any::<u8>(), 0..300)) {
        is_survived::<Signal<'static>>(&bytes);
        is_survived::<Reason>(&bytes);
        is_survived::<Term>(&bytes);
        is_survived::<Envelope>(&bytes);
        is_survived::<Shape>(&bytes);
        is_survived::<Vec<String>>(&bytes);
        is_survived::<BTreeMap<u64, Vec<u128>>>(&bytes);
        is_survived::<(char, bool, Option<f32>)>(&bytes);
    }

    #[test]
    fn what_is_written_is_read(shapes in vec(shapes(), 0..5)) {
        comes_back(&shapes);
    }

    #[test]
    fn an_envelope_crosses_as_a_term(shape in shapes()) {
        let term = encoded(&Term::of(&shape));
        prop_assert_eq!(&encoded(&Envelope::new(shape.clone())), &term);
        let read: Envelope = decode(&term).expect("an envelope");
        prop_assert_eq!(read.open::<Shape>().ok(), Some(shape));
    }

    #[test]
    fn a_value_ends_where_its_bytes_end(
        shape in shapes(),
        more in vec(any::<u8>(), 1..9),
    ) {
        let bytes = encoded(&shape);
        for cut in 0..bytes.len() {
            prop_assert!(decode::<Shape>(&bytes[..cut]).is_err());
        }
        let longer = [&*bytes, &more].concat();
        let left = matches!(
            decode::<Shape>(&longer),
            Err(CodecError::LeftOver(left)) if left == more.len()
        );
        prop_assert!(left);
    }

    #[test]
    fn a_claim_is_not_believed(claim in 300_u64.., rest in vec(any::<u8>(), 0..300)) {
        let bytes = [&[253], &claim.to_le_bytes()[..], &rest].concat();
        prop_assert!(decode::<String>(&bytes).is_err());
        prop_assert!(decode::<Vec<u8>>(&bytes).is_err());
        prop_assert!(decode::<Vec<[u64; 32]>>(&bytes).is_err());
        prop_assert!(decode::<Vec<String>>(&bytes).is_err());
        prop_assert!(decode::<BTreeMap<String, u8>>(&bytes).is_err());
        prop_assert!(decode::<serde_bytes::ByteBuf>(&bytes).is_err());
    }
}

/// The limit counts memory, and follows the size of the input in steps: no step may
/// refuse what is valid.
#[test]
fn no_honest_value_is_too_large() {
    for step in [1024_usize, 0x1_0000, 0x40_0000] {
        for bytes in [step - 1, step, step + 1] {
            // One byte each on the wire, sixteen in memory.
            comes_back(&vec![0_u128; bytes - 5]);
        }
    }
}
