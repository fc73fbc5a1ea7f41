//! The terms of a program as the model knows them, and what they are worth, calculated anew.

use serde_json::{Value, json};

use super::Order;
use crate::rng::Rng;

/// The invitee's discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Basis points of the subtotal.
    Percent(i64),
    /// The same, and no more than so much.
    PercentUpTo(i64, i64),
    /// So much.
    Flat(i64),
    /// One of a product, worth so much at most.
    Item(&'static str, i64),
    /// No shipping costs.
    Shipping,
}

/// The referrer's reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reward {
    /// Always the same.
    Fixed(i64),
    /// Basis points, and of what.
    Percent(i64, &'static str),
    /// As much as the discount.
    Match,
}

/// The main currency of every program.
pub const MAIN: &str = "EUR";

/// Currencies of orders; of these the last is never listed.
pub const CURRENCIES: [&str; 4] = [MAIN, "JPY", "KWD", "USD"];

/// One version of a program.
#[expect(clippy::struct_excessive_bools, reason = "settings that are on or off")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The currency of all amounts.
    pub currency: &'static str,
    /// Further ones.
    pub currencies: &'static [&'static str],
    /// The discount.
    pub discount: Discount,
    /// The collection that it is for, and nothing else.
    pub only: Option<&'static str>,
    /// The referrer's reward.
    pub reward: Reward,
    /// Of what kind all rewards are.
    pub kind: &'static str,
    /// A fixed reward that a referrer may choose instead.
    pub choice: Option<i64>,
    /// A fixed reward of the invitee.
    pub invitee: Option<i64>,
    /// Whether every reward waits for the merchant.
    pub review: bool,
    /// Days after its approval for which a reward that is handed over may be collected.
    pub expires: Option<i64>,
    /// From so many approved referrals, so much.
    pub tiers: Vec<(usize, i64)>,
    /// At so many approved referrals, so much extra.
    pub milestones: Vec<(usize, i64)>,
    /// By value or by number, at most so much, in so many days.
    pub caps: Vec<(bool, i64, Option<i64>)>,
    /// So much in all, in so many days.
    pub budget: Option<(i64, Option<i64>)>,
    /// Later orders of a subscription earn: for so many months, or so often.
    pub renewals: Option<(bool, i64)>,
    /// Days from click to order.
    pub window_days: i64,
    /// Days until a reward is due.
    pub hold_days: i64,
    /// Days for which a discount is valid.
    pub valid_days: i64,
    /// Smallest order.
    pub minimum: i64,
    /// Events that are rewarded instead of orders.
    pub events: Option<&'static [&'static str]>,
    /// How many orders of a customer it is for.
    pub first_orders: usize,
    /// Whether the first touch wins, and not the last.
    pub first_touch: bool,
    /// Kinds of evidence, strongest first, by their numbers in the model.
    pub ranks: [u8; 5],
    /// Whether claims are given codes that the shop has uploaded.
    pub uploaded: bool,
    /// Unused discounts of a code.
    pub per_code: usize,
    /// Unused discounts of a code from one network.
    pub per_source: usize,
    /// From how many points on a referral waits, and from how many it is blocked.
    pub risk: (u32, u32),
    /// Rewards a referrer and year.
    pub per_year: usize,
    /// Whether events are sent.
    pub webhook: bool,
    /// Whether it runs.
    pub active: bool,
}

/// Events that a program may reward.
const STEPS: [&str; 2] = ["registered", "lead_qualified"];

impl Terms {
    /// Terms of a kind that merchants choose, more often than not small enough for their limits to be met.
    pub fn random(rng: &Rng, things: bool) -> Self {
        let kind = if things {
            *rng.pick(&[
                "credit",
                "cash",
                "store_credit",
                "gift_card",
                "free_product",
                "points",
            ])
        } else {
            "credit"
        };
        let events = match rng.below(5) {
            0 => Some(&STEPS[..1]),
            1 => Some(&STEPS[..]),
            _ => None,
        };
        let is_fixed = events.is_some() || matches!(kind, "free_product" | "points");
        Self {
            currency: MAIN,
            currencies: *rng.pick(&[&[][..], &["JPY"], &["JPY", "KWD"], &["KWD"]]),
            kind,
            events,
            choice: rng.chance(30).then_some(350),
            invitee: rng.chance(40).then_some(200),
            review: rng.chance(15),
            expires: *rng.pick(&[None, None, Some(1), Some(10)]),
            tiers: if !things && rng.chance(40) {
                vec![(1, 600), (3, 900)]
            } else {
                Vec::new()
            },
            milestones: if !things && rng.chance(40) {
                vec![(1, 100), (2, 1_000)]
            } else {
                Vec::new()
            },
            caps: rng
                .pick(&[
                    vec![],
                    vec![],
                    vec![(true, 1_500, Some(30))],
                    vec![(false, 2, Some(7)), (true, 4_000, None)],
                ])
                .clone(),
            budget: *rng.pick(&[None, None, Some((3_000, None)), Some((1_200, Some(14)))]),
            renewals: *rng.pick(&[None, Some((false, 2)), Some((true, 3))]),
            discount: *rng.pick(&[
                Discount::Percent(1_500),
                Discount::Percent(1_033),
                Discount::PercentUpTo(1_500, 400),
                Discount::Flat(700),
                Discount::Item("mug", 900),
                Discount::Shipping,
            ]),
            reward: if is_fixed {
                Reward::Fixed(500)
            } else {
                *rng.pick(&[
                    Reward::Fixed(500),
                    Reward::Percent(777, "subtotal"),
                    Reward::Percent(333, "before_discounts"),
                    Reward::Percent(222, "total"),
                    Reward::Match,
                ])
            },
            only: *rng.pick(&[None, None, None, Some("food")]),
            window_days: *rng.pick(&[90, 7]),
            hold_days: *rng.pick(&[0, 0, 1, 14]),
            valid_days: *rng.pick(&[30, 2]),
            minimum: *rng.pick(&[0, 1_000, 2_500]),
            first_orders: *rng.pick(&[1, 1, 3]),
            first_touch: rng.chance(30),
            ranks: *rng.pick(&[
                [0, 1, 2, 3, 4],
                [0, 1, 2, 3, 4],
                [4, 3, 2, 1, 0],
                [2, 0, 3, 1, 4],
            ]),
            uploaded: rng.chance(30),
            per_code: *rng.pick(&[200, 4]),
            per_source: *rng.pick(&[3, 2]),
            risk: *rng.pick(&[(50, 100), (10_000, 10_000), (20, 60)]),
            per_year: *rng.pick(&[25, 3, 1]),
            webhook: rng.chance(80),
            active: rng.chance(93),
        }
    }

    /// The same in another currency, if it is listed: every amount is another one.
    pub fn in_currency(&self, currency: &str) -> Option<Self> {
        if currency == self.currency {
            return Some(self.clone());
        }
        let listed = self.currencies.iter().find(|listed| **listed == currency)?;
        let figure = |amount: i64| match *listed {
            "JPY" => amount / 2 + 3,
            _ => amount * 3 + 1,
        };
        let mut terms = self.clone();
        (terms.currency, terms.currencies) = (listed, &[]);
        terms.discount = match self.discount {
            Discount::PercentUpTo(points, most) => Discount::PercentUpTo(points, figure(most)),
            Discount::Flat(amount) => Discount::Flat(figure(amount)),
            Discount::Item(product, value) => Discount::Item(product, figure(value)),
            without => without,
        };
        if let Reward::Fixed(amount) = &mut terms.reward {
            *amount = figure(*amount);
        }
        let pairs = terms.tiers.iter_mut().chain(&mut terms.milestones);
        let amounts = pairs
            .map(|(_, amount)| amount)
            .chain(&mut terms.choice)
            .chain(&mut terms.invitee)
            .chain(terms.budget.iter_mut().map(|(amount, _)| amount));
        amounts.for_each(|amount| *amount = figure(*amount));
        for (_, max, _) in terms.caps.iter_mut().filter(|(by_value, ..)| *by_value) {
            *max = figure(*max);
        }
        terms.minimum = if self.minimum > 0 {
            figure(self.minimum)
        } else {
            0
        };
        Some(terms)
    }

    /// The amounts in a further currency, as the API takes them.
    fn figures(&self, currency: &str) -> Value {
        let terms = self.in_currency(currency).expect("listed");
        let discount = match terms.discount {
            Discount::PercentUpTo(_, amount)
            | Discount::Flat(amount)
            | Discount::Item(_, amount) => Some(amount),
            Discount::Percent(_) | Discount::Shipping => None,
        };
        let reward = match terms.reward {
            Reward::Fixed(amount) => Some(amount),
            Reward::Percent(..) | Reward::Match => None,
        };
        let amounts = |pairs: &[(usize, i64)]| -> Vec<i64> {
            pairs.iter().map(|(_, amount)| *amount).collect()
        };
        let caps = terms.caps.iter().filter(|(by_value, ..)| *by_value);
        json!({
            "currency": currency, "discount": discount, "reward": reward, "invitee_reward": terms.invitee,
            "reward_choices": terms.choice.into_iter().collect::<Vec<_>>(),
            "tiers": amounts(&terms.tiers), "milestones": amounts(&terms.milestones),
            "caps": caps.map(|(_, max, _)| max).collect::<Vec<_>>(),
            "minimum_order": Some(terms.minimum).filter(|minimum| *minimum > 0),
            "budget": terms.budget.map(|(budget, _)| budget),
        })
    }

    /// As the API takes them.
    pub fn to_json(&self) -> Value {
        let discount = match self.discount {
            Discount::Percent(points) => json!({"kind": "percent", "basis_points": points}),
            Discount::PercentUpTo(points, maximum) => {
                json!({"kind": "percent", "basis_points": points, "maximum": maximum})
            }
            Discount::Flat(amount) => json!({"kind": "flat", "amount": amount, "currency": "EUR"}),
            Discount::Item(product, value) => {
                json!({"kind": "free_item", "product": product, "value": value, "currency": "EUR"})
            }
            Discount::Shipping => json!({"kind": "free_shipping"}),
        };
        let value = match self.reward {
            Reward::Fixed(amount) => json!({"rule": "fixed", "amount": amount, "currency": "EUR"}),
            Reward::Percent(points, of) => {
                json!({"rule": "percent", "basis_points": points, "of": of})
            }
            Reward::Match => json!({"rule": "match_discount"}),
        };
        let fixed = |amount: i64| fixed(self.kind, amount);
        let tiers = self
            .tiers
            .iter()
            .map(|(from, amount)| json!({"from": from, "reward": fixed(*amount)}));
        let milestones = self
            .milestones
            .iter()
            .map(|(at, amount)| json!({"at": at, "reward": fixed(*amount)}));
        let caps = self.caps.iter().map(|(by_value, max, days)| {
            json!({"of": if *by_value { "value" } else { "count" }, "max": max, "days": days})
        });
        let schedule = match self.renewals {
            None => json!({"kind": "once"}),
            Some((true, count)) => json!({"kind": "months", "count": count}),
            Some((false, count)) => json!({"kind": "renewals", "count": count}),
        };
        let kinds = [
            "signed_token",
            "discount_code",
            "referral_code",
            "bound",
            "staff",
        ];
        json!({
            "qualifies_by": self.events.map_or(json!({"on": "order"}), |events| json!({"events": events})),
            "discount_collections": self.only.into_iter().collect::<Vec<_>>(),
            "attribution": if self.first_touch { "first_touch" } else { "last_touch" },
            "evidence_order": self.ranks.map(|kind| kinds[usize::from(kind)]), "first_orders": self.first_orders,
            "discount_codes": if self.uploaded { "uploaded" } else { "own" },
            "name": "Ember & Oak", "store_url": "https://shop.example/", "currency": MAIN,
            "currencies": self.currencies.iter().map(|one| self.figures(one)).collect::<Vec<_>>(),
            "discount": discount, "reward": reward_json(self.kind, &value),
            "reward_choices": self.choice.map(fixed).into_iter().collect::<Vec<_>>(),
            "invitee_reward": self.invitee.map(fixed), "review_rewards": self.review, "reward_expires_days": self.expires,
            "tiers": tiers.collect::<Vec<_>>(), "milestones": milestones.collect::<Vec<_>>(),
            "caps": caps.collect::<Vec<_>>(), "reward_schedule": schedule,
            "budget": self.budget.map(|(budget, _)| budget),
            "budget_days": self.budget.and_then(|(_, days)| days),
            "window_days": self.window_days, "hold_days": self.hold_days,
            "discount_valid_days": self.valid_days, "minimum_order": self.minimum,
            "live_discounts_per_code_max": self.per_code, "live_discounts_per_source_max": self.per_source,
            "risk": { "review": self.risk.0, "block": self.risk.1 },
            "rewards_per_year_max": self.per_year, "active": self.active,
            "webhook_url": self.webhook.then_some("https://shop.example/hook"),
        })
    }

    /// What a discount takes off a cart: to the nearest, halves up. Nothing where nothing in it is what it is for.
    pub fn discount_on(&self, subtotal: i64, lines: &[Line]) -> i64 {
        let meant = |line: &&Line| self.only.is_none_or(|only| only == line.collection);
        let matching: Vec<&Line> = lines.iter().filter(meant).collect();
        if self.only.is_some() && matching.is_empty() {
            return 0;
        }
        let base = match self.only {
            None => subtotal,
            Some(_) => matching.iter().map(|line| line.subtotal).sum(),
        };
        let base = base.min(subtotal);
        let share = |points: i64| (base * points * 2 + 10_000) / 20_000;
        match self.discount {
            Discount::Percent(points) => share(points).min(base),
            Discount::PercentUpTo(points, maximum) => share(points).min(maximum).min(base),
            Discount::Flat(amount) => amount.min(subtotal),
            Discount::Item(product, value) => {
                let line = lines.iter().find(|line| line.product == product);
                line.map_or(0, |line| line.subtotal / line.quantity)
                    .min(value)
                    .min(subtotal)
            }
            Discount::Shipping => 0,
        }
    }

    /// What a referrer earns on an order: rounded down.
    pub fn reward_on(&self, order: &Order) -> i64 {
        match self.reward {
            Reward::Fixed(amount) => amount,
            Reward::Percent(points, of) => {
                let base = match of {
                    "total" => order.total,
                    "before_discounts" => order.subtotal + order.discount,
                    _ => order.subtotal,
                };
                base * points / 10_000
            }
            Reward::Match => self.discount_on(order.subtotal + order.discount, &order.lines),
        }
    }
}

/// A fixed reward of a kind, as the API takes it.
pub fn fixed(kind: &str, amount: i64) -> Value {
    reward_json(
        kind,
        &json!({"rule": "fixed", "amount": amount, "currency": "EUR"}),
    )
}

fn reward_json(kind: &str, value: &Value) -> Value {
    let mut reward = json!({"kind": kind, "value": value});
    match kind {
        "free_product" => reward["description"] = json!("a bag of coffee"),
        "points" => reward["quantity"] = json!(500),
        _ => {}
    }
    reward
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub product: &'static str,
    /// In which collection.
    pub collection: &'static str,
    /// How many.
    pub quantity: i64,
    /// For how much in all, before discounts.
    pub subtotal: i64,
}
