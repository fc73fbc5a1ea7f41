//! The terms of a program as the model knows them, and what they are worth, calculated anew.

use serde_json::{Value, json};

use crate::rng::Rng;

/// The invitee's discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Basis points of the subtotal.
    Percent(i64),
    /// So much.
    Flat(i64),
}

/// The referrer's reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reward {
    /// Always the same.
    Fixed(i64),
    /// Basis points of the subtotal.
    Percent(i64),
    /// As much as the discount.
    Match,
}

/// One version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The discount.
    pub discount: Discount,
    /// The reward.
    pub reward: Reward,
    /// Days from click to order.
    pub window_days: i64,
    /// Days until a reward is due.
    pub hold_days: i64,
    /// Days for which a discount is valid.
    pub valid_days: i64,
    /// Smallest order.
    pub minimum: i64,
    /// How many orders of a customer it is for.
    pub first_orders: usize,
    /// Whether the first touch wins, and not the last.
    pub first_touch: bool,
    /// Kinds of evidence, strongest first, by their numbers in the model.
    pub ranks: [u8; 5],
    /// Unused discounts of a code.
    pub per_code: usize,
    /// Unused discounts of a code from one network.
    pub per_source: usize,
    /// Rewards a referrer and year.
    pub per_year: usize,
    /// Whether events are sent.
    pub webhook: bool,
    /// Whether it runs.
    pub active: bool,
}

impl Terms {
    /// Terms of a kind that merchants choose, more often than not small enough for their limits to be met.
    pub fn random(rng: &Rng) -> Self {
        Self {
            discount: *rng.pick(&[
                Discount::Percent(1_500),
                Discount::Percent(1_033),
                Discount::Flat(700),
            ]),
            reward: *rng.pick(&[Reward::Fixed(500), Reward::Percent(777), Reward::Match]),
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
            per_code: *rng.pick(&[200, 4]),
            per_source: *rng.pick(&[3, 2]),
            per_year: *rng.pick(&[25, 3, 1]),
            webhook: rng.chance(80),
            active: rng.chance(93),
        }
    }

    /// As the API takes them.
    pub fn to_json(&self) -> Value {
        let discount = match self.discount {
            Discount::Percent(points) => json!({"kind": "percent", "basis_points": points}),
            Discount::Flat(amount) => json!({"kind": "flat", "amount": amount, "currency": "EUR"}),
        };
        let value = match self.reward {
            Reward::Fixed(amount) => json!({"rule": "fixed", "amount": amount, "currency": "EUR"}),
            Reward::Percent(points) => json!({"rule": "percent", "basis_points": points}),
            Reward::Match => json!({"rule": "match_discount"}),
        };
        let kinds = [
            "signed_token",
            "discount_code",
            "referral_code",
            "bound",
            "staff",
        ];
        json!({
            "attribution": if self.first_touch { "first_touch" } else { "last_touch" },
            "evidence_order": self.ranks.map(|kind| kinds[usize::from(kind)]), "first_orders": self.first_orders,
            "name": "Ember & Oak", "store_url": "https://shop.example/", "currency": "EUR",
            "discount": discount, "reward": {"kind": "credit", "value": value},
            "window_days": self.window_days, "hold_days": self.hold_days,
            "discount_valid_days": self.valid_days, "minimum_order": self.minimum,
            "live_discounts_per_code_max": self.per_code, "live_discounts_per_source_max": self.per_source,
            "rewards_per_year_max": self.per_year, "active": self.active,
            "webhook_url": self.webhook.then_some("https://shop.example/hook"),
        })
    }

    /// What a discount takes off: to the nearest, halves up.
    pub fn discount_on(&self, subtotal: i64) -> i64 {
        match self.discount {
            Discount::Percent(points) => (subtotal * points * 2 + 10_000) / 20_000,
            Discount::Flat(amount) => amount,
        }
        .min(subtotal)
    }

    /// What a referrer earns on an order: rounded down.
    pub fn reward_on(&self, subtotal: i64, discount: i64) -> i64 {
        match self.reward {
            Reward::Fixed(amount) => amount,
            Reward::Percent(points) => subtotal * points / 10_000,
            Reward::Match => self.discount_on(subtotal + discount),
        }
    }
}
