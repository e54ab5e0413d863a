//! Beside what Elixir said (OTP 25): see `tests/real_erlang.rs` for one that is
//! asked.

use super::*;

const VECTORS: &str = include_str!("vectors.tsv");

/// One line: the term and its hashes, as they are written.
struct Vector {
    written: &'static str,
    term: Hashable<'static>,
    hash: u32,
    of_5: u32,
    of_4: u32,
    whole: u32,
}

fn vector(line: &'static str) -> Vector {
    let fields: Vec<_> = line.split('\t').collect();
    let [written, _kind, numbers @ ..] = &fields[..] else {
        panic!("not a vector: {line:?}");
    };
    let numbers: Vec<u32> = numbers
        .iter()
        .map(|number| number.parse().expect("a hash is a number"))
        .collect();
    let [hash, of_5, of_4, whole] = numbers[..] else {
        panic!("not a vector: {line:?}");
    };
    let term = elixir::read(written);
    let term = term.unwrap_or_else(|| panic!("cannot read {written}"));
    Vector { written, term, hash, of_5, of_4, whole }
}

fn vectors() -> Vec<Vector> {
    VECTORS.lines().skip(1).map(vector).collect()
}

fn nodes(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).expect("a range is not empty")
}

#[test]
fn all_vectors_agree() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 200);
    for Vector { written, term, hash, of_5, of_4, whole } in vectors {
        assert_eq!(hash32(term), whole, "the whole hash of {written}");
        assert_eq!(phash2(term), hash, "phash2({written})");
        assert_eq!(phash2_range(term, nodes(5)), of_5, "phash2({written}, 5)");
        assert_eq!(phash2_range(term, nodes(4)), of_4, "phash2({written}, 4)");
    }
}

/// As the row says, and as Erlang counts it for these keys: 2^27 leaves 3 if divided
/// by 5, so only 7 of the 32 values of the upper bits make no difference, and with 4
/// nodes none of them makes one.
#[test]
fn s80_a_range_is_not_what_is_left_of_the_hash() {
    let keys: Vec<_> = (1..=400).map(|j| format!("k_1_{j}")).collect();
    let different = |range: u32| {
        let differs =
            |key: &&String| phash2_range(*key, nodes(range)) != phash2(*key) % range;
        keys.iter().filter(differs).count()
    };
    assert_eq!(different(5), 319);
    assert_eq!(different(4), 0);
}

#[test]
fn a_number_has_one_hash_however_it_is_written() {
    let numbers: [i128; 10] =
        [0, 1, 255, 256, (1 << 27) - 1, 1 << 27, 1 << 64, -1, -(1 << 27), i128::MIN];
    for number in numbers {
        let magnitude = number.unsigned_abs();
        let digits = [magnitude as u64, (magnitude >> 64) as u64, 0, 0];
        let big = Hashable::BigInteger { negative: number < 0, digits: &digits };
        assert_eq!(hash32(big), hash32(number), "{number}");
        let (in_big, in_small) = ([big], [Hashable::Integer(number)]);
        let list = hash32(Hashable::List(&in_big));
        assert_eq!(list, hash32(Hashable::List(&in_small)), "[{number}]");
    }
}

#[test]
fn what_is_equal_has_one_hash() {
    assert_eq!(hash32(-0.0), hash32(0.0));
    assert_eq!(hash32("milk"), hash32(b"milk".as_slice()));
    assert_eq!(hash32(true), hash32(Hashable::Atom("true")));
    let one = (Hashable::from("a"), Hashable::from(1_i64));
    let two = (Hashable::from("b"), Hashable::from(2_i64));
    let there = hash32(Hashable::Map(&[one, two]));
    assert_eq!(there, hash32(Hashable::Map(&[two, one])));
    assert_ne!(there, hash32(Hashable::List(&[])));
}
