//! A message is what its definition says: two programs that mean different things by
//! one name never misread each other, and are told so once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::cluster::{Cluster, within};
use super::log::log;

/// What alex's program means by a reading.
mod alex {
    use super::{Deserialize, Serialize};

    #[derive(Debug, Serialize, Deserialize)]
    pub struct Reading {
        pub celsius: u32,
    }
}

/// What kate's means: of the same size, and as many bytes.
mod kate {
    use super::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub struct Reading {
        pub celsius: i32,
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Last;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_definition_is_another_message_and_is_said_once() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (report, reported) = oneshot::channel();
    let station = kate.spawn(|mut me| async move {
        // It knows its own definition before the other comes.
        let early = me.receive_timeout::<kate::Reading>(Duration::ZERO).await;
        me.receive::<Last>().await;
        let misread = me.receive_timeout::<kate::Reading>(Duration::ZERO).await;
        let left: Vec<_> = me.flush().iter().map(ToString::to_string).collect();
        let _ = report.send((early, misread, left));
        Ok(())
    });
    alex.spawn(move |me| async move {
        for celsius in [20, 21] {
            me.send(station, alex::Reading { celsius }).await;
        }
        me.send(station, Last).await;
        Ok(())
    });
    let (early, misread, left) =
        within(reported).await.expect("the station reports");
    assert_eq!((early, misread), (None, None));
    assert_eq!(left, ["#Message<Reading, 1 bytes>"; 2], "nothing was lost");
    let peer = alex.name().to_string();
    let said = log().shows(&[&peer, "another definition of Reading"]).await;
    assert!(said.contains("same build"), "{said}");
    let times = log().lines_with(&[&peer, "another definition"]).len();
    assert_eq!(times, 1, "said once, however many messages came");
}
