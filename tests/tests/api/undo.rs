//! Refunds, cancellations and disputes: before and after the reward was granted, before and after the order is known.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

/// A program with this hold, in which Ann's order 1001 of 17.00 EUR has earned Jane 5.00 EUR.
async fn rewarded(hold_days: i64) -> (Program, Person) {
    let setup = Setup::default().set("hold_days", hold_days);
    setup.referred().await
}

async fn waiting(hold_days: i64) -> (Program, Person) {
    let setup = Setup::default().set("hold_days", hold_days);
    (setup.create(&Edge::shared()).await, Person::new("jane"))
}

/// Amount and state of the reward of order 1001.
async fn reward(shop: &Program) -> Value {
    let reward = shop.read_order("1001").await["reward"].clone();
    json!([reward["amount"], reward["state"]])
}

async fn settled(shop: &Program, expected: Value) {
    eventually(&format!("a reward of {expected}"), async || {
        (reward(shop).await == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_partial_refund_during_the_hold_keeps_the_rest_of_the_reward() {
    let (shop, jane) = rewarded(14).await;
    let answer = shop.refund("1001", "r1", 850).send().await.expect(201);
    assert_eq!(answer["rewards"][0]["amount"], 250);
    assert_eq!(reward(&shop).await, json!([250, "pending"]));
    assert_eq!(shop.count_logged("reward.adjusted").await, 1);
    shop.advance_days(15).await;
    settled(&shop, json!([250, "issued"])).await;
    assert_eq!(shop.credit(&jane).await, 250);
}

#[tokio::test]
async fn a_complete_refund_during_the_hold_voids_the_reward() {
    let (shop, jane) = rewarded(14).await;
    shop.refund("1001", "r1", 1_700).send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([0, "voided"]));
    shop.advance_days(15).await;
    assert_eq!(reward(&shop).await, json!([0, "voided"]));
    assert_eq!(shop.credit(&jane).await, 0);
    assert_eq!(shop.enrol(&jane).await["referrals"][0]["stage"], "undone");
    assert_eq!(shop.count_logged("reward.issued").await, 0);
}

#[tokio::test]
async fn a_partial_refund_after_the_grant_claws_its_share_back() {
    let (shop, jane) = rewarded(0).await;
    shop.refund("1001", "r1", 850).send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([250, "clawed_back"]));
    assert_eq!(shop.credit(&jane).await, 250);
    assert_eq!(shop.enrol(&jane).await["referrals"][0]["stage"], "rewarded");
    shop.refund("1001", "r2", 340).send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([150, "clawed_back"]));
    shop.refund("1001", "r3", 9_999).send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([0, "clawed_back"]));
    assert_eq!(shop.credit(&jane).await, 0);
    assert_eq!(shop.enrol(&jane).await["referrals"][0]["stage"], "undone");
}

#[tokio::test]
async fn what_is_left_of_a_reward_is_rounded_down() {
    let (shop, _) = rewarded(0).await;
    shop.refund("1001", "r1", 567).send().await.expect(201);
    // 500 * 1133 / 1700 = 333.2
    assert_eq!(reward(&shop).await, json!([333, "clawed_back"]));
}

#[tokio::test]
async fn a_refund_that_comes_twice_takes_once() {
    let (shop, jane) = rewarded(0).await;
    shop.refund("1001", "r1", 850).send().await.expect(201);
    let again = shop.refund("1001", "r1", 850).send().await.expect(200);
    assert_eq!(again["outcome"], "exists");
    assert_eq!(
        shop.logged("undo.repeated").await,
        [json!({ "amount": 850, "currency": "EUR", "fact": "refund:r1" })]
    );
    shop.refund("1001", "r1", 851)
        .send()
        .await
        .problem(409, "exists_with_different_fact");
    assert_eq!(shop.credit(&jane).await, 250);
    assert_eq!(shop.count_logged("reward.clawed_back").await, 1);
}

#[tokio::test]
async fn a_refund_may_come_before_its_order() {
    let (shop, jane) = waiting(0).await;
    let early = shop.refund("1001", "r1", 850).send().await.expect(201);
    assert_eq!(
        (&early["order_known"], &early["rewards"]),
        (&json!(false), &json!([]))
    );
    let code = shop.code(&jane).await;
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    assert_eq!(order.accepted().await["reward"]["amount"], 250);
    assert_eq!(shop.credit(&jane).await, 250);
    assert_eq!(
        shop.logged("reward.earned").await[0]["reward"]["amount"],
        250
    );
}

#[tokio::test]
async fn nobody_hears_of_a_reward_whose_order_was_gone_before_it_came() {
    for undo in ["refund", "cancellation", "dispute"] {
        let (shop, jane) = waiting(0).await;
        let report = match undo {
            "refund" => shop.refund("1001", "r1", 1_700),
            "cancellation" => shop.cancellation("1001"),
            _ => shop.dispute("1001", "d1", "lost"),
        };
        report.send().await.expect(201);
        let code = shop.code(&jane).await;
        let order = shop.order("1001", &Person::new("ann")).with_code(&code);
        let decision = order.accepted().await;
        assert_eq!(
            (&decision["attributed"], &decision["reward"]["state"]),
            (&json!(true), &json!("voided"))
        );
        assert_eq!(shop.credit(&jane).await, 0);
        assert_eq!(shop.count_logged("reward.earned").await, 0, "{undo}");
        assert_eq!(shop.count_logged("reward.voided").await, 1, "{undo}");
    }
}

#[tokio::test]
async fn a_cancellation_undoes_everything_before_and_after_the_grant() {
    for (hold, state) in [(14, "voided"), (0, "clawed_back")] {
        let (shop, jane) = rewarded(hold).await;
        shop.cancellation("1001").send().await.expect(201);
        assert_eq!(reward(&shop).await, json!([0, state]));
        assert_eq!(shop.credit(&jane).await, 0);
        assert_eq!(
            shop.cancellation("1001").send().await.expect(200)["outcome"],
            "exists"
        );
    }
}

#[tokio::test]
async fn an_open_dispute_freezes_a_reward_until_it_is_won() {
    let (shop, jane) = rewarded(14).await;
    shop.dispute("1001", "d1", "opened")
        .send()
        .await
        .expect(201);
    shop.advance_days(20).await;
    assert_eq!(reward(&shop).await, json!([500, "pending"]));
    shop.dispute("1001", "d1", "won").send().await.expect(201);
    settled(&shop, json!([500, "issued"])).await;
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn a_lost_dispute_takes_the_reward_back() {
    for (hold, state) in [(14, "voided"), (0, "clawed_back")] {
        let (shop, jane) = rewarded(hold).await;
        shop.dispute("1001", "d1", "opened")
            .send()
            .await
            .expect(201);
        assert_eq!(reward(&shop).await[0], 500);
        shop.dispute("1001", "d1", "lost").send().await.expect(201);
        assert_eq!(reward(&shop).await, json!([0, state]));
        assert_eq!(shop.credit(&jane).await, 0);
    }
}

#[tokio::test]
async fn what_a_referrer_owes_is_paid_off_by_the_next_reward() {
    let (shop, jane) = rewarded(0).await;
    let code = shop.code(&jane).await;
    shop.refund("1001", "r1", 1_700).send().await.expect(201);
    assert_eq!(shop.credit(&jane).await, 0);
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.count_logged("reward.offset").await, 1);
    shop.order("1003", &Person::new("cem"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(shop.credit(&jane).await, 1_000);
    assert_eq!(shop.count_logged("reward.offset").await, 1);
}

#[tokio::test]
async fn taking_back_an_order_that_earned_nothing_takes_nothing() {
    let (shop, _) = waiting(0).await;
    shop.order("1001", &Person::new("ann")).accepted().await;
    let answer = shop.refund("1001", "r1", 850).send().await.expect(201);
    assert_eq!(
        (&answer["order_known"], &answer["rewards"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(
        shop.logged("order.undone").await,
        [json!({ "amount": 850, "currency": "EUR", "fact": "refund:r1" })]
    );
}

#[tokio::test]
async fn a_second_order_after_a_refund_is_still_not_the_first() {
    let (shop, jane) = rewarded(0).await;
    shop.cancellation("1001").send().await.expect(201);
    let code = shop.code(&jane).await;
    let again = shop.order("1002", &Person::new("ann")).with_code(&code);
    assert_eq!(again.accepted().await["reason"], "already_referred");
}

#[tokio::test]
async fn a_lost_dispute_that_is_won_after_all_gives_the_reward_back() {
    let (shop, jane) = rewarded(0).await;
    shop.refund("1001", "r1", 425).send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([375, "clawed_back"]));
    for state in ["opened", "lost"] {
        shop.dispute("1001", "d1", state).send().await.expect(201);
    }
    assert_eq!(reward(&shop).await, json!([0, "clawed_back"]));
    let won = shop.dispute("1001", "d1", "won").send().await.expect(201);
    assert_eq!(won["rewards"][0]["amount"], 375);
    assert_eq!(reward(&shop).await, json!([375, "clawed_back"]));
    assert_eq!(shop.credit(&jane).await, 375);
    assert_eq!(shop.enrol(&jane).await["referrals"][0]["stage"], "rewarded");
    assert_eq!(shop.count_logged("reward.reinstated").await, 1);
    let again = shop.dispute("1001", "d1", "won").send().await.expect(200);
    assert_eq!(again["outcome"], "exists");
    assert_eq!(shop.credit(&jane).await, 375);
}

#[tokio::test]
async fn what_was_offset_before_a_dispute_was_won_is_credit_again() {
    let (shop, jane) = rewarded(0).await;
    let code = shop.code(&jane).await;
    shop.dispute("1001", "d1", "lost").send().await.expect(201);
    let next = shop.order("1002", &Person::new("bob")).with_code(&code);
    next.accepted().await;
    assert_eq!(shop.credit(&jane).await, 500);
    shop.dispute("1001", "d1", "won").send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([500, "issued"]));
    assert_eq!(shop.credit(&jane).await, 1_000);
}

#[tokio::test]
async fn a_reward_that_a_lost_dispute_voided_waits_again_once_it_is_won() {
    let (shop, jane) = rewarded(14).await;
    shop.dispute("1001", "d1", "lost").send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([0, "voided"]));
    shop.dispute("1001", "d1", "won").send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([500, "pending"]));
    assert_eq!(shop.count_logged("reward.reinstated").await, 1);
    shop.advance_days(15).await;
    settled(&shop, json!([500, "issued"])).await;
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn a_dispute_that_is_won_after_the_hold_is_over_grants_at_once() {
    let (shop, jane) = rewarded(14).await;
    shop.dispute("1001", "d1", "lost").send().await.expect(201);
    shop.advance_days(20).await;
    assert_eq!(reward(&shop).await, json!([0, "voided"]));
    shop.dispute("1001", "d1", "won").send().await.expect(201);
    settled(&shop, json!([500, "issued"])).await;
    assert_eq!(shop.credit(&jane).await, 500);
}

#[tokio::test]
async fn what_is_refunded_for_good_leaves_its_place_under_the_cap_and_a_lost_dispute_does_not() {
    let setup = Setup::default().set("rewards_per_year_max", 1);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let order = |id: &'static str| shop.order(id, &Person::new(id)).with_code(&code);
    order("ann").accepted().await;
    shop.dispute("ann", "d1", "lost").send().await.expect(201);
    assert_eq!(order("bob").accepted().await["no_reward"], "cap_reached");
    shop.dispute("ann", "d1", "won").send().await.expect(201);
    shop.cancellation("ann").send().await.expect(201);
    assert_eq!(order("cem").accepted().await["no_reward"], json!(null));
    assert_eq!(order("dan").accepted().await["no_reward"], "cap_reached");
}

#[tokio::test]
async fn the_latest_edit_of_an_order_holds_whenever_it_arrives() {
    let (shop, jane) = rewarded(0).await;
    let (first, second) = (shop.now_ms() - 2_000, shop.now_ms() - 1_000);
    let answer = shop
        .edit("1001", "e2", second, 850)
        .send()
        .await
        .expect(201);
    assert_eq!(answer["rewards"][0]["amount"], 250);
    let late = shop.edit("1001", "e1", first, 17).send().await.expect(201);
    assert_eq!(late["rewards"][0]["amount"], 250);
    assert_eq!(shop.credit(&jane).await, 250);
    let again = shop.edit("1001", "e1", first, 17).send().await.expect(200);
    assert_eq!(again["outcome"], "exists");
    let other = shop.edit("1001", "e1", first, 18).send().await;
    other.problem(409, "exists_with_different_fact");
    let more = shop.edit("1001", "e3", shop.now_ms(), 9_999);
    more.send().await.expect(201);
    assert_eq!(reward(&shop).await, json!([500, "issued"]));
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.count_logged("reward.reinstated").await, 1);
}

#[tokio::test]
async fn an_edit_without_a_time_of_its_own_is_refused() {
    let (shop, _) = rewarded(0).await;
    let body = json!({
        "kind": "order_edit", "order_id": "1001", "edit_id": "e1", "total": 1, "currency": "EUR",
    });
    shop.report(&body).send().await.problem(400, "invalid_body");
    let ahead = shop.edit("1001", "e1", shop.now_ms() + 3_600_000, 1);
    ahead.send().await.problem(400, "invalid_body");
    assert_eq!(reward(&shop).await, json!([500, "issued"]));
}

/// Every order of arrival of four facts about one order, each in a program of its own, ends alike.
#[tokio::test]
async fn facts_about_an_order_end_alike_in_whatever_order_they_arrive() {
    let facts = ["order", "lost", "won", "refund"];
    let orders = [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [1, 0, 3, 2],
        [2, 3, 0, 1],
        [1, 3, 0, 2],
        [0, 2, 3, 1],
    ];
    for order in orders {
        let (shop, jane) = waiting(0).await;
        let code = shop.code(&jane).await;
        for fact in order.map(|index: usize| facts[index]) {
            let report = match fact {
                "order" => shop
                    .order("1001", &Person::new("ann"))
                    .with_code(&code)
                    .report(),
                "refund" => shop.refund("1001", "r1", 425),
                state => shop.dispute("1001", "d1", state),
            };
            report.send().await.expect(201);
        }
        eventually(&format!("375 of credit after {order:?}"), async || {
            (shop.credit(&jane).await == 375).then_some(())
        })
        .await;
    }
}
