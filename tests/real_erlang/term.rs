//! Random terms. They are never freed: the test is over soon.

use std::collections::BTreeSet;

use moebi::otp::phash2::Hashable;
use rand::RngExt;
use rand::rngs::StdRng;

type Term = Hashable<'static>;

/// A term that is nested at most so deep.
pub fn random(random: &mut StdRng, depth: u32) -> Term {
    match random.random_range(0..if depth == 0 { 7 } else { 13 }) {
        0 | 1 => integer(random),
        2 => Hashable::Float(float(random)),
        3 => Hashable::Atom(atom(random)),
        4 | 5 => Hashable::Binary(bytes(random)),
        6 => bitstring(random),
        7 | 8 => Hashable::Tuple(terms(random, depth)),
        9 => Hashable::List(terms(random, depth)),
        10 => Hashable::List(characters(random)),
        11 => improper_list(random, depth),
        _ => map(random, depth),
    }
}

/// Mostly short, sometimes long.
fn length(random: &mut StdRng) -> usize {
    let most = if random.random_ratio(1, 20) { 200 } else { 12 };
    random.random_range(0..=most)
}

fn terms(random: &mut StdRng, depth: u32) -> &'static [Term] {
    let length = random.random_range(0..6);
    let terms: Vec<_> =
        (0..length).map(|_| self::random(random, depth - 1)).collect();
    terms.leak()
}

/// As many bits as any other number of bits, so that all sizes come.
fn integer(random: &mut StdRng) -> Term {
    let sign = if random.random() { -1 } else { 1 };
    match random.random_range(0..4) {
        0 => {
            let length = random.random_range(1..6);
            let digits: Vec<u64> = (0..length).map(|_| random.random()).collect();
            Hashable::BigInteger { negative: sign < 0, digits: digits.leak() }
        }
        1 => {
            // Around the borders between one way of hashing and another.
            let power =
                1_i128 << [8, 27, 28, 32, 59, 60, 64][random.random_range(0..7)];
            Hashable::Integer(sign * power + random.random_range(-2..=2))
        }
        _ => {
            let number = random.random::<i128>() >> random.random_range(0..128);
            Hashable::Integer(number)
        }
    }
}

/// A float that Erlang has: finite. A negative zero is left out, because releases
/// differ.
fn float(random: &mut StdRng) -> f64 {
    let any = f64::from_bits(random.random());
    let small = f64::from(random.random_range(-1000..1000)) / 8.0;
    let float = if random.random() { any } else { small };
    if float.is_finite() && float != 0.0 { float } else { 0.0 }
}

/// ASCII, the rest of Latin-1, and what has two, three and four bytes.
fn character(random: &mut StdRng) -> char {
    let ranges =
        [('\0', '\x7f'), ('\u{80}', 'ÿ'), ('Ā', 'ж'), ('日', '本'), ('🐕', '🦀')];
    let (from, to) = ranges[[0, 0, 0, 1, 2, 3, 4][random.random_range(0..7)]];
    random.random_range(from..=to)
}

/// At most 255 characters.
fn atom(random: &mut StdRng) -> &'static str {
    let length = length(random);
    let name: String = (0..length).map(|_| character(random)).collect();
    name.leak()
}

fn bytes(random: &mut StdRng) -> &'static mut [u8] {
    let length = length(random);
    let bytes: Vec<u8> = (0..length).map(|_| random.random()).collect();
    bytes.leak()
}

/// The bits that do not belong to it are zero, as Erlang has them.
fn bitstring(random: &mut StdRng) -> Term {
    let bytes = bytes(random);
    let Some(last) = bytes.last_mut() else {
        return Hashable::Binary(bytes);
    };
    let bits = random.random_range(1..8);
    *last &= 0xff << (8 - bits);
    Hashable::Bitstring(bytes, bits)
}

/// A string of Erlang's; now and then a character is too large for a byte.
fn characters(random: &mut StdRng) -> &'static [Term] {
    let length = length(random);
    let character = |_| Hashable::Integer(random.random_range(0..260));
    (0..length).map(character).collect::<Vec<_>>().leak()
}

fn improper_list(random: &mut StdRng, depth: u32) -> Term {
    let terms =
        if random.random() { characters(random) } else { terms(random, depth) };
    let tail =
        if random.random() { integer(random) } else { Hashable::Atom(atom(random)) };
    match terms {
        [] => tail,
        terms => Hashable::ImproperList(terms, Box::leak(Box::new(tail))),
    }
}

/// More than 32 keys, and Erlang keeps them in a tree.
fn map(random: &mut StdRng, depth: u32) -> Term {
    let most = if random.random_ratio(1, 20) { 50 } else { 6 };
    let keys: BTreeSet<i64> =
        (0..most).map(|_| random.random_range(-99..99)).collect();
    let pair = |&key: &i64| {
        let number = Hashable::Integer(key.into());
        let tuple =
            Hashable::Tuple(vec![number, Hashable::Atom(atom(random))].leak());
        let key = if key % 2 == 0 { number } else { tuple };
        (key, self::random(random, if most > 6 { 0 } else { depth - 1 }))
    };
    Hashable::Map(keys.iter().map(pair).collect::<Vec<_>>().leak())
}
