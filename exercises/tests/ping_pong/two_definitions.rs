//! Are both kinds heard, and in order?

use checker::desk::{self, PATIENCE};
use checker::says;
use moebi::{Down, receive};

use super::{Enough, Heard, weather};

// Last year's program, and this year's.
mod old {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Reading {
        pub celsius: u32,
    }
}
mod new {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Reading {
        pub celsius: i32,
    }
}

#[test]
fn all_thermometers_are_heard() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let mut client = alex.actor().await;
        let to = client.pid();
        let weather = kate.spawn(move |me| weather(me, to));
        client.monitor(weather).await;
        // Different numbers, and none of the new ones above zero.
        let hot = 1000 * (1 + desk.number(1000)) as u32;
        let cold = -1000 * (1 + desk.number(1000)) as i32;
        for celsius in [hot, hot + 1] {
            client.send(weather, old::Reading { celsius }).await;
        }
        for celsius in [cold, cold - 1] {
            client.send(weather, new::Reading { celsius }).await;
        }
        client.send(weather, old::Reading { celsius: hot + 2 }).await;
        client.send(weather, Enough).await;

        let mut heard = Vec::new();
        loop {
            receive! { client,
                Heard(celsius) => heard.push(celsius),
                Down { .. } => break,
                after PATIENCE => says("no_end"),
            }
        }
        let is_hot = |celsius: &i64| *celsius >= hot.into();
        let (hot, cold) = (i64::from(hot), i64::from(cold));
        let sent = [hot, hot + 1, cold, cold - 1, hot + 2];
        if heard == sent {
            return;
        }
        if !heard.iter().any(|celsius| *celsius < 0) {
            says("new_unheard");
        }
        if !heard.iter().any(is_hot) {
            says("old_unheard");
        }
        if heard.iter().all(|celsius| sent.contains(celsius)) {
            says("out_of_order");
        }
        says("other_numbers");
    });
}
