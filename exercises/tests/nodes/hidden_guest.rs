//! Who is seen, and who sees the guest?

use checker::{desk, says};
use moebi::dist::cookie::Cookie;
use moebi::{Config, Node, NodeName};

use super::*;

#[test]
fn the_guest_sees_and_is_not_seen() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let moebi = desk.node("moebi").await;
        let ghost = NodeName::from(&format!("ghost_{}@localhost", desk.word()));
        let name = format!("guest_{}@localhost", desk.word());
        let config = Config::new().short_name(name).cookie(Cookie::new("desk"));
        let guest = desk.join(guest(config)).await;
        let guest = guest.unwrap_or_else(|why| panic!("the guest: {why}"));

        let found = seen(&guest, &[kate.name(), ghost, moebi.name()]).await;
        let listed = |node: &Node| node.list().contains(&guest.name());
        if [&alex, &kate, &moebi].into_iter().any(|member| listed(member)) {
            says("is_listed");
        }
        if found.contains(&ghost) {
            says("sees_ghosts");
        }
        let known = guest.list_hidden();
        if known.is_empty() {
            says("asks_nobody");
        }
        if found.is_empty() {
            says("empty_list");
        }
        if ![kate.name(), moebi.name()].iter().all(|name| found.contains(name)) {
            says("waits_for_introductions");
        }
        if found.len() != 2 {
            says("sees_others");
        }
    });
}
