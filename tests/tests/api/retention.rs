//! What tells of people is kept as long as it is said, and then it is gone.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use serde_json::{Value, json};

async fn guest(shop: &Program, email: &str) -> Value {
    let body = json!({ "email": email, "name": "Gus Canarydoe" });
    let call = shop.call("POST", "/referrers").json(&body);
    call.send().await.expect(200)
}

/// What is stored of whoever has this name.
async fn own_record(shop: &Program, name: &Value) -> Option<Value> {
    let body = json!({ "customer": name });
    let call = shop.merchant("POST", "/people/export").json(&body);
    let records = call.send().await.expect(200)["records"].clone();
    let records = records.as_array().expect("records").clone();
    let own = records
        .into_iter()
        .find(|record| record["kind"] == "person");
    own.map(|record| record["data"].clone())
}

#[tokio::test]
async fn a_guest_whose_link_nobody_uses_is_forgotten_after_a_year_and_others_are_not() {
    let shop = Program::fresh(&Edge::shared()).await;
    let idle = guest(&shop, "idle@example.com").await;
    let busy = guest(&shop, "busy@example.com").await;
    let order = shop.order("1001", &Person::new("ann"));
    order.with_code(&text(&busy["code"])).accepted().await;
    shop.enrol(&Person::new("jane")).await;
    shop.advance_days(360).await;
    let named = |email: &str| json!({ "email": email });
    assert!(
        own_record(&shop, &named("idle@example.com"))
            .await
            .is_some()
    );
    shop.advance_days(14).await;
    eventually("nobody", async || {
        own_record(&shop, &named("idle@example.com"))
            .await
            .is_none()
            .then_some(())
    })
    .await;
    let claim = shop.claim_code_call(&text(&idle["code"])).send().await;
    claim.problem(404, "unknown_code");
    assert_eq!(shop.count_logged("person.erased").await, 1);
    for kept in [
        named("busy@example.com"),
        json!({ "id": "jane" }),
        json!({ "id": "ann" }),
    ] {
        let own = own_record(&shop, &kept).await.expect("a record");
        assert!(own["email"].is_string(), "{own}");
    }
}

#[tokio::test]
async fn names_are_read_no_more_three_years_after_somebody_was_last_heard_of() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    shop.order("1001", &ann).accepted().await;
    shop.advance_days(1_000).await;
    // Jane is heard of by whoever she invites.
    let friend = shop.order("1002", &Person::new("bob"));
    assert_eq!(friend.with_code(&code).accepted().await["attributed"], true);
    shop.advance_days(110).await;
    eventually("no name", async || {
        let own = own_record(&shop, &json!({ "id": "ann" }))
            .await
            .expect("a record");
        (own["name"].is_null() && own["email"].is_null()).then_some(())
    })
    .await;
    let own = own_record(&shop, &json!({ "id": "jane" }))
        .await
        .expect("a record");
    assert_eq!(own["name"], json!(jane.name));
    assert_eq!(shop.count_logged("contact.dropped").await, 1);
    // What is compared stays: she is known for as long as there is an order of hers.
    let again = shop
        .order("1003", &Person::guest("ann@example.com"))
        .with_code(&code);
    assert_eq!(again.accepted().await["reason"], "existing_customer");
}
