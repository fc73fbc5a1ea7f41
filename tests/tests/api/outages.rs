//! An outage: the edge is gone, the merchant's endpoint is gone, and days pass. Then everything is caught up with.

use std::time::Instant;

use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::fresh_id;
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;

const ORDERS: usize = 40;

#[tokio::test]
async fn what_fell_due_in_an_outage_is_done_after_it_without_anybody_calling() {
    let id = fresh_id();
    let mut own = OwnEdge::start(&id).await;
    let sink = WebhookSink::open().await;
    let setup = Setup::default()
        .set("webhook_url", sink.url.clone())
        .set("rewards_per_year_max", 1_000)
        .set("hold_days", 2);
    let shop = setup.create_as(&own.edge(), &id).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    sink.fail(usize::MAX);
    for n in 0..ORDERS {
        let order = shop.order(&format!("o{n}"), &Person::new(&format!("friend{n}")));
        order.with_code(&code).accepted().await;
    }
    eventually("the endpoint given a rest", async || {
        (sink.deliveries().len() >= 5).then_some(())
    })
    .await;
    assert_eq!(shop.credit(&jane).await, 0);

    own.restart().await;
    sink.take();
    let back = Instant::now();
    shop.advance_days(3).await;
    let heard = |event: &str, n: usize| {
        let told = sink.for_order(&format!("o{n}")).into_iter();
        told.filter(|one| one.taken && one.event() == event).count()
    };
    eventually("everything told", async || {
        let all = ["reward.earned", "reward.approved", "reward.issued"];
        let is_told = |n| all.iter().all(|event| heard(event, n) > 0);
        (0..ORDERS).all(is_told).then_some(())
    })
    .await;
    print_number(&format!(
        "after an outage of three days, {ORDERS} rewards granted and {} events told: {:.1} s",
        3 * ORDERS,
        back.elapsed().as_secs_f64()
    ));
    let granted = i64::try_from(ORDERS).expect("small") * 500;
    assert_eq!(shop.credit(&jane).await, granted);
    assert_eq!(shop.count_logged("reward.issued").await, ORDERS);
    for n in 0..ORDERS {
        let mut sequences: Vec<i64> = sink
            .for_order(&format!("o{n}"))
            .iter()
            .filter(|one| one.taken)
            .filter_map(|one| one.json()["data"]["referral"]["sequence"].as_i64())
            .collect();
        sequences.sort_unstable();
        sequences.dedup();
        assert_eq!(sequences, [1, 2, 3], "o{n}");
    }
    assert_eq!(shop.deliveries("waiting").await.len(), 0);
    assert_eq!(shop.deliveries("dead").await.len(), 0);
}
