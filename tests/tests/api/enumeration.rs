//! Nobody finds out by asking which codes, guests, customers or programs there are: what is not there is answered in one way,
//! whatever the reason, and what is told of a guest is told of everybody.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, fresh_network, text};
use serde_json::{Value, json};

/// Headers that tell the time, or that no Worker outside of tests sends.
const OF_NO_INTEREST: [&str; 2] = ["date", "x-goodword-rows-written"];

/// Everything of an answer but the time that it took: status, headers, body.
fn whole(answer: &Answer) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_NO_INTEREST.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort_unstable();
    (answer.status, headers, answer.body.clone())
}

/// They are one and the same.
#[track_caller]
fn assert_alike(answers: &[Answer]) {
    let [first, rest @ ..] = answers else {
        panic!("nothing to compare");
    };
    for other in rest {
        assert_eq!(whole(first), whole(other));
    }
}

/// A code of this form, with this last symbol changed so that its check symbol is wrong.
fn misspelt(code: &str) -> String {
    let (front, last) = code.split_at(code.len() - 1);
    format!("{front}{}", if last == "7" { "8" } else { "7" })
}

#[tokio::test]
async fn a_code_that_leads_nowhere_is_answered_the_same_whatever_is_wrong_with_it() {
    let edge = Edge::shared();
    let (shop, other) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    let foreign = other.code(&Person::new("omar")).await;
    let gone = shop.code(&Person::new("jane")).await;
    let erased = json!({ "customer": { "id": "jane" } });
    let erased = shop.merchant("POST", "/people/erase").json(&erased);
    erased.send().await.expect(200);
    let misspelt = misspelt(&gone);
    let codes = [foreign.as_str(), &gone, &misspelt, "NOTACODE", "x"];
    let mut claims = Vec::new();
    for code in codes {
        let claim = shop.claim_code_call(code).network(&fresh_network());
        claims.push(claim.send().await);
    }
    claims[0].problem(404, "unknown_code");
    assert_alike(&claims);
    let mut visits = Vec::new();
    for code in [foreign.as_str(), &misspelt, "NOTACODE"] {
        visits.push(shop.visit(code).network(&fresh_network()).send().await);
    }
    assert_eq!(visits[0].location(), "https://shop.example/");
    assert_alike(&visits);
}

#[tokio::test]
async fn a_guest_is_told_the_same_whether_the_address_is_known_or_a_customers() {
    let shop = Program::fresh(&Edge::shared()).await;
    shop.enrol(&Person::new("ann")).await;
    let enrol = async |email: &str| {
        let body = json!({ "email": email });
        let call = shop.call("POST", "/referrers").network(&fresh_network());
        call.json(&body).send().await
    };
    enrol("guest@example.com").await.expect(200);
    shop.advance_days(1).await;
    let mut views = Vec::new();
    for email in ["guest@example.com", "ann@example.com", "nobody@example.com"] {
        let answer = enrol(email).await;
        let mut view = answer.expect(200);
        let id = text(&view["referrer"]["id"]);
        // A pseudonym says when it was made, and so whether an address was known before.
        let made = i64::from_str_radix(&id[..12], 16).expect("hex digits");
        assert!((shop.now_ms() - made).abs() > 5 * 86_400_000, "{id}");
        for own in ["code", "link"] {
            view[own] = Value::Null;
        }
        view["referrer"]["id"] = Value::Null;
        let (status, headers, _) = whole(&answer);
        let headers: Vec<String> = headers
            .into_iter()
            .filter(|header| !header.starts_with("content-length"))
            .collect();
        views.push((status, headers, view));
    }
    views.dedup();
    assert_eq!(views.len(), 1, "{views:?}");
}

#[tokio::test]
async fn the_code_of_a_guest_tells_nobody_the_name_of_an_address() {
    let shop = Program::fresh(&Edge::shared()).await;
    let named = json!({ "email": "guest@example.com", "name": "Gus Canarydoe" });
    let named = shop.call("POST", "/referrers").json(&named);
    named.send().await.expect(200);
    let mut told = Vec::new();
    for email in ["guest@example.com", "nobody@example.com"] {
        let body = json!({ "email": email });
        let call = shop.call("POST", "/referrers").network(&fresh_network());
        let code = text(&call.json(&body).send().await.expect(200)["code"]);
        let token = shop.click(&code).await;
        let invitation = shop.invitation(&token).await.expect(200);
        let claim = shop.claim_code_call(&code).network(&fresh_network());
        let claim = claim.send().await.expect(201);
        told.push((invitation["inviter"].clone(), claim["inviter"].clone()));
    }
    assert_eq!(
        told,
        [(Value::Null, Value::Null), (Value::Null, Value::Null)]
    );
}

#[tokio::test]
async fn a_program_that_there_is_not_is_answered_the_same_on_every_route_and_with_every_key() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let calls: [(&str, &str, Option<Value>); 7] = [
        ("GET", "", None),
        (
            "POST",
            "/referrers",
            Some(json!({ "email": "guest@example.com" })),
        ),
        (
            "POST",
            "/referrers/proof",
            Some(json!({ "email": "guest@example.com" })),
        ),
        (
            "POST",
            "/referrers/proof/redeem",
            Some(json!({ "secret": "x" })),
        ),
        ("POST", "/claims", Some(json!({ "token": "x" }))),
        ("GET", "/settings", None),
        (
            "POST",
            "/people/erase",
            Some(json!({ "customer": { "id": "ann" } })),
        ),
    ];
    for (method, tail, body) in calls {
        let mut answers = Vec::new();
        for id in [
            fresh_id(),
            fresh_id(),
            "never-there".to_owned(),
            "No_Id".to_owned(),
        ] {
            for key in [None, Some(&shop.keys.api)] {
                let path = format!("/v1/programs/{id}{tail}");
                let call = edge.call(method, &path).network(&fresh_network());
                let call = body.iter().fold(call, Call::json);
                let call = key.iter().fold(call, |call, key| call.bearer(key));
                answers.push(call.send().await);
            }
        }
        answers[0].problem(404, "unknown_program");
        assert_alike(&answers);
    }
}
