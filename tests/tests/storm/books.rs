//! What the books must say after a storm, and the public book beside them.

use std::collections::BTreeMap;

use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::program::{Program, text};
use serde_json::Value;

use super::journeys::{Customer, INVITEE_REWARD, REWARD, Storm};

/// Sums by account, or by customer.
type Sums = BTreeMap<String, i64>;

fn add(sums: &mut Sums, key: &str, amount: i64) {
    *sums.entry(key.to_owned()).or_default() += amount;
}

fn amount(row: &Value) -> i64 {
    row["amount"].as_i64().expect("an amount")
}

/// What everybody has is what is left of their rewards by arithmetic: by the journal, by the credits that are taken out, and
/// by what referrers are shown. While rewards are held, all of it is on hold. Returns the lines of the journal.
pub(crate) async fn balance(storm: &Storm, customers: &[Customer], is_held: bool) -> usize {
    let journal = storm.shop.exported("journal").await;
    let mut accounts = Sums::new();
    for line in &journal {
        add(&mut accounts, &text(&line["credit"]), amount(line));
        add(&mut accounts, &text(&line["debit"]), -amount(line));
    }
    let left = left(storm, customers);
    let known = customer_ids(&storm.shop).await;
    let on = |kinds: &[&str]| {
        let mut sums = Sums::new();
        for (account, sum) in &accounts {
            let owner = kinds.iter().find_map(|kind| account.strip_prefix(kind));
            if let Some(person) = owner {
                add(&mut sums, &known[person], *sum);
            }
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    };
    let (granted, held) = if is_held {
        (Sums::new(), left.clone())
    } else {
        (left.clone(), Sums::new())
    };
    // What is taken back after it was granted is owed.
    let has = on(&["issued:", "receivable:"]);
    assert_eq!((has, on(&["held:"])), (granted.clone(), held));
    let other = on(&["payable:", "taken:", "handed_over:"]);
    assert_eq!(other, Sums::new());
    for (account, sum) in &accounts {
        let may_be_negative = account == "expense" || account.starts_with("receivable:");
        assert_eq!(*sum > 0, !may_be_negative && *sum != 0, "{account} {sum}");
    }
    let cost = accounts.get("expense").copied().unwrap_or_default();
    assert_eq!(cost, -left.values().sum::<i64>());

    let mut credits = Sums::new();
    for row in storm.shop.exported("credits").await {
        add(&mut credits, &text(&row["customer_id"]), amount(&row));
    }
    credits.retain(|_, credit| *credit != 0);
    assert_eq!(credits, granted);
    for referrer in &storm.referrers {
        let id = referrer.id.as_deref().expect("a customer");
        let credit = granted.get(id).copied().unwrap_or_default();
        assert_eq!(storm.shop.credit(referrer).await, credit, "{id}");
    }
    journal.len()
}

/// What is left of everybody's rewards.
fn left(storm: &Storm, customers: &[Customer]) -> Sums {
    let mut left = Sums::new();
    for customer in customers {
        for (person, reward) in [
            (&storm.referrers[customer.referrer], REWARD),
            (&customer.buyer, INVITEE_REWARD),
        ] {
            let id = person.id.as_deref().expect("a customer");
            add(&mut left, id, customer.leaves_of(reward));
        }
    }
    left.retain(|_, amount| *amount != 0);
    left
}

/// The shop's ids of everybody, by pseudonym.
async fn customer_ids(shop: &Program) -> BTreeMap<String, String> {
    let people = shop.exported("referrers").await;
    let ids = people
        .iter()
        .map(|row| (text(&row["id"]), text(&row["customer_id"])));
    ids.collect()
}

/// Waits until nothing is on hold any more.
pub(crate) async fn all_granted(shop: &Program) {
    eventually("nothing on hold", async || {
        let tail = "/rewards?state=pending";
        let pending = shop.merchant("GET", tail).send().await.expect(200);
        (pending["rewards"] == Value::Array(Vec::new())).then_some(())
    })
    .await;
}

/// The record of every order in KV says what the ledger says; returns how many there are.
pub(crate) async fn records_agree(storm: &Storm, customers: &[Customer]) -> usize {
    let shop = &storm.shop;
    let key = |customer: &Customer| format!("attribution:{}:{}", shop.id, customer.order);
    let keys: Vec<String> = customers.iter().map(key).collect();
    let records = shop.edge.kv_get_all(&keys).await;
    for (customer, record) in customers.iter().zip(&records) {
        let record = record
            .as_deref()
            .unwrap_or_else(|| panic!("no {}", key(customer)));
        let record: Value = serde_json::from_str(record).expect("JSON");
        let mut order = shop.read_order(&customer.order).await;
        let fields = record.as_object().expect("an object");
        // Amounts are the merchant's alone.
        let order = order.as_object_mut().expect("an object");
        order.retain(|field, _| fields.contains_key(field));
        assert_eq!((fields.len() > 8, order as &_), (true, fields));
    }
    records.len()
}
