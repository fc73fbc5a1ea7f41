//! Keys: made, two at once, revoked one by one, and never shown again.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

async fn revoke(shop: &Program, id: &str) -> Value {
    let call = shop
        .edge
        .call("DELETE", &format!("/v1/programs/{}/keys/{id}", shop.id));
    call.bearer(shop.edge.admin_key()).send().await.expect(200)
}

#[tokio::test]
async fn keys_are_listed_without_their_secrets() {
    let shop = Program::fresh(&Edge::shared()).await;
    let answer = shop.merchant("GET", "/keys").send().await;
    let list = answer.expect(200);
    let mut kinds: Vec<&str> = list["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .filter_map(|key| key["kind"].as_str())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["api", "customers", "orders", "tokens", "webhooks"]);
    for secret in [
        &shop.keys.api,
        &shop.keys.orders,
        &shop.keys.customers,
        &shop.keys.webhooks,
    ] {
        assert!(!answer.body.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn two_keys_of_a_kind_live_at_once_and_the_last_one_stays() {
    let shop = Program::fresh(&Edge::shared()).await;
    for kind in ["api", "orders", "customers", "webhooks", "tokens"] {
        let made = shop.make_key(kind).await;
        assert_eq!(made["kind"], kind);
        assert_eq!(made["key"].is_null(), kind == "tokens");
        let third = shop
            .merchant("POST", "/keys")
            .json(&json!({ "kind": kind }));
        third.send().await.problem(409, "too_many_keys");
        let live = shop.live_keys(kind).await;
        assert_eq!(live.len(), 2);
        revoke(&shop, &live[1]).await;
        let last = shop.edge.call(
            "DELETE",
            &format!("/v1/programs/{}/keys/{}", shop.id, live[0]),
        );
        let answer = last.bearer(shop.edge.admin_key()).send().await;
        answer.problem(409, "last_key");
        assert_eq!(
            revoke(&shop, &live[1]).await["revoked"],
            true,
            "again, and nothing happens"
        );
    }
    assert_eq!(shop.count_logged("key.created").await, 5);
    assert_eq!(shop.count_logged("key.revoked").await, 5);
}

#[tokio::test]
async fn a_revoked_api_key_opens_nothing_any_more() {
    let shop = Program::fresh(&Edge::shared()).await;
    let new = text(&shop.make_key("api").await["key"]);
    let read = |key: &str| shop.call("GET", "/settings").bearer(key);
    for key in [shop.keys.api.as_str(), &new] {
        read(key).send().await.expect(200);
    }
    revoke(&shop, &shop.live_keys("api").await[0]).await;
    read(&shop.keys.api)
        .send()
        .await
        .problem(401, "unauthorized");
    read(&new).send().await.expect(200);
}

#[tokio::test]
async fn a_revoked_orders_key_signs_no_report_any_more() {
    let shop = Program::fresh(&Edge::shared()).await;
    let new = text(&shop.make_key("orders").await["key"]);
    let order = |id: &str| shop.order(id, &Person::new(id)).report();
    order("ann").send().await.expect(201);
    order("bob").key(&new).send().await.expect(201);
    // While a shop changes over it may sign with both.
    let both = order("cem");
    let pair = format!("{} {}", both.signed(), order("cem").key(&new).signed());
    both.signature(&pair).send().await.expect(201);
    revoke(&shop, &shop.live_keys("orders").await[0]).await;
    order("dan").send().await.problem(401, "signature_invalid");
    order("dan").key(&new).send().await.expect(201);
}

#[tokio::test]
async fn a_revoked_customers_key_vouches_for_nobody_any_more() {
    let shop = Program::fresh(&Edge::shared()).await;
    let new = text(&shop.make_key("customers").await["key"]);
    let jane = Person::new("jane");
    let enrol = |token: String| {
        shop.call("POST", "/referrers")
            .json(&json!({ "customer_token": token }))
    };
    enrol(shop.customer_token(&jane)).send().await.expect(201);
    enrol(shop.jwt(&jane).key(&new).mint())
        .send()
        .await
        .expect(200);
    revoke(&shop, &shop.live_keys("customers").await[0]).await;
    enrol(shop.customer_token(&jane))
        .send()
        .await
        .problem(401, "customer_token_invalid");
    enrol(shop.jwt(&jane).key(&new).mint())
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn webhooks_are_signed_with_every_live_key() {
    let sink = WebhookSink::open().await;
    let shop = Setup::default()
        .set("webhook_url", sink.url.clone())
        .create(&Edge::shared())
        .await;
    let code = shop.code(&Person::new("jane")).await;
    let new = text(&shop.make_key("webhooks").await["key"]);
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    let both = sink.event("reward.earned", "1001").await;
    assert_eq!(both.verified(&shop.keys.webhooks), both.verified(&new));
    revoke(&shop, &shop.live_keys("webhooks").await[0]).await;
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    let one = sink.event("reward.earned", "1002").await;
    one.verified(&new);
    assert_eq!(one.header("webhook-signature").split(' ').count(), 1);
}

#[tokio::test]
async fn a_click_that_was_signed_before_the_rotation_counts_until_its_key_is_revoked() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let (one, two) = (shop.click(&code).await, shop.click(&code).await);
    shop.make_key("tokens").await;
    let generation = |token: &str| token.as_bytes()[..4].to_vec();
    let new = eventually("a click signed with the new key", async || {
        shop.advance_ms(60_000).await;
        let token = shop.click(&code).await;
        (generation(&token) != generation(&one)).then_some(token)
    })
    .await;
    for token in [&one, &new] {
        shop.claim(token).await;
    }
    revoke(&shop, &shop.live_keys("tokens").await[0]).await;
    shop.claim_call(&two)
        .send()
        .await
        .problem(422, "click_token_invalid");
    shop.invitation(&two)
        .await
        .problem(422, "click_token_invalid");
    let order = shop.order("1001", &Person::new("ann")).with_token(&two);
    assert_eq!(order.accepted().await["reason"], "unresolved_evidence");
    shop.invitation(&new).await.expect(200);
    let order = shop.order("1002", &Person::new("bob")).with_token(&new);
    assert_eq!(order.accepted().await["reason"], "signed_token");
}

#[tokio::test]
async fn only_kinds_that_a_merchant_has_are_made_and_revoked() {
    let shop = Program::fresh(&Edge::shared()).await;
    for kind in ["hash", "contact", "admin", ""] {
        let call = shop
            .merchant("POST", "/keys")
            .json(&json!({ "kind": kind }));
        call.send().await.problem(400, "invalid_body");
    }
    shop.merchant("DELETE", "/keys/nothing")
        .send()
        .await
        .problem(404, "not_found");
    let other = Program::fresh(&Edge::shared()).await;
    let foreign = other.live_keys("api").await;
    let tail = format!("/keys/{}", foreign[0]);
    shop.merchant("DELETE", &tail)
        .send()
        .await
        .problem(404, "not_found");
    let call = shop.call("POST", "/keys").json(&json!({ "kind": "api" }));
    call.send().await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_key_has_every_scope_unless_it_is_made_with_a_smaller_one() {
    let shop = Program::fresh(&Edge::shared()).await;
    assert_eq!(shop.make_key("api").await["scope"], "admin");
    assert_eq!(shop.make_key("orders").await["scope"], Value::Null);
    shop.scoped_key("read").await;
    let list = shop.merchant("GET", "/keys").send().await.expect(200);
    let mut scopes: Vec<(&str, Option<&str>)> = list["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .filter_map(|key| Some((key["kind"].as_str()?, key["scope"].as_str())))
        .filter(|(kind, _)| matches!(*kind, "api" | "orders"))
        .collect();
    scopes.sort_unstable();
    let api = |scope| ("api", Some(scope));
    let orders = ("orders", None);
    assert_eq!(
        scopes,
        [api("admin"), api("admin"), api("read"), orders, orders]
    );
    for wrong in [
        json!({ "kind": "api", "scope": "write" }),
        json!({ "kind": "api", "scope": "" }),
        json!({ "kind": "orders", "scope": "read" }),
    ] {
        let call = shop.merchant("POST", "/keys").json(&wrong);
        call.send().await.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn two_keys_of_a_scope_live_at_once_and_the_last_that_makes_others_stays() {
    let shop = Program::fresh(&Edge::shared()).await;
    let admin = shop.live_keys("api").await.remove(0);
    for scope in ["read", "operate"] {
        let (first, printed) = shop.scoped_key(scope).await;
        let (second, _) = shop.scoped_key(scope).await;
        let third = json!({ "kind": "api", "scope": scope });
        let third = shop.merchant("POST", "/keys").json(&third);
        third.send().await.problem(409, "too_many_keys");
        let last = shop.merchant("DELETE", &format!("/keys/{admin}"));
        last.send().await.problem(409, "last_key");
        for id in [first, second] {
            assert_eq!(revoke(&shop, &id).await["revoked"], true);
        }
        let read = shop.call("GET", "/settings").bearer(&printed);
        read.send().await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_smaller_key_does_not_hear_the_kept_answer_of_a_larger_one() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (_, operate) = shop.scoped_key("operate").await;
    let make = |key: &str| {
        let body = json!({ "kind": "webhooks" });
        let call = shop.call("POST", "/keys").json(&body).bearer(key);
        call.header("idempotency-key", "once")
    };
    make(&shop.keys.api).send().await.expect(201);
    make(&operate).send().await.problem(403, "scope_too_small");
}
