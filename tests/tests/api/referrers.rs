//! Enrolling: customers for whom the shop vouches, guests for whom nobody does.

use futures_util::{StreamExt, stream};
use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use serde_json::{Value, json};

fn guest(shop: &Program, email: &str) -> Call {
    let body = json!({ "email": email, "name": "Gus" });
    shop.call("POST", "/referrers").json(&body)
}

#[tokio::test]
async fn a_customer_is_enrolled_once_and_keeps_code_and_link() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let me = || {
        let token = shop.customer_token(&jane);
        shop.call("GET", "/referrers/me").bearer(&token).send()
    };
    me().await.problem(404, "unknown_referrer");
    let first = shop.enrolment(&jane).send().await.expect(201);
    let code = text(&first["code"]);
    let symbols = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c));
    assert!(code.len() == 9 && code.chars().all(symbols), "{code}");
    let link = format!("{}/r/{}/{code}", shop.edge.url, shop.id);
    assert_eq!(first["link"], json!(link));
    assert_eq!(first["referrer"]["name"], "Jane Canarydoe");
    let again = shop.enrolment(&jane).send().await.expect(200);
    assert_eq!(again, first);
    assert_eq!(me().await.expect(200), first);
    assert_eq!(shop.count_logged("referrer.enrolled").await, 1);
}

#[tokio::test]
async fn the_message_carries_offer_link_and_disclosure() {
    let shop = Program::fresh(&Edge::shared()).await;
    let message = text(&shop.enrol(&Person::new("jane")).await["message"]);
    for part in [
        "Ember & Oak",
        "15% off",
        "{link}",
        "I get €5 credit if you buy",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[tokio::test]
async fn whoever_buys_is_enrolled_unasked() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = Person::new("ann");
    shop.order("1001", &ann).accepted().await;
    let view = shop.enrolment(&ann).send().await.expect(200);
    let token = shop.click(&text(&view["code"])).await;
    assert_eq!(shop.invitation(&token).await.expect(200)["inviter"], "Ann");
}

#[tokio::test]
async fn a_guest_gets_a_link_and_nothing_else() {
    let shop = Program::fresh(&Edge::shared()).await;
    let view = guest(&shop, "gus@example.com").send().await.expect(200);
    assert_eq!(
        (
            &view["progress"],
            &view["referrals"],
            &view["live"],
            &view["referrer"]["name"]
        ),
        (
            &json!({ "claimed": 0, "bought": 0, "credit": [] }),
            &json!([]),
            &Value::Null,
            &Value::Null
        )
    );
    let token = shop.click(&text(&view["code"])).await;
    shop.claim(&token).await;
    let again = guest(&shop, " GUS@example.com").send().await.expect(200);
    assert_eq!(again, view, "what happened since is not told without proof");
}

#[tokio::test]
async fn a_guests_answer_does_not_tell_whether_the_address_is_known() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let own = shop.enrol(&jane).await;
    shop.order("1001", &Person::new("ann")).accepted().await;
    let mut shapes = Vec::new();
    for email in [
        "jane@example.com",
        "ann@example.com",
        "stranger@example.com",
    ] {
        for _ in 0..2 {
            let answer = guest(&shop, email).send().await;
            let mut view = answer.expect(200);
            assert_ne!(
                view["code"], own["code"],
                "a customer's code is not a guest's"
            );
            for secret in ["code", "link"] {
                view[secret] = Value::Null;
            }
            view["referrer"]["id"] = Value::Null;
            shapes.push(view.to_string());
        }
    }
    shapes.dedup();
    assert_eq!(shapes.len(), 1, "{shapes:?}");
}

#[tokio::test]
async fn a_guest_who_buys_through_their_own_link_earns_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let view = guest(&shop, "jane@example.com").send().await.expect(200);
    let code = text(&view["code"]);
    for (id, email) in [
        ("1001", "jane@example.com"),
        ("1002", "jane+shop@example.com"),
    ] {
        let jane = Person::new(id).with_email(email);
        let decision = shop.order(id, &jane).with_code(&code).accepted().await;
        assert_eq!(decision["attributed"], false, "{decision}");
    }
    let reasons = shop.logged("order.recorded").await;
    assert_eq!(reasons[0]["reason"], "self_referral");
}

#[tokio::test]
async fn enrolling_takes_either_a_customer_token_or_an_address() {
    let shop = Program::fresh(&Edge::shared()).await;
    let token = shop.customer_token(&Person::new("jane"));
    let before = shop.last_seq().await;
    for body in [
        json!({}),
        json!({ "name": "Jane" }),
        json!({ "customer_token": token, "email": "jane@example.com" }),
        json!({ "customer_token": token, "name": "Jane" }),
        json!({ "email": 7 }),
    ] {
        let call = shop.call("POST", "/referrers").json(&body);
        call.send().await.problem(400, "invalid_body");
    }
    for email in [
        "",
        "jane",
        "jane@",
        "@example.com",
        "a b@example.com",
        "jane@example",
    ] {
        let detail = guest(&shop, email)
            .send()
            .await
            .problem(400, "invalid_body");
        assert!(email.len() < 2 || !detail.contains(email), "{detail}");
    }
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn guests_of_one_network_are_limited() {
    let shop = Program::fresh(&Edge::shared()).await;
    // Sixty a minute; the minute may turn once while they come.
    let calls = (0..140).map(|n| guest(&shop, &format!("guest{n}@example.com")).send());
    let answers: Vec<_> = stream::iter(calls).buffer_unordered(16).collect().await;
    let (taken, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert!((60..=120).contains(&taken.len()), "{} taken", taken.len());
    for answer in refused {
        answer.problem(429, "too_many_requests");
    }
    shop.enrolment(&Person::new("jane"))
        .send()
        .await
        .expect(201);
}
