//! A cap is exact, however many orders come at once.

use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::iter;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::setup::Setup;

const ORDERS: usize = 1_000;

/// Rewards that one referrer may earn.
const CAP: usize = 37;

/// Times that an order is sent again which the edge was too busy for.
const TRIES: usize = 20;

#[tokio::test]
async fn a_thousand_orders_at_once_earn_exactly_as_many_rewards_as_the_cap_allows() {
    let setup = Setup::default().set("rewards_per_year_max", CAP);
    let shop = setup.create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let began = Instant::now();
    let send = |n: usize| {
        let (shop, code) = (&shop, &code);
        async move {
            let order = shop.order(&format!("o{n}"), &Person::new(&format!("friend{n}")));
            let order = order.with_code(code);
            for again in 0..TRIES {
                let answer = order.send().await;
                if answer.status != 503 {
                    return (answer, again);
                }
            }
            panic!("o{n} was never accepted");
        }
    };
    let answers: Vec<_> = iter((0..ORDERS).map(send))
        .buffer_unordered(ORDERS)
        .collect()
        .await;
    let took = began.elapsed();
    let again: usize = answers.iter().map(|(_, again)| again).sum();
    let (mut rewarded, mut capped) = (0, 0);
    for (answer, again) in &answers {
        assert!(answer.status == 201 || (answer.status == 200 && *again > 0));
        let order = answer.json();
        assert_eq!(order["reason"], "typed_code", "{order}");
        rewarded += usize::from(order["reward"]["amount"] == 500);
        capped += usize::from(order["no_reward"] == "cap_reached");
    }
    assert_eq!((rewarded, capped), (CAP, ORDERS - CAP));
    assert_eq!(
        shop.credit(&jane).await,
        i64::try_from(CAP).expect("small") * 500
    );
    let recorded = shop.count_logged("order.recorded").await;
    let earned = shop.count_logged("reward.earned").await;
    assert_eq!((recorded, earned), (ORDERS, CAP));
    print_number(&format!(
        "{ORDERS} orders at once through one code with a cap of {CAP}: {earned} rewards, {capped} refused by the cap, {again} sent again; {:.1} s",
        took.as_secs_f64()
    ));
}
