//! Evidence that names the buyer, what comes too late, and the explanation of it all.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

async fn id_of(shop: &Program, person: &Person) -> Value {
    shop.enrol(person).await["referrer"]["id"].clone()
}

/// The sentences of an explanation, joined.
async fn told(shop: &Program, order: &str) -> String {
    let explanation = shop.explanation(order).await;
    assert_eq!(explanation["recomputed"], "agrees", "{explanation}");
    let sentences = explanation["text"].as_array().expect("sentences").iter();
    sentences.map(text).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_claim_of_a_known_customer_binds_them_to_the_referrer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let token = shop.click(&shop.code(&jane).await).await;
    shop.claim_as(&token, &ann).await.expect(201);
    let decision = shop.order("1", &ann).accepted().await;
    assert_eq!(decision["reason"], "bound_customer");
    assert_eq!(decision["referrer"], id_of(&shop, &jane).await);
    let words = told(&shop, "1").await;
    assert!(
        words.contains("It is the referral of Jane Canarydoe (code "),
        "{words}"
    );
    assert!(words.contains("bound to a referral code"), "{words}");
}

#[tokio::test]
async fn staff_enters_a_referral_with_a_reason_and_it_counts() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let enter = || shop.touch_call(&ann, &code, "Ann said so on the phone");
    let entered = enter().send().await.expect(201);
    assert_eq!(entered["referrer"], id_of(&shop, &jane).await);
    assert!(text(&entered["effect"]).starts_with("counts"));
    assert_eq!(enter().send().await.expect(200)["outcome"], "exists");
    let decision = shop.order("1", &ann).accepted().await;
    assert_eq!(decision["reason"], "staff_entry");
    assert_eq!(shop.credit(&jane).await, 500);
    let words = told(&shop, "1").await;
    assert!(words.contains("Ann said so on the phone"), "{words}");
    // It is on both people's records, and the reason is nowhere in the clear.
    let log = shop.log().await;
    let line = log.iter().find(|line| line["kind"] == "touch.entered");
    let line = line.expect("a line");
    assert_eq!(line["person"], decision["invitee"]);
    assert_eq!(line["other"], decision["referrer"]);
    assert!(!shop.edge.stores("Ann said so on the phone"));
}

#[tokio::test]
async fn staff_cannot_enter_what_makes_no_sense() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let enter = |who: &Person, code: &str, reason: &str| shop.touch_call(who, code, reason).send();
    enter(&ann, "NOBODYS", "why")
        .await
        .problem(404, "unknown_code");
    enter(&ann, &code, " ").await.problem(400, "invalid_body");
    enter(&Person::default(), &code, "why")
        .await
        .problem(400, "invalid_body");
    enter(&jane, &code, "why")
        .await
        .problem(403, "self_referral");
    let body = json!({ "customer": ann.json(), "code": code, "reason": "why" });
    let stranger = shop.call("POST", "/touches").json(&body).send().await;
    stranger.problem(401, "unauthorized");
}

#[tokio::test]
async fn what_comes_after_the_decision_changes_nothing_and_is_logged() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, omar, ann) = (Person::new("jane"), Person::new("omar"), Person::new("ann"));
    let (code, other) = (shop.code(&jane).await, shop.code(&omar).await);
    let token = shop.click(&code).await;
    let decision = shop.order("1", &ann).with_token(&token).accepted().await;
    assert_eq!(decision["reason"], "signed_token");
    let before = shop.read_order("1").await;

    for _ in 0..2 {
        let claim = shop.claim_call(&token).send().await;
        claim.problem(410, "click_token_used");
    }
    let late = shop.click(&other).await;
    shop.claim_as(&late, &ann)
        .await
        .problem(403, "existing_customer");
    let refused = shop.logged("claim.refused").await;
    let codes: Vec<&Value> = refused.iter().map(|data| &data["code"]).collect();
    assert_eq!(
        codes,
        ["click_token_used", "existing_customer"],
        "each click once a minute"
    );
    let entered = shop.touch_call(&ann, &other, "phoned").send().await;
    let entered = entered.expect(201);
    assert!(text(&entered["effect"]).starts_with("none"), "{entered}");
    assert_eq!(shop.read_order("1").await, before);
    assert_eq!(shop.credit(&omar).await, 0);

    let again = shop.order("2", &ann).with_code(&other).accepted().await;
    assert_eq!(again["reason"], "already_referred");
    let verdicts = again["evidence"].as_array().expect("evidence").iter();
    let mut verdicts = verdicts.map(|one| text(&one["verdict"]));
    assert!(verdicts.all(|verdict| verdict == "already_referred"));
}

#[tokio::test]
async fn the_checkout_freezes_the_evidence() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, omar) = (Person::new("jane"), Person::new("omar"));
    let early = shop.click(&shop.code(&jane).await).await;
    shop.advance_ms(60_000).await;
    let began = shop.now_ms();
    shop.advance_ms(60_000).await;
    let late = shop.invite(&omar).await;
    let order = |id: &str| {
        let buyer = Person::new(&format!("buyer-{id}"));
        shop.order(id, &buyer).set("checkout_at", began)
    };
    let one = order("1")
        .with_token(&early)
        .with_discounts(&[&late.discount_code]);
    let decision = one.accepted().await;
    assert_eq!(decision["referrer"], id_of(&shop, &jane).await);
    assert_eq!(decision["evidence"][1]["verdict"], "after_checkout");
    let other = shop.invite(&omar).await;
    let two = order("2").with_discounts(&[&other.discount_code]);
    assert_eq!(two.accepted().await["reason"], "after_checkout");
    let typed = order("3").with_code(&other.code);
    assert_eq!(typed.accepted().await["reason"], "typed_code");
}

#[tokio::test]
async fn a_program_may_prefer_the_first_touch_and_rank_its_evidence() {
    let setup = Setup::default()
        .set("attribution", "first_touch")
        .set("evidence_order", json!(["referral_code"]));
    let shop = setup.create(&Edge::shared()).await;
    let (jane, omar, cem) = (Person::new("jane"), Person::new("omar"), Person::new("cem"));
    let first = shop.invite(&jane).await.discount_code;
    shop.advance_ms(60_000).await;
    let last = shop.invite(&omar).await.discount_code;
    let codes = [first.as_str(), &last];
    let order = shop.order("1", &Person::new("ann")).with_discounts(&codes);
    assert_eq!(
        order.accepted().await["referrer"],
        id_of(&shop, &jane).await
    );
    let token = shop.click(&shop.code(&jane).await).await;
    let typed = shop.code(&cem).await;
    let order = shop.order("2", &Person::new("bob")).with_token(&token);
    let decision = order.with_code(&typed).accepted().await;
    assert_eq!(decision["referrer"], id_of(&shop, &cem).await);
    let settings = shop.settings().await;
    assert_eq!(
        settings["settings"]["evidence_order"],
        json!(["referral_code"])
    );
}

#[tokio::test]
async fn an_offer_may_be_for_the_first_orders_and_not_only_for_new_customers() {
    let setup = Setup::default().set("first_orders", 2);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let ann = Person::new("ann");
    shop.order("1", &ann).accepted().await;
    let second = shop.order("2", &ann).with_code(&code).accepted().await;
    assert_eq!(second["reason"], "typed_code");
    let bob = Person::new("bob");
    shop.order("3", &bob).accepted().await;
    shop.order("4", &bob).accepted().await;
    let third = shop.order("5", &bob).with_code(&code).accepted().await;
    assert_eq!(third["reason"], "existing_customer");
}

#[tokio::test]
async fn a_typed_code_is_claimed_once_by_whoever_repeats_it() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let claim = |body: Value| shop.call("POST", "/claims").json(&body).send();
    let ann = shop.customer_token(&Person::new("ann"));
    let as_ann = || claim(json!({ "code": code, "customer_token": ann }));
    let first = as_ann().await.expect(201);
    let again = as_ann().await.expect(200);
    assert_eq!(first["discount_code"], again["discount_code"]);
    let id = "d41c2a77-0b5e-4a53";
    let stranger = || claim(json!({ "code": code, "claim_id": id }));
    let first = stranger().await.expect(201);
    let again = stranger().await.expect(200);
    assert_eq!(first["discount_code"], again["discount_code"]);
    for bad in [
        json!({ "code": code }),
        json!({ "code": code, "claim_id": "short" }),
    ] {
        claim(bad).await.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn an_order_that_names_nobody_enrols_nobody() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let nobody = Person::default();
    let decision = shop.order("1", &nobody).with_code(&code).accepted().await;
    assert_eq!(decision["reason"], "unnamed_buyer");
    assert_eq!(decision["invitee"], Value::Null);
    assert_eq!(shop.count_logged("referrer.enrolled").await, 1);
    let again = shop.order("1", &nobody).with_code(&code).send().await;
    assert_eq!(again.expect(200)["outcome"], "exists");
    assert!(told(&shop, "1").await.contains("names no buyer"));
}

#[tokio::test]
async fn an_explanation_says_what_became_of_the_reward() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    shop.order("1", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    shop.refund("1", "r1", 425).send().await.expect(201);
    let words = told(&shop, "1").await;
    for said in [
        "17.00 EUR after discounts of 3.00 EUR",
        "The buyer typed the referrer's code",
        "a touch counts for 90 days",
        "The reward is a fixed 5.00 EUR.",
        "4.25 EUR was refunded",
        "Of 5.00 EUR 1.25 EUR was taken back.",
    ] {
        assert!(words.contains(said), "{said} is not in {words}");
    }
    let unknown = shop
        .merchant("GET", "/orders/none/explanation")
        .send()
        .await;
    unknown.problem(404, "not_found");
    let stranger = shop.call("GET", "/orders/1/explanation").send().await;
    stranger.problem(401, "unauthorized");
}
