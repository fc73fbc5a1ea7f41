//! Many customers enrolled at once.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

fn named(customer: &str) -> Value {
    let person = Person::new(customer);
    json!({ "customer_id": person.id, "email": person.email, "name": person.name })
}

async fn enrol(shop: &Program, customers: &[Value]) -> Value {
    let body = json!({ "customers": customers });
    let call = shop.merchant("POST", "/referrers/bulk").json(&body);
    call.send().await.expect(200)["customers"].clone()
}

#[tokio::test]
async fn a_thousand_customers_get_their_codes_at_once_and_the_same_again() {
    let shop = Program::fresh(&Edge::shared()).await;
    let customers: Vec<Value> = (0..1_000).map(|n| named(&format!("bulk{n}"))).collect();
    let enrolled = enrol(&shop, &customers).await;
    let enrolled = enrolled.as_array().expect("customers");
    assert_eq!(enrolled.len(), 1_000);
    assert!(enrolled.iter().all(|one| one["outcome"] == "created"));
    let again = enrol(&shop, &customers[..2]).await;
    assert_eq!(again[1]["outcome"], "exists");
    assert_eq!(again[1]["code"], enrolled[1]["code"]);
    // The shop's page finds them, and their link leads to the shop.
    let person = Person::new("bulk7");
    assert_eq!(json!(shop.code(&person).await), enrolled[7]["code"]);
    let link = text(&enrolled[7]["link"]);
    assert!(link.ends_with(&text(&enrolled[7]["code"])), "{link}");
    let logged = shop.logged("referrers.enrolled").await;
    assert_eq!(
        json!([logged[0]["created"], logged[1]["exist"]]),
        json!([1_000, 2])
    );
}

#[tokio::test]
async fn one_that_is_refused_enrols_nobody() {
    let shop = Program::fresh(&Edge::shared()).await;
    let bad = json!({ "customer_id": "c2", "email": "no address" });
    let many = vec![named("c1"); 1_001];
    for customers in [json!([named("c1"), bad]), json!([]), json!(many)] {
        let body = json!({ "customers": customers });
        let refused = shop.merchant("POST", "/referrers/bulk").json(&body);
        refused.send().await.problem(400, "invalid_body");
    }
    assert_eq!(shop.count_logged("referrer.enrolled").await, 0);
    let stopped = Setup::default().set("active", false);
    let shop = stopped.create(&Edge::shared()).await;
    let body = json!({ "customers": [named("c1")] });
    let call = shop.merchant("POST", "/referrers/bulk").json(&body);
    call.send().await.problem(410, "program_ended");
}
