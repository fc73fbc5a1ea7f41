//! django-oscar tells of its orders: by the sample's reports at once, and by its list later.

use goodword_tests::harness::person::Person;
use goodword_tests::shops::oscar::{BEANS, FRIENDS, Opening, Oscar, SPRING};
use goodword_tests::shops::visitor::Visitor;
use serde_json::{Value, json};

/// Nothing listens there.
const NOBODY: &str = "http://127.0.0.1:9";

/// Somebody with beans in the basket, and the click on Jane's link in the cookie that the shop's server reads.
async fn friend_of(jane: &Person, shop: &Oscar) -> Visitor {
    let code = shop.program.code(jane).await;
    let token = shop.program.click(&code).await;
    let mut ann = shop.visitor();
    ann.keep("goodword", &token);
    ann.put_in(BEANS).await;
    ann
}

#[tokio::test]
async fn a_paid_order_rewards_who_sent_its_buyer_and_its_refund_takes_that_back() {
    let shop = Oscar::open().await;
    let jane = Person::new("jane");
    let mut ann = friend_of(&jane, &shop).await;
    ann.use_voucher(FRIENDS[0]).await;
    let order = ann.buy_as("ann@example.com").await;
    assert_eq!(shop.program.count_logged("reward.earned").await, 0);
    shop.staff_says(&order, "Paid").await;
    let decided = shop.decision(&order).await;
    assert_eq!(
        [&decided["attributed"], &decided["reason"]],
        [&json!(true), &json!("signed_token")]
    );
    let amounts = ["subtotal", "discount", "total"].map(|amount| &decided[amount]);
    assert_eq!(amounts, [&json!(1_700), &json!(300), &json!(1_700)]);
    assert_eq!(shop.program.credit(&jane).await, 500);
    shop.staff_says(&order, "Refunded").await;
    assert_eq!(shop.program.credit(&jane).await, 0);
    assert_eq!(shop.program.count_logged("reward.clawed_back").await, 1);
}

#[tokio::test]
async fn a_voucher_of_the_shops_own_names_who_sent_its_buyer_where_nothing_else_does() {
    let opening = Opening::default().hands_out(&FRIENDS);
    let shop = opening.open().await;
    let jane = Person::new("jane");
    let voucher = shop.program.invite(&jane).await.discount_code;
    assert!(FRIENDS.contains(&voucher.as_str()), "{voucher}");
    let mut ann = shop.visitor();
    ann.put_in(BEANS).await;
    ann.use_voucher(&voucher).await;
    let order = ann.buy_as("ann@example.com").await;
    shop.staff_says(&order, "Paid").await;
    let decided = shop.decision(&order).await;
    assert_eq!(decided["reason"], "claimed_discount");
    assert_eq!(shop.program.credit(&jane).await, 500);
    // The shop itself takes it once: the next buyer pays the full price, and is nobody's.
    let mut bob = shop.visitor();
    bob.put_in(BEANS).await;
    bob.use_voucher(&voucher).await;
    let order = bob.buy_as("bob@example.com").await;
    shop.staff_says(&order, "Paid").await;
    let decided = shop.decision(&order).await;
    assert_eq!(
        [&decided["attributed"], &decided["total"]],
        [&json!(false), &json!(2_000)]
    );
}

#[tokio::test]
async fn a_cancelled_order_takes_back_all_of_it_and_one_that_was_never_paid_earns_nothing() {
    let shop = Oscar::open().await;
    let jane = Person::new("jane");
    let mut bob = friend_of(&jane, &shop).await;
    let unpaid = bob.buy_as("bob@example.com").await;
    shop.staff_says(&unpaid, "Cancelled").await;
    assert_eq!(shop.program.count_logged("reward.earned").await, 0);
    let mut ann = friend_of(&jane, &shop).await;
    let order = ann.buy_as("ann@example.com").await;
    shop.staff_says(&order, "Paid").await;
    assert_eq!(shop.program.credit(&jane).await, 500);
    shop.staff_says(&order, "Cancelled").await;
    assert_eq!(shop.program.credit(&jane).await, 0);
}

#[tokio::test]
async fn the_list_tells_what_was_told_at_once_and_counts_nothing_twice() {
    let shop = Oscar::open().await;
    let jane = Person::new("jane");
    let mut ann = friend_of(&jane, &shop).await;
    ann.use_voucher(FRIENDS[0]).await;
    let order = ann.buy_as("ann@example.com").await;
    shop.staff_says(&order, "Paid").await;
    assert!(
        !shop.log_text().contains("was not taken"),
        "{}",
        shop.log_text()
    );
    let reports = shop.reports().await;
    let kinds: Vec<_> = reports.iter().map(|report| &report["kind"]).collect();
    assert_eq!(kinds, ["order_placed", "order"]);
    assert_eq!(reports[0]["discount_codes"], json!([FRIENDS[0]]));
    for told in ["token", "discount_codes", "order_id"] {
        assert_eq!(reports[0][told], reports[1][told]);
    }
    for answer in shop
        .tell(&shop.program, &[reports.clone(), reports].concat())
        .await
    {
        assert_eq!(answer.expect(200)["outcome"], "exists");
    }
    assert_eq!(shop.program.credit(&jane).await, 500);
    assert_eq!(shop.program.count_logged("reward.earned").await, 1);
}

#[tokio::test]
async fn a_shop_sells_while_nobody_takes_its_reports_and_the_list_tells_them_later_in_any_order() {
    let shop = Opening::default().reports_to(NOBODY).open().await;
    let jane = Person::new("jane");
    let mut ann = friend_of(&jane, &shop).await;
    let order = ann.buy_as("ann@example.com").await;
    shop.staff_says(&order, "Paid").await;
    shop.staff_says(&order, "Refunded").await;
    let lost = format!("{order}-order was not taken");
    assert!(shop.log_text().contains(&lost), "{}", shop.log_text());
    assert_eq!(shop.program.count_logged("order.recorded").await, 0);
    // What was refunded before it was paid, as far as anybody could tell.
    let mut reports = shop.reports().await;
    reports.reverse();
    let answers = shop.tell(&shop.program, &reports).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(
        statuses,
        [201, 201, 200],
        "placing comes too late to change anything"
    );
    let decided = shop.decision(&order).await;
    assert_eq!(decided["attributed"], true);
    assert_eq!(decided["reward"]["state"], "voided");
    assert_eq!(shop.program.credit(&jane).await, 0);
}

#[tokio::test]
async fn the_list_goes_on_from_a_cursor_and_is_for_who_has_its_secret() {
    let shop = Oscar::open().await;
    let mut numbers = Vec::new();
    for email in ["ann@example.com", "bob@example.com"] {
        let mut guest = shop.visitor();
        guest.put_in(BEANS).await;
        guest.use_voucher(SPRING).await;
        numbers.push(guest.buy_as(email).await);
    }
    let listed = |list: &Value| -> Vec<Value> {
        let reports = list["reports"].as_array().expect("reports");
        let told = reports.iter();
        told.map(|report| json!([report["order_id"], report["kind"]]))
            .collect()
    };
    let first = shop.list(None).await;
    let placed = |order: &String| json!([order, "order_placed"]);
    assert_eq!(listed(&first), [placed(&numbers[0]), placed(&numbers[1])]);
    let cursor = first["next"].as_str().expect("a cursor");
    assert_eq!(
        shop.list(Some(cursor)).await,
        json!({ "reports": [], "next": null })
    );
    // An order that changes comes again, behind all others.
    shop.staff_says(&numbers[0], "Paid").await;
    let second = shop.list(Some(cursor)).await;
    let paid = json!([numbers[0], "order"]);
    assert_eq!(listed(&second), [placed(&numbers[0]), paid]);
    assert_eq!(shop.list_as("another", None).await.0, 401);
    assert_eq!(shop.list_as("", Some(cursor)).await.0, 401);
}

#[tokio::test]
async fn a_shop_that_signs_with_another_key_sells_and_is_not_believed() {
    let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let shop = Opening::default().signs_with(key).open().await;
    let mut ann = friend_of(&Person::new("jane"), &shop).await;
    let order = ann.buy_as("ann@example.com").await;
    shop.staff_says(&order, "Paid").await;
    let refused = format!("{order}-order was not taken: HTTP Error 401");
    assert!(shop.log_text().contains(&refused), "{}", shop.log_text());
    assert_eq!(shop.program.count_logged("order.recorded").await, 0);
}

#[tokio::test]
async fn a_cookie_that_is_no_token_loses_no_order() {
    let shop = Oscar::open().await;
    for (cookie, email) in [("%3Cb%3E!", "ann@example.com"), ("AAAA", "bob@example.com")] {
        let mut guest = shop.visitor();
        guest.keep("goodword", cookie);
        guest.put_in(BEANS).await;
        let order = guest.buy_as(email).await;
        shop.staff_says(&order, "Paid").await;
        let decided = shop.decision(&order).await;
        assert_eq!(decided["attributed"], false, "{decided}");
    }
}
