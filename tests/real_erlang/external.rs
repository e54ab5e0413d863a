//! Terms as Erlang writes them to files: the external term format.
//!
//! Source: the ERTS User's Guide, "External Term Format".

use moebi::otp::phash2::Hashable;

/// A list of terms, with the version in front.
pub fn encoded(terms: &[Hashable<'_>]) -> Vec<u8> {
    let mut bytes = vec![131];
    put(&mut bytes, Hashable::List(terms));
    bytes
}

fn put(out: &mut Vec<u8>, term: Hashable<'_>) {
    match term {
        Hashable::Integer(number) => {
            let magnitude = number.unsigned_abs();
            let digits = [magnitude as u64, (magnitude >> 64) as u64];
            put_integer(out, number < 0, &digits);
        }
        Hashable::BigInteger { negative, digits } => {
            put_integer(out, negative, digits);
        }
        Hashable::Float(number) => {
            out.push(70);
            out.extend(number.to_be_bytes());
        }
        Hashable::Atom(name) => {
            out.push(118);
            out.extend((name.len() as u16).to_be_bytes());
            out.extend(name.as_bytes());
        }
        Hashable::Binary(bytes) => {
            put_head(out, 109, bytes.len());
            out.extend(bytes);
        }
        Hashable::Bitstring(bytes, bits) => {
            put_head(out, 77, bytes.len());
            out.push(bits);
            out.extend(bytes);
        }
        Hashable::Tuple(terms) => put_all(out, 105, terms),
        Hashable::List(terms) => {
            put_all(out, 108, terms);
            out.push(106);
        }
        Hashable::ImproperList(terms, &tail) => {
            put_all(out, 108, terms);
            put(out, tail);
        }
        Hashable::Map(pairs) => {
            put_head(out, 116, pairs.len());
            for &(key, value) in pairs {
                put(out, key);
                put(out, value);
            }
        }
    }
}

fn put_head(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    out.extend((length as u32).to_be_bytes());
}

fn put_all(out: &mut Vec<u8>, tag: u8, terms: &[Hashable<'_>]) {
    put_head(out, tag, terms.len());
    terms.iter().for_each(|&term| put(out, term));
}

/// Erlang takes this form of a number that is small, too.
fn put_integer(out: &mut Vec<u8>, negative: bool, digits: &[u64]) {
    let bytes = digits.iter().flat_map(|digit| digit.to_le_bytes());
    put_head(out, 111, digits.len() * 8);
    out.push(negative.into());
    out.extend(bytes);
}
