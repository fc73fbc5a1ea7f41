//! What was shown, dismissed and shared: counted, never stored, never trusted.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};

async fn expose(shop: &Program, events: Value) -> Answer {
    let call = shop
        .call("POST", "/exposures")
        .json(&json!({ "events": events }));
    call.send().await
}

#[tokio::test]
async fn exposures_are_counted_by_placement_channel_and_variant() {
    let shop = Program::fresh(&Edge::shared()).await;
    let before = shop.last_seq().await;
    let answer = expose(
        &shop,
        json!([
            { "kind": "shown", "placement": "launcher", "channel": null, "variant": 1 },
            { "kind": "shown", "placement": "launcher", "channel": null, "variant": 1 },
            { "kind": "shared", "placement": "share", "channel": "whatsapp" },
            { "kind": "dismissed", "placement": "made-up-<b>", "channel": "pigeon", "variant": 0 },
        ]),
    )
    .await;
    answer.expect(202);
    let counts = eventually("four counts", async || {
        let tally = shop.merchant("GET", "/tally").send().await.expect(200);
        let mut counts = tally["counts"].as_array().expect("counts").clone();
        for count in &mut counts {
            count["day"].take();
        }
        (counts.len() == 3).then_some(json!(counts))
    })
    .await;
    assert_eq!(
        counts,
        json!([
            { "day": null, "kind": "dismissed", "placement": "other", "channel": "link", "variant": 0, "count": 1 },
            { "day": null, "kind": "shared", "placement": "share", "channel": "whatsapp", "variant": 0, "count": 1 },
            { "day": null, "kind": "shown", "placement": "launcher", "channel": "link", "variant": 1, "count": 2 },
        ])
    );
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn counts_are_read_by_day() {
    let shop = Program::fresh(&Edge::shared()).await;
    let today = shop.now_ms() / 86_400_000;
    expose(&shop, json!([{ "kind": "shown", "placement": "launcher" }]))
        .await
        .expect(202);
    eventually("a count", async || {
        (shop.counted("shown", None).await == 1).then_some(())
    })
    .await;
    for (query, found) in [
        (format!("?from={today}&to={}", today + 1), 1),
        (format!("?from={}&to={}", today + 2, today + 9), 0),
        (format!("?to={}", today - 1), 0),
    ] {
        let tally = shop
            .merchant("GET", &format!("/tally{query}"))
            .send()
            .await
            .expect(200);
        assert_eq!(
            tally["counts"].as_array().map(Vec::len),
            Some(found),
            "{query}"
        );
        assert_eq!(tally["more"], false, "{query}");
    }
}

#[tokio::test]
async fn a_day_that_is_none_is_refused_with_what_to_send() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (query, names) in [
        (
            "?from=2026-11-25",
            "from: expected a day as days since 1970",
        ),
        ("?to=today", "to: expected"),
        ("?from=", "from: expected"),
        ("?from=-1", "from: expected"),
        ("?to=20782.5", "to: expected"),
        ("?from=4294967296", "from: expected"),
        ("?from=20783&to=20782", "day 20783 is after day 20782"),
    ] {
        let answer = shop.merchant("GET", &format!("/tally{query}"));
        let detail = answer.send().await.problem(400, "invalid_query");
        assert!(detail.contains(names), "{query}: {detail}");
    }
    let one_day = shop.merchant("GET", "/tally?from=20782&to=20782");
    one_day.send().await.expect(200);
}

#[tokio::test]
async fn what_the_edge_counts_itself_a_page_cannot_count() {
    let shop = Program::fresh(&Edge::shared()).await;
    let many: Vec<Value> = (0..51)
        .map(|_| json!({ "kind": "shown", "placement": "launcher" }))
        .collect();
    for events in [
        json!([{ "kind": "clicked", "placement": "link" }]),
        json!([{ "kind": "claimed", "placement": "invite" }]),
        json!([{ "kind": "bought", "placement": "invite" }]),
        json!([{ "kind": "shown", "placement": "launcher", "variant": 256 }]),
        json!([{ "kind": "shown", "placement": "launcher", "variant": -1 }]),
        json!([{ "kind": "shown", "placement": 1 }]),
        json!([{ "kind": "shown", "placement": "launcher", "who": "jane" }]),
        json!(many),
        json!("shown"),
    ] {
        expose(&shop, events).await.problem(400, "invalid_body");
    }
    expose(&shop, json!([])).await.expect(202);
}
