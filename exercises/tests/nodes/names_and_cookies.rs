//! What is the node called, who may connect to it, and to whom may it?

use checker::desk::{self, Desk, Member};
use checker::says;
use moebi::dist::cookie::Cookie;
use moebi::{Config, Ping, StartError};

use super::*;

/// A node beside the learner's.
async fn node(desk: &Desk, role: &str, cookie: &str) -> Member {
    let name = format!("{role}_{}@localhost", desk.word());
    let config = Config::new().short_name(name).cookie(Cookie::new(cookie));
    desk.join(config).await.unwrap_or_else(|why| panic!("{role}: {why}"))
}

#[test]
fn kate_has_a_name_and_a_cookie() {
    desk::run(async |desk| {
        let (name, cookie) = (desk.word(), desk.word());
        let kate = match desk.join(config(&name, &cookie)).await {
            Ok(kate) => kate,
            Err(StartError::Name(_) | StartError::NoHost(_)) => says("other_name"),
            // It looked for the file, although it was given one.
            Err(StartError::Cookie(_)) => says("other_cookie"),
            Err(why) => panic!("{why}"),
        };
        if !kate.is_alive() {
            says("no_name");
        }
        if kate.name().alive() == name && kate.name().host() != "localhost" {
            says("other_host");
        }
        if kate.name().as_str() != format!("{name}@localhost") {
            says("other_name");
        }
        // A stranger tries what everybody knows.
        let thief = node(desk, "thief", &name).await;
        if thief.ping(kate.name()).await == Ping::Pong {
            says("stranger_comes_in");
        }
        let alex = node(desk, "alex", &cookie).await;
        if alex.ping(kate.name()).await == Ping::Pang {
            says("other_cookie");
        }
        // A connection has no direction; who may call has.
        let moebi = node(desk, "moebi", &cookie).await;
        if kate.ping(moebi.name()).await == Ping::Pang {
            says("long_name");
        }
    });
}
