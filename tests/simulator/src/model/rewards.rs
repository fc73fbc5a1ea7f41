//! What is earned by whom, and what counts under caps and budget: sums over all rewards there ever were.

use super::life::{Expected, Life, State, Undo};
use super::terms::Terms;
use super::{DAY_MS, Model, Order, Subscription, Verdict};

/// What a card on the block-list weighs.
const LISTED: u32 = 100;

/// A reward as the model knows it.
#[derive(Clone, Debug)]
pub struct Earned {
    /// The order that has earned it.
    pub order: String,
    /// Who has.
    pub owner: usize,
    /// `conversion`, `invitee`, `renewal` or `milestone`.
    pub cause: &'static str,
    /// So many referrals, of a milestone.
    pub milestone: usize,
    /// How much.
    pub amount: i64,
    /// Of which currency.
    pub currency: &'static str,
    /// Whether the merchant hands it over.
    pub is_thing: bool,
    /// The moment.
    pub moment: usize,
    /// The time of the command.
    pub now: i64,
    /// From when it is due.
    pub payable_at: i64,
    /// The moment from which no review holds it.
    pub reviewed: usize,
    /// The moment at which it was vetoed.
    pub vetoed: usize,
    /// The moment at which nobody had collected it in time, and what of it had paid off debts by then.
    pub expired: Option<(usize, i64)>,
    /// Whether it was used.
    pub used: bool,
    /// Moments and times at which it could be approved.
    pub grants: Vec<(usize, i64)>,
}

impl Model {
    /// What an order that is known by now earns: its referrer, and its buyer if it converts. Why the referrer earns nothing.
    pub(super) fn earn(
        &mut self,
        id: &str,
        (referrer, buyer): (usize, Option<usize>),
        version: usize,
        cause: &'static str,
        now: i64,
    ) -> Option<&'static str> {
        let main = self.terms(version).clone();
        let order = self.orders[id].order.clone();
        let terms = main.in_currency(order.currency).expect("listed");
        let waits = self.waits(&order, cause, main.risk.0);
        let approved = self.approved(referrer);
        let tier = terms.tiers.iter().rev().find(|(from, _)| *from <= approved);
        // A choice is made in the main currency.
        let chosen = self.people.0[referrer].choice;
        let is_chosen = chosen.is_some() && chosen == main.choice.map(|choice| (main.kind, choice));
        let choice = terms.choice.filter(|_| is_chosen);
        let fixed = tier.map(|(_, amount)| *amount).or(choice);
        let amount = fixed.unwrap_or_else(|| terms.reward_on(&order));
        let refused = self
            .try_to_earn(id, &terms, referrer, (cause, 0, waits), amount, now)
            .err();
        let invitees = terms.invitee.filter(|_| cause == "conversion");
        if let Some((amount, buyer)) = invitees.zip(buyer) {
            let _ = self.try_to_earn(id, &terms, buyer, ("invitee", 0, waits), amount, now);
        }
        let own = self
            .rewards
            .iter()
            .position(|one| one.order == id && one.cause == "conversion");
        if own.is_some_and(|index| self.is_approved(index)) {
            self.reach(id, &terms, referrer, now);
        }
        refused
    }

    /// Whether what an order earns waits for the merchant's word: because its referral does, or the one that it renews.
    fn waits(&self, order: &Order, cause: &str, review_from: u32) -> bool {
        // Somebody new converts by themselves, whoever's subscription it says that it is.
        let first = order.subscription.as_ref().filter(|_| cause == "renewal");
        let first = first.and_then(|name| self.subscriptions.get(name));
        let renewed = first.is_some_and(|first| {
            let listed = order
                .card
                .is_some_and(|card| self.blocked.iter().any(|one| one == card));
            let unsaid = !self.words.contains_key(&first.order) && self.asks(first);
            first.order != order.id && (unsaid || (listed && review_from <= LISTED))
        });
        order.verdict == Verdict::Review || renewed
    }

    /// Whether the referral of a subscription asks for a word, by its reward, or where it has none by its verdict.
    fn asks(&self, first: &Subscription) -> bool {
        let mut rewards = self.rewards.iter();
        let own = rewards.find(|one| one.order == first.order && one.cause == "conversion");
        own.map_or(
            self.orders[&first.order].order.verdict == Verdict::Review,
            |own| own.reviewed == usize::MAX,
        )
    }

    /// Whether a reward waits for the merchant's word.
    pub fn is_reviewed(&self, reward: &Earned) -> bool {
        let stands = self.reward(reward);
        reward.reviewed == usize::MAX && stands.state == State::Pending && !stands.approved
    }

    /// Extra rewards for approved referrals.
    fn reach(&mut self, id: &str, terms: &Terms, referrer: usize, now: i64) {
        let approved = self.approved(referrer);
        for (at, amount) in terms.milestones.iter().filter(|(at, _)| *at <= approved) {
            let has = |one: &Earned| one.owner == referrer && one.milestone == *at;
            if !self.rewards.iter().any(has) {
                let _ =
                    self.try_to_earn(id, terms, referrer, ("milestone", *at, false), *amount, now);
            }
        }
    }

    fn try_to_earn(
        &mut self,
        id: &str,
        terms: &Terms,
        owner: usize,
        (cause, milestone, reviewed): (&'static str, usize, bool),
        amount: i64,
        now: i64,
    ) -> Result<(), &'static str> {
        let within = |one: &&Earned, from: i64| {
            one.owner == owner && one.cause != "invitee" && one.now > from && self.fills(one) > 0
        };
        let used = |from: i64| -> (i64, i64) {
            let counted = self.rewards.iter().filter(|one| within(one, from));
            counted.fold((0, 0), |(count, value), one| {
                let is_same = one.currency == terms.currency;
                let counts = i64::from(one.cause != "milestone");
                (
                    count + counts,
                    value + if is_same { self.fills(one) } else { 0 },
                )
            })
        };
        let capped = cause != "invitee";
        let counted = capped && cause != "milestone";
        let per_year = i64::try_from(terms.per_year).expect("small");
        if counted && used(now - 365 * DAY_MS).0 >= per_year {
            return Err("cap_reached");
        }
        if amount <= 0 {
            return Err("worth_nothing");
        }
        for (by_value, max, days) in &terms.caps {
            let (count, value) = used(days.map_or(0, |days| now - days * DAY_MS));
            let (holds, with_it) = if *by_value {
                (capped, value + amount)
            } else {
                (counted, count + 1)
            };
            if holds && with_it > *max {
                return Err("cap_reached");
            }
        }
        if let Some((budget, days)) = terms.budget {
            let day = |at: i64| at.div_euclid(DAY_MS);
            let counts = |one: &&Earned| {
                one.currency == terms.currency
                    && days.is_none_or(|days| day(one.now) > day(now) - days)
            };
            let spent: i64 = self
                .rewards
                .iter()
                .filter(counts)
                .map(|one| self.fills(one))
                .sum();
            if spent + amount > budget {
                return Err("budget_reached");
            }
        }
        let waits = cause != "milestone";
        let review = waits && (reviewed || terms.review);
        self.rewards.push(Earned {
            order: id.to_owned(),
            owner,
            cause,
            milestone,
            amount,
            currency: terms.currency,
            is_thing: terms.kind != "credit",
            moment: self.moment,
            now,
            payable_at: if waits {
                now + terms.hold_days * DAY_MS
            } else {
                now
            },
            reviewed: if review { usize::MAX } else { 0 },
            vetoed: usize::MAX,
            expired: None,
            used: false,
            grants: Vec::new(),
        });
        Ok(())
    }

    /// Due rewards were approved; whoever has reached a milestone by that has earned it.
    pub fn granted(&mut self, now: i64) {
        let before: Vec<bool> = (0..self.rewards.len())
            .map(|index| self.is_approved(index))
            .collect();
        self.moment += 1;
        let moment = self.moment;
        let mut due: Vec<usize> = (0..self.rewards.len()).collect();
        due.sort_by_key(|index| self.rewards[*index].payable_at);
        for index in due {
            self.rewards[index].grants.push((moment, now));
            if !before[index] {
                self.approved_now(index, now);
            }
        }
    }

    /// The merchant's review of a reward has found nothing.
    pub fn review_passed(&mut self, index: usize, now: i64) {
        self.moment += 1;
        let reward = &mut self.rewards[index];
        reward.reviewed = self.moment;
        reward.grants.push((self.moment, now));
        self.approved_now(index, now);
    }

    /// The merchant does not give a reward.
    pub fn vetoed(&mut self, index: usize) {
        self.moment += 1;
        self.rewards[index].vetoed = self.moment;
    }

    /// A reward was not collected in time. What has paid off debts is kept.
    pub fn expired(&mut self, index: usize, kept: i64) {
        self.moment += 1;
        self.rewards[index].expired = Some((self.moment, kept));
    }

    /// A referral that was approved just now, or given back, counts.
    pub(super) fn approved_now(&mut self, index: usize, now: i64) {
        let reward = self.rewards[index].clone();
        if reward.cause == "conversion" && self.is_approved(index) {
            let version = self.orders[&reward.order].decision.version;
            let terms = self
                .terms(version)
                .in_currency(reward.currency)
                .expect("listed");
            self.reach(&reward.order, &terms, reward.owner, now);
        }
    }

    /// Referrals that are approved and not undone.
    fn approved(&self, owner: usize) -> usize {
        let own = |index: &usize| {
            let reward = &self.rewards[*index];
            reward.owner == owner && reward.cause == "conversion" && self.is_approved(*index)
        };
        (0..self.rewards.len()).filter(own).count()
    }

    pub(super) fn is_approved(&self, index: usize) -> bool {
        let reward = &self.rewards[index];
        let expected = self.reward(reward);
        match expected.state {
            State::Issued => true,
            State::ClawedBack => expected.reversed < reward.amount,
            State::Pending | State::Voided => false,
        }
    }

    /// Whether nothing of an order can come back.
    pub(super) fn is_gone(&self, order: &str) -> bool {
        let undos = self.undos_of(order);
        let total = self.orders[order].order.total;
        let refunded = undos.iter().fold(0_i64, |sum, (_, undo)| match undo {
            Undo::Refund(amount) => sum.saturating_add(*amount),
            _ => sum,
        });
        let is_cancelled = undos.iter().any(|(_, undo)| *undo == Undo::Cancelled);
        is_cancelled || (total > 0 && refunded >= total)
    }

    /// What may come back of a reward, or is there.
    pub fn fills(&self, reward: &Earned) -> i64 {
        reward.amount - self.reward(reward).lost
    }

    /// What must be stored of a reward by now.
    pub fn reward(&self, reward: &Earned) -> Expected {
        let undos = self.undos_of(&reward.order);
        self.life(reward, &undos).expected(self.moment)
    }

    /// Whether an open dispute holds what an order has earned.
    pub fn is_frozen(&self, order: &str) -> bool {
        let undos = self.undos_of(order);
        let reward = self.rewards.iter().find(|reward| reward.order == order);
        reward.is_some_and(|reward| self.life(reward, &undos).frozen(self.moment))
    }

    fn undos_of(&self, order: &str) -> Vec<(usize, Undo)> {
        let facts = self.undos.get(order).map(Vec::as_slice).unwrap_or_default();
        let currency = self.orders[order].order.currency;
        // What came first and names another currency is not of this order's money.
        facts
            .iter()
            .filter(|fact| fact.currency.is_none_or(|named| named == currency))
            .map(|fact| (fact.moment, fact.undo))
            .collect()
    }

    fn life<'a>(&'a self, reward: &'a Earned, undos: &'a [(usize, Undo)]) -> Life<'a> {
        Life {
            amount: reward.amount,
            total: self.orders[&reward.order].order.total,
            earned: reward.moment,
            due_at_once: reward.payable_at <= reward.now,
            payable_at: reward.payable_at,
            reviewed: reward.reviewed,
            vetoed: reward.vetoed,
            expired: reward.expired,
            undos,
            grants: &reward.grants,
        }
    }
}
