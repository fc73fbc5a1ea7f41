//! What a merchant takes out: everything, in open formats, and it is known who did.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

const TABLES: [&str; 15] = [
    "referrers",
    "touches",
    "bindings",
    "events",
    "orders",
    "undos",
    "referrals",
    "rewards",
    "notes",
    "reviews",
    "journal",
    "credits",
    "takings",
    "log",
    "facts",
];

/// A program in which something has happened to every table.
async fn full() -> Program {
    let (shop, jane) = Setup::default().referred().await;
    let invited = shop.invite(&jane).await;
    let bob = Person::new("bob");
    let claim = json!({ "code": invited.code, "customer_token": shop.customer_token(&bob) });
    shop.call("POST", "/claims")
        .json(&claim)
        .send()
        .await
        .expect(201);
    let touch = json!({ "customer": { "id": "dan" }, "code": invited.code, "reason": "Dan Canarydoe called" });
    shop.merchant("POST", "/touches")
        .json(&touch)
        .send()
        .await
        .expect(201);
    shop.refund("1001", "r1", 170).send().await.expect(201);
    let take = json!({ "take_id": "t1", "customer_id": "jane", "amount": 100, "currency": "EUR" });
    shop.merchant("POST", "/credits/take")
        .json(&take)
        .send()
        .await
        .expect(201);
    let reward = shop.reward_of("1001", "conversion").await;
    let note = json!({ "note": "Jane Canarydoe was glad" });
    shop.step(&reward, "redeem")
        .json(&note)
        .send()
        .await
        .expect(200);
    let thrown = Person::new("fay").with_email("fay@mailinator.com");
    shop.order("1002", &thrown)
        .with_code(&invited.code)
        .accepted()
        .await;
    let waiting = text(&shop.reviews().await[0]["referral"]);
    let note = json!({ "note": "Fay Canarydoe is known to us" });
    shop.merchant("POST", &format!("/reviews/{waiting}/reject"))
        .json(&note)
        .send()
        .await
        .expect(200);
    let event = shop.event("=e1", "registered", &Person::new("eve"));
    event
        .set("vouched_by", "Omar Canarydoe")
        .send()
        .await
        .expect(201);
    shop
}

#[tokio::test]
async fn every_table_can_be_taken_out_as_json_and_as_csv_with_what_was_encrypted() {
    let shop = full().await;
    for table in TABLES {
        let rows = shop.exported(table).await;
        assert!(!rows.is_empty(), "{table}");
        let csv = shop
            .merchant("GET", &format!("/exports/{table}?format=csv"))
            .send()
            .await;
        assert_eq!(csv.status, 200, "{}", csv.body);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let columns: Vec<&str> = csv
            .body
            .lines()
            .next()
            .expect("a header")
            .split(',')
            .collect();
        let fields = rows[0].as_object().expect("fields");
        assert_eq!(columns.len(), fields.len(), "{table}");
        assert!(
            columns.iter().all(|name| fields.contains_key(*name)),
            "{table}"
        );
        let next = csv.header("next").expect("a page that has rows");
        let rest = format!("/exports/{table}?format=csv&after={next}");
        let rest = shop.merchant("GET", &rest).send().await;
        assert_eq!(
            (rest.body.as_str(), rest.header("next")),
            ("", None),
            "{table}"
        );
    }
    let shown = async |table: &str| json!(shop.exported(table).await).to_string();
    let jane = Person::new("jane");
    for (table, said) in [
        ("referrers", jane.name.unwrap_or_default()),
        ("referrers", jane.email.unwrap_or_default()),
        ("bindings", "Dan Canarydoe called".into()),
        ("notes", "Jane Canarydoe was glad".into()),
        ("reviews", "Fay Canarydoe is known to us".into()),
        ("events", "Omar Canarydoe".into()),
    ] {
        assert!(shown(table).await.contains(&said), "{table}: {said}");
    }
    let guarded = shop
        .merchant("GET", "/exports/events?format=csv")
        .send()
        .await;
    assert!(guarded.body.contains("\r\n'=e1,"), "{}", guarded.body);
    let credits = shop.exported("credits").await;
    let janes = credits.iter().find(|row| row["customer_id"] == "jane");
    assert_eq!(
        json!(janes.expect("Jane's")["amount"]),
        shop.credit(&Person::new("jane")).await
    );
}

#[tokio::test]
async fn many_rows_come_page_by_page_and_each_once() {
    let shop = Program::fresh(&Edge::shared()).await;
    let customers: Vec<Value> = (0..1_000)
        .map(|n| json!({ "customer_id": format!("c{n}") }))
        .collect();
    let bulk = shop
        .merchant("POST", "/referrers/bulk")
        .json(&json!({ "customers": customers }));
    bulk.send().await.expect(200);
    for table in ["referrers", "facts", "log"] {
        let rows = shop.exported(table).await;
        let key = if table == "referrers" { "id" } else { "seq" };
        let mut keys: Vec<String> = rows.iter().map(|row| row[key].to_string()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "{table}");
        assert!(rows.len() >= 1_000, "{table}");
    }
}

#[tokio::test]
async fn the_log_says_who_has_taken_out_what_once_an_hour() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (id, key) = shop.scoped_key("operate").await;
    let taken = async |key: &str, table: &str| {
        let call = shop.call("GET", &format!("/exports/{table}")).bearer(key);
        call.send().await.expect(200);
    };
    taken(&key, "orders").await;
    taken(&key, "orders").await;
    taken(&key, "log").await;
    taken(&shop.keys.api, "orders").await;
    let logged = shop.logged("data.exported").await;
    let tables: Vec<String> = logged.iter().map(|line| text(&line["table"])).collect();
    assert_eq!(tables, ["orders", "log", "orders"]);
    assert_eq!(logged[0]["by"], json!(id));
    shop.advance_ms(3_600_000).await;
    taken(&key, "orders").await;
    assert_eq!(shop.count_logged("data.exported").await, 4);
}

#[tokio::test]
async fn what_is_no_table_format_or_cursor_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let get = async |tail: &str| shop.merchant("GET", tail).send().await;
    get("/exports/keys").await.problem(404, "not_found");
    for tail in [
        "format=xml",
        "after=",
        "after=x",
        "after=WzEsMl0",
        "after=W3t9XQ",
        "after=WzEuNV0",
    ] {
        get(&format!("/exports/orders?{tail}"))
            .await
            .problem(400, "invalid_query");
    }
}
