//! Reading an answer: the other side may have another version of the code.

use std::fmt::Display;

use crate::signal::{Envelope, Kind, Message};

/// The answer as the type that was expected, or a sentence that says what came.
pub(super) fn read<M: Message>(
    given: Envelope,
    whose: &dyn Display,
) -> Result<M, String> {
    given.open::<M>().map_err(|other| {
        let expected = Kind::of::<M>().name;
        format!("{whose} answered with {other}, where {expected} was expected")
    })
}
