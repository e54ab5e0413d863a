//! bincode, behind one module: what the wire between Rust nodes is made of.
//!
//! bincode 2.0.1 is the last release that works and nobody maintains it, so its traps
//! are closed here, and a successor would have to be put in here only.
//!
//! - Without a limit, nine bytes that claim a string of terabytes abort the program.
//!   Every decode has one. A limit counts the memory a value claims, not its bytes on the
//!   wire, where a `u64` may be one byte: so it is sixteen times the input's size,
//!   in steps, because bincode wants it at compile time.
//! - Bytes left over after a value are an error here.
//! - A recursive type can overflow the stack whatever the limit: nothing the runtime puts
//!   on the wire is recursive, and a message must not be.
//!
//! And nothing is decoded before the peer has proved the cookie.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bincode::config::{self, Config};
use bincode::error::{DecodeError, EncodeError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// Why bytes are not the value they should be.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Malformed, too short, or claiming more than it may.
    #[error("not a valid encoding: {0}")]
    Decode(#[from] DecodeError),
    /// The value ends before the bytes do.
    #[error("{0} bytes are left over after the value")]
    LeftOver(usize),
    /// serde or bincode cannot write such a value.
    #[error("cannot be encoded: {0}")]
    Encode(#[from] EncodeError),
}

/// Appends the encoding of `value` to `out`.
///
/// # Errors
/// [`CodecError::Encode`] for what bincode cannot write (`flatten`, for one); `out` may
/// then have half a value at its end, which the caller cuts off.
pub fn encode<T: Serialize + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    bincode::serde::encode_into_std_write(value, out, config::standard())?;
    Ok(())
}

/// Reads a value that takes up all of `bytes`.
///
/// # Errors
/// [`CodecError::Decode`] or [`CodecError::LeftOver`].
// ANCHOR: decode
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    let (value, read) = decode_first(bytes)?;
    match bytes.len() - read {
        0 => Ok(value),
        left => Err(CodecError::LeftOver(left)),
    }
}
// ANCHOR_END: decode

/// Reads a value at the beginning of `bytes`; returns how many it takes up.
///
/// # Errors
/// [`CodecError::Decode`].
// ANCHOR: limit
pub fn decode_first<T: DeserializeOwned>(
    bytes: &[u8],
) -> Result<(T, usize), CodecError> {
    const KI: usize = 1024;
    let size = bytes.len();
    if size <= KI {
        decode_with(bytes, config::standard().with_limit::<{ 16 * KI }>())
    } else if size <= 64 * KI {
        decode_with(bytes, config::standard().with_limit::<{ KI * KI }>())
    } else if size <= 4 * KI * KI {
        decode_with(bytes, config::standard().with_limit::<{ 64 * KI * KI }>())
    } else {
        decode_with(bytes, config::standard().with_limit::<{ KI * KI * KI }>())
    }
}
// ANCHOR_END: limit

fn decode_with<T: DeserializeOwned, C: Config>(
    bytes: &[u8],
    config: C,
) -> Result<(T, usize), CodecError> {
    Ok(bincode::serde::borrow_decode_from_slice(bytes, config)?)
}

/// A text that is read where it lies. bincode makes a `String` of zeros first, and fills
/// it then.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a text that somebody keeps.
///
/// # Errors
/// What the deserializer says.
pub fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Cow<'static, str>, D::Error> {
    let Text(text) = Text::deserialize(deserializer)?;
    Ok(Cow::Owned(text.into_owned()))
}
