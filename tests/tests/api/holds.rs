//! The hold period: what is earned waits, and is granted by the clock alone.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{DAY_MS, Program};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::json;

async fn held(days: i64) -> Program {
    Setup::default()
        .set("hold_days", days)
        .create(&Edge::shared())
        .await
}

async fn state(shop: &Program, order: &str) -> String {
    let record = shop.read_order(order).await;
    record["reward"]["state"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_reward_waits_for_the_end_of_its_hold() {
    let shop = held(14).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let before = shop.now_ms();
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    let view = shop.enrol(&jane).await;
    let reward = &view["referrals"][0]["reward"];
    assert_eq!(
        (&reward["state"], &reward["amount"]),
        (&json!("pending"), &json!(500))
    );
    let payable = reward["payable_at"].as_i64().expect("a time");
    assert!((payable - before - 14 * DAY_MS).abs() < 60_000);
    assert_eq!(
        (&view["referrals"][0]["stage"], &view["progress"]["bought"]),
        (&json!("bought"), &json!(1))
    );
    shop.advance_days(13).await;
    assert_eq!(
        (
            state(&shop, "1001").await.as_str(),
            shop.credit(&jane).await
        ),
        ("pending", 0)
    );
    shop.advance_days(1).await;
    eventually("the reward granted", async || {
        (state(&shop, "1001").await == "issued").then_some(())
    })
    .await;
    assert_eq!(shop.credit(&jane).await, 500);
    assert_eq!(shop.count_logged("reward.issued").await, 1);
}

#[tokio::test]
async fn the_alarm_grants_a_reward_without_anybody_calling() {
    let shop = held(1).await;
    let code = shop.code(&Person::new("jane")).await;
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    let payable = shop.read_order("1001").await["reward"]["payable_at"]
        .as_i64()
        .expect("a time");
    // The last three seconds pass by themselves: the object's own alarm has to ring.
    shop.advance_ms(payable - shop.now_ms() - 3_000).await;
    let waiting = state(&shop, "1001").await;
    assert!(waiting == "pending" || shop.now_ms() >= payable);
    eventually("the alarm", async || {
        (state(&shop, "1001").await == "issued").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_reward_is_told_when_it_is_earned_and_when_it_is_granted() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default()
        .set("hold_days", 14)
        .set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    let earned = sink
        .event("reward.earned", "1001")
        .await
        .verified(&shop.keys.webhooks);
    assert_eq!(earned["data"]["reward"]["state"], "pending");
    shop.advance_days(15).await;
    for (event, sequence) in [("reward.approved", 2), ("reward.issued", 3)] {
        let told = sink
            .event(event, "1001")
            .await
            .verified(&shop.keys.webhooks);
        assert_eq!(told["data"]["referral"]["sequence"], sequence);
    }
}

#[tokio::test]
async fn a_hold_keeps_its_day_when_the_settings_change() {
    let shop = held(14).await;
    let code = shop.code(&Person::new("jane")).await;
    shop.order("1001", &Person::new("ann"))
        .with_code(&code)
        .accepted()
        .await;
    shop.change(&json!({ "hold_days": 0 })).await;
    shop.order("1002", &Person::new("bob"))
        .with_code(&code)
        .accepted()
        .await;
    assert_eq!(state(&shop, "1002").await, "issued");
    assert_eq!(state(&shop, "1001").await, "pending");
}

#[tokio::test]
async fn sixty_rewards_that_fall_due_at_once_are_all_granted() {
    let setup = Setup::default()
        .set("hold_days", 7)
        .set("rewards_per_year_max", 100);
    let shop = setup.create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    for n in 0..60 {
        let buyer = Person::new(&format!("friend{n}"));
        shop.order(&format!("o{n}"), &buyer)
            .with_code(&code)
            .accepted()
            .await;
    }
    shop.advance_days(8).await;
    eventually("all of them granted", async || {
        (shop.credit(&jane).await == 30_000).then_some(())
    })
    .await;
}
