//! Account credit: read, taken once for each id, and never below zero.

use futures_util::future::join_all;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A program in which Jane has 5.00 EUR of credit from Ann's order 1001.
async fn with_credit() -> (Program, Person) {
    Setup::default().referred().await
}

async fn read(shop: &Program) -> Value {
    shop.merchant("GET", "/credits/jane")
        .send()
        .await
        .expect(200)
}

#[tokio::test]
async fn credit_is_taken_once_for_each_id() {
    let (shop, jane) = with_credit().await;
    assert_eq!(
        read(&shop).await,
        json!({ "customer_id": "jane", "credit": [{ "amount": 500, "currency": "EUR" }] })
    );
    let taken = shop.take("order-7", "jane", 300).send().await.expect(201);
    assert_eq!(
        (&taken["outcome"], &taken["credit"][0]["amount"]),
        (&json!("created"), &json!(200))
    );
    let again = shop.take("order-7", "jane", 300).send().await.expect(200);
    assert_eq!(again["outcome"], "exists");
    let other = shop.take("order-7", "jane", 200).send().await;
    other.problem(409, "exists_with_different_fact");
    assert_eq!(shop.credit(&jane).await, 200);
    assert_eq!(shop.logged("credit.taken").await.len(), 1);
}

#[tokio::test]
async fn no_more_is_taken_than_there_is() {
    let (shop, jane) = with_credit().await;
    let takes: Vec<String> = (0..8).map(|n| format!("order-{n}")).collect();
    let answers = join_all(takes.iter().map(|id| shop.take(id, "jane", 200).send())).await;
    let succeeded = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(succeeded, 2, "two times 2.00 of 5.00");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "not_enough_credit");
    }
    assert_eq!(shop.credit(&jane).await, 100);
}

#[tokio::test]
async fn what_is_taken_back_after_it_was_spent_is_owed() {
    let (shop, jane) = with_credit().await;
    shop.take("order-7", "jane", 400).send().await.expect(201);
    shop.cancellation("1001").send().await.expect(201);
    assert_eq!(shop.credit(&jane).await, -400);
    let more = shop.take("order-8", "jane", 1).send().await;
    more.problem(409, "not_enough_credit");
    let code = shop.code(&jane).await;
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(shop.credit(&jane).await, 100);
}

#[tokio::test]
async fn only_the_merchant_takes_credit_and_only_of_customers() {
    let (shop, _) = with_credit().await;
    let body = json!({ "take_id": "t", "customer_id": "jane", "amount": 1, "currency": "EUR" });
    let call = shop.call("POST", "/credits/take").json(&body);
    call.send().await.problem(401, "unauthorized");
    shop.take("t", "nobody", 1)
        .send()
        .await
        .problem(404, "not_found");
    shop.take("t", "jane", 0)
        .send()
        .await
        .problem(422, "invalid_amount");
    shop.take("t", "jane", -5)
        .send()
        .await
        .problem(422, "invalid_amount");
    let mut other = body;
    other["currency"] = json!("ZZZ");
    let call = shop.merchant("POST", "/credits/take").json(&other);
    call.send().await.problem(422, "wrong_currency");
    let nobody = shop.merchant("GET", "/credits/nobody").send().await;
    nobody.problem(404, "not_found");
}
