//! What the shop reports besides orders, and programs that reward it.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A program that rewards leads: a friend has to register, and to be a good one.
async fn of_leads() -> Program {
    let steps = json!({ "events": ["registered", "lead_qualified"] });
    let setup = Setup::default().set("qualifies_by", steps);
    setup.create(&Edge::shared()).await
}

#[tokio::test]
async fn a_referral_converts_when_all_events_were_seen_in_any_order() {
    let shop = of_leads().await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let first = shop.event("e1", "lead_qualified", &ann).with_code(&code);
    let first = first
        .set("vouched_by", "Omar Sales")
        .send()
        .await
        .expect(201);
    assert_eq!(first["converted"], false);
    let view = shop.enrol(&jane).await;
    assert_eq!(view["referrals"][0]["stage"], "lead_qualified");
    assert_eq!(view["referrals"][0]["steps"], json!({ "done": 1, "of": 2 }));
    assert_eq!(shop.credit(&jane).await, 0);

    let last = shop
        .event("e2", "registered", &ann)
        .send()
        .await
        .expect(201);
    assert_eq!(
        (&last["converted"], &last["order_id"]),
        (&json!(true), &json!("event:e2"))
    );
    assert_eq!(shop.credit(&jane).await, 500);
    let view = shop.enrol(&jane).await;
    let stages: Vec<&Value> = view["referrals"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(stages.len(), 1, "{view}");
    assert_eq!(stages[0]["stage"], "rewarded");
    let told = shop.explanation("event:e2").await;
    assert_eq!(told["recomputed"], "agrees");
    assert!(
        text(&told["text"][0]).contains("last of the events"),
        "{told}"
    );
    let steps = [&told["events"][0]["text"], &told["events"][1]["text"]].map(text);
    assert!(
        steps[0].contains("lead_qualified") && steps[0].contains("for which Omar Sales vouched"),
        "{steps:?}"
    );
    assert!(
        steps[1].contains("registered") && !steps[1].contains("vouched"),
        "{steps:?}"
    );
    assert!(!shop.edge.stores("Omar Sales"));

    // The order that follows is nobody's once more, and a lead that was none can be taken back.
    let order = shop.order("1", &ann).with_code(&code).accepted().await;
    assert_eq!(order["reason"], "already_referred");
    shop.cancellation("event:e2").send().await.expect(201);
    assert_eq!(shop.credit(&jane).await, 0);
}

#[tokio::test]
async fn an_event_counts_once() {
    let shop = of_leads().await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let register = || shop.event("e1", "registered", &ann).with_code(&code);
    register().send().await.expect(201);
    assert_eq!(register().send().await.expect(200)["outcome"], "exists");
    let another = shop
        .event("e2", "registered", &ann)
        .send()
        .await
        .expect(201);
    assert_eq!(another["converted"], false, "the same step twice is one");
    for other in [
        shop.event("e1", "lead_qualified", &ann),
        shop.event("e1", "registered", &Person::new("bob")),
    ] {
        let answer = other.send().await;
        answer.problem(409, "exists_with_different_fact");
    }
    assert_eq!(shop.credit(&jane).await, 0);
    shop.event("e3", "lead_qualified", &ann)
        .send()
        .await
        .expect(201);
    assert_eq!(shop.credit(&jane).await, 500);
    shop.event("e4", "lead_qualified", &ann)
        .send()
        .await
        .expect(201);
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn an_unknown_customer_is_enrolled_and_belongs_to_nobody() {
    let shop = of_leads().await;
    let ann = Person::new("ann");
    for (id, kind) in [("e1", "registered"), ("e2", "lead_qualified")] {
        let answer = shop.event(id, kind, &ann).send().await.expect(201);
        assert_eq!(
            (&answer["converted"], &answer["referrer"]),
            (&json!(false), &Value::Null)
        );
    }
    assert_eq!(shop.count_logged("referrer.enrolled").await, 1);
    let nobody = shop.event("e3", "registered", &Person::default());
    nobody.send().await.problem(400, "invalid_body");
}

#[tokio::test]
async fn events_before_the_claim_do_not_count() {
    let shop = of_leads().await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    shop.event("e1", "registered", &ann)
        .send()
        .await
        .expect(201);
    shop.advance_ms(60_000).await;
    let token = shop.click(&shop.code(&jane).await).await;
    shop.claim_as(&token, &ann).await.expect(201);
    let last = shop.event("e2", "lead_qualified", &ann).send().await;
    assert_eq!(last.expect(201)["converted"], false);
    assert_eq!(shop.credit(&jane).await, 0);
    shop.event("e3", "registered", &ann)
        .send()
        .await
        .expect(201);
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn events_after_the_window_do_not_count() {
    let shop = of_leads().await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let register = shop.event("e1", "registered", &ann).with_code(&code);
    register.send().await.expect(201);
    let in_time = shop.now_ms() + 80 * DAY_MS;
    shop.advance_days(91).await;
    let late = shop.event("e2", "lead_qualified", &ann).send().await;
    assert_eq!(late.expect(201)["converted"], false);
    // One that is told late counts by its own time.
    let told_late = shop.event("e3", "lead_qualified", &ann).set("at", in_time);
    assert_eq!(told_late.send().await.expect(201)["converted"], true);
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn where_orders_are_rewarded_an_event_binds_its_customer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let token = shop.click(&shop.code(&jane).await).await;
    let register = shop.event("e1", "registered", &ann).with_token(&token);
    assert_eq!(register.send().await.expect(201)["converted"], false);
    let decision = shop.order("1", &ann).accepted().await;
    assert_eq!(decision["reason"], "bound_customer");
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn where_events_are_rewarded_an_order_is_not() {
    let shop = of_leads().await;
    let code = shop.code(&Person::new("jane")).await;
    let order = shop.order("1", &Person::new("ann")).with_code(&code);
    assert_eq!(order.accepted().await["reason"], "not_qualified");
    let reserved = shop.order("event:e1", &Person::new("bob")).send().await;
    reserved.problem(400, "invalid_body");
}

#[tokio::test]
async fn an_event_is_signed_like_an_order() {
    let shop = of_leads().await;
    let ann = Person::new("ann");
    let event = || shop.event("e1", "registered", &ann);
    let forged = event().report().key(&shop.keys.webhooks).send().await;
    forged.problem(401, "signature_invalid");
    let unsigned = event().report().without_header("webhook-signature");
    unsigned.send().await.problem(401, "signature_missing");
    for bad in ["Registered", ""] {
        let odd = shop.event("e1", bad, &ann).send().await;
        odd.problem(400, "invalid_body");
    }
    event().send().await.expect(201);
}
