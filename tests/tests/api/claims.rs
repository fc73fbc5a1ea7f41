//! Taking the offer: one click, one single-use discount.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program, text};
use serde_json::json;

#[tokio::test]
async fn a_click_is_claimed_once_and_then_answers_the_same_discount() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let claim = shop.claim(&token).await;
    let code = text(&claim["discount_code"]);
    assert!(
        code.len() == 12
            && code.starts_with("GW")
            && code.bytes().all(|b| b.is_ascii_alphanumeric())
    );
    let expires = claim["expires_at"].as_i64().expect("a time");
    assert!(
        (expires - shop.now_ms() - 30 * DAY_MS).abs() < 60_000,
        "{claim}"
    );
    let again = shop.claim_call(&token).send().await.expect(200);
    assert_eq!(
        (
            &again["outcome"],
            &again["discount_code"],
            &again["expires_at"]
        ),
        (
            &json!("exists"),
            &claim["discount_code"],
            &claim["expires_at"]
        )
    );
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

#[tokio::test]
async fn whoever_signs_in_after_a_claim_is_bound_by_it_when_it_is_made_again() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let token = shop.click(&shop.code(&jane).await).await;
    shop.claim(&token).await;
    for _ in 0..2 {
        let again = shop.claim_as(&token, &ann).await.expect(200);
        assert_eq!(again["outcome"], "exists");
    }
    // The link is Jane's own, and so is the discount: she is bound by neither.
    shop.claim_as(&token, &jane).await.expect(200);
    assert_eq!(shop.count_logged("claim.bound").await, 1);
    // On another device, without click or code.
    let order = shop.order("1", &ann).accepted().await;
    assert_eq!(order["reason"], "bound_customer");
    assert_eq!(shop.credit(&jane).await, 500);
    // The click is hers: nobody else is bound by it, before or after her order.
    let bob = Person::new("bob");
    let late = shop.claim_as(&token, &bob).await.expect(200);
    assert_eq!(late["outcome"], "exists");
    assert_eq!(shop.count_logged("claim.bound").await, 1);
    let order = shop.order("2", &bob).accepted().await;
    assert_eq!(order["reason"], "no_evidence");
    let order = shop.order("3", &Person::new("cem")).with_token(&token);
    assert_eq!(order.accepted().await["reason"], "unresolved_evidence");
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn sixteen_claims_of_one_click_at_once_mint_one_discount() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let answers = join_all((0..16).map(|_| shop.claim_call(&token).send())).await;
    let mut codes = BTreeSet::new();
    for answer in &answers {
        assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
        codes.insert(text(&answer.json()["discount_code"]));
    }
    let created = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!((created.count(), codes.len()), (1, 1));
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

#[tokio::test]
async fn a_typed_code_is_claimed_however_it_is_written() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let written = format!(" {}-{} ", &code[..4], &code[4..]).to_lowercase();
    let written = written.replace('1', "l").replace('0', "o");
    let claim = shop.claim_code_call(&written).send().await.expect(201);
    assert_eq!(claim["inviter"], "Jane");
    for unknown in ["ZZZZZZZZZ", "", "!", "WELCOME", &"7".repeat(500)] {
        let answer = shop.claim_code_call(unknown).send().await;
        answer.problem(404, "unknown_code");
    }
}

#[tokio::test]
async fn a_known_customer_takes_no_offer_for_new_ones() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = Person::new("ann");
    shop.order("1001", &ann).accepted().await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let claim = |who: &Person| {
        let body = json!({ "token": token, "customer_token": shop.customer_token(who) });
        shop.call("POST", "/claims").json(&body)
    };
    claim(&ann).send().await.problem(403, "existing_customer");
    let alias = Person::new("other").with_email("ann+2@example.com");
    claim(&alias).send().await.problem(403, "existing_customer");
    claim(&Person::new("bob")).send().await.expect(201);
    assert_eq!(shop.count_logged("discount.claimed").await, 1);
}

#[tokio::test]
async fn nobody_invites_themselves() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let same_id = jane.clone().without_email();
    let same_mail = Person::new("jane2").with_email("JANE@example.com");
    let alias = Person::new("jane3").with_email("jane+x@example.com");
    for who in [jane, same_id, same_mail, alias] {
        let body = json!({ "token": token, "customer_token": shop.customer_token(&who) });
        let answer = shop.call("POST", "/claims").json(&body).send().await;
        answer.problem(403, "self_referral");
    }
    assert_eq!(shop.count_logged("discount.claimed").await, 0);
}

#[tokio::test]
async fn a_claim_names_a_token_or_a_code_and_not_both() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let token = shop.click(&code).await;
    for body in [
        json!({}),
        json!({ "token": token, "code": code }),
        json!({ "token": null }),
    ] {
        let answer = shop.call("POST", "/claims").json(&body).send().await;
        answer.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn two_clicks_are_two_discounts() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let (one, two) = (shop.invite(&jane).await, shop.invite(&jane).await);
    assert_ne!(one.token, two.token);
    assert_ne!(one.discount_code, two.discount_code);
    assert_eq!(shop.enrol(&jane).await["progress"]["claimed"], 2);
}
