//! Thermometers, old and new.

use moebi::{Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};

/// What this year's thermometers send.
pub mod new {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Serialize, Deserialize)]
    pub struct Reading {
        pub celsius: i32,
    }
}

/// What last year's thermometers send.
pub mod old {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Serialize, Deserialize)]
    pub struct Reading {
        pub celsius: u32,
    }
}

/// What the client is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard(pub i64);

/// The client has heard enough.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enough;

/// Tells the client what the thermometers say.
pub async fn weather(mut me: Process, client: Pid) -> Result<(), Reason> {
    loop {
        receive! { me,
            old::Reading { celsius } => me.send(client, Heard(celsius.into())).await,
            Enough => return Ok(()),
        }
        receive! { me,
            new::Reading { celsius } => me.send(client, Heard(celsius.into())).await,
            Enough => return Ok(()),
        }
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/two_definitions.rs"]
mod tests;
