//! The same terms in other currencies.
//!
//! Nothing is ever converted: each further currency has a figure of its own for every amount that the settings name, and
//! for nothing else. What has no amount (a percentage, a thing, a number of days) is the same in all of them.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::limits::CapOf;
use super::offer::{Discount, is_amount};
use super::reward::{Reward, RewardValue};
use super::{InvalidSetting, Program, Settings};
use crate::json::Read;
use crate::money::Currency;

/// Further currencies of a program.
const CURRENCIES_MAX: usize = 20;

/// The amounts of a program in one more currency, minor units above zero: one for each amount of the setting of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// ISO 4217 code, not the program's own.
    pub currency: Currency,
    /// Of a flat discount, a product for nothing, or the most that a percentage takes off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<i64>,
    /// Of a fixed reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<i64>,
    /// Of each fixed one among the choices, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reward_choices: Vec<i64>,
    /// Of a fixed reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitee_reward: Option<i64>,
    /// Of each tier with a fixed reward, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<i64>,
    /// Of each milestone with a fixed reward, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<i64>,
    /// Of each cap by value, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<i64>,
    /// Of a smallest order above zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<i64>,
    /// Of a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
}

/// An amount in the settings, with its currency where that is written beside it.
type Place<'a> = (&'a mut i64, Option<&'a mut Currency>);

impl Program {
    /// The same terms in this currency; `None` where the program has no figures in it.
    pub fn in_currency(self: &Rc<Self>, currency: Currency) -> Option<Rc<Self>> {
        if currency == self.currency {
            return Some(Rc::clone(self));
        }
        let mut listed = self.settings.currencies.iter();
        let figures = listed.find(|figures| figures.currency == currency)?;
        Some(Rc::new(Self {
            id: self.id.clone(),
            version: self.version,
            settings: figures.in_place(&self.settings).ok()?,
            currency,
            main: Some(Rc::clone(self)),
        }))
    }
}

/// Checks that each further currency has a figure for every amount.
pub(super) fn check_currencies(settings: &Settings, main: Currency) -> Result<(), InvalidSetting> {
    let listed = &settings.currencies;
    let is_one_more = |at: usize, figures: &Figures| {
        let mut before = listed.iter().take(at);
        figures.currency != main && before.all(|other| other.currency != figures.currency)
    };
    if listed.len() > CURRENCIES_MAX
        || !(0..)
            .zip(listed)
            .all(|(at, figures)| is_one_more(at, figures))
    {
        return Err(InvalidSetting {
            field: "currencies",
            expected: "at most 20, each once, and not the program's own",
        });
    }
    listed
        .iter()
        .try_for_each(|figures| figures.in_place(settings).map(drop))
}

impl Figures {
    /// The settings with these figures in the place of the main ones.
    fn in_place(&self, main: &Settings) -> Result<Settings, InvalidSetting> {
        let mut settings = Settings {
            currency: self.currency.into(),
            currencies: Vec::new(),
            ..main.clone()
        };
        let discount = settings.discount.amount_mut();
        self.put(
            "currencies.discount",
            discount.into_iter().collect(),
            self.discount.as_slice(),
        )?;
        let minimum = Some(&mut settings.minimum_order).filter(|least| **least > 0);
        let caps = settings.caps.iter_mut();
        let caps = caps.filter(|cap| cap.of == CapOf::Value);
        let tiers = settings.tiers.iter_mut().map(|tier| &mut tier.reward);
        let milestones = settings.milestones.iter_mut().map(|step| &mut step.reward);
        let rewards: [(_, Vec<&mut Reward>, &[i64]); 5] = [
            (
                "currencies.reward",
                vec![&mut settings.reward],
                self.reward.as_slice(),
            ),
            (
                "currencies.reward_choices",
                settings.reward_choices.iter_mut().collect(),
                &self.reward_choices,
            ),
            (
                "currencies.invitee_reward",
                settings.invitee_reward.iter_mut().collect(),
                self.invitee_reward.as_slice(),
            ),
            ("currencies.tiers", tiers.collect(), &self.tiers),
            (
                "currencies.milestones",
                milestones.collect(),
                &self.milestones,
            ),
        ];
        for (field, rewards, figures) in rewards {
            let fixed = rewards.into_iter().filter_map(Reward::amount_mut);
            self.put(field, fixed.collect(), figures)?;
        }
        let bare: [(_, Vec<&mut i64>, &[i64]); 3] = [
            (
                "currencies.minimum_order",
                minimum.into_iter().collect(),
                self.minimum_order.as_slice(),
            ),
            (
                "currencies.caps",
                caps.map(|cap| &mut cap.max).collect(),
                &self.caps,
            ),
            (
                "currencies.budget",
                settings.budget.iter_mut().collect(),
                self.budget.as_slice(),
            ),
        ];
        for (field, amounts, figures) in bare {
            let places = amounts.into_iter().map(|amount| (amount, None));
            self.put(field, places.collect(), figures)?;
        }
        Ok(settings)
    }

    fn put(
        &self,
        field: &'static str,
        places: Vec<Place<'_>>,
        figures: &[i64],
    ) -> Result<(), InvalidSetting> {
        let is_amount = |figure: &i64| is_amount(*figure, self.currency, self.currency);
        if places.len() != figures.len() || !figures.iter().all(is_amount) {
            return Err(InvalidSetting {
                field,
                expected: "in each currency one amount above zero for every amount of this setting, in order",
            });
        }
        for ((amount, currency), figure) in places.into_iter().zip(figures) {
            *amount = *figure;
            if let Some(currency) = currency {
                *currency = self.currency;
            }
        }
        Ok(())
    }
}

impl Discount {
    fn amount_mut(&mut self) -> Option<Place<'_>> {
        match self {
            Self::Percent { maximum, .. } => maximum.as_mut().map(|maximum| (maximum, None)),
            Self::FreeItem {
                value: amount,
                currency,
                ..
            }
            | Self::Flat { amount, currency } => Some((amount, Some(currency))),
            Self::FreeShipping {} => None,
        }
    }
}

impl Reward {
    fn amount_mut(&mut self) -> Option<Place<'_>> {
        match &mut self.value {
            RewardValue::Fixed { amount, currency } => Some((amount, Some(currency))),
            RewardValue::Percent { .. } | RewardValue::MatchDiscount {} => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::{Value, json};

    use super::CURRENCIES_MAX;
    use crate::decide::testing::{comes_to, eur, program_with, try_program_with};
    use crate::money::{Currency, Money};
    use crate::program::reward::Reward;

    fn fixed(amount: i64) -> Value {
        json!({"kind": "cash", "value": {"rule": "fixed", "amount": amount, "currency": "EUR"}})
    }

    /// Settings with every amount that there is, and what is no amount among them.
    fn settings() -> Value {
        json!({
            "discount": {"kind": "flat", "amount": 300, "currency": "EUR"},
            "reward_choices": [fixed(600), {"kind": "cash", "value": {"rule": "percent", "basis_points": 500}}, fixed(650)],
            "invitee_reward": fixed(100), "tiers": [{"from": 2, "reward": fixed(700)}],
            "milestones": [{"at": 3, "reward": fixed(900)}],
            "caps": [{"of": "count", "max": 9}, {"of": "value", "max": 5_000}], "budget": 9_000,
            "currencies": [yen()],
        })
    }

    fn yen() -> Value {
        json!({
            "currency": "JPY", "discount": 50, "reward": 80, "reward_choices": [90, 95], "invitee_reward": 20, "tiers": [110],
            "milestones": [150], "minimum_order": 170, "caps": [800], "budget": 1_500,
        })
    }

    fn with(changes: &Value) -> Value {
        let mut settings = settings();
        for (field, value) in changes.as_object().expect("an object") {
            settings["currencies"][0][field] = value.clone();
        }
        settings
    }

    fn jpy() -> Currency {
        Currency::parse("JPY").expect("JPY")
    }

    #[test]
    fn every_amount_is_replaced_by_its_own_figure_and_nothing_else_is() {
        let program = Rc::new(program_with(&settings()));
        let terms = program.in_currency(jpy()).expect("listed");
        let mut wanted = settings();
        wanted["currency"] = json!("JPY");
        wanted["minimum_order"] = json!(170);
        let text = wanted.to_string().replace("EUR", "JPY");
        let mut text = text.replace(&json!([yen()]).to_string(), "[]");
        for (main, figure) in [
            ("300", "50"),
            ("600", "90"),
            ("650", "95"),
            ("\"amount\":100", "\"amount\":20"),
            ("700", "110"),
            ("900,", "150,"),
            ("5000", "800"),
            ("9000", "1500"),
        ] {
            assert_eq!(text.matches(main).count(), 1, "{main} in {text}");
            text = text.replace(main, figure);
        }
        let mut wanted: Value = serde_json::from_str(&text).expect("json");
        wanted["reward"] =
            json!({"kind": "credit", "value": {"rule": "fixed", "amount": 80, "currency": "JPY"}});
        let mut wanted = program_with(&wanted);
        wanted.main = Some(Rc::clone(&program));
        assert_eq!(*terms, wanted);
        assert_eq!(program.in_currency(program.currency), Some(program.clone()));
        assert_eq!(
            program.in_currency(Currency::parse("USD").expect("USD")),
            None
        );
    }

    #[test]
    fn a_missing_an_extra_and_an_impossible_figure_are_told_by_their_field() {
        let nothing = json!(null);
        for (field, value) in [
            ("discount", &nothing),
            ("reward", &nothing),
            ("reward_choices", &json!([90])),
            ("reward_choices", &json!([1, 2, 3])),
            ("invitee_reward", &nothing),
            ("tiers", &json!([])),
            ("milestones", &json!([])),
            ("minimum_order", &nothing),
            ("caps", &json!([1, 2])),
            ("budget", &nothing),
            ("budget", &json!(0)),
            ("reward", &json!(-1)),
            ("discount", &json!(9_007_199_254_740_992_i64)),
        ] {
            let refused = try_program_with(&with(&json!({ field: value }))).map(drop);
            let named = refused.map_err(|invalid| invalid.field);
            assert_eq!(
                named,
                Err(["currencies.", field].concat().as_str()),
                "{value}"
            );
        }
        let extra = json!({"currencies": [{"currency": "JPY", "reward": 80, "minimum_order": 100, "discount": 5}]});
        let refused = try_program_with(&extra).map(drop);
        assert_eq!(
            refused.map_err(|invalid| invalid.field),
            Err("currencies.discount")
        );
    }

    #[test]
    fn where_no_order_is_too_small_no_currency_says_how_small() {
        let mut settings = with(&json!({"minimum_order": null}));
        settings["minimum_order"] = json!(0);
        assert!(try_program_with(&settings).is_ok());
        settings["currencies"][0]["minimum_order"] = json!(1);
        let refused = try_program_with(&settings).map(drop);
        assert_eq!(
            refused.map_err(|invalid| invalid.field),
            Err("currencies.minimum_order")
        );
    }

    #[test]
    fn a_currency_is_listed_once_and_the_main_one_not_at_all() {
        for listed in [
            json!([yen(), yen()]),
            json!([with(&json!({"currency": "EUR"}))["currencies"][0]]),
        ] {
            let mut settings = settings();
            settings["currencies"] = listed;
            let refused = try_program_with(&settings).map(drop);
            assert_eq!(refused.map_err(|invalid| invalid.field), Err("currencies"));
        }
    }

    #[test]
    fn so_many_currencies_are_listed_and_no_more() {
        let codes = [
            "JPY", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN",
            "TRY", "AUD", "NZD", "CAD", "MXN", "BRL", "INR", "CNY", "KRW",
        ];
        let taken = |count: usize| {
            let figures = codes.iter().take(count);
            let mut settings = settings();
            settings["currencies"] = figures
                .map(|code| with(&json!({ "currency": code }))["currencies"][0].clone())
                .collect();
            try_program_with(&settings).is_ok()
        };
        assert!(taken(CURRENCIES_MAX) && !taken(CURRENCIES_MAX + 1));
    }

    #[test]
    fn a_choice_is_the_same_choice_in_every_currency() {
        let program = Rc::new(program_with(&settings()));
        let terms = program.in_currency(jpy()).expect("listed");
        let choice: Reward = serde_json::from_value(fixed(650)).expect("a reward");
        let yen = |minor| Money::new(minor, jpy()).expect("fits");
        let worth = |approved, choice| {
            terms
                .reward_for(approved, choice)
                .worth(comes_to(yen(9), yen(9)), yen(9))
        };
        assert_eq!(worth(0, Some(&choice)), Ok(yen(95)));
        assert_eq!(worth(0, None), Ok(yen(80)));
        assert_eq!(worth(2, Some(&choice)), Ok(yen(110)));
        assert_eq!(
            program
                .reward_for(0, Some(&choice))
                .worth(comes_to(eur(9), eur(9)), eur(9)),
            Ok(eur(650))
        );
    }
}
