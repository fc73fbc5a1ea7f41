//! `Idempotency-Key`: the same answer to the same request, whatever happens on the way.

use futures_util::future::join_all;
use goodword_shared::id::hex;
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a page calls its claim of a typed code.
const PAGE: &str = "made-by-the-page";

async fn keyed(call: Call, key: &str) -> Answer {
    call.header("idempotency-key", key).send().await
}

#[tokio::test]
async fn a_repeated_claim_gets_the_same_answer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let first = keyed(shop.claim_code_with(&code, PAGE), "k1").await;
    first.expect(201);
    let again = keyed(shop.claim_code_with(&code, PAGE), "k1").await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    // The draft standard quotes the key.
    let quoted = keyed(shop.claim_code_with(&code, PAGE), "\"k1\"").await;
    assert_eq!(quoted.body, first.body);
    keyed(
        shop.claim_code_with(&code, "another-made-by-the-page"),
        "k2",
    )
    .await
    .expect(201);
    assert_eq!(shop.count_logged("discount.claimed").await, 2);
}

#[tokio::test]
async fn a_repeated_order_gets_the_same_answer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    let first = keyed(order.report().call(), "k1").await;
    first.expect(201);
    let again = keyed(order.report().seconds_off(-5).call(), "k1").await;
    assert_eq!((again.status, again.body), (201, first.body));
    assert_eq!(shop.count_logged("order.repeated").await, 0);
    assert_eq!(order.send().await.expect(200)["outcome"], "exists");
}

#[tokio::test]
async fn a_repeated_change_of_settings_gets_the_same_answer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let put = |name: &str| {
        let setup = shop.setup.clone().set("name", name);
        shop.merchant("PUT", "/settings").json(&setup.json())
    };
    let first = keyed(put("Oak"), "k1").await;
    assert_eq!(first.expect(200)["version"], 2);
    put("Elm").send().await.expect(200);
    let again = keyed(put("Oak"), "k1").await;
    assert_eq!(again.body, first.body);
    assert_eq!(
        shop.settings().await["version"],
        3,
        "an old request does not come back"
    );
}

#[tokio::test]
async fn a_key_serves_one_request_only() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    keyed(shop.claim_code_with(&code, PAGE), "k1")
        .await
        .expect(201);
    let token = shop.click(&code).await;
    keyed(shop.claim_call(&token), "k1")
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
    let order = shop.order("1001", &Person::new("ann"));
    keyed(order.report().call(), "k1").await.expect(201);
    let other = shop.order("1002", &Person::new("bob"));
    keyed(other.report().call(), "k1")
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(shop.count_logged("order.recorded").await, 1);
}

#[tokio::test]
async fn sixteen_requests_with_one_key_at_once_have_one_effect() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let answers = join_all((0..16).map(|_| keyed(shop.claim_code_with(&code, PAGE), "k1"))).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
    }
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

/// Sends sixteen of one call at once, and beside them some of another, all with one key: whichever comes first is carried
/// out and answered alike to all who sent it, and the others are told that the key is taken. What the first was answered.
async fn race(one: impl Fn() -> Call, other: impl Fn() -> Call) -> Answer {
    let calls = (0..20).map(|n| if n % 5 == 4 { other() } else { one() });
    let mut groups = [Vec::new(), Vec::new()];
    let answers = join_all(calls.map(|call| keyed(call, "k1"))).await;
    for (n, answer) in answers.into_iter().enumerate() {
        groups[usize::from(n % 5 == 4)].push(answer);
    }
    groups.sort_by_key(|answers| answers[0].status);
    let [carried_out, refused] = groups;
    for answer in &carried_out {
        assert_eq!(
            (answer.status, &answer.body),
            (201, &carried_out[0].body),
            "{answer:?}"
        );
    }
    for answer in &refused {
        answer.problem(422, "idempotency_key_reused");
    }
    carried_out[0].clone()
}

#[tokio::test]
async fn orders_with_one_key_at_once_have_one_effect_and_another_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let (ann, bob) = (Person::new("ann"), Person::new("bob"));
    let one = shop.order("1001", &ann).with_code(&code);
    let other = shop.order("1002", &bob).with_code(&code);
    let answer = race(|| one.report().call(), || other.report().call()).await;
    assert_eq!(answer.json()["outcome"], "created");
    assert_eq!(shop.credit(&jane).await, 500);
    for (kind, count) in [("order.recorded", 1), ("order.repeated", 0)] {
        assert_eq!(shop.count_logged(kind).await, count, "{kind}");
    }
}

#[tokio::test]
async fn refunds_with_one_key_at_once_have_one_effect_and_another_is_refused() {
    let (shop, jane) = Setup::default().referred().await;
    let one = || shop.refund("1001", "r1", 850).call();
    let other = || shop.refund("1001", "r2", 425).call();
    let answer = race(one, other).await.json();
    assert_eq!(answer["outcome"], "created");
    let left = answer["rewards"][0]["amount"].as_i64();
    assert!(left == Some(250) || left == Some(375), "{answer}");
    assert_eq!(Some(shop.credit(&jane).await), left);
    for (kind, count) in [("order.undone", 1), ("reward.clawed_back", 1)] {
        assert_eq!(shop.count_logged(kind).await, count, "{kind}");
    }
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    let refused = order.report().fault("3").call();
    keyed(refused, "k1").await.problem(500, "internal");
    keyed(order.report().call(), "k1").await.expect(201);
}

#[tokio::test]
async fn a_kept_answer_is_given_only_to_who_may_ask() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    keyed(order.report().call(), "k1").await.expect(201);
    let forged = order.report().key(&shop.keys.webhooks).call();
    keyed(forged, "k1").await.problem(401, "signature_invalid");
    let other = shop.order("1002", &Person::new("bob"));
    let forged = other.report().key(&shop.keys.webhooks).call();
    keyed(forged, "k1").await.problem(401, "signature_invalid");
    let stale = order.report().seconds_off(-1_000).call();
    keyed(stale, "k1").await.problem(401, "signature_stale");
    let body = shop.setup.clone().set("name", "Oak").json();
    keyed(shop.merchant("PUT", "/settings").json(&body), "k1")
        .await
        .expect(200);
    let stranger = shop.call("PUT", "/settings").json(&body);
    keyed(stranger, "k1").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn an_answer_is_kept_for_seven_days() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let first = keyed(shop.claim_code_with(&code, PAGE), "k1").await;
    shop.advance_days(6).await;
    assert_eq!(
        keyed(shop.claim_code_with(&code, PAGE), "k1").await.body,
        first.body
    );
    shop.advance_days(2).await;
    let later = keyed(shop.claim_code_with(&code, PAGE), "k1").await;
    // What is kept for good is the claim itself.
    let later = later.expect(200);
    assert_eq!(later["outcome"], "exists");
    assert_eq!(later["discount_code"], first.json()["discount_code"]);
}

#[tokio::test]
async fn a_key_is_visible_ascii_of_bounded_length() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for bad in ["", "\"\"", "a b", &"k".repeat(256)] {
        let answer = keyed(shop.claim_code_with(&code, PAGE), bad).await;
        answer.problem(400, "idempotency_key_invalid");
    }
    keyed(shop.claim_code_with(&code, PAGE), &"k".repeat(255))
        .await
        .expect(201);
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

#[tokio::test]
async fn a_repeated_enrolment_gets_the_same_answer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let body = json!({ "customer_token": shop.customer_token(&Person::new("jane")) });
    let enrol = || shop.call("POST", "/referrers").json(&body);
    let first = keyed(enrol(), "k1").await;
    first.expect(201);
    let again = keyed(enrol(), "k1").await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let guest = |email: &str| {
        shop.call("POST", "/referrers")
            .json(&json!({ "email": email }))
    };
    keyed(guest("gus@example.com"), "k1")
        .await
        .problem(422, "idempotency_key_reused");
    let gus = keyed(guest("gus@example.com"), "k2").await;
    assert_eq!(keyed(guest("gus@example.com"), "k2").await.body, gus.body);
    // Who may not ask hears no kept answer either.
    let spoilt = shop.jwt(&Person::new("jane")).key(&shop.keys.api).mint();
    let forged = shop
        .call("POST", "/referrers")
        .json(&json!({ "customer_token": spoilt }));
    keyed(forged, "k1")
        .await
        .problem(401, "customer_token_invalid");
    shop.advance_ms(3_600_000).await;
    keyed(enrol(), "k1")
        .await
        .problem(401, "customer_token_expired");
}

#[tokio::test]
async fn a_repeated_choice_of_a_reward_gets_the_same_answer_and_nobody_elses() {
    let cash =
        json!({ "kind": "cash", "value": { "rule": "fixed", "amount": 450, "currency": "EUR" } });
    let setup = Setup::default().set("reward_choices", json!([cash]));
    let shop = setup.create(&Edge::shared()).await;
    let (jane, omar) = (Person::new("jane"), Person::new("omar"));
    let (jane, omar) = (shop.customer_token(&jane), shop.customer_token(&omar));
    let usual = shop.setup.json()["reward"].clone();
    let choose = |token: &str, reward: &Value| {
        let call = shop.call("PUT", "/referrers/me/reward").bearer(token);
        call.json(&json!({ "reward": reward }))
    };
    let first = keyed(choose(&jane, &cash), "k1").await;
    assert_eq!(first.expect(200)["reward"]["kind"], "cash");
    choose(&jane, &usual).send().await.expect(200);
    let again = keyed(choose(&jane, &cash), "k1").await;
    assert_eq!(again.body, first.body);
    assert_eq!(shop.count_logged("reward.chosen").await, 2);
    let other = keyed(choose(&jane, &usual), "k1").await;
    other.problem(422, "idempotency_key_reused");
    let omars = keyed(choose(&omar, &cash), "k1").await.expect(200);
    assert_ne!(omars["referrer"], first.json()["referrer"]);
}

#[tokio::test]
async fn a_program_that_is_created_twice_with_one_key_is_answered_with_the_same_keys() {
    let edge = Edge::shared();
    let id = fresh_id();
    let create = |name: &str, key: &str| {
        edge.call("POST", "/v1/programs")
            .bearer(key)
            .json(&Setup::default().set("name", name).creation(&id))
    };
    let admin = edge.admin_key();
    let first = keyed(create("Oak", admin), "k1").await;
    let created = first.expect(201);
    let again = keyed(create("Oak", admin), "k1").await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    keyed(create("Elm", admin), "k1")
        .await
        .problem(422, "idempotency_key_reused");
    create("Oak", admin)
        .send()
        .await
        .problem(409, "program_exists");
    let api = text(&created["keys"]["api"]);
    for stranger in [api.as_str(), "gw_admin_x"] {
        keyed(create("Oak", stranger), "k1")
            .await
            .problem(401, "unauthorized");
    }
    for kind in ["api", "orders", "customers", "webhooks"] {
        let secret = text(&created["keys"][kind]);
        assert!(!edge.stores(&secret), "{kind} is stored in the clear");
    }
}

#[tokio::test]
async fn a_key_that_is_made_twice_with_one_key_is_made_once() {
    let shop = Program::fresh(&Edge::shared()).await;
    let make = |kind: &str| {
        shop.merchant("POST", "/keys")
            .json(&json!({ "kind": kind }))
    };
    let first = keyed(make("orders"), "k1").await;
    let created = first.expect(201);
    let again = keyed(make("orders"), "k1").await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    keyed(make("api"), "k1")
        .await
        .problem(422, "idempotency_key_reused");
    let stranger = shop
        .call("POST", "/keys")
        .json(&json!({ "kind": "orders" }));
    keyed(stranger, "k1").await.problem(401, "unauthorized");
    assert_eq!(shop.count_logged("key.created").await, 1);
    assert!(!shop.edge.stores(&text(&created["key"])));

    let live = shop.live_keys("orders").await;
    let revoke = |id: &str| shop.merchant("DELETE", &format!("/keys/{id}"));
    keyed(revoke(&live[0]), "k2").await.expect(200);
    keyed(revoke(&live[0]), "k2").await.expect(200);
    keyed(revoke(&live[1]), "k2")
        .await
        .problem(422, "idempotency_key_reused");
    shop.advance_days(8).await;
    keyed(make("orders"), "k1").await.expect(201);
}

#[tokio::test]
async fn no_kept_answer_holds_a_name_in_the_clear_and_nobody_can_guess_its_request() {
    let shop = Program::fresh(&Edge::shared()).await;
    let name = "Zaphodetta Beeblebrox";
    let body =
        json!({ "customer_token": shop.customer_token(&Person::new("jane").with_name(name)) });
    let enrol = || shop.call("POST", "/referrers").json(&body);
    let first = keyed(enrol(), "k1").await;
    assert!(first.body.contains(name));
    assert_eq!(keyed(enrol(), "k1").await.body, first.body);
    assert!(!shop.edge.stores(name));
    let guessed = hex(&Sha256::digest(format!("referrers\0{body}")));
    assert!(!shop.edge.stores(&guessed));
    assert!(
        shop.edge.stores(&shop.id),
        "the state is where it is looked for"
    );
}
