//! What inviters say to their friends.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};

async fn write(shop: &Program, person: &Person, note: &str) -> Answer {
    let token = shop.customer_token(person);
    let call = shop.call("PUT", "/referrers/me/note").bearer(&token);
    call.json(&json!({ "note": note })).send().await
}

/// What a friend is told who follows this person's link.
async fn told(shop: &Program, person: &Person) -> Value {
    let token = shop.click(&shop.code(person).await).await;
    shop.invitation(&token).await.expect(200)["note"].clone()
}

#[tokio::test]
async fn friends_are_told_what_their_inviter_says_until_it_is_taken_back() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    assert_eq!(told(&shop, &jane).await, Value::Null);
    assert_eq!(shop.enrol(&jane).await["note"], "");
    let said = "Best \u{202e}beans\nin <b>town</b> 😀";
    let clean = "Best beans in btown/b 😀";
    assert_eq!(write(&shop, &jane, said).await.expect(200)["note"], clean);
    assert_eq!(told(&shop, &jane).await, clean);
    write(&shop, &jane, said).await.expect(200);
    assert_eq!(told(&shop, &Person::new("bob")).await, Value::Null);
    write(&shop, &jane, "  ").await.expect(200);
    assert_eq!(told(&shop, &jane).await, Value::Null);
}

#[tokio::test]
async fn nobody_says_anything_without_a_name_that_is_told() {
    let shop = Program::fresh(&Edge::shared()).await;
    let bare = Person {
        name: None,
        ..Person::new("bare")
    };
    let refused = write(&shop, &bare, "Hello").await;
    refused.problem(400, "invalid_body");
    assert_eq!(shop.enrol(&bare).await["note"], Value::Null);
    write(&shop, &bare, "").await.expect(200);
}

#[tokio::test]
async fn a_note_goes_with_its_name_after_three_years_of_silence() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    write(&shop, &jane, "Try the espresso").await.expect(200);
    shop.advance_days(1_095 + 14).await;
    eventually("no note", async || {
        let listed = shop.exported("referrers").await;
        (listed[0]["note"].is_null() && listed[0]["name"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_note_is_short_and_no_advertisement() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    write(&shop, &jane, &"é".repeat(200)).await.expect(200);
    for bad in [&"é".repeat(201), "win at https://x.example", "\u{200b}"] {
        let refused = write(&shop, &jane, bad).await;
        refused.problem(400, "invalid_body");
    }
    assert_eq!(told(&shop, &jane).await, "é".repeat(200));
}

#[tokio::test]
async fn a_program_may_show_none() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    write(&shop, &jane, "Try the espresso").await.expect(200);
    shop.change(&json!({ "inviter_notes": false })).await;
    assert_eq!(told(&shop, &jane).await, Value::Null);
    assert_eq!(shop.enrol(&jane).await["note"], Value::Null);
    let refused = write(&shop, &jane, "Or the decaf").await;
    refused.problem(400, "invalid_body");
    write(&shop, &Person::new("bob"), "").await.expect(200);
    shop.change(&json!({ "inviter_notes": true })).await;
    assert_eq!(told(&shop, &jane).await, "Try the espresso");
}

#[tokio::test]
async fn only_who_is_vouched_for_says_anything() {
    let shop = Program::fresh(&Edge::shared()).await;
    let body = json!({ "note": "Hello" });
    let call = || shop.call("PUT", "/referrers/me/note").json(&body);
    let nobody = call().send().await;
    nobody.problem(401, "customer_token_invalid");
    let forged = call().bearer("a.b.c").send().await;
    forged.problem(401, "customer_token_invalid");
}

#[tokio::test]
async fn a_note_is_exported_and_erased_with_its_person() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    write(&shop, &jane, "Try the espresso").await.expect(200);
    let listed = shop.exported("referrers").await;
    assert_eq!(listed[0]["note"], "Try the espresso");
    let body = json!({ "customer": { "id": "jane" } });
    let ask = |what: &str| shop.merchant("POST", what).json(&body).send();
    let whole = ask("/people/export").await.expect(200);
    assert_eq!(whole["records"][0]["data"]["note"], "Try the espresso");
    ask("/people/erase").await.expect(200);
    assert_eq!(shop.exported("referrers").await[0]["note"], Value::Null);
}
