//! Click tokens that are forged, truncated, expired, foreign, or no tokens at all.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network};

/// What is no token of this program is refused wherever tokens are taken; in an order it is evidence that names nobody.
async fn is_refused(shop: &Program, token: &str) {
    let before = shop.last_seq().await;
    let detail = shop
        .claim_call(token)
        .send()
        .await
        .problem(422, "click_token_invalid");
    assert!(token.len() < 8 || !detail.contains(token), "{detail}");
    shop.invitation(token)
        .await
        .problem(422, "click_token_invalid");
    assert_eq!(shop.last_seq().await, before);
}

/// The same character set, another character.
fn flipped(token: &str, place: usize) -> String {
    let mut bytes = token.as_bytes().to_vec();
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).expect("ASCII")
}

#[tokio::test]
async fn a_token_with_any_character_changed_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let before = shop.last_seq().await;
    for place in 0..token.len() {
        let call = shop.claim_call(&flipped(&token, place));
        let answer = call.network(&fresh_network()).send().await;
        answer.problem(422, "click_token_invalid");
    }
    assert_eq!(shop.last_seq().await, before);
    shop.claim(&token).await;
}

#[tokio::test]
async fn a_truncated_or_longer_token_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    for length in [1, 4, token.len() / 2, token.len() - 4, token.len() - 1] {
        is_refused(&shop, &token[..length]).await;
    }
    is_refused(&shop, &format!("{token}AAAA")).await;
    is_refused(&shop, &format!("{token}{token}")).await;
}

#[tokio::test]
async fn a_token_of_another_program_is_refused() {
    let edge = Edge::shared();
    let (shop, other) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    let jane = Person::new("jane");
    shop.enrol(&jane).await;
    let foreign = other.click(&other.code(&jane).await).await;
    is_refused(&shop, &foreign).await;
    let order = shop.order("1001", &Person::new("ann")).with_token(&foreign);
    let decision = order.accepted().await;
    assert_eq!(decision["reason"], "unresolved_evidence");
    assert_eq!(decision["evidence"][0]["verdict"], "unresolved");
}

#[tokio::test]
async fn what_is_no_token_at_all_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for text in [
        "x",
        "AQEB",
        "null",
        "%00",
        "%E2%82%AC",
        "a.b.c",
        &"A".repeat(120),
        &"A".repeat(5_000),
    ] {
        shop.invitation(text)
            .await
            .problem(422, "click_token_invalid");
    }
    for text in [
        "",
        "x",
        "=",
        "\u{0}",
        "€",
        "a.b.c",
        "AQEB AQEB",
        &"A".repeat(60_000),
    ] {
        shop.claim_call(text)
            .send()
            .await
            .problem(422, "click_token_invalid");
    }
}

#[tokio::test]
async fn an_expired_token_says_that_it_is_expired() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    shop.advance_days(89).await;
    shop.invitation(&token).await.expect(200);
    shop.advance_days(2).await;
    let before = shop.last_seq().await;
    shop.invitation(&token)
        .await
        .problem(410, "click_token_expired");
    shop.claim_call(&token)
        .send()
        .await
        .problem(410, "click_token_expired");
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn a_token_from_the_future_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    shop.advance_days(1).await;
    let token = shop.click(&code).await;
    shop.advance_days(-1).await;
    shop.claim_call(&token)
        .send()
        .await
        .problem(410, "click_token_expired");
}
