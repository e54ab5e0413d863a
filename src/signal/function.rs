//! Functions cross by name.
//!
//! A closure cannot be sent: its code is in one program only. `{Module, function,
//! arguments}` can, and is the more robust form in Elixir too. A [`Function`] is the
//! constant that both sides share; the side that has the body offers it to its node,
//! and who only calls needs no body.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Message, codec};

/// An atom has at most 255 characters of up to four bytes.
const MAX_ATOM: usize = 4 * 255;

/// The name of a function with its argument and result types.
///
/// ```
/// use moebi::Function;
/// /// The name is asked for with no arguments, and answered with nothing.
/// pub const SAY_NAME: Function<(), ()> = Function::new("Kate", "say_name");
/// ```
pub struct Function<Args, Ret> {
    module: Cow<'static, str>,
    name: Cow<'static, str>,
    types: PhantomData<fn(Args) -> Ret>,
}

/// A function as it crosses the wire: `Kate.say_name/0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FunctionName {
    #[serde(deserialize_with = "atom")]
    pub(crate) module: Cow<'static, str>,
    #[serde(deserialize_with = "atom")]
    pub(crate) name: Cow<'static, str>,
    pub(crate) arity: u8,
}

/// Both are atoms in Erlang, and no longer than one can be: they come back in reasons
/// and log lines.
fn atom<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Cow<'static, str>, D::Error> {
    let text = codec::text(deserializer)?;
    if text.len() > MAX_ATOM {
        let long =
            format!("a name of {} bytes, where {MAX_ATOM} are allowed", text.len());
        return Err(serde::de::Error::custom(long));
    }
    Ok(text)
}

/// What a function takes: a tuple, whose length is the function's arity.
pub trait Arguments: Message {
    /// How many there are.
    const ARITY: u8;
}

macro_rules! arguments {
    ($($arity:literal: $($name:ident)*;)*) => {$(
        impl<$($name: Message),*> Arguments for ($($name,)*) {
            const ARITY: u8 = $arity;
        }
    )*};
}

arguments! {
    0: ;
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
}

impl<Args: Arguments, Ret: Message> Function<Args, Ret> {
    /// A constant.
    pub const fn new(module: &'static str, name: &'static str) -> Self {
        let (module, name) = (Cow::Borrowed(module), Cow::Borrowed(name));
        Self { module, name, types: PhantomData }
    }

    /// A name that is known only when the program runs, such as one typed at a prompt.
    pub fn named(module: impl Into<String>, name: impl Into<String>) -> Self {
        let (module, name) = (Cow::Owned(module.into()), Cow::Owned(name.into()));
        Self { module, name, types: PhantomData }
    }

    /// The name without the types, as it crosses.
    pub fn into_name(self) -> FunctionName {
        FunctionName { module: self.module, name: self.name, arity: Args::ARITY }
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}/{}", self.module, self.name, self.arity)
    }
}

impl<Args: Arguments, Ret> fmt::Debug for Function<Args, Ret> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}/{}", self.module, self.name, Args::ARITY)
    }
}
