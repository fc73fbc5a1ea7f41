//! Reports of orders: counted once, rewarded once, and refused with a reason.

use futures_util::future::join_all;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::orders::Order;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use serde_json::json;

#[tokio::test]
async fn an_order_that_is_reported_three_times_counts_once() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    let order = shop
        .order("1001", &Person::new("ann"))
        .with_discounts(&[&discount]);
    let first = order.send().await.expect(201);
    for _ in 0..2 {
        let mut again = order.send().await.expect(200);
        assert_eq!(again["outcome"], "exists");
        again["outcome"] = json!("created");
        assert_eq!(again, first);
    }
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.count_logged("reward.earned").await, 1);
    assert_eq!(
        shop.logged("order.repeated").await,
        [
            json!({ "effect": "none: the order was recorded before" }),
            json!({ "effect": "none: the order was recorded before" })
        ]
    );
}

#[tokio::test]
async fn an_order_that_is_reported_sixteen_times_at_once_earns_one_reward() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    let order = shop
        .order("1001", &Person::new("ann"))
        .with_discounts(&[&discount]);
    let answers = join_all((0..16).map(|_| order.send())).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 15], vec![201]].concat());
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.count_logged("reward.earned").await, 1);
    assert_eq!(shop.count_logged("order.recorded").await, 1);
}

#[tokio::test]
async fn of_sixteen_first_orders_of_one_person_at_once_one_is_the_first() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let ann = Person::new("ann");
    let orders: Vec<_> = (0..16)
        .map(|n| shop.order(&format!("o{n}"), &ann).with_code(&code))
        .collect();
    let decisions = join_all(orders.iter().map(Order::accepted)).await;
    let first = decisions
        .iter()
        .filter(|decision| decision["attributed"] == true);
    assert_eq!(first.count(), 1);
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn evidence_that_says_the_same_twice_earns_once() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let discount = invited.discount_code.as_str();
    let order = shop.order("1001", &Person::new("ann"));
    let order = order.with_token(&invited.token).with_code(&invited.code);
    let decision = order.with_discounts(&[discount, discount]).accepted().await;
    assert_eq!(decision["reason"], "signed_token");
    assert_eq!(decision["evidence"].as_array().map(Vec::len), Some(4));
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.refusal(discount, None).await, "used");
}

#[tokio::test]
async fn a_second_order_of_the_same_person_earns_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let ann = Person::new("ann");
    let discount = shop.invite(&jane).await.discount_code;
    shop.order("1001", &ann)
        .with_discounts(&[&discount])
        .accepted()
        .await;
    let code = shop.code(&jane).await;
    for (id, buyer) in [
        ("1002", ann.clone()),
        ("1003", ann.clone().without_email()),
        ("1004", Person::guest("ANN@example.com")),
        (
            "1005",
            Person::new("ann2").with_email("ann+new@example.com"),
        ),
    ] {
        let decision = shop.order(id, &buyer).with_code(&code).accepted().await;
        assert_eq!(decision["reason"], "already_referred", "{id}");
    }
    assert_eq!(shop.credit(&jane).await, 500);
    let lines = shop.logged("order.recorded").await;
    assert_eq!(
        lines.last().expect("a line")["explanation"],
        "The buyer had been referred before; whoever has a referrer stays with them."
    );
}

#[tokio::test]
async fn jane_earns_nothing_through_her_own_link_under_any_of_her_names() {
    let edge = Edge::shared();
    for buyer in [
        Person::new("jane").without_email(),
        Person::new("jane-2").with_email("Jane.Doe@gmail.com"),
        Person::new("jane-3").with_email("janedoe+tea@googlemail.com"),
        Person::guest("j.a.n.e.d.o.e@gmail.com"),
    ] {
        let shop = Program::fresh(&edge).await;
        let jane = Person::new("jane").with_email("jane.doe@gmail.com");
        let invited = shop.invite(&jane).await;
        let order = shop.order("1001", &buyer).with_token(&invited.token);
        let decision = order
            .with_discounts(&[&invited.discount_code])
            .accepted()
            .await;
        assert_eq!(decision["reason"], "self_referral", "{buyer:?}");
        assert_eq!(shop.credit(&jane).await, 0);
        let log = shop.logged("order.recorded").await;
        assert_eq!(log[0]["explanation"], "The buyer is the referrer.");
    }
}

#[tokio::test]
async fn a_discount_that_another_order_used_proves_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    shop.order("1001", &Person::new("ann"))
        .with_discounts(&[&discount])
        .accepted()
        .await;
    let order = shop
        .order("1002", &Person::new("bob"))
        .with_discounts(&[&discount]);
    assert_eq!(order.accepted().await["reason"], "unresolved_evidence");
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn a_forged_report_changes_nothing_and_the_log_says_why() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    let order = shop
        .order("1001", &Person::new("ann"))
        .with_discounts(&[&discount]);
    let other = Program::fresh(&Edge::shared()).await;
    for key in [other.keys.orders.as_str(), &shop.keys.webhooks] {
        order
            .report()
            .key(key)
            .send()
            .await
            .problem(401, "signature_invalid");
    }
    assert_eq!(shop.credit(&jane).await, 0);
    assert_eq!(
        shop.logged("report.refused").await,
        [json!({ "code": "signature_invalid" })]
    );
    assert_eq!(shop.count_logged("order.recorded").await, 0);
    order.accepted().await;
}

#[tokio::test]
async fn refused_reports_are_logged_once_a_minute() {
    let shop = Program::fresh(&Edge::shared()).await;
    let order = shop.order("1001", &Person::new("ann"));
    for _ in 0..5 {
        order
            .report()
            .signature("v1,AAAA")
            .send()
            .await
            .problem(401, "signature_invalid");
    }
    assert_eq!(shop.count_logged("report.refused").await, 1);
    shop.advance_ms(61_000).await;
    order
        .report()
        .signature("v1,AAAA")
        .send()
        .await
        .problem(401, "signature_invalid");
    assert_eq!(shop.count_logged("report.refused").await, 2);
}

#[tokio::test]
async fn an_order_that_comes_again_with_other_contents_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = Person::new("ann");
    let order = || shop.order("1001", &ann);
    order().accepted().await;
    for field in ["total", "subtotal", "discount"] {
        let other = order().set(field, 1).send().await;
        other.problem(409, "exists_with_different_amount");
    }
    for buyer in [
        Person::new("bob"),
        ann.clone().with_email("a@example.com"),
        Person::default(),
    ] {
        let other = shop.order("1001", &buyer).send().await;
        other.problem(409, "exists_with_different_customer");
    }
    assert_eq!(shop.count_logged("order.recorded").await, 1);
}

#[tokio::test]
async fn an_order_without_evidence_is_nobodys_and_stays_out_of_the_public_book() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let code = shop.code(&Person::new("jane")).await;
    let ann = shop
        .order("1001", &Person::new("ann"))
        .with_discounts(&["SUMMER10"]);
    assert_eq!(ann.accepted().await["reason"], "no_evidence");
    let odd = "#1002 ä/b";
    let bob = shop.order(odd, &Person::new("bob")).with_code(&code);
    bob.accepted().await;
    shop.order("1003", &Person::new("cem"))
        .with_code(&code)
        .accepted()
        .await;
    shop.record("1003", |_| true).await;
    let keys = edge.kv_keys(&format!("attribution:{}:", shop.id)).await;
    let hashed = keys.iter().filter(|key| key.contains(":sha256-")).count();
    assert_eq!((keys.len(), hashed), (2, 1), "{keys:?}");
}

#[tokio::test]
async fn an_order_is_explained_by_any_id_the_shop_gave_it() {
    let shop = Program::fresh(&Edge::shared()).await;
    let long = "9".repeat(128);
    for (n, (id, path)) in [
        ("#1002 ä/b", "%231002%20%C3%A4%2Fb"),
        (long.as_str(), long.as_str()),
    ]
    .into_iter()
    .enumerate()
    {
        shop.order(id, &Person::new(&format!("ann{n}")))
            .accepted()
            .await;
        let read = shop.read_order(path).await;
        assert_eq!(
            (&read["order_id"], &read["total"]),
            (&json!(id), &json!(1700))
        );
    }
    let missing = shop.merchant("GET", "/orders/404").send().await;
    missing.problem(404, "not_found");
}

#[tokio::test]
async fn a_time_in_the_future_becomes_now() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ahead = shop.now_ms() + 1_000_000_000;
    let decision = shop
        .order("1001", &Person::new("ann"))
        .set("at", ahead)
        .accepted()
        .await;
    let at = decision["at"].as_i64().expect("a time");
    assert!((shop.now_ms() - at).abs() < 60_000);
}

#[tokio::test]
async fn an_order_that_names_no_buyer_earns_nobody_anything() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let nobody = Person::default().with_name("Ann");
    for (id, buyer) in [
        ("1001", Person::default()),
        ("1002", nobody.clone()),
        ("1003", nobody.with_email("not an address")),
    ] {
        let decision = shop
            .order(id, &buyer)
            .with_code(&invited.code)
            .accepted()
            .await;
        assert_eq!(decision["reason"], "unnamed_buyer", "{id}");
        assert_eq!(decision["attributed"], false);
        assert_eq!(
            decision["explanation"],
            "The order names no buyer, so it cannot be told whether they are new."
        );
    }
    let unsaid = shop
        .order("1004", &Person::default())
        .set("customer", json!(null));
    let decision = unsaid
        .with_discounts(&[&invited.discount_code])
        .accepted()
        .await;
    assert_eq!(decision["reason"], "unnamed_buyer");
    assert_eq!(shop.credit(&jane).await, 0);
    let guest = Person::guest("ann@example.com");
    let named = shop.order("1005", &guest).with_code(&invited.code);
    assert_eq!(named.accepted().await["reason"], "typed_code");
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn a_buyer_is_judged_by_all_that_is_known_of_them() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    shop.order("1001", &Person::new("ann")).accepted().await;
    // Both are known by id and address; their orders name only the id.
    for (id, alias, reason) in [
        ("jane-2", "jane+tea@example.com", "self_referral"),
        ("ann-2", "ann+tea@example.com", "existing_customer"),
    ] {
        let person = Person::new(id).with_email(alias);
        shop.enrol(&person).await;
        let token = shop.click(&code).await;
        let bare = person.without_email();
        let body = json!({ "token": token, "customer_token": shop.customer_token(&bare) });
        let claim = shop.call("POST", "/claims").json(&body).send().await;
        claim.problem(403, reason);
        let decision = shop.order(id, &bare).with_code(&code).accepted().await;
        assert_eq!(decision["reason"], reason);
        // What it said is what a repeated report is compared with.
        let again = shop.order(id, &bare).with_code(&code).send().await;
        assert_eq!(again.expect(200)["outcome"], "exists");
    }
    let invited = shop.invite(&jane).await;
    let bare = Person::new("ann-2").without_email();
    let refused = shop.refusal(&invited.discount_code, Some(&bare)).await;
    assert_eq!(refused, "not_for_existing_customers");
}
