//! `HEAD` is answered like `GET`, without the body.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;

#[tokio::test]
async fn every_read_can_be_asked_for_its_head() {
    let shop = Program::fresh(&Edge::shared()).await;
    shop.order("1001", &Person::new("ann")).accepted().await;
    for tail in [
        "",
        "/settings",
        "/keys",
        "/log",
        "/tally",
        "/facts",
        "/deliveries",
        "/orders/1001",
        "/orders/unknown",
    ] {
        let get = shop.merchant("GET", tail).send().await;
        let head = shop.merchant("HEAD", tail).send().await;
        assert_eq!(
            (head.status, head.body.as_str()),
            (get.status, ""),
            "{tail}"
        );
        for name in ["content-type", "cache-control", "x-content-type-options"] {
            assert_eq!(head.header(name), get.header(name), "{tail}: {name}");
        }
        let stranger = shop.call("HEAD", tail).send().await;
        let expected = if tail.is_empty() { 200 } else { 401 };
        assert_eq!(stranger.status, expected, "{tail}");
    }
    let health = shop.edge.call("HEAD", "/healthz").send().await;
    assert_eq!((health.status, health.body.as_str()), (200, ""));
}

#[tokio::test]
async fn what_has_no_read_has_no_head() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (tail, methods) in [("/orders", "POST"), ("/claims", "POST, OPTIONS")] {
        let head = shop.call("HEAD", tail).send().await;
        assert_eq!((head.status, head.header("allow")), (405, Some(methods)));
    }
    let nowhere = shop.edge.call("HEAD", "/nowhere").send().await;
    assert_eq!((nowhere.status, nowhere.body.as_str()), (404, ""));
}
