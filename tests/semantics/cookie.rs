//! Cookies keep clusters apart.

use moebi::dist::cookie::Cookie;
use moebi::{Connected, Exit, Ping, Reason};

use super::cluster::{Cluster, trapper, within};
use super::functions::OBEY;
use super::log::log;

#[tokio::test]
async fn s19_another_cookie_is_refused_and_logged_by_who_refuses() {
    let cluster = Cluster::start();
    let kate = cluster.node("kate").await;
    let alex = cluster
        .node_with("alex", |config| config.cookie(Cookie::new("other")))
        .await;
    let (alex_name, kate_name) = (alex.name().as_str(), kate.name().as_str());
    let refused = [
        "** Connection attempt from node",
        alex_name,
        "rejected. Invalid challenge reply. **",
    ];
    for attempt in 1..=3 {
        match attempt {
            1 => assert_eq!(within(alex.ping(kate.name())).await, Ping::Pang),
            2 => {
                assert_eq!(within(alex.connect(kate.name())).await, Connected::False)
            }
            _ => {
                let mut me = trapper(&alex).await;
                let pid = within(me.spawn_link(kate.name(), OBEY, ())).await;
                let Exit { from, reason } = me.get::<Exit>().await;
                assert_eq!((from, reason), (pid, Reason::NoConnection));
            }
        }
        // One line for each attempt.
        let logged = async {
            while log().lines_with(&refused).len() < attempt {
                tokio::task::yield_now().await;
            }
        };
        within(logged).await;
        assert_eq!(log().lines_with(&refused).len(), attempt);
    }
    // The caller says nothing of it, but that it cannot start a process there.
    let about_kate = log().lines_with(&[kate_name]);
    assert_eq!(about_kate.len(), 1, "{about_kate:?}");
    assert!(about_kate[0].contains("Can not start"), "{about_kate:?}");
    assert_eq!((alex.list(), kate.list()), (vec![], vec![]));
}
