//! Reads terms as Elixir's `inspect` writes them, as far as the vectors have them.
//! What it reads is never freed; it is for tests.

use super::Hashable;

type Read = Option<Hashable<'static>>;

/// Reads a term; nothing may follow it.
pub(super) fn read(text: &str) -> Read {
    let mut reader = Reader { rest: text };
    let term = reader.term()?;
    reader.rest.is_empty().then_some(term)
}

fn keep<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

fn atom(name: &str) -> Hashable<'static> {
    Hashable::Atom(name.to_owned().leak())
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, prefix: &str) -> bool {
        let stripped = self.rest.strip_prefix(prefix);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn expect(&mut self, prefix: &str) -> Option<()> {
        self.skip(prefix).then_some(())
    }

    fn while_in(&mut self, allowed: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !allowed(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn word(&mut self) -> &'a str {
        self.while_in(|c| c.is_alphanumeric() || "_@.".contains(c))
    }

    fn term(&mut self) -> Read {
        if self.skip("String.duplicate(\"x\", ") {
            let times = self.number()?.parse().ok()?;
            self.expect(")")?;
            return Some(Hashable::Binary(keep("x".repeat(times).into_bytes())));
        }
        if self.skip(":\"") {
            return Some(atom(self.quoted()?));
        }
        match self.rest.chars().next()? {
            '"' => self.expect("\"").and_then(|()| self.quoted()).map(binary),
            ':' => self.expect(":").map(|()| atom(self.word())),
            '<' => self.bits(),
            '{' => {
                self.expect("{").and_then(|()| self.items("}")).map(Hashable::Tuple)
            }
            '%' => self.map(),
            '[' => self.list(),
            'A'..='Z' => Some(atom(&format!("Elixir.{}", self.word()))),
            'a'..='z' => Some(atom(self.word())),
            _ => self.number().and_then(number),
        }
    }

    /// Up to the next quote: no vector has an escape.
    fn quoted(&mut self) -> Option<&'a str> {
        let text = self.while_in(|c| c != '"' && c != '\\');
        self.expect("\"").map(|()| text)
    }

    fn number(&mut self) -> Option<&'a str> {
        let text = self.while_in(|c| c.is_ascii_digit() || "-+.e".contains(c));
        (!text.is_empty()).then_some(text)
    }

    /// `<<1, 2>>`, or one field of some bits: `<<5::size(3)>>`.
    fn bits(&mut self) -> Read {
        self.expect("<<")?;
        let mut bytes = Vec::new();
        while !self.skip(">>") {
            let byte: u8 = self.number()?.parse().ok()?;
            if self.skip("::size(") {
                let bits: u8 = self.number()?.parse().ok()?;
                self.expect(")>>")?;
                bytes.push(byte << (8 - bits));
                return Some(Hashable::Bitstring(keep(bytes), bits));
            }
            bytes.push(byte);
            self.skip(", ");
        }
        Some(Hashable::Binary(keep(bytes)))
    }

    fn items(&mut self, close: &str) -> Option<&'static [Hashable<'static>]> {
        let mut items = Vec::new();
        while !self.skip(close) {
            items.push(self.term()?);
            self.skip(", ");
        }
        Some(keep(items))
    }

    /// `[1, 2]`, `[a: 1]` or `[:a | :b]`.
    fn list(&mut self) -> Read {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.skip("]") {
            if let Some((key, value)) = self.keyword() {
                items.push(Hashable::Tuple(keep(vec![key, value?])));
            } else {
                items.push(self.term()?);
            }
            if self.skip(" | ") {
                let tail = keep(vec![self.term()?]);
                self.expect("]")?;
                return Some(Hashable::ImproperList(keep(items), &tail[0]));
            }
            self.skip(", ");
        }
        Some(Hashable::List(keep(items)))
    }

    /// `%{1 => 2}` or `%{a: 1}`.
    fn map(&mut self) -> Read {
        self.expect("%{")?;
        let mut pairs = Vec::new();
        while !self.skip("}") {
            if let Some((key, value)) = self.keyword() {
                pairs.push((key, value?));
            } else {
                let key = self.term()?;
                self.expect(" => ")?;
                pairs.push((key, self.term()?));
            }
            self.skip(", ");
        }
        Some(Hashable::Map(keep(pairs)))
    }

    /// `a: 1`, if that is what follows.
    fn keyword(&mut self) -> Option<(Hashable<'static>, Read)> {
        let (key, rest) = self.rest.split_once(": ")?;
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_lowercase()) {
            return None;
        }
        self.rest = rest;
        Some((atom(key), self.term()))
    }
}

fn binary(text: &str) -> Hashable<'static> {
    Hashable::Binary(keep(text.as_bytes().to_vec()))
}

fn number(text: &str) -> Read {
    if text.contains('.') {
        return text.parse().ok().map(Hashable::Float);
    }
    if let Ok(number) = text.parse() {
        return Some(Hashable::Integer(number));
    }
    let (negative, decimal) = match text.strip_prefix('-') {
        Some(decimal) => (true, decimal),
        None => (false, text),
    };
    let mut digits = vec![0];
    for digit in decimal.bytes() {
        times_ten_plus(&mut digits, u64::from(digit.checked_sub(b'0')?));
    }
    Some(Hashable::BigInteger { negative, digits: keep(digits) })
}

fn times_ten_plus(digits: &mut Vec<u64>, mut carry: u64) {
    for digit in digits.iter_mut() {
        let sum = u128::from(*digit) * 10 + u128::from(carry);
        (*digit, carry) = (sum as u64, (sum >> 64) as u64);
    }
    if carry > 0 {
        digits.push(carry);
    }
}
