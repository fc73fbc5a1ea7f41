//! Creating a program, reading its public face, and stopping it.

use futures_util::future::join_all;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, fresh_network, text};
use goodword_tests::harness::setup::Setup;
use serde_json::json;

#[tokio::test]
async fn the_administrator_creates_a_program_and_gets_its_keys_once() {
    let edge = Edge::shared();
    let id = fresh_id();
    let body = Setup::default().creation(&id);
    let create = || edge.call("POST", "/v1/programs").json(&body);
    let created = create().bearer(edge.admin_key()).send().await.expect(201);
    assert_eq!(
        (&created["program"], &created["version"]),
        (&json!(id), &json!(1))
    );
    for (kind, start) in [
        ("api", "gw_api_"),
        ("orders", "whsec_"),
        ("customers", "gw_cust_"),
        ("webhooks", "whsec_"),
    ] {
        let key = created["keys"][kind].as_str().unwrap_or_default();
        assert!(key.starts_with(start) && key.len() > 40, "{kind}");
    }
    assert_eq!(
        created["keys"].as_object().map(serde_json::Map::len),
        Some(4)
    );
    let again = create().bearer(edge.admin_key()).send().await;
    again.problem(409, "program_exists");
}

#[tokio::test]
async fn the_administrator_lists_all_programs_page_by_page() {
    let edge = Edge::shared();
    let made = [
        Program::fresh(&edge).await.id,
        Program::fresh(&edge).await.id,
    ];
    let list = async |after: &str| {
        let asked = edge.call("GET", &format!("/v1/programs{after}"));
        asked
            .network(&fresh_network())
            .bearer(edge.admin_key())
            .send()
            .await
    };
    eventually("both are listed", async || {
        let mut listed = Vec::new();
        let mut after = String::new();
        loop {
            let page = list(&after).await.expect(200);
            let programs = page["programs"].as_array().expect("programs");
            listed.extend(programs.iter().map(text));
            match page["next"].as_str() {
                Some(next) => after = format!("?after={next}"),
                None => break,
            }
        }
        let once = |id: &String| listed.iter().filter(|one| *one == id).count() == 1;
        made.iter().all(once).then_some(())
    })
    .await;
    let shop = Program::fresh(&edge).await;
    let asked = edge.call("GET", "/v1/programs").bearer(&shop.keys.api);
    asked.send().await.problem(401, "unauthorized");
}

#[tokio::test]
async fn of_eight_creations_at_once_one_succeeds() {
    let edge = Edge::shared();
    let body = Setup::default().creation(&fresh_id());
    let create = || {
        let call = edge.call("POST", "/v1/programs").bearer(edge.admin_key());
        call.json(&body).send()
    };
    let answers = join_all((0..8).map(|_| create())).await;
    let (created, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(created.len(), 1);
    for answer in refused {
        answer.problem(409, "program_exists");
    }
}

#[tokio::test]
async fn nobody_but_the_administrator_creates_programs() {
    let edge = Edge::shared();
    let other = Program::fresh(&edge).await;
    let id = fresh_id();
    let create = || {
        edge.call("POST", "/v1/programs")
            .json(&Setup::default().creation(&id))
    };
    create().send().await.problem(401, "unauthorized");
    for key in ["", "gw_admin_", other.keys.api.as_str(), &"x".repeat(5_000)] {
        create()
            .bearer(key)
            .send()
            .await
            .problem(401, "unauthorized");
    }
    let read = edge.call("GET", &format!("/v1/programs/{id}/settings"));
    let read = read.bearer(edge.admin_key()).send().await;
    read.problem(404, "unknown_program");
}

#[tokio::test]
async fn a_program_id_is_short_and_plain() {
    let edge = Edge::shared();
    let long = "x".repeat(33);
    for id in ["", "Demo", "de_mo", "a/b", "ä", long.as_str()] {
        let call = edge.call("POST", "/v1/programs").bearer(edge.admin_key());
        let answer = call.json(&Setup::default().creation(id)).send().await;
        answer.problem(400, "invalid_body");
    }
    let longest = format!("{}{}", fresh_id(), "-".repeat(14));
    Setup::default().create_as(&edge, &longest).await;
}

#[tokio::test]
async fn the_offer_is_public_and_says_nothing_secret() {
    let shop = Program::fresh(&Edge::shared()).await;
    let answer = shop.call("GET", "").send().await;
    let offer = answer.expect(200);
    assert_eq!(
        offer,
        json!({
            "program": shop.id, "name": "Ember & Oak", "active": true, "version": 1, "store_url": "https://shop.example/",
            "discount": { "kind": "percent", "basis_points": 1500 },
            "reward": { "kind": "credit", "value": { "rule": "fixed", "amount": 500, "currency": "EUR" } },
            "channels": ["copy", "native", "whatsapp", "sms", "email"],
        })
    );
    assert_eq!(answer.header("cache-control"), Some("public, max-age=30"));
    assert_eq!(answer.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn an_unknown_program_is_unknown_everywhere() {
    let edge = Edge::shared();
    let (id, network) = (fresh_id(), fresh_network());
    for (method, tail) in [
        ("GET", ""),
        ("POST", "/referrers"),
        ("GET", "/referrers/me"),
        ("POST", "/claims"),
        ("POST", "/exposures"),
        ("GET", "/invitations/x"),
        ("GET", "/settings"),
        ("GET", "/log"),
        ("GET", "/keys"),
        ("GET", "/tally"),
        ("GET", "/orders/1"),
    ] {
        let call = edge.call(method, &format!("/v1/programs/{id}{tail}"));
        let answer = call.network(&network).bearer(edge.admin_key()).send().await;
        answer.problem(404, "unknown_program");
    }
    for odd in ["No", "no_such", &"x".repeat(40)] {
        let answer = edge
            .call("GET", &format!("/v1/programs/{odd}"))
            .send()
            .await;
        answer.problem(404, "unknown_program");
    }
}

#[tokio::test]
async fn a_merchant_route_takes_a_live_key_of_this_program_or_the_administrators() {
    let edge = Edge::shared();
    let (shop, other) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    for tail in ["/settings", "/keys", "/log", "/tally", "/orders/1001"] {
        let read = || shop.call("GET", tail);
        read().send().await.problem(401, "unauthorized");
        for key in [other.keys.api.as_str(), &shop.keys.customers, "gw_api_x"] {
            read().bearer(key).send().await.problem(401, "unauthorized");
        }
        let basic = read().header("authorization", &format!("Basic {}", shop.keys.api));
        basic.send().await.problem(401, "unauthorized");
    }
    for key in [shop.keys.api.as_str(), edge.admin_key()] {
        shop.call("GET", "/settings")
            .bearer(key)
            .send()
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_stopped_program_offers_claims_and_rewards_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let claimed = shop.invite(&jane).await;
    let unclaimed = shop.click(&claimed.code).await;
    shop.change(&json!({ "active": false })).await;

    let claim = shop.claim_call(&unclaimed).send().await;
    claim.problem(410, "program_ended");
    let offered = shop.invitation(&unclaimed).await.expect(200);
    assert_eq!(offered["state"], "ended");
    shop.enrolment(&Person::new("bob"))
        .send()
        .await
        .problem(410, "program_ended");
    assert_eq!(
        shop.refusal(&claimed.discount_code, Some(&ann)).await,
        "program_ended"
    );
    let order = shop
        .order("1001", &ann)
        .with_discounts(&[&claimed.discount_code]);
    assert_eq!(order.accepted().await["reason"], "program_ended");
    eventually("the stop at the edge", async || {
        // The map that the edge reads is a minute behind at most; the test clock shortens that minute.
        shop.advance_ms(60_000).await;
        let offer = shop.call("GET", "").send().await.expect(200);
        (offer["active"] == false).then_some(())
    })
    .await;
    let answer = shop.visit(&claimed.code).send().await;
    assert_eq!(answer.location(), "https://shop.example/");
}

#[tokio::test]
async fn what_is_not_there_is_not_there_and_says_so() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    for path in ["/v1", "/v2/programs", "/v1/program", "/in/x"] {
        edge.call("GET", path).send().await.problem(404, "no_route");
    }
    shop.merchant("GET", "/nothing")
        .send()
        .await
        .problem(404, "no_route");
    for (method, tail) in [
        ("PUT", ""),
        ("DELETE", "/claims"),
        ("GET", "/orders"),
        ("POST", "/log"),
        ("OPTIONS", "/orders"),
    ] {
        let answer = shop.merchant(method, tail).send().await;
        answer.problem(405, "method_not_allowed");
    }
    edge.call("POST", "/r/7K3M9QX2A")
        .send()
        .await
        .problem(405, "method_not_allowed");
}

#[tokio::test]
async fn the_front_says_what_answers_here_and_nothing_of_any_program() {
    let edge = Edge::shared();
    let answer = edge.call("GET", "/").send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/plain"), "{kind}");
    assert!(answer.body.contains("/openapi.yaml"), "{}", answer.body);
    assert!(!answer.body.contains("demo"), "{}", answer.body);
    let other = edge.call("POST", "/").send().await;
    other.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn the_edge_says_that_it_works_and_with_which_features() {
    let health = Edge::shared()
        .call("GET", "/healthz")
        .send()
        .await
        .expect(200);
    assert_eq!(health["ready"], true);
    assert_eq!(
        health["features"],
        json!(["goodword-dev-build", "goodword-test-clock"])
    );
}
