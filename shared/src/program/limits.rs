//! What a program varies by how much somebody has referred, and how much it gives at most.

use serde::{Deserialize, Serialize};

use super::reward::Reward;
use super::{DAYS_MAX, FIELDS_OF_KIND, InvalidSetting, Program, Settings};
use crate::json::{Read, Reader};
use crate::money::{Currency, Money};
use crate::time::{DAY_MS, Millis};

/// Tiers, milestones or choices that a program may have: more than a person compares.
const STEPS_MAX: usize = 20;
/// Days in a month of a subscription.
const MONTH_DAYS: u32 = 30;
/// Renewals or months for which a subscription may earn: ten years of months.
const SCHEDULE_MAX: u32 = 120;

/// Another reward for those who have referred much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From so many approved referrals on.
    pub from: u32,
    /// What they earn per referral.
    pub reward: Reward,
}

/// An extra reward, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// When this many referrals are approved.
    pub at: u32,
    /// What is earned then.
    pub reward: Reward,
}

/// The most that one referrer earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// What is limited.
    pub of: CapOf,
    /// Rewards, or minor units.
    pub max: i64,
    /// In so many days; for good without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// What a cap limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum CapOf {
    /// How many rewards, beside milestones.
    Count,
    /// What all of them come to, milestones with them.
    Value,
}

/// Whether later orders of a subscription earn as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Flat")]
pub enum Schedule {
    /// The first order only.
    #[default]
    Once,
    /// So many orders after the first.
    Renewals {
        /// 1 to 120.
        count: u32,
    },
    /// Every order of so many months of 30 days, counted from the first.
    Months {
        /// 1 to 120.
        count: u32,
    },
}

/// The fields of every schedule, as they are read.
#[derive(Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Flat {
    kind: Kind,
    count: Option<u32>,
}

#[derive(Deserialize, Read)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Once,
    Renewals,
    Months,
}

impl Read for Schedule {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::try_from(Flat::read(reader));
        reader.checked(read, || Self::Once)
    }
}

impl TryFrom<Flat> for Schedule {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        match (flat.kind, flat.count) {
            (Kind::Once, None) => Ok(Self::Once),
            (Kind::Renewals, Some(count)) => Ok(Self::Renewals { count }),
            (Kind::Months, Some(count)) => Ok(Self::Months { count }),
            _ => Err(FIELDS_OF_KIND),
        }
    }
}

/// What counts under a cap already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapUse {
    /// Rewards, but for milestones.
    pub count: u32,
    /// What all of them come to, minor units.
    pub value: i64,
}

impl Cap {
    /// Whether there is room for another reward, all of it.
    pub fn leaves(&self, used: CapUse, amount: Money) -> bool {
        let with_it = match self.of {
            CapOf::Count => i64::from(used.count).saturating_add(1),
            CapOf::Value => used.value.saturating_add(amount.minor()),
        };
        with_it <= self.max
    }

    /// Rewards that were earned after this time count.
    pub const fn since(&self, now: Millis) -> Millis {
        match self.days {
            Some(days) => days_before(now, days),
            None => Millis(0),
        }
    }
}

/// So many days before a moment.
pub const fn days_before(now: Millis, days: u32) -> Millis {
    now.plus_ms((days as i64).saturating_mul(DAY_MS).saturating_neg())
}

impl Schedule {
    /// Whether an order earns: of a subscription that began then, and has earned for so many orders after the first.
    pub fn includes(self, began: Millis, renewals: u32, at: Millis) -> bool {
        match self {
            Self::Once => false,
            Self::Renewals { count } => renewals < count,
            Self::Months { count } => at < began.plus_days(count.saturating_mul(MONTH_DAYS)),
        }
    }
}

impl Program {
    /// What a referrer earns who has so many approved referrals, and has chosen: a tier that is reached comes first, then
    /// the choice, as long as it is still on offer.
    pub fn reward_for(&self, approved: u32, choice: Option<&Reward>) -> &Reward {
        let settings = &self.settings;
        let reached = settings.tiers.iter().rfind(|tier| tier.from <= approved);
        // A choice is kept as it was made: in the main currency.
        let main = self.main.as_deref().unwrap_or(self);
        let chosen = || {
            let mut offered = main.settings.reward_choices.iter();
            let position = offered.position(|offered| Some(offered) == choice)?;
            settings.reward_choices.get(position)
        };
        reached
            .map(|tier| &tier.reward)
            .or_else(chosen)
            .unwrap_or(&settings.reward)
    }
}

/// Checks everything about rewards, and brings it into its normal form.
pub(super) fn check_rewards(
    settings: &mut Settings,
    currency: Currency,
) -> Result<(), InvalidSetting> {
    settings.reward.check(currency, "reward")?;
    if let Some(reward) = &mut settings.invitee_reward {
        reward.check(currency, "invitee_reward")?;
    }
    for reward in &mut settings.reward_choices {
        reward.check(currency, "reward_choices")?;
    }
    for tier in &mut settings.tiers {
        tier.reward.check(currency, "tiers")?;
    }
    for milestone in &mut settings.milestones {
        milestone.reward.check(currency, "milestones")?;
    }
    check_limits(settings, currency)
}

fn check_limits(settings: &Settings, currency: Currency) -> Result<(), InvalidSetting> {
    let days = |days: Option<u32>| days.is_none_or(|days| (1..=DAYS_MAX).contains(&days));
    let money = |minor| minor > 0 && Money::new(minor, currency).is_ok();
    let caps = settings.caps.iter();
    let schedule = match settings.reward_schedule {
        Schedule::Once => true,
        Schedule::Renewals { count } | Schedule::Months { count } => {
            (1..=SCHEDULE_MAX).contains(&count)
        }
    };
    let checks = [
        (
            settings.reward_choices.len() <= STEPS_MAX,
            ("reward_choices", "at most 20 rewards"),
        ),
        (
            settings.tiers.len() <= STEPS_MAX
                && is_ascending(settings.tiers.iter().map(|tier| tier.from)),
            (
                "tiers",
                "at most 20, each from more referrals than the one before",
            ),
        ),
        (
            settings.milestones.len() <= STEPS_MAX
                && is_ascending(settings.milestones.iter().map(|step| step.at)),
            (
                "milestones",
                "at most 20, each at more referrals than the one before",
            ),
        ),
        (
            caps.len() <= STEPS_MAX && caps.clone().all(|cap| money(cap.max) && days(cap.days)),
            ("caps", "at most 20, each above zero and of up to 3650 days"),
        ),
        (
            settings.budget.is_none_or(money),
            ("budget", "minor units above zero"),
        ),
        (
            days(settings.budget_days)
                && (settings.budget.is_some() || settings.budget_days.is_none()),
            ("budget_days", "a number of days up to 3650, with a budget"),
        ),
        (
            days(settings.reward_expires_days),
            ("reward_expires_days", "a number of days up to 3650"),
        ),
        (
            schedule,
            ("reward_schedule", "once, or 1 to 120 renewals or months"),
        ),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, (field, expected))) => Err(InvalidSetting { field, expected }),
        None => Ok(()),
    }
}

/// Each more than the one before, and the first more than nothing.
fn is_ascending(mut counts: impl Iterator<Item = u32>) -> bool {
    let mut before = 0;
    counts.all(|count| std::mem::replace(&mut before, count) < count)
}

#[cfg(test)]
mod tests {
    use super::{Cap, CapOf, CapUse, Schedule};
    use crate::decide::testing::{comes_to, eur, program_with};
    use crate::time::{DAY_MS, Millis};
    use serde_json::json;

    #[test]
    fn a_cap_leaves_room_for_a_whole_reward_or_for_none() {
        let cap = |of, max| Cap {
            of,
            max,
            days: None,
        };
        let used = CapUse {
            count: 2,
            value: 900,
        };
        assert!(cap(CapOf::Count, 3).leaves(used, eur(500)));
        assert!(!cap(CapOf::Count, 2).leaves(used, eur(500)));
        assert!(cap(CapOf::Value, 1_400).leaves(used, eur(500)));
        assert!(!cap(CapOf::Value, 1_399).leaves(used, eur(500)));
    }

    #[test]
    fn a_subscription_earns_for_its_renewals_or_its_months() {
        let month = 30 * DAY_MS;
        let earns =
            |schedule: Schedule, renewals, at| schedule.includes(Millis(0), renewals, Millis(at));
        assert!(!earns(Schedule::Once, 0, 1));
        assert!(earns(Schedule::Renewals { count: 2 }, 1, 99 * month));
        assert!(!earns(Schedule::Renewals { count: 2 }, 2, 1));
        assert!(earns(Schedule::Months { count: 2 }, 99, 2 * month - 1));
        assert!(!earns(Schedule::Months { count: 2 }, 0, 2 * month));
    }

    #[test]
    fn a_reached_tier_comes_before_a_choice_and_a_choice_before_the_default() {
        let fixed = |amount: i64| json!({"kind": "cash", "value": {"rule": "fixed", "amount": amount, "currency": "EUR"}});
        let program = program_with(&json!({
            "reward_choices": [fixed(600)],
            "tiers": [{"from": 2, "reward": fixed(700)}, {"from": 5, "reward": fixed(800)}],
        }));
        let choice = &program.settings.reward_choices[0];
        let worth = |approved, choice| {
            program
                .reward_for(approved, choice)
                .worth(comes_to(eur(1), eur(1)), eur(1))
        };
        assert_eq!(worth(1, None), Ok(eur(500)));
        assert_eq!(worth(1, Some(choice)), Ok(eur(600)));
        assert_eq!(worth(4, Some(choice)), Ok(eur(700)));
        assert_eq!(worth(5, None), Ok(eur(800)));
        let gone = program_with(&json!({}));
        assert_eq!(gone.reward_for(1, Some(choice)), &gone.settings.reward);
    }
}
