//! What the merchant reads page by page: who refers, who was referred, and what names a customer.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use serde_json::{Value, json};

async fn read(shop: &Program, tail: &str) -> Value {
    shop.merchant("GET", tail).send().await.expect(200)
}

/// All items of a list, page by page, and how many pages had any.
async fn all(shop: &Program, tail: &str, name: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages) = (Vec::new(), 0);
    let mut after = String::new();
    loop {
        let page = read(shop, &format!("{tail}{after}")).await;
        let more = page[name].as_array().expect("a list").clone();
        if more.is_empty() {
            assert_eq!(page["next"], Value::Null);
            return (items, pages);
        }
        pages += 1;
        items.extend(more);
        let next = page["next"].as_str().map(str::to_owned);
        let next = next.unwrap_or_else(|| page["next"].to_string());
        let joint = if tail.contains('?') { '&' } else { '?' };
        after = format!("{joint}after={next}");
    }
}

#[tokio::test]
async fn a_referrer_is_shown_with_what_came_of_their_code() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let discount = shop.invite(&jane).await.discount_code;
    let order = shop.order("1001", &ann).with_discounts(&[&discount]);
    order.accepted().await;
    let guest = json!({ "email": "guest@example.com" });
    let guest = shop.call("POST", "/referrers").json(&guest);
    assert!(guest.send().await.status < 300);
    let (people, _) = all(&shop, "/referrers", "referrers").await;
    let [one, two, three] = people.as_slice() else {
        panic!("{people:?}");
    };
    assert_eq!(one["code"], shop.enrol(&jane).await["code"]);
    assert_eq!(one["customer_id"], json!(jane.id));
    assert_eq!(
        [&one["claims"], &one["referrals"], &one["orders"]],
        [&json!(1), &json!(1), &json!(0)]
    );
    let credit = json!([{ "amount": shop.credit(&jane).await, "currency": "EUR" }]);
    assert_eq!(one["credit"], credit);
    assert_eq!((&two["referrer"], &two["orders"]), (&one["id"], &json!(1)));
    assert_eq!((&two["credit"], &two["guest"]), (&json!([]), &json!(false)));
    assert_eq!(
        (&three["guest"], &three["customer_id"]),
        (&json!(true), &Value::Null)
    );
    let shown = json!(people).to_string();
    assert!(!shown.contains('@'), "no address is told: {shown}");
}

#[tokio::test]
async fn referrers_are_read_page_by_page_and_none_is_left_out() {
    let shop = Program::fresh(&Edge::shared()).await;
    for n in 0..101 {
        shop.enrol(&Person::new(&format!("p{n}"))).await;
    }
    let (people, pages) = all(&shop, "/referrers", "referrers").await;
    let mut ids: Vec<String> = people.iter().map(|one| text(&one["customer_id"])).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), people.len(), pages), (101, 101, 2));
}

#[tokio::test]
async fn a_referral_names_its_order_its_reward_and_why() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for (order, buyer) in [("1001", "ann"), ("1002", "bob")] {
        let order = shop.order(order, &Person::new(buyer)).with_code(&code);
        order.accepted().await;
    }
    shop.cancellation("1002").send().await.expect(201);
    let (referrals, _) = all(&shop, "/referrals", "referrals").await;
    let orders: Vec<&Value> = referrals.iter().map(|one| &one["order_id"]).collect();
    assert_eq!(orders, ["1001", "1002"]);
    let first = &referrals[0];
    assert_eq!(first["reason"], "typed_code");
    assert_eq!(first["no_reward"], Value::Null);
    assert_eq!(first["referrer"]["code"], json!(code));
    assert_eq!(
        first["invitee"]["customer_id"],
        json!(Person::new("ann").id)
    );
    let reward = &shop.rewards_of("1001").await[0];
    for field in ["id", "state", "kind", "amount", "earned", "currency"] {
        assert_eq!(first["reward"][field], reward[field], "{field}");
    }
    let undone = text(&referrals[1]["reward"]["state"]);
    assert_ne!(first["reward"]["state"], json!(undone));
    assert_eq!(referrals[1]["reward"]["amount"], 0);
    let (of_state, _) = all(&shop, &format!("/referrals?state={undone}"), "referrals").await;
    assert_eq!(of_state, [referrals[1].clone()]);
    let unknown = shop.merchant("GET", "/referrals?state=lost").send().await;
    unknown.problem(400, "invalid_body");
}

#[tokio::test]
async fn what_names_a_customer_is_shown_with_its_click_and_its_reason() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let token = shop.click(&code).await;
    let claimed = shop.claim_as(&token, &ann).await;
    assert!(claimed.status < 300, "{}", claimed.body);
    let claimed = claimed.json();
    let entered = shop.touch_call(&ann, &code, "by phone");
    entered.send().await.expect(201);
    let id = ann.id.clone().expect("an id");
    let tail = format!("/touches?customer={id}");
    let (touches, _) = all(&shop, &tail, "touches").await;
    let [bound, staff] = touches.as_slice() else {
        panic!("{touches:?}");
    };
    assert_eq!(
        (&bound["evidence"], &bound["discount_code"]),
        (&json!("bound"), &claimed["discount_code"])
    );
    assert_eq!(bound["reason"], Value::Null);
    assert_eq!(
        (&staff["evidence"], &staff["key"], &staff["reason"]),
        (&json!("staff"), &json!(code), &json!("by phone"))
    );
    let second = read(&shop, &format!("{tail}&after=1")).await;
    assert_eq!(second["touches"], json!([staff]));
}

#[tokio::test]
async fn a_customer_is_named_percent_encoded_and_must_be_known() {
    let shop = Program::fresh(&Edge::shared()).await;
    let mut odd = Person::new("odd");
    odd.id = Some("a b&c=d".into());
    shop.enrol(&odd).await;
    let known = read(&shop, "/touches?customer=a%20b%26c%3Dd").await;
    assert_eq!(known, json!({ "touches": [], "next": null }));
    for (tail, status, code) in [
        ("/touches", 400, "invalid_query"),
        ("/touches?customer=", 400, "invalid_query"),
        ("/touches?customer=%FF", 400, "invalid_query"),
        ("/touches?customer=odd&after=x", 400, "invalid_query"),
        ("/touches?customer=nobody", 404, "not_found"),
    ] {
        let answer = shop.merchant("GET", tail).send().await;
        answer.problem(status, code);
    }
}
