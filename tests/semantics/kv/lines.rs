//! Lines are the same however their bytes arrive.

use super::lesson::lines::{LIMIT, LineError, Lines};

/// What comes of these pieces, one after the other.
fn lines(pieces: &[&[u8]]) -> Vec<Result<String, LineError>> {
    let mut lines = Lines::default();
    let mut all = Vec::new();
    for piece in pieces {
        lines.push(piece);
        all.extend(std::iter::from_fn(|| lines.next()));
    }
    all
}

#[test]
fn a_line_ends_with_a_newline() {
    let two = [Ok("GET a b\r\n".into()), Ok("\n".into())];
    assert_eq!(lines(&[b"GET a b\r\n\nGET"]), two);
    let bytes: Vec<&[u8]> = b"GET a b\r\n\nGET".chunks(1).collect();
    assert_eq!(lines(&bytes), two);
}

#[test]
fn a_line_that_is_too_long_is_one_answer_and_the_next_is_read() {
    let mut longest = vec![b'x'; LIMIT - 1];
    longest.push(b'\n');
    let text = String::from_utf8(longest.clone()).expect("ASCII");
    assert_eq!(lines(&[&longest]), [Ok(text)]);
    let all = [Err(LineError::TooLong), Ok("GET\n".into())];
    let long = [b"x", &longest[..], b"GET\n"].concat();
    assert_eq!(lines(&[&long]), all);
    // In pieces, in bytes, and with much more after the limit.
    let endless = [&vec![b'x'; 3 * LIMIT], &long[..]].concat();
    for size in [1, 7, LIMIT - 1, LIMIT, LIMIT + 1] {
        let pieces: Vec<&[u8]> = endless.chunks(size).collect();
        assert_eq!(lines(&pieces), all, "in pieces of {size}");
    }
}

#[test]
fn of_an_endless_line_one_hears_at_once() {
    assert_eq!(lines(&[&[b'x'; LIMIT], b"x"]), [Err(LineError::TooLong)]);
}

#[test]
fn bytes_that_are_no_text_are_no_line() {
    let all = [Err(LineError::NotText), Ok("GET\n".into())];
    assert_eq!(lines(&[b"PUT a \xff b\nGET\n"]), all);
}
