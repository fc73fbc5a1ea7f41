//! A shop's customers of before the program began.

use std::time::Instant;

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::{Value, json};

async fn import(shop: &Program, file: impl Into<Vec<u8>>) -> Answer {
    let call = shop.merchant("POST", "/customers/import").body(file);
    call.send().await
}

fn counts(imported: &Value) -> Value {
    json!(["read", "added", "known", "bad"].map(|name| imported[name].clone()))
}

#[tokio::test]
async fn a_hundred_thousand_customers_come_in_one_request_and_again_without_effect() {
    const ROWS: usize = 100_000;
    let own = OwnEdge::start("demo").await;
    let shop = Program::fresh(&own.edge()).await;
    let rows = (0..ROWS).map(|n| format!("canary-former{n}@example.com,c_{n}\r\n"));
    let file = format!("email,customer_id\r\n{}", rows.collect::<String>());
    for (time, expected) in [
        ("", json!([ROWS, ROWS, 0, 0])),
        (" again", json!([ROWS, 0, ROWS, 0])),
    ] {
        let begun = Instant::now();
        let imported = import(&shop, file.clone()).await.expect(200);
        let seconds = begun.elapsed().as_secs_f64();
        assert_eq!(counts(&imported), expected);
        print_number(&format!(
            "{ROWS} former customers imported{time} in one request of {} KB: {seconds:.1} s",
            file.len() / 1024
        ));
    }
    assert!(!shop.edge.stores("canary-former77@example.com"));
}

#[tokio::test]
async fn whoever_was_a_customer_before_is_no_new_one_for_claims_orders_and_discounts() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann, bob, cem) = ("jane", "ann", "bob", "cem");
    let jane = Person::new(jane);
    let by_mail = Person::new(ann).email.unwrap_or_default();
    let file = format!(
        "{{\"email\":\"{}\"}}\n{{\"customer_id\":\"{bob}\"}}\n",
        by_mail.to_uppercase()
    );
    let imported = import(&shop, file).await.expect(200);
    assert_eq!(counts(&imported), json!([2, 2, 0, 0]));
    let code = shop.code(&jane).await;
    let invited = shop.invite(&jane).await;
    for former in [ann, bob] {
        let person = Person::new(former);
        let claim = json!({ "code": code, "customer_token": shop.customer_token(&person) });
        let claim = shop.call("POST", "/claims").json(&claim).send().await;
        claim.problem(403, "existing_customer");
        let order = shop
            .order(former, &person)
            .with_code(&code)
            .accepted()
            .await;
        assert_eq!(order["reason"], "existing_customer", "{former}");
        let cart = json!({
            "discount_code": invited.discount_code, "currency": "EUR", "subtotal": 2000, "customer": { "id": former, "email": person.email },
        });
        let checked = shop.merchant("POST", "/discounts/check").json(&cart);
        assert_eq!(checked.send().await.expect(200)["valid"], false, "{former}");
    }
    let order = shop
        .order(cem, &Person::new(cem))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(order["reason"], "typed_code");
}

#[tokio::test]
async fn bad_rows_are_counted_and_the_first_ones_named() {
    let shop = Program::fresh(&Edge::shared()).await;
    let long = "x".repeat(5_000);
    let file = format!(
        "Customer ID,Name,Email\nc_1,Ann,\nc_2,\"Bob\n,,\n{long}\n\nc_1,,ann@\nc_3,,c@d.example"
    );
    let imported = import(&shop, file).await.expect(200);
    assert_eq!(counts(&imported), json!([6, 2, 0, 4]));
    let rows = imported["bad_rows"].as_array().expect("rows");
    let lines: Vec<&Value> = rows.iter().map(|row| &row["line"]).collect();
    assert_eq!(json!(lines), json!([3, 4, 5, 7]));
    let logged = shop.logged("customers.imported").await;
    assert_eq!(
        json!([logged[0]["read"], logged[0]["added"]]),
        json!([2, 2])
    );
    for none in ["name\nAnn", "ann@mail.example", "[{}]", "", "\n\n"] {
        import(&shop, none).await.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn a_file_may_come_in_pieces_but_not_without_end() {
    let shop = Program::fresh(&Edge::shared()).await;
    let pieces = ["customer", "_id\nc_", "1\nc_2\nc", "_3"].map(|piece| piece.as_bytes().to_vec());
    let call = shop
        .merchant("POST", "/customers/import")
        .pieces(pieces.to_vec());
    assert_eq!(counts(&call.send().await.expect(200)), json!([3, 3, 0, 0]));
    // The answer overtakes the body: some clients hear it, and some that the connection is gone.
    let announced = vec![b'x'; 64 * 1024 * 1024 + 1];
    let call = shop.merchant("POST", "/customers/import").body(announced);
    if let Some(answer) = call.try_send().await {
        answer.problem(413, "body_too_large");
    }
    let next = import(&shop, "customer_id\nc_1").await.expect(200);
    assert_eq!(counts(&next), json!([1, 0, 1, 0]));
}
