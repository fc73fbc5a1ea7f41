//! What a click offers, read without writing anything.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::json;

#[tokio::test]
async fn an_invitation_is_available_then_claimed_then_used() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let token = shop.click(&shop.code(&jane).await).await;
    let clicked = shop.now_ms();
    let offer = shop.invitation(&token).await.expect(200);
    assert_eq!(offer["state"], "available");
    let expires = offer["expires_at"].as_i64().expect("a time");
    assert!((expires - clicked - 90 * DAY_MS).abs() < 60_000, "{offer}");
    let discount = text(&shop.claim(&token).await["discount_code"]);
    let claimed = shop.invitation(&token).await.expect(200);
    assert_eq!(claimed["state"], "available");
    shop.order("1001", &ann)
        .with_discounts(&[&discount])
        .accepted()
        .await;
    assert_eq!(shop.invitation(&token).await.expect(200)["state"], "used");
}

#[tokio::test]
async fn a_customer_hears_at_once_that_it_is_their_own_link_or_not_for_them() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann, eve) = (Person::new("jane"), Person::new("ann"), Person::new("eve"));
    let token = shop.click(&shop.code(&jane).await).await;
    shop.order("1001", &ann).accepted().await;
    let state = async |bearer: &str| {
        let tail = format!("/invitations/{token}");
        let answer = shop.call("GET", &tail).bearer(bearer).send().await;
        assert_eq!(answer.rows_written(), 0);
        text(&answer.expect(200)["state"])
    };
    for (person, expected) in [(&jane, "own"), (&ann, "existing"), (&eve, "available")] {
        assert_eq!(state(&shop.customer_token(person)).await, expected);
    }
    // What a page puts there must not cost anybody their invitation.
    for nonsense in ["nonsense", "a.b.c", &"x".repeat(5_000)] {
        assert_eq!(state(nonsense).await, "available", "{nonsense}");
    }
    shop.claim(&token).await;
    assert_eq!(state(&shop.customer_token(&ann)).await, "available");
}

#[tokio::test]
async fn reading_an_invitation_writes_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let before = shop.last_seq().await;
    for _ in 0..3 {
        let answer = shop.invitation(&token).await;
        answer.expect(200);
        assert_eq!(answer.rows_written(), 0);
    }
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn a_discount_that_nobody_used_expires_before_its_click_does() {
    let setup = Setup::default().set("discount_valid_days", 5);
    let shop = setup.create(&Edge::shared()).await;
    let token = shop.invite(&Person::new("jane")).await.token;
    shop.advance_days(6).await;
    assert_eq!(
        shop.invitation(&token).await.expect(200)["state"],
        "expired"
    );
    shop.advance_days(85).await;
    shop.invitation(&token)
        .await
        .problem(410, "click_token_expired");
}

#[tokio::test]
async fn an_inviter_is_shown_by_first_name_only_and_without_one_not_at_all() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane").with_name("Jane Elisabeth Canarydoe");
    let token = shop.click(&shop.code(&jane).await).await;
    assert_eq!(shop.invitation(&token).await.expect(200)["inviter"], "Jane");
    let mut nameless = Person::new("bob");
    nameless.name = None;
    let token = shop.click(&shop.code(&nameless).await).await;
    assert_eq!(
        shop.invitation(&token).await.expect(200)["inviter"],
        json!(null)
    );
}

#[tokio::test]
async fn a_stopped_program_offers_nothing_claimed_or_not() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let unclaimed = shop.click(&invited.code).await;
    shop.change(&json!({ "active": false })).await;
    for token in [&invited.token, &unclaimed] {
        assert_eq!(shop.invitation(token).await.expect(200)["state"], "ended");
        let claim = shop.claim_call(token).send().await;
        claim.problem(410, "program_ended");
    }
    shop.change(&json!({ "active": true })).await;
    let claim = shop.claim_call(&invited.token).send().await.expect(200);
    assert_eq!(claim["discount_code"], invited.discount_code);
}
