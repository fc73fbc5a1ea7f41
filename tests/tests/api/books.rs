//! The books: after any run, a referrer's credit is what their rewards come to.

use std::collections::BTreeMap;

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

const ORDERS: usize = 36;

fn order_id(n: usize) -> String {
    format!("order-{n}")
}

/// Something of everything, by the number of the order alone.
async fn undo(shop: &Program, n: usize) {
    let id = order_id(n);
    match n % 7 {
        0 => shop.refund(&id, "r1", 425).send().await.expect(201),
        1 => shop.cancellation(&id).send().await.expect(201),
        2 => shop.dispute(&id, "d1", "opened").send().await.expect(201),
        3 => shop.dispute(&id, "d1", "lost").send().await.expect(201),
        4 => {
            shop.refund(&id, "r1", 333).send().await.expect(201);
            shop.refund(&id, "r2", 2_000).send().await.expect(201)
        }
        _ => json!(null),
    };
}

/// What the rewards of each referrer come to, by pseudonym, as the orders' own records tell it.
async fn granted(shop: &Program) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for n in 0..ORDERS {
        let record = shop.read_order(&order_id(n)).await;
        let reward = &record["reward"];
        let counts = matches!(reward["state"].as_str(), Some("issued" | "clawed_back"));
        let referrer = record["referrer"].as_str().unwrap_or_default().to_owned();
        let amount = reward["amount"].as_i64().unwrap_or_default();
        *sums.entry(referrer).or_insert(0) += if counts { amount } else { 0 };
    }
    sums
}

async fn balanced(shop: &Program, people: &[Person]) {
    let sums = granted(shop).await;
    for person in people {
        let view = shop.enrol(person).await;
        let id = view["referrer"]["id"].as_str().unwrap_or_default();
        let credit = view["progress"]["credit"][0]["amount"].as_i64();
        assert_eq!(credit, sums.get(id).copied(), "{person:?}");
    }
}

#[tokio::test]
async fn credit_is_what_is_left_of_all_rewards() {
    let setup = Setup::default()
        .set("hold_days", 7)
        .set("rewards_per_year_max", 1_000);
    let shop = setup.create(&Edge::shared()).await;
    let people = ["jane", "omar", "mia"].map(Person::new);
    let mut codes = Vec::new();
    for person in &people {
        codes.push(shop.code(person).await);
    }
    for n in 0..ORDERS {
        let buyer = Person::new(&format!("friend{n}"));
        let order = shop.order(&order_id(n), &buyer).with_code(&codes[n % 3]);
        // A third is undone before it is known, a third during the hold, a third after it.
        if n < ORDERS / 3 {
            undo(&shop, n).await;
        }
        order.accepted().await;
    }
    for n in ORDERS / 3..ORDERS * 2 / 3 {
        undo(&shop, n).await;
    }
    balanced(&shop, &people).await;
    shop.advance_days(8).await;
    eventually("everything due granted", async || {
        let record = shop.read_order(&order_id(ORDERS - 1)).await;
        (record["reward"]["state"] == "issued").then_some(())
    })
    .await;
    balanced(&shop, &people).await;
    for n in ORDERS * 2 / 3..ORDERS {
        undo(&shop, n).await;
    }
    balanced(&shop, &people).await;
    for (n, code) in codes.iter().enumerate() {
        let buyer = Person::new(&format!("late{n}"));
        shop.order(&format!("late-{n}"), &buyer)
            .with_code(code)
            .accepted()
            .await;
    }
    shop.advance_days(8).await;
    assert!(granted(&shop).await.values().all(|sum| *sum > 0));
}
