//! The router by itself: where a function runs, and which way a request goes.

use moebi::otp::{Server, TaskSupervisor};
use moebi::{CallError, Function, Node, NodeName, Pid, Reason};

use super::super::cluster::{Actor, Cluster, Member, trapper, within};
use super::lesson::router::{NODE, ROUTER_TASKS, RouteError, Router};
use super::lesson::table::Table;

/// Who runs this?
const WHO: Function<(), Pid> = Function::new("Test", "who");
/// Gives something of another type than it says.
const MISNAMED: Function<(), u64> = Function::new("Test", "who");
const ADD: Function<(u64, u64), u64> = Function::new("Test", "add");
const FAIL: Function<(String,), ()> = Function::new("Test", "fail");
const NEVER_OFFERED: Function<(), ()> = Function::new("Test", "never_offered");

/// A node that routes, and the process that keeps its tasks going.
struct Routing {
    node: Member,
    router: Router,
    me: Actor,
    _tasks: Actor,
}

fn table(lines: &[String], here: &Node) -> Table {
    Table::parse(lines, here.name()).expect("a good table")
}

async fn routing(node: Member, lines: &[String]) -> Routing {
    let router = Router::new(table(lines, &node));
    router.offer(&node);
    node.offer(WHO, async |me, ()| Ok(me.pid()));
    node.offer(ADD, async |_, (a, b)| Ok(a + b));
    node.offer(FAIL, async |_, (why,)| Err(Reason::word(&why)));
    let mut tasks = trapper(&node).await;
    let started =
        TaskSupervisor::start_link_named(&mut tasks, ROUTER_TASKS, ()).await;
    started.expect("a supervisor of tasks");
    let me = trapper(&node).await;
    Routing { node, router, me, _tasks: tasks }
}

/// Foo has a to m, bar has n to z, and both know it.
async fn foo_and_bar(cluster: &Cluster) -> (Routing, Routing) {
    let (foo, bar) = (cluster.node("foo").await, cluster.node("bar").await);
    let lines =
        [format!("a..=m -> {}", foo.name()), format!("n..=z -> {}", bar.name())];
    (routing(foo, &lines).await, routing(bar, &lines).await)
}

#[tokio::test]
async fn s71_the_own_entry_runs_in_the_callers_process_another_in_a_task_there() {
    let cluster = Cluster::start();
    let (mut foo, bar) = foo_and_bar(&cluster).await;
    let (router, me) = (&foo.router, &foo.me);
    let here = within(router.route(me, "hello", WHO, ())).await.expect("a pid");
    assert_eq!(here, me.pid());
    let there = within(router.route(me, "world", WHO, ())).await.expect("a pid");
    assert_eq!(there.node(), bar.node.name());
    let again = within(router.route(me, "world", WHO, ())).await.expect("a pid");
    assert_ne!(there, again, "each request has a task of its own");
    foo.me.has_nothing();
}

/// What a function takes and gives is its own business, here and there.
#[tokio::test]
async fn s71_whatever_a_function_gives_is_what_route_gives() {
    let cluster = Cluster::start();
    let (mut foo, bar) = foo_and_bar(&cluster).await;
    let (router, me) = (&foo.router, &foo.me);
    for bucket in ["hello", "world"] {
        let node = if bucket == "hello" { &foo.node } else { &bar.node };
        let there = within(router.route(me, bucket, NODE, ())).await;
        assert_eq!(there.expect("a node"), node.name());
        let sum = within(router.route(me, bucket, ADD, (40, 2))).await;
        assert_eq!(sum.expect("a sum"), 42);
        let oops = within(router.route(me, bucket, FAIL, ("oops".into(),))).await;
        let exit = CallError::Exit(Reason::word("oops"));
        assert!(matches!(oops, Err(RouteError::Call(error)) if error == exit));
        let undef = within(router.route(me, bucket, NEVER_OFFERED, ())).await;
        let exit = CallError::Exit(Reason::Undef("Test.never_offered/0".into()));
        assert!(matches!(undef, Err(RouteError::Call(error)) if error == exit));
        let other = within(router.route(me, bucket, MISNAMED, ())).await;
        assert!(matches!(other, Err(RouteError::Call(CallError::BadReply(_)))));
    }
    foo.me.has_nothing();
}

#[tokio::test]
async fn s75_a_node_that_is_not_there_is_an_error_and_no_exit() {
    let cluster = Cluster::start();
    let (mut foo, bar) = foo_and_bar(&cluster).await;
    let name = bar.node.name();
    within(bar.node.stop()).await;
    let lost = within(foo.router.route(&foo.me, "world", WHO, ())).await;
    let down = CallError::NodeDown(name);
    assert!(matches!(lost, Err(RouteError::Call(error)) if error == down));
    foo.me.has_nothing();
}

/// Three nodes, each of which thinks that the next one has it: three hops, and the error.
#[tokio::test]
async fn s78_a_request_goes_round_once() {
    let cluster = Cluster::start();
    let mut members = Vec::new();
    for role in ["foo", "bar", "baz"] {
        members.push(cluster.node(role).await);
    }
    let names: Vec<NodeName> = members.iter().map(|member| member.name()).collect();
    let mut nodes = Vec::new();
    for (at, member) in members.into_iter().enumerate() {
        let next = names[(at + 1) % names.len()];
        nodes.push(routing(member, &[format!("a..=z -> {next}")]).await);
    }
    for (at, Routing { router, me, .. }) in nodes.iter().enumerate() {
        let error = within(router.route(me, "hello", WHO, ())).await;
        let error = error.expect_err("nobody has it");
        let way = [&names[at..], &names[..=at]].concat();
        let shown: Vec<_> = way.iter().map(|name| name.as_str()).collect();
        assert_eq!(
            error.to_string(),
            format!("the tables disagree about \"hello\": {}", shown.join(" -> "))
        );
    }
}

/// Where it leads into a circle that the first node is no part of.
#[tokio::test]
async fn s78_a_circle_is_found_from_outside_too() {
    let cluster = Cluster::start();
    let (foo, bar) = (cluster.node("foo").await, cluster.node("bar").await);
    let to = |node: &Member| [format!("a..=z -> {}", node.name())];
    let (to_foo, to_bar) = (to(&foo), to(&bar));
    let start = routing(cluster.node("start").await, &to_foo).await;
    let (foo, bar) = (routing(foo, &to_bar).await, routing(bar, &to_foo).await);
    let error = within(start.router.route(&start.me, "hello", WHO, ())).await;
    let Err(RouteError::Loop { bucket, hops }) = error else {
        panic!("{error:?} is no loop");
    };
    let (foo, bar) = (foo.node.name(), bar.node.name());
    assert_eq!(bucket, "hello");
    assert_eq!(hops, [start.node.name(), foo, bar, foo]);
}
