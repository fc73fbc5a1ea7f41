//! What customers do during a storm: follow a link, take the offer, buy, send some of it back; each step sent again until it
//! is answered, and now and then several times at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::call::Call;
use goodword_tests::harness::invitations::token_of;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network, text};
use goodword_tests::harness::sink::WebhookSink;
use goodword_tests::store::ids::session_id;
use serde_json::Value;
use tokio::time::sleep;

/// Total of every order, in minor units.
pub(crate) const TOTAL: i64 = 1_700;

/// What an order earns on either side, before anything is taken back.
pub(crate) const REWARD: i64 = 500;
pub(crate) const INVITEE_REWARD: i64 = 300;

/// Between two tries while the edge is down.
const PAUSE: Duration = Duration::from_millis(15);

/// The program in the storm.
pub(crate) struct Storm {
    pub(crate) shop: Program,
    pub(crate) sink: WebhookSink,
    pub(crate) hold_days: i64,
    pub(crate) referrers: Vec<Person>,
    codes: Vec<String>,
    requests: AtomicU64,
    repeats: AtomicU64,
}

/// What a customer did, and what the edge acknowledged.
pub(crate) struct Customer {
    pub(crate) referrer: usize,
    pub(crate) token: String,
    pub(crate) discount_code: String,
    pub(crate) order: String,
    pub(crate) buyer: Person,
    pub(crate) decision: Value,
    /// Id and amount.
    pub(crate) refunds: Vec<(String, i64)>,
    pub(crate) cancelled: bool,
}

/// A well-known small generator (splitmix64): a storm can be raised again by its seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one_in(&mut self, chance: u64) -> bool {
        self.below(chance) == 0
    }
}

impl Customer {
    /// What is left of a reward of this much for the order, by arithmetic and not by the ledger.
    pub(crate) fn leaves_of(&self, reward: i64) -> i64 {
        let refunded: i64 = self.refunds.iter().map(|(_, amount)| amount).sum();
        let left = if self.cancelled {
            0
        } else {
            (TOTAL - refunded).max(0)
        };
        reward * left / TOTAL
    }
}

impl Storm {
    pub(crate) fn new(
        shop: Program,
        sink: WebhookSink,
        hold_days: i64,
        referrers: Vec<Person>,
        codes: Vec<String>,
    ) -> Self {
        Self {
            shop,
            sink,
            hold_days,
            referrers,
            codes,
            requests: AtomicU64::new(0),
            repeats: AtomicU64::new(0),
        }
    }

    /// Requests sent.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    /// Requests sent again because the edge had not answered.
    pub(crate) fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::SeqCst)
    }

    /// One customer's day.
    pub(crate) async fn customer(&self, dice: &mut Dice) -> Customer {
        let at = usize::try_from(dice.below(self.codes.len() as u64)).expect("few");
        let network = fresh_network();
        let visit = || self.shop.visit(&self.codes[at]).network(&network);
        let click = self.answered(visit).await;
        let token = token_of(click.location()).expect("a token");
        let claim = || self.shop.claim_call(&token).network(&network);
        let claimed = self.agreed(claim, dice).await;

        let id = session_id()[..12].to_owned();
        let mut customer = Customer {
            referrer: at,
            discount_code: text(&claimed["discount_code"]),
            token,
            order: format!("order-{id}"),
            buyer: Person::new(&format!("buyer-{id}")),
            decision: Value::Null,
            refunds: Vec::new(),
            cancelled: false,
        };
        if dice.one_in(8) {
            // A refund may be reported before its order.
            self.refund(&mut customer, dice).await;
        }
        let order = || self.order(&customer);
        customer.decision = self.agreed(order, dice).await;
        while dice.one_in(2) && customer.refunds.len() < 4 {
            self.refund(&mut customer, dice).await;
        }
        if dice.one_in(10) {
            let cancel = || self.shop.cancellation(&customer.order).call();
            self.agreed(cancel, dice).await;
            customer.cancelled = true;
        }
        customer
    }

    /// The report of a customer's order.
    pub(crate) fn order(&self, customer: &Customer) -> Call {
        let order = self.shop.order(&customer.order, &customer.buyer);
        let order = order.with_discounts(&[&customer.discount_code]);
        order.report().call()
    }

    async fn refund(&self, customer: &mut Customer, dice: &mut Dice) {
        let id = format!("refund-{}", &session_id()[..12]);
        let amount = i64::try_from(dice.below(700)).expect("small") + 1;
        let refund = || self.shop.refund(&customer.order, &id, amount).call();
        self.agreed(refund, dice).await;
        customer.refunds.push((id, amount));
    }

    /// Sends a write, now and then several times at once; all answers must say the same.
    async fn agreed(&self, make: impl Fn() -> Call, dice: &mut Dice) -> Value {
        let copies = if dice.one_in(3) { 2 + dice.below(3) } else { 1 };
        let answers = join_all((0..copies).map(|_| self.answered(&make))).await;
        let mut said: Vec<Value> = answers.iter().map(same).collect();
        let first = said.swap_remove(0);
        for other in said {
            assert_eq!(first, other);
        }
        first
    }

    /// Sends until there is an answer.
    pub(crate) async fn answered(&self, make: impl Fn() -> Call) -> Answer {
        loop {
            self.requests.fetch_add(1, Ordering::SeqCst);
            if let Some(answer) = make().try_send().await
                && answer.status < 500
            {
                return answer;
            }
            self.repeats.fetch_add(1, Ordering::SeqCst);
            sleep(PAUSE).await;
        }
    }
}

/// An answer without what differs between the first and a repeated one.
pub(crate) fn same(answer: &Answer) -> Value {
    assert!(
        matches!(answer.status, 200 | 201),
        "{} {} {}",
        answer.asked,
        answer.status,
        answer.body
    );
    let mut said = answer.json();
    if let Some(fields) = said.as_object_mut() {
        fields.remove("outcome");
    }
    said
}
