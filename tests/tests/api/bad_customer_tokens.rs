//! Customer tokens that the shop has not minted, or not like this.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::jwt::{Jwt, Signed};
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::json;

/// Refused wherever a customer token is taken, with this code; nothing is written and nothing of it is repeated.
async fn is_refused(shop: &Program, click: &str, token: &str, code: &str) {
    let before = shop.last_seq().await;
    let enrol = shop
        .call("POST", "/referrers")
        .json(&json!({ "customer_token": token }));
    let claim = shop
        .call("POST", "/claims")
        .json(&json!({ "token": click, "customer_token": token }));
    for call in [enrol, claim] {
        let answer = call.send().await;
        let detail = answer.problem(401, code);
        assert!(
            !detail.contains("jane") && !detail.contains("eyJ"),
            "{detail}"
        );
    }
    if token.bytes().all(|b| b.is_ascii_graphic()) && !token.is_empty() {
        let me = shop.call("GET", "/referrers/me").bearer(token);
        me.send().await.problem(401, code);
    }
    assert_eq!(shop.last_seq().await, before);
}

async fn shop_and_click() -> (Program, String) {
    let shop = Program::fresh(&Edge::shared()).await;
    let click = shop.click(&shop.code(&Person::new("omar")).await).await;
    (shop, click)
}

#[tokio::test]
async fn no_algorithm_but_hs256_is_taken() {
    let (shop, click) = shop_and_click().await;
    let good = shop.jwt(&Person::new("jane"));
    for (name, signed) in [
        ("none", Signed::Not),
        ("None", Signed::Not),
        ("nOnE", Signed::Hs256),
        ("", Signed::Not),
        ("HS512", Signed::Hs512),
        ("HS384", Signed::Hs256),
        ("RS256", Signed::Hs256),
        ("hs256", Signed::Hs256),
        ("HS256", Signed::Not),
        ("HS256", Signed::Hs512),
    ] {
        let token = good.clone().algorithm(name, signed).mint();
        is_refused(&shop, &click, &token, "customer_token_invalid").await;
    }
    shop.enrolment(&Person::new("jane"))
        .send()
        .await
        .expect(201);
}

#[tokio::test]
async fn a_token_without_an_end_or_a_subject_is_refused() {
    let (shop, click) = shop_and_click().await;
    let good = shop.jwt(&Person::new("jane"));
    let spoilt: [Jwt; 8] = [
        good.clone().without("exp"),
        good.clone().claim("exp", "tomorrow"),
        good.clone().claim("exp", json!(null)),
        good.clone().without("sub"),
        good.clone().claim("sub", ""),
        good.clone().claim("sub", 7),
        good.clone().claim("sub", "x".repeat(129)),
        good.clone().claim("sub", "a\u{202e}b"),
    ];
    for token in spoilt {
        is_refused(&shop, &click, &token.mint(), "customer_token_invalid").await;
    }
}

#[tokio::test]
async fn a_token_lives_an_hour_at_most() {
    let (shop, click) = shop_and_click().await;
    let good = shop.jwt(&Person::new("jane"));
    let until = |seconds: i64| {
        good.clone()
            .claim("exp", shop.now_ms() / 1000 + seconds)
            .mint()
    };
    for (seconds, code) in [
        (-1, "customer_token_expired"),
        (-100_000, "customer_token_expired"),
        (3_700, "customer_token_lives_too_long"),
        (1_000_000_000, "customer_token_lives_too_long"),
    ] {
        is_refused(&shop, &click, &until(seconds), code).await;
    }
    let endless = good.clone().claim("exp", i64::MAX).mint();
    is_refused(&shop, &click, &endless, "customer_token_lives_too_long").await;
    let token = until(3_590);
    let call = shop
        .call("POST", "/referrers")
        .json(&json!({ "customer_token": token }));
    call.send().await.expect(201);
    shop.advance_ms(3_600_000).await;
    is_refused(&shop, &click, &token, "customer_token_expired").await;
}

#[tokio::test]
async fn a_token_is_for_this_program() {
    let (shop, click) = shop_and_click().await;
    let good = shop.jwt(&Person::new("jane"));
    for token in [
        good.clone().without("aud"),
        good.clone().claim("aud", "another"),
        good.clone().claim("aud", json!([])),
        good.clone().claim("aud", json!(["one", "two"])),
        good.clone().claim("aud", shop.id.to_uppercase()),
    ] {
        is_refused(&shop, &click, &token.mint(), "customer_token_audience").await;
    }
    let listed = good.claim("aud", json!(["another", shop.id])).mint();
    let call = shop
        .call("POST", "/referrers")
        .json(&json!({ "customer_token": listed }));
    call.send().await.expect(201);
}

#[tokio::test]
async fn a_token_that_somebody_else_signed_or_changed_is_refused() {
    let (shop, click) = shop_and_click().await;
    let other = Program::fresh(&shop.edge).await;
    let good = shop.jwt(&Person::new("jane"));
    for key in [
        other.keys.customers.as_str(),
        &shop.keys.api,
        &shop.keys.orders,
        "",
        "secret",
    ] {
        let token = good.clone().key(key).mint();
        is_refused(&shop, &click, &token, "customer_token_invalid").await;
    }
    let minted = good.mint();
    let parts: Vec<&str> = minted.split('.').collect();
    let elsewhere = shop.jwt(&Person::new("mallory")).mint();
    let stolen: Vec<&str> = elsewhere.split('.').collect();
    for token in [
        format!("{}.{}.{}", parts[0], stolen[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{minted}.{}", parts[2]),
        format!("{minted}="),
    ] {
        is_refused(&shop, &click, &token, "customer_token_invalid").await;
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let (shop, click) = shop_and_click().await;
    for token in [
        "",
        ".",
        "..",
        "a.b.c",
        "e30.e30.e30",
        "null",
        "ünicode",
        &"x".repeat(20_000),
    ] {
        is_refused(&shop, &click, token, "customer_token_invalid").await;
    }
    let nobody = shop.call("GET", "/referrers/me").send().await;
    nobody.problem(401, "customer_token_invalid");
}

#[tokio::test]
async fn a_token_is_not_taken_before_its_time() {
    let (shop, click) = shop_and_click().await;
    let from = |seconds: i64| {
        shop.jwt(&Person::new("jane"))
            .claim("nbf", shop.now_ms() / 1000 + seconds)
            .mint()
    };
    for seconds in [75, 600, 1_000_000] {
        is_refused(
            &shop,
            &click,
            &from(seconds),
            "customer_token_not_yet_valid",
        )
        .await;
    }
    for (seconds, status) in [(45, 201), (0, 200), (-1_000, 200)] {
        let body = json!({ "customer_token": from(seconds) });
        let call = shop.call("POST", "/referrers").json(&body);
        call.send().await.expect(status);
    }
}

#[tokio::test]
async fn extensions_that_have_to_be_understood_are_refused() {
    let (shop, click) = shop_and_click().await;
    for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!(null)] {
        let token = shop.jwt(&Person::new("jane")).head("crit", crit).mint();
        is_refused(&shop, &click, &token, "customer_token_invalid").await;
    }
}
