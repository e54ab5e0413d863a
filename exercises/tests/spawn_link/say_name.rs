//! Is the name said, by whom, and where?

use checker::{desk, says};

use super::*;

#[test]
fn kate_says_her_name_where_alex_is() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        offer(&kate);
        let me = alex.actor().await;
        let pid = me.spawn(kate.name(), SAY_NAME, ()).await;
        let mut waiting = alex.actor().await;
        waiting.monitor(pid).await;
        let Some(moebi::Down { .. }) = waiting.hears().await else {
            says("never_ends");
        };
        let greeting = format!("Hi, my name is {}", kate.name().alive());
        if alex.screen.has(&greeting) {
            return;
        }
        if alex.screen.has(&format!("Hi, my name is {}", alex.name().alive())) {
            says("wrong_name");
        }
        if alex.screen.lines().is_empty() {
            says("prints_elsewhere");
        }
        says("other_words");
    });
}
