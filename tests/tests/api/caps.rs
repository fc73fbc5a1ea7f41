//! A cap and a budget are exact, however many orders come at once.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::iter;
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::eventually::within;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::own_edge::OwnEdge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// One rush after the other, each on an edge of its own: it keeps the runtime from whoever else has a question.
static TURN: Semaphore = Semaphore::const_new(1);

/// Longer than it takes to deliver what so many orders bring about.
const PATIENCE: Duration = Duration::from_mins(4);

/// Times that an order is sent again which the edge was too busy for.
const TRIES: usize = 20;

/// A referrer's reward, and an invitee's where there is one.
const REWARD: i64 = 500;
const INVITEE_REWARD: i64 = 300;

/// Orders that come at once, in turn through the codes of so many referrers, and how many of them fit below a limit.
struct Rush {
    limit: &'static str,
    settings: Value,
    orders: usize,
    referrers: usize,
    rewards: i64,
    invitee_rewards: i64,
    refused: &'static str,
}

impl Rush {
    /// Two hundred orders through one code.
    fn new(limit: &'static str, settings: Value, rewards: i64) -> Self {
        Self {
            limit,
            settings,
            orders: 200,
            referrers: 1,
            rewards,
            invitee_rewards: 0,
            refused: "cap_reached",
        }
    }

    /// Lets them come. Exactly as many rewards as fit come out: by the answers, by the log, and by the books.
    async fn comes_out_exact(self) {
        let _turn = TURN.acquire().await.expect("never closed");
        let mut setup = Setup::default().set("rewards_per_year_max", 1_000_000);
        for (field, value) in self.settings.as_object().expect("an object") {
            setup = setup.set(field, value.clone());
        }
        let own = OwnEdge::start("demo").await;
        let shop = setup.create(&own.edge()).await;
        let referrers: Vec<Person> = (0..self.referrers)
            .map(|at| Person::new(&format!("jane{at}")))
            .collect();
        let codes = join_all(referrers.iter().map(|person| shop.code(person))).await;
        let began = Instant::now();
        let orders = (0..self.orders).map(|n| order(&shop, &codes[n % codes.len()], n));
        let answers: Vec<_> = iter(orders).buffer_unordered(self.orders).collect().await;
        let took = began.elapsed();
        drained(&shop).await;
        self.was_told(&answers);
        self.is_in_the_books(&shop, &referrers).await;
        let again: usize = answers.iter().map(|(_, again)| again).sum();
        print_number(&format!(
            "{} orders at once against {}: {} rewards of referrers and {} of invitees, {again} sent again; {:.1} s",
            self.orders,
            self.limit,
            self.rewards,
            self.invitee_rewards,
            took.as_secs_f64()
        ));
    }

    fn was_told(&self, answers: &[(Answer, usize)]) {
        let (mut rewarded, mut refused) = (0, 0);
        for (answer, again) in answers {
            assert!(answer.status == 201 || (answer.status == 200 && *again > 0));
            let order = answer.json();
            assert_eq!(order["reason"], "typed_code", "{order}");
            rewarded += i64::from(order["reward"]["amount"] == REWARD);
            refused += usize::from(order["no_reward"] == self.refused);
        }
        assert_eq!(rewarded, self.rewards, "{}", self.limit);
        assert_eq!(count(rewarded) + refused, self.orders, "{}", self.limit);
    }

    async fn is_in_the_books(&self, shop: &Program, referrers: &[Person]) {
        let earned = shop.logged("reward.earned").await;
        let by = |cause: &str| {
            let of_cause = |line: &&Value| line["reward"]["cause"] == cause;
            earned.iter().filter(of_cause).count()
        };
        assert_eq!(
            [by("conversion"), by("invitee"), earned.len()],
            [
                count(self.rewards),
                count(self.invitee_rewards),
                count(self.rewards + self.invitee_rewards)
            ],
            "{}",
            self.limit
        );
        let recorded = shop.count_logged("order.recorded").await;
        assert_eq!(recorded, self.orders);
        let credits = join_all(referrers.iter().map(|person| shop.credit(person))).await;
        assert_eq!(credits.iter().sum::<i64>(), self.rewards * REWARD);
        let all = shop.exported("credits").await;
        let all = all.iter().filter_map(|row| row["amount"].as_i64());
        assert_eq!(
            all.sum::<i64>(),
            self.rewards * REWARD + self.invitee_rewards * INVITEE_REWARD,
            "{}",
            self.limit
        );
    }
}

/// Reports an order until the edge has time for it; the answer, and how often it was sent again.
async fn order(shop: &Program, code: &str, n: usize) -> (Answer, usize) {
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

/// Waits until all is delivered that the orders have brought about: on one machine, whoever asks meanwhile waits long.
async fn drained(shop: &Program) {
    within(PATIENCE, "an empty outbox", async || {
        let asked = shop.merchant("GET", "/deliveries?state=waiting");
        let waiting = asked.try_send().await?.json();
        let waiting = waiting["deliveries"].as_array()?;
        waiting.is_empty().then_some(())
    })
    .await;
}

fn count(number: i64) -> usize {
    usize::try_from(number).expect("not negative")
}

#[tokio::test]
async fn a_thousand_orders_at_once_earn_exactly_as_many_rewards_as_the_cap_allows() {
    let settings = json!({ "rewards_per_year_max": 37 });
    let mut rush = Rush::new("a cap of 37 a year", settings, 37);
    rush.orders = 1_000;
    rush.comes_out_exact().await;
}

#[tokio::test]
async fn a_cap_by_value_is_exact_when_many_orders_come_at_once() {
    // What is left over is less than a reward.
    let settings = json!({ "caps": [{ "of": "value", "max": 23 * REWARD + 499 }] });
    Rush::new("a cap of 119.99 by value", settings, 23)
        .comes_out_exact()
        .await;
}

#[tokio::test]
async fn a_cap_of_some_days_is_exact_when_many_orders_come_at_once() {
    let settings = json!({ "caps": [{ "of": "count", "max": 29, "days": 30 }] });
    Rush::new("a cap of 29 in 30 days", settings, 29)
        .comes_out_exact()
        .await;
}

#[tokio::test]
async fn a_budget_that_two_referrers_share_is_exact_when_many_orders_come_at_once() {
    let settings = json!({ "budget": 41 * REWARD + 499, "budget_days": 7 });
    let mut rush = Rush::new("a budget of 209.99 for two referrers", settings, 41);
    rush.referrers = 2;
    rush.refused = "budget_reached";
    rush.comes_out_exact().await;
}

#[tokio::test]
async fn a_budget_for_both_sides_is_exact_when_many_orders_come_at_once() {
    // After thirty of both kinds, one more of a referrer fits, and none of an invitee beside it.
    let value = json!({ "rule": "fixed", "amount": INVITEE_REWARD, "currency": "EUR" });
    let settings = json!({
        "budget": 30 * (REWARD + INVITEE_REWARD) + REWARD + INVITEE_REWARD - 1, "budget_days": 7,
        "invitee_reward": { "kind": "credit", "value": value },
    });
    let mut rush = Rush::new("a budget of 247.99 for both sides", settings, 31);
    rush.referrers = 2;
    rush.invitee_rewards = 30;
    rush.refused = "budget_reached";
    rush.comes_out_exact().await;
}
