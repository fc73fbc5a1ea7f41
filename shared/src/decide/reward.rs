//! What is earned: of what kind, how much, and whether caps and budget leave room for it.

use serde::Serialize;

use super::order::Reason;
use crate::cart::{Cart, Line};
use crate::id::Pseudonym;
use crate::money::{Money, MoneyError};
use crate::order::Amounts;
use crate::program::Program;
use crate::program::limits::{Cap, CapOf, CapUse};
use crate::program::reward::Reward;
use crate::reward::{Change, Remaining, Review, RewardState, StoredReward, earn};
use crate::time::Millis;

/// For what a reward is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The referrer's, for an invitee's first order.
    Conversion,
    /// The invitee's own, for the same order.
    Invitee,
    /// The referrer's, for a later order of the invitee's subscription.
    Renewal,
    /// The referrer's, for so many approved referrals.
    Milestone,
}

/// Something that may earn a reward.
#[derive(Clone, Copy, Debug)]
pub struct Earning<'a> {
    /// The terms that hold for it.
    pub terms: &'a Program,
    /// What they promise.
    pub reward: &'a Reward,
    /// For what.
    pub cause: Cause,
    /// Who earns it.
    pub owner: &'a Pseudonym,
    /// What the order comes to.
    pub amounts: Amounts,
    /// What was bought, if the shop says so.
    pub lines: &'a [Line],
    /// Whether it waits for the merchant's word, whatever the terms say.
    pub waits: bool,
}

/// What the books look like when a reward is decided on. A reward counts until nothing of it can ever come back, and with
/// what of it may come back.
#[derive(Clone, Debug)]
pub struct RewardAccount {
    /// Rewards of the referrer in the last 365 days.
    pub rewards_this_year: u32,
    /// What counts under each cap of the terms, in their order.
    pub caps: Vec<CapUse>,
    /// What counts under the budget, minor units.
    pub spent: i64,
    /// What the owner owes after clawbacks.
    pub owed: Money,
    /// How much of the order is left.
    pub remaining: Remaining,
}

/// The reward, or why there is none. What caps and budget leave is enough for all of it, or nothing is earned.
pub fn decide_reward(
    earning: &Earning<'_>,
    account: &RewardAccount,
    id: Pseudonym,
    now: Millis,
) -> Result<Result<Change, Reason>, MoneyError> {
    let settings = &earning.terms.settings;
    // What is limited by count are rewards for referrals: a milestone comes on top of those that have reached it.
    let counted = matches!(earning.cause, Cause::Conversion | Cause::Renewal);
    if counted && account.rewards_this_year >= settings.rewards_per_year_max {
        return Ok(Err(Reason::CapReached));
    }
    let cart = Cart {
        subtotal: earning.amounts.before_discounts()?,
        lines: earning.lines,
    };
    let offered = settings.offered(&cart)?;
    let amount = earning.reward.worth(earning.amounts, offered)?;
    if amount.minor() <= 0 {
        return Ok(Err(Reason::WorthNothing));
    }
    let holds = |cap: &Cap| match cap.of {
        CapOf::Count => counted,
        CapOf::Value => earning.cause != Cause::Invitee,
    };
    let mut caps = settings.caps.iter().zip(&account.caps);
    if caps.any(|(cap, used)| holds(cap) && !cap.leaves(*used, amount)) {
        return Ok(Err(Reason::CapReached));
    }
    let with_it = account.spent.saturating_add(amount.minor());
    if settings.budget.is_some_and(|budget| with_it > budget) {
        return Ok(Err(Reason::BudgetReached));
    }
    // A milestone waits for nothing: the referrals that reach it have been approved.
    let waits = earning.cause != Cause::Milestone;
    let nothing = Money::zero(amount.currency());
    let reward = StoredReward {
        id,
        owner: earning.owner.clone(),
        kind: earning.reward.kind,
        amount,
        reversed: nothing,
        lost: nothing,
        granted: nothing,
        due: nothing,
        state: RewardState::Pending,
        payable_at: if waits {
            now.plus_days(settings.hold_days)
        } else {
            now
        },
        frozen: false,
        review: Review::new(waits && (earning.waits || settings.review_rewards)),
        redeemed: false,
        collect_days: settings.reward_expires_days,
        expires_at: None,
    };
    earn(reward, account.remaining, account.owed, now).map(Ok)
}

impl Cause {
    const ALL: [Self; 4] = [
        Self::Conversion,
        Self::Invitee,
        Self::Renewal,
        Self::Milestone,
    ];

    /// Its name on the wire and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conversion => "conversion",
            Self::Invitee => "invitee",
            Self::Renewal => "renewal",
            Self::Milestone => "milestone",
        }
    }

    /// The cause of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Earning, RewardAccount, decide_reward};
    use crate::decide::order::Reason;
    use crate::decide::testing::{comes_to, eur, program_with};
    use crate::id::Pseudonym;
    use crate::program::limits::CapUse;
    use crate::reward::{Change, Remaining, RewardState};
    use crate::time::{DAY_MS, Millis};
    use serde_json::{Value, json};

    fn account() -> RewardAccount {
        RewardAccount {
            rewards_this_year: 0,
            caps: Vec::new(),
            spent: 0,
            owed: eur(0),
            remaining: Remaining {
                left: 1_700,
                at_best: 1_700,
                whole: 1_700,
                frozen: false,
            },
        }
    }

    fn decided(settings: &Value, cause: Cause, account: &RewardAccount) -> Result<Change, Reason> {
        let terms = program_with(settings);
        let earning = Earning {
            terms: &terms,
            reward: &terms.settings.reward,
            cause,
            owner: &Pseudonym("jane".into()),
            amounts: comes_to(eur(1_700), eur(300)),
            lines: &[],
            waits: false,
        };
        decide_reward(&earning, account, Pseudonym("r".into()), Millis(5)).expect("fits")
    }

    #[test]
    fn the_yearly_cap_stops_the_referrer_and_not_the_invitee() {
        let full = RewardAccount {
            rewards_this_year: 25,
            ..account()
        };
        let none = json!({});
        assert_eq!(
            decided(&none, Cause::Conversion, &full),
            Err(Reason::CapReached)
        );
        assert!(decided(&none, Cause::Invitee, &full).is_ok());
        let almost = RewardAccount {
            rewards_this_year: 24,
            ..account()
        };
        let change = decided(&none, Cause::Conversion, &almost).expect("a reward");
        assert_eq!(
            (change.after.amount, change.after.state),
            (eur(500), RewardState::Issued)
        );
    }

    #[test]
    fn what_a_cap_or_the_budget_leaves_is_enough_or_nothing_is_earned() {
        let capped =
            json!({"caps": [{"of": "value", "max": 1_000}, {"of": "count", "max": 3, "days": 30}]});
        let used = |value, count| RewardAccount {
            caps: vec![CapUse { count: 0, value }, CapUse { count, value: 0 }],
            ..account()
        };
        assert!(decided(&capped, Cause::Conversion, &used(500, 2)).is_ok());
        assert_eq!(
            decided(&capped, Cause::Conversion, &used(501, 0)),
            Err(Reason::CapReached)
        );
        assert_eq!(
            decided(&capped, Cause::Renewal, &used(0, 3)),
            Err(Reason::CapReached)
        );
        let budget = json!({"budget": 1_000});
        let spent = |spent| RewardAccount { spent, ..account() };
        assert!(decided(&budget, Cause::Invitee, &spent(500)).is_ok());
        assert_eq!(
            decided(&budget, Cause::Invitee, &spent(501)),
            Err(Reason::BudgetReached)
        );
    }

    #[test]
    fn a_hold_and_a_review_keep_all_but_a_milestone_waiting() {
        let held = json!({"hold_days": 3, "review_rewards": true});
        let reward = decided(&held, Cause::Conversion, &account())
            .expect("a reward")
            .after;
        assert_eq!(
            (reward.state, reward.is_under_review(), reward.payable_at),
            (RewardState::Pending, true, Millis(5 + 3 * DAY_MS))
        );
        let extra = decided(&held, Cause::Milestone, &account())
            .expect("a reward")
            .after;
        assert_eq!(extra.state, RewardState::Issued);
    }

    #[test]
    fn every_cause_comes_back_from_its_name() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_name(cause.name()), Some(cause));
        }
    }
}
