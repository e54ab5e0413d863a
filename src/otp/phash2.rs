//! `erlang:phash2`, Erlang's portable hash: the same term has the same hash on every
//! node, whatever machine and release it runs. So nodes that agree on a list of
//! nodes agree, without a word, on who keeps a key.
//!
//! ```
//! use moebi::otp::phash2::{Hashable, phash2, phash2_range};
//!
//! assert_eq!(phash2("milk"), 110_618_503);
//! let user = [Hashable::Atom("user"), Hashable::Binary(b"42")];
//! assert_eq!(phash2(Hashable::Tuple(&user)), 55_479_795);
//!
//! let nodes = 5.try_into()?;
//! assert_eq!(phash2_range("milk", nodes), 4);
//! # Ok::<(), std::num::TryFromIntError>(())
//! ```
//!
//! Inside is a hash of 32 bits, and both forms are what is left of it: by the number
//! of nodes in [`phash2_range`], by 2^27 in [`phash2`]. So `phash2(key, 5)` is not
//! the remainder of `phash2(key)` by 5; whoever takes one for the other looks for
//! most keys in the wrong place.
//!
//! The hash is Bob Jenkins' of 1997 ("A hash function for hash table lookup"): three
//! words of 32 bits are mixed, over and over, and the third is what goes on. What a
//! term is made of goes in from left to right, each kind of it with a constant of
//! its own.
//!
//! # Limits
//!
//! Exact for all that [`Hashable`] can be. Not there: pids, ports, references and
//! funs, of which Erlang hashes only some bits anyway; and binaries of 4 GiB and
//! more, of which it leaves some bytes out. `-0.0` hashes like `0.0`, as in OTP 25.
//! A term is walked by recursion, as deep as it is nested: meant for terms of our
//! own making, not for those that a stranger sends.
//!
//! Source: OTP, erts/emulator/beam, `make_hash2` and `atom_hash`; the manual of the
//! module `erlang`, phash2/1,2.

use std::num::NonZeroU32;

#[cfg(test)]
mod elixir;
#[cfg(test)]
mod tests;

/// What Erlang calls a term, borrowed, to be hashed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hashable<'a> {
    /// A whole number.
    Integer(i128),
    /// A whole number of any size: its magnitude in digits of 64 bits, the lowest
    /// first. It hashes like [`Hashable::Integer`] if it is one.
    BigInteger {
        /// Is it below zero?
        negative: bool,
        /// The lowest digit comes first; zeros at the end make no difference.
        digits: &'a [u64],
    },
    /// A float. Erlang has neither infinities nor NaN; their hash means nothing.
    Float(f64),
    /// An atom, without the colon of Elixir; a module of Elixir's is
    /// `Elixir.Kernel`.
    Atom(&'a str),
    /// A binary, or a string of Elixir's.
    Binary(&'a [u8]),
    /// A bitstring that is no binary: its bytes, and how many bits of the last one
    /// belong to it, 1 to 7, from the highest down.
    Bitstring(&'a [u8], u8),
    /// A tuple.
    Tuple(&'a [Hashable<'a>]),
    /// A list. A string of Erlang's is a list of numbers.
    List(&'a [Hashable<'a>]),
    /// A list that ends with something else than a list: `[a | b]`.
    ImproperList(&'a [Hashable<'a>], &'a Hashable<'a>),
    /// A map: its keys, each of them once, with their values, in any order.
    Map(&'a [(Hashable<'a>, Hashable<'a>)]),
}

/// `erlang:phash2(Term)`: from 0 to 2^27 - 1.
pub fn phash2<'a>(term: impl Into<Hashable<'a>>) -> u32 {
    hash32(term) % (1 << 27)
}

/// `erlang:phash2(Term, Range)`: from 0 to `range` - 1. For a range of 2^32, which
/// Erlang allows too, there is [`hash32`].
pub fn phash2_range<'a>(term: impl Into<Hashable<'a>>, range: NonZeroU32) -> u32 {
    hash32(term) % range
}

/// `erlang:phash2(Term, 1 bsl 32)`: the whole hash, which the others are cut from.
pub fn hash32<'a>(term: impl Into<Hashable<'a>>) -> u32 {
    of_term(0, term.into())
}

/// 2^32 divided by the golden ratio.
const GOLDEN: u32 = 0x9e37_79b9;

/// Each kind of thing has a multiple of [`GOLDEN`] as its constant.
const fn golden(times: u32) -> u32 {
    GOLDEN.wrapping_mul(times)
}

const INTEGER: u32 = golden(1);
const NIL: u32 = golden(2);
const ATOM: u32 = golden(3);
const STRING: u32 = golden(4);
const TUPLE: u32 = golden(9);
const NEGATIVE_BIG: u32 = golden(10);
const POSITIVE_BIG: u32 = golden(11);
const FLOAT: u32 = golden(12);
const BINARY: u32 = golden(13);
const LAST_BITS: u32 = golden(15);
const MAP: u32 = golden(16);
const PAIRS: u32 = golden(19);

/// The hash of an empty list where nothing comes before it.
const NIL_ALONE: u32 = 0xcec2_c42e;

/// Bob Jenkins' mix of three words.
fn mix(words: [u32; 3]) -> [u32; 3] {
    let [mut a, mut b, mut c] = words;
    for [first, second, third] in [[13, 8, 13], [12, 16, 5], [3, 10, 15]] {
        a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> first);
        b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << second);
        c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> third);
    }
    [a, b, c]
}

/// Mixes two words, of the kind that the constant stands for, into the hash.
fn mix_pair(hash: u32, one: u32, other: u32, kind: u32) -> u32 {
    let [_, _, hash] = mix([kind.wrapping_add(one), kind.wrapping_add(other), hash]);
    hash
}

fn mix_word(hash: u32, word: u32, kind: u32) -> u32 {
    mix_pair(hash, word, 0, kind)
}

/// Mixes a term into the hash of what stands before it; 0 if nothing does.
fn of_term(hash: u32, term: Hashable<'_>) -> u32 {
    match term {
        Hashable::Integer(number) => {
            let magnitude = number.unsigned_abs();
            let digits = [magnitude as u64, (magnitude >> 64) as u64];
            of_integer(hash, number < 0, &digits)
        }
        Hashable::BigInteger { negative, digits } => {
            of_integer(hash, negative, digits)
        }
        Hashable::Float(number) => {
            // Adding zero makes of a negative zero the other one.
            let bits = (number + 0.0).to_bits();
            mix_pair(hash, (bits >> 32) as u32, bits as u32, FLOAT)
        }
        Hashable::Atom(name) => of_atom(hash, name),
        Hashable::Binary(bytes) => of_binary(hash, bytes),
        Hashable::Bitstring(bytes, bits) => of_bitstring(hash, bytes, bits),
        Hashable::Tuple(terms) => {
            let hash = mix_word(hash, terms.len() as u32, TUPLE);
            terms.iter().fold(hash, |hash, &term| of_term(hash, term))
        }
        Hashable::List(terms) => of_nil(of_items(hash, terms)),
        Hashable::ImproperList(terms, &tail) => of_term(of_items(hash, terms), tail),
        Hashable::Map(pairs) => of_map(hash, pairs),
    }
}

/// What has 28 bits, sign and all, is hashed as one word, and anything else by
/// digits of 64 bits: once a small number was that small in Erlang.
fn of_integer(hash: u32, negative: bool, digits: &[u64]) -> u32 {
    let length = digits.iter().rposition(|&digit| digit != 0).map_or(0, |at| at + 1);
    match digits[..length] {
        [] => mix_word(hash, 0, INTEGER),
        [digit] if !negative && digit < 1 << 27 => {
            mix_word(hash, digit as u32, INTEGER)
        }
        [digit] if negative && digit <= 1 << 27 => {
            let hash = mix_word(hash, digit as u32, INTEGER);
            mix_word(hash, (digit as u32).wrapping_neg(), INTEGER)
        }
        ref digits => {
            let kind = if negative { NEGATIVE_BIG } else { POSITIVE_BIG };
            let mix_digit = |hash, &digit: &u64| {
                mix_pair(hash, digit as u32, (digit >> 32) as u32, kind)
            };
            digits.iter().fold(hash, mix_digit)
        }
    }
}

/// An atom's own hash is poor and mixed with nothing where the atom stands alone.
fn of_atom(hash: u32, name: &str) -> u32 {
    match (hash, atom_hash(name)) {
        (0, alone) => alone,
        (_, word) => mix_word(hash, word, ATOM),
    }
}

/// P. J. Weinberger's hash, from the compiler's "dragon book". Atoms were Latin-1
/// once: what that has is one step, and other characters are a step for each byte of
/// UTF-8.
fn atom_hash(name: &str) -> u32 {
    let mut hash: u32 = 0;
    let mut step = |byte: u8| {
        hash = (hash << 4).wrapping_add(byte.into());
        let high = hash & 0xf000_0000;
        hash ^= (high >> 24) ^ high;
    };
    for character in name.chars() {
        match u8::try_from(character) {
            Ok(latin) => step(latin),
            Err(_) => character.encode_utf8(&mut [0; 4]).bytes().for_each(&mut step),
        }
    }
    hash
}

/// Twelve bytes at a time, as three words. In the last, incomplete block the low
/// byte of the third word is the length's.
fn of_binary(hash: u32, bytes: &[u8]) -> u32 {
    let start = BINARY.wrapping_add(hash);
    if bytes.is_empty() {
        return start;
    }
    let mut words = [GOLDEN, GOLDEN, start];
    let mut blocks = bytes.chunks_exact(12);
    for block in &mut blocks {
        words = mix_block(words, block);
    }
    words[2] = words[2].wrapping_add(bytes.len() as u32);
    let rest = blocks.remainder();
    let (head, tail) = rest.split_at(rest.len().min(8));
    let mut last = [0; 12];
    last[..head.len()].copy_from_slice(head);
    last[9..9 + tail.len()].copy_from_slice(tail);
    let [_, _, hash] = mix_block(words, &last);
    hash
}

fn mix_block(mut words: [u32; 3], block: &[u8]) -> [u32; 3] {
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        let added = bytes.iter().rev().fold(0, |sum, &b| (sum << 8) | u32::from(b));
        *word = word.wrapping_add(added);
    }
    mix(words)
}

fn of_bitstring(hash: u32, bytes: &[u8], bits: u8) -> u32 {
    match bytes.split_last() {
        Some((&last, whole)) if (1..8).contains(&bits) => {
            let hash = match whole {
                // Unlike an empty binary, the empty start of a bitstring is mixed.
                [] => mix([GOLDEN, GOLDEN, BINARY.wrapping_add(hash)])[2],
                whole => of_binary(hash, whole),
            };
            mix_pair(hash, bits.into(), (last >> (8 - bits)).into(), LAST_BITS)
        }
        _ => of_binary(hash, bytes),
    }
}

/// The items of a list, without its end. Numbers that could be characters go in by
/// fours, as one word.
fn of_items(mut hash: u32, items: &[Hashable<'_>]) -> u32 {
    let alike = |one: &Hashable, other: &Hashable| {
        byte(one).is_some() == byte(other).is_some()
    };
    for run in items.chunk_by(alike) {
        let text: Vec<u8> = run.iter().filter_map(byte).collect();
        if text.is_empty() {
            hash = run.iter().fold(hash, |hash, &term| of_term(hash, term));
        }
        for four in text.chunks(4) {
            let word = four.iter().fold(0, |word, &b| (word << 8) | u32::from(b));
            hash = mix_word(hash, word, STRING);
        }
    }
    hash
}

/// The number, if it is one that could be a character.
fn byte(term: &Hashable<'_>) -> Option<u8> {
    match *term {
        Hashable::Integer(number) => u8::try_from(number).ok(),
        Hashable::BigInteger { negative, digits } => match digits {
            [] => Some(0),
            [low, rest @ ..] if rest.iter().all(|&digit| digit == 0) => {
                let byte = u8::try_from(*low).ok();
                byte.filter(|&byte| !negative || byte == 0)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The end of a list.
fn of_nil(hash: u32) -> u32 {
    match hash {
        0 => NIL_ALONE,
        hash => mix_word(hash, 2, NIL),
    }
}

/// Each pair is hashed alone, and all are laid over each other: there is no order.
fn of_map(hash: u32, pairs: &[(Hashable<'_>, Hashable<'_>)]) -> u32 {
    let hash = mix_word(hash, pairs.len() as u32, MAP);
    if pairs.is_empty() {
        return hash;
    }
    let each = pairs.iter().map(|&(key, value)| of_term(of_term(0, key), value));
    mix_word(hash, each.fold(0, |all, pair| all ^ pair), PAIRS)
}

/// A string of Elixir's, which is a binary.
impl<'a> From<&'a str> for Hashable<'a> {
    fn from(text: &'a str) -> Self {
        Self::Binary(text.as_bytes())
    }
}

impl<'a> From<&'a String> for Hashable<'a> {
    fn from(text: &'a String) -> Self {
        Self::Binary(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Hashable<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Binary(bytes)
    }
}

impl From<i64> for Hashable<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i128> for Hashable<'_> {
    fn from(number: i128) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Hashable<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Hashable<'_> {
    fn from(yes: bool) -> Self {
        Self::Atom(if yes { "true" } else { "false" })
    }
}

/// A node's name is an atom.
impl From<crate::signal::NodeName> for Hashable<'_> {
    fn from(node: crate::signal::NodeName) -> Self {
        Self::Atom(node.as_str())
    }
}
