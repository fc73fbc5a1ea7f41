//! Risk: what speaks against a referral, from the request in which it is told to the verdict.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::invitations::token_of;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

async fn jane(setup: Setup) -> (Program, String) {
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    (shop, code)
}

/// The referrer's own order, with what the shop tells of it.
async fn own_order(shop: &Program, told: &Value) {
    let order = shop.order("own", &Person::new("jane"));
    order.set("risk", told.clone()).accepted().await;
}

#[tokio::test]
async fn another_spelling_of_the_referrers_mailbox_earns_nothing() {
    let shop = Setup::default().create(&Edge::shared()).await;
    let owner = Person::new("owner").with_email("o.wner@gmail.com");
    let code = shop.code(&owner).await;
    let alias = Person::new("other").with_email("owner+second@gmail.com");
    let order = shop.order("1", &alias).with_code(&code).accepted().await;
    assert_eq!(
        json!([order["attributed"], order["reason"]]),
        json!([false, "self_referral"])
    );
    let (verdict, score, signals) = shop.judged("1").await;
    assert_eq!((verdict.as_str(), score), ("block", 100));
    assert_eq!(signals, ["same_mailbox"]);
}

#[tokio::test]
async fn a_card_of_the_referrers_waits_and_is_not_paid_by_the_clock() {
    let setup = Setup::default()
        .set("hold_days", 14)
        .set("reward_expires_days", 5)
        .set(
            "invitee_reward",
            json!({
                "kind": "credit", "value": { "rule": "fixed", "amount": 300, "currency": "EUR" },
            }),
        );
    let (shop, code) = jane(setup).await;
    own_order(&shop, &json!({ "payment_fingerprint": "canary-card-1" })).await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    let told = order.set("risk", json!({ "payment_fingerprint": " canary-card-1 " }));
    assert_eq!(told.accepted().await["attributed"], true);
    let (verdict, score, signals) = shop.judged("1").await;
    assert_eq!((verdict.as_str(), score), ("review", 60));
    assert_eq!(signals, ["same_payment"]);
    shop.advance_days(400).await;
    shop.order("later", &Person::new("zoe")).accepted().await;
    let rewards = shop.rewards_of("1").await;
    let states: Vec<&Value> = rewards.iter().map(|reward| &reward["state"]).collect();
    assert_eq!(states, ["pending", "pending"]);
    let told = shop.explanation("1").await;
    let told = told["text"].to_string();
    assert!(told.contains("Held for review with 60 points"), "{told}");
    assert!(
        told.contains("The order was paid as the referrer pays: 60 points"),
        "{told}"
    );
}

#[tokio::test]
async fn a_throw_away_address_waits_and_a_relay_does_not() {
    let (shop, code) = jane(Setup::default()).await;
    let thrown = Person::new("ann").with_email("ann@x.mailinator.com");
    shop.order("1", &thrown).with_code(&code).accepted().await;
    let (verdict, score, signals) = shop.judged("1").await;
    assert_eq!((verdict.as_str(), score), ("review", 50));
    assert_eq!(signals, ["disposable_mailbox"]);
    let relayed = Person::new("bob").with_email("dpdcnf87nu@privaterelay.appleid.com");
    shop.order("2", &relayed).with_code(&code).accepted().await;
    assert_eq!(shop.judged("2").await, ("allow".into(), 0, Vec::new()));
}

#[tokio::test]
async fn a_throw_away_address_is_known_to_the_first_event_of_all() {
    let id = fresh_id();
    let own = OwnEdge::start(&id).await;
    let steps = json!({ "events": ["registered"] });
    let setup = Setup::default().set("qualifies_by", steps);
    let shop = setup.create_as(&own.edge(), &id).await;
    let code = shop.code(&Person::new("jane")).await;
    let thrown = Person::new("ann").with_email("ann@mailinator.com");
    let event = shop.event("e1", "registered", &thrown).with_code(&code);
    event.send().await.expect(201);
    let (verdict, _, signals) = shop.judged("event:e1").await;
    assert_eq!(
        (verdict.as_str(), signals),
        ("review", vec!["disposable_mailbox".to_owned()])
    );
}

#[tokio::test]
async fn one_network_is_seen_and_is_no_reason_for_anything() {
    let (shop, code) = jane(Setup::default()).await;
    own_order(&shop, &json!({ "ip": "198.51.100.7" })).await;
    for n in 0..4 {
        let friend = Person::new(&format!("friend{n}"));
        let order = shop.order(&format!("o{n}"), &friend).with_code(&code);
        let told = order.set("risk", json!({ "ip": "198.51.100.8" }));
        assert_eq!(told.accepted().await["reward"]["state"], "issued");
    }
    let (verdict, _, signals) = shop.judged("o3").await;
    assert_eq!(verdict, "allow");
    assert_eq!(signals, ["same_network", "network_crowd"]);
}

#[tokio::test]
async fn a_network_fades() {
    let (shop, code) = jane(Setup::default()).await;
    own_order(&shop, &json!({ "ip": "198.51.100.7" })).await;
    let told = json!({ "ip": "198.51.100.7" });
    shop.advance_days(10).await;
    let soon = shop.order("1", &Person::new("ann")).with_code(&code);
    soon.set("risk", told.clone()).accepted().await;
    assert_eq!(shop.judged("1").await.2, ["same_network"]);
    shop.advance_days(40).await;
    let late = shop.order("2", &Person::new("bob")).with_code(&code);
    late.set("risk", told).accepted().await;
    assert_eq!(shop.judged("2").await.2, [""; 0]);
}

#[tokio::test]
async fn a_family_of_one_address_and_one_network_is_honest() {
    let (shop, code) = jane(Setup::default()).await;
    let home = |lines: &str| {
        json!({
            "ip": "2001:db8:7::1",
            "shipping_address": { "country": "GB", "postal_code": "SW1A 2AB", "lines": lines },
        })
    };
    own_order(&shop, &home("14 High Street\nFlat 2")).await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    let order = order.set("risk", home("Flat 2, 14 High St."));
    assert_eq!(order.accepted().await["reward"]["state"], "issued");
    let (verdict, score, signals) = shop.judged("1").await;
    assert_eq!((verdict.as_str(), score), ("allow", 25));
    assert_eq!(signals, ["same_address", "same_network"]);
}

#[tokio::test]
async fn a_browser_in_which_the_referrer_was_signed_in_is_told_by_the_page() {
    let shop = Setup::default().create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let enrolled = shop.call("POST", "/referrers").json(&json!({
        "customer_token": shop.customer_token(&jane), "browser": "tab-0123456789abcdef",
    }));
    let code = text(&enrolled.send().await.expect(201)["code"]);
    let token = shop.click(&code).await;
    let claim = shop
        .call("POST", "/claims")
        .json(&json!({ "token": token, "browser": "tab-0123456789abcdef" }));
    let discount = text(&claim.send().await.expect(201)["discount_code"]);
    shop.advance_days(1).await;
    let order = shop
        .order("1", &Person::new("ann"))
        .with_discounts(&[&discount]);
    assert_eq!(order.accepted().await["reward"]["state"], "pending");
    let (verdict, _, signals) = shop.judged("1").await;
    assert_eq!(verdict, "review");
    assert_eq!(signals, ["same_browser", "same_network"]);
    for odd in ["short", "with a space 0123456"] {
        let claim = shop
            .call("POST", "/claims")
            .json(&json!({ "token": token, "browser": odd }));
        claim.send().await.expect(200);
        let other = shop.click(&code).await;
        let claim = shop
            .call("POST", "/claims")
            .json(&json!({ "token": other, "browser": odd }));
        claim.send().await.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn a_visit_that_began_on_a_page_that_collects_codes_waits() {
    let (shop, code) =
        jane(Setup::default().set("risk", json!({ "coupon_sites": ["deals.example"] }))).await;
    for (order, referrer) in [
        ("1", "https://www.retailmenot.com/view/shop.example"),
        ("2", "m.deals.example"),
    ] {
        let token = shop.click(&code).await;
        let claim = shop
            .call("POST", "/claims")
            .json(&json!({ "token": token, "referrer": referrer }));
        let discount = text(&claim.send().await.expect(201)["discount_code"]);
        shop.advance_days(1).await;
        let buyer = Person::new(&format!("ann{order}"));
        shop.order(order, &buyer)
            .with_discounts(&[&discount])
            .accepted()
            .await;
        let (verdict, _, signals) = shop.judged(order).await;
        assert_eq!(verdict, "review", "{referrer}");
        assert!(signals.contains(&"coupon_site".to_owned()), "{signals:?}");
    }
}

#[tokio::test]
async fn a_click_tells_of_advertisements_and_of_where_it_was_made() {
    let own = json!({ "coupon_sites": ["deals.example"] });
    let (shop, code) = jane(Setup::default().set("risk", own)).await;
    for (order, tail, referer, signal) in [
        ("1", "?gclid=x", "https://search.example/", "paid_ad"),
        ("2", "?fbclid=x", "https://l.facebook.com/", "social_ad"),
        ("3", "", "https://www.retailmenot.com/", "coupon_site"),
        (
            "4",
            "?c=whatsapp",
            "https://m.deals.example/x",
            "coupon_site",
        ),
    ] {
        let visit = shop
            .visit(&format!("{code}{tail}"))
            .header("referer", referer);
        let answer = visit.send().await;
        let token = token_of(answer.location()).expect("a token");
        shop.advance_days(1).await;
        let buyer = Person::new(&format!("ann{order}"));
        shop.order(order, &buyer)
            .with_token(&token)
            .accepted()
            .await;
        assert_eq!(shop.judged(order).await.2, [signal], "{tail} {referer}");
    }
}

#[tokio::test]
async fn a_click_in_the_checkout_is_late_and_codes_that_were_tried_add_up() {
    let (shop, code) = jane(Setup::default()).await;
    let discount = shop.invite(&Person::new("jane")).await.discount_code;
    let order = shop
        .order("1", &Person::new("ann"))
        .with_discounts(&[&discount]);
    order
        .set("risk", json!({ "codes_tried": 3 }))
        .accepted()
        .await;
    let (verdict, score, signals) = shop.judged("1").await;
    assert_eq!((verdict.as_str(), score), ("review", 80));
    assert_eq!(signals, ["codes_many", "late_click", "same_network"]);
    let _ = code;
}

#[tokio::test]
async fn a_burst_of_conversions_is_seen_and_a_referrer_of_returns_waits() {
    let (shop, code) = jane(Setup::default()).await;
    for n in 0..11 {
        let friend = Person::new(&format!("friend{n}"));
        shop.order(&format!("o{n}"), &friend)
            .with_code(&code)
            .accepted()
            .await;
    }
    let (verdict, score, signals) = shop.judged("o10").await;
    assert_eq!((verdict.as_str(), score), ("allow", 15));
    assert_eq!(signals, ["referrer_burst"]);
    for n in 0..6 {
        shop.cancellation(&format!("o{n}")).send().await.expect(201);
    }
    shop.order("next", &Person::new("zoe"))
        .with_code(&code)
        .accepted()
        .await;
    let (verdict, _, signals) = shop.judged("next").await;
    assert_eq!(verdict, "review");
    assert_eq!(signals, ["taken_back", "referrer_burst"]);
}

#[tokio::test]
async fn whoever_is_on_a_block_list_earns_nothing_for_anybody() {
    let (shop, code) = jane(Setup::default()).await;
    let listed = shop.block(json!([
        { "kind": "email", "value": "Ann.Banned+x@gmail.com" },
        { "kind": "customer", "value": "bob" },
        { "kind": "payment", "value": "canary-card-9" },
        { "kind": "domain", "value": "@bad.example" },
        { "kind": "network", "value": "198.51.100.0/24" },
    ]));
    let listed = listed.await;
    assert_eq!(listed["added"], 5);
    let buyers = [
        Person::new("ann").with_email("annbanned@gmail.com"),
        Person::new("bob"),
        Person::new("cem"),
    ];
    for (n, buyer) in buyers.iter().enumerate() {
        let id = format!("o{n}");
        let order = shop.order(&id, buyer).with_code(&code);
        let order = order.set(
            "risk",
            json!({ "payment_fingerprint": if n == 2 { "canary-card-9" } else { "canary-card-1" } }),
        );
        let order = order.accepted().await;
        assert_eq!(
            json!([order["attributed"], order["reason"], order["rewards"]]),
            json!([false, "blocked_by_risk", []]),
        );
    }
    let told = shop.explanation("o0").await;
    assert_eq!(told["recomputed"], "agrees");
    assert!(
        told["text"]
            .to_string()
            .contains("The buyer is on the block-list: 100 points")
    );
    let domain = Person::new("dan").with_email("dan@mail.bad.example");
    let order = shop.order("d", &domain).with_code(&code);
    order
        .set("risk", json!({ "ip": "198.51.100.7" }))
        .accepted()
        .await;
    assert_eq!(
        shop.judged("d").await,
        (
            "review".into(),
            80,
            vec!["listed_domain".into(), "listed_network".into()]
        )
    );
}

#[tokio::test]
async fn an_entry_is_added_once_shown_without_what_it_hides_and_removed() {
    let (shop, code) = jane(Setup::default()).await;
    let listed = shop
        .block(json!([{ "kind": "email", "value": "ann@example.com" }]))
        .await;
    let again = shop.merchant("POST", "/blocks").json(&json!({ "entries": [
        { "kind": "email", "value": "ANN@example.com" },
    ]}));
    assert_eq!(again.send().await.expect(200)["added"], 0);
    shop.block(json!([{ "kind": "customer", "value": "bob" }]))
        .await;
    let shown = shop.merchant("GET", "/blocks").send().await.expect(200);
    let values: Vec<Value> = shown["blocks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| json!([one["kind"], one["value"]]))
        .collect();
    assert_eq!(values, [json!(["email", null]), json!(["customer", "bob"])]);
    let id = text(&listed["blocks"][0]["id"]);
    let gone = shop.merchant("DELETE", &format!("/blocks/{id}"));
    assert_eq!(gone.send().await.expect(200)["outcome"], "removed");
    let missing = shop.merchant("DELETE", &format!("/blocks/{id}"));
    missing.send().await.problem(404, "not_found");
    let order = shop
        .order("1", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(order["attributed"], true);
    for entries in [
        json!([]),
        json!([{ "kind": "email", "value": "ann" }]),
        json!([{ "kind": "rain", "value": "x" }]),
    ] {
        let call = shop
            .merchant("POST", "/blocks")
            .json(&json!({ "entries": entries }));
        call.send().await.problem(400, "invalid_body");
    }
    assert_eq!(shop.count_logged("blocks.added").await, 2);
    let log = json!(shop.log().await).to_string();
    assert!(!log.contains("ann@example.com"));
}

#[tokio::test]
async fn a_paid_order_is_not_lost_for_what_a_shop_tells_of_it_unless_there_is_no_such_field() {
    let (shop, _) = jane(Setup::default()).await;
    for (order, told) in [
        ("1", json!({ "ip": "here", "payment_fingerprint": "" })),
        ("2", json!({ "payment_fingerprint": "x".repeat(501) })),
    ] {
        let odd = shop.order(order, &Person::new("ann")).set("risk", told);
        odd.accepted().await;
    }
    let order = shop.order("3", &Person::new("ann"));
    let unknown = order.set("risk", json!({ "user_agent": "x" }));
    unknown.send().await.problem(400, "invalid_body");
}
