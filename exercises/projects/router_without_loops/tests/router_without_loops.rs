//! Does every request come to an end, and say which way it went?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use checker::desk::{Actor, Desk, Member, within};
use checker::{desk, says};
use moebi::{Connected, NodeName};
use router_without_loops::{RouteError, Router};
use tokio::sync::Notify;

/// Three nodes need six looks into a table at the most; so many are a storm.
const STORM: usize = 60;

/// What all tables of a test have in common.
#[derive(Default)]
struct Weather {
    looks: AtomicUsize,
    storm: Notify,
}

impl Weather {
    /// Somebody looks into a table. In a storm tables are taken away, so that it ends.
    fn look(&self, node: NodeName) -> Option<NodeName> {
        let calm = self.looks.fetch_add(1, Ordering::Relaxed) < STORM;
        if !calm {
            self.storm.notify_one();
        }
        calm.then_some(node)
    }
}

/// Three nodes, and where each of them believes a bucket to be.
struct Cluster {
    nodes: [Member; 3],
    routers: Vec<Router>,
    me: Actor,
    weather: Arc<Weather>,
}

impl Cluster {
    async fn start(desk: &Desk, believes: [usize; 3]) -> Self {
        let nodes =
            [desk.node("foo").await, desk.node("bar").await, desk.node("baz").await];
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let connected = within(nodes[one].connect(nodes[other].name())).await;
            assert_eq!(connected, Connected::True);
        }
        let weather = Arc::<Weather>::default();
        let mut routers = Vec::new();
        for (node, believed) in nodes.iter().zip(believes) {
            let (weather, believed) = (weather.clone(), nodes[believed].name());
            let router = Router::new(move |_| weather.look(believed));
            within(router.open(node)).await.expect("a router opens");
            routers.push(router);
        }
        let me = nodes[0].actor().await;
        Self { nodes, routers, me, weather }
    }

    /// Asks at foo; in a storm, this is what is said.
    async fn asks(&self, bucket: &str, storm: &str) -> Result<NodeName, RouteError> {
        tokio::select! {
            biased;
            () = self.weather.storm.notified() => says(storm),
            found = within(self.routers[0].route(&self.me, bucket)) => found,
        }
    }

    async fn finds(&self, bucket: &str, node: usize, otherwise: &str) {
        if self.asks(bucket, "storm").await != Ok(self.nodes[node].name()) {
            says(otherwise);
        }
    }

    /// The tables disagree: the request comes along these nodes.
    async fn loops(&self, bucket: &str, along: &[usize], storm: &str) {
        let way = along.iter().map(|&node| self.nodes[node].name()).collect();
        let expected = RouteError::Loop { bucket: bucket.to_owned(), way };
        match self.asks(bucket, storm).await {
            Err(error) if error == expected => {}
            Err(RouteError::Loop { .. }) => says("way"),
            Err(RouteError::Call(_)) => says("crashed"),
            Ok(_) | Err(RouteError::NoEntry { .. }) => says("no_loop"),
        }
    }
}

#[test]
fn requests_come_to_an_end() {
    desk::run(async |desk| {
        let agreed = Cluster::start(desk, [1, 1, 1]).await;
        let bucket = desk.word();
        agreed.finds(&bucket, 1, "not_found").await;
        agreed.finds(&bucket, 1, "remembers").await;
        let detour = Cluster::start(desk, [1, 2, 2]).await;
        detour.finds(&desk.word(), 2, "detour").await;
        let two = Cluster::start(desk, [1, 0, 0]).await;
        two.loops(&desk.word(), &[0, 1, 0], "storm").await;
        let three = Cluster::start(desk, [1, 2, 0]).await;
        three.loops(&desk.word(), &[0, 1, 2, 0], "storm_of_three").await;
        let elsewhere = Cluster::start(desk, [1, 2, 1]).await;
        elsewhere.loops(&desk.word(), &[0, 1, 2, 1], "storm_elsewhere").await;
    });
}
