//! What other settings would have decided and cost on past orders. Nothing changes.

use std::rc::Rc;

use goodword_shared::decide::dry_run::Outcome;
use goodword_shared::decide::order::Reason;
use goodword_shared::decide::reward::Cause;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::money::{Currency, MINOR_UNITS_MAX, Money, MoneyError};
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use serde::Serialize;

use super::imagine::{Compared, Imagination};
use super::settings::next_version;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{DryRunRequest, Reply};

/// Orders in one answer: as many as are looked at well within the time that a command has.
const ORDERS_MAX: usize = 500;

/// Lines of the log that are read for one answer, for the same reason.
const LINES_MAX: u32 = 5_000;

/// Counts and sums, as it was and as it would have been.
#[derive(Default, Serialize)]
struct Sums {
    attributed: u32,
    /// Orders that have earned their referrer something.
    rewarded: u32,
    /// What was earned by whomever, whatever was taken back since; one amount a currency.
    cost: Vec<Money>,
}

/// An order's side of the comparison.
#[derive(PartialEq, Serialize)]
struct Side {
    reason: Reason,
    no_reward: Option<Reason>,
    referrer: Option<Pseudonym>,
    rewards: Vec<Given>,
}

/// What somebody has earned, or would have.
#[derive(PartialEq, Serialize)]
struct Given {
    owner: Pseudonym,
    cause: Cause,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<u32>,
    amount: i64,
    currency: Currency,
}

/// The comparison.
#[derive(Serialize)]
struct Answer {
    version: u32,
    orders: usize,
    not_kept: usize,
    was: Sums,
    would: Sums,
    differ: Vec<Differs>,
    next: Option<i64>,
}

#[derive(Serialize)]
struct Differs {
    order_id: ExternalId,
    at: Millis,
    was: Side,
    would: Side,
}

/// 1. Only the merchant. 2. The settings must be those of a next version. 3. What has happened is gone through once more, in a
///    history that is imagined under them and begins with what was really earned before `after`. 4. Answers counts, sums, the
///    orders that differ, and where to go on.
pub(crate) fn dry_run(context: &Context<'_>, request: &DryRunRequest) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let after = request.after.unwrap_or_default();
    if !(0..=MINOR_UNITS_MAX).contains(&after) {
        let text = "after: expected `next` of the last answer";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let next = Rc::new(next_version(context, &request.settings)?);
    let version = next.version;
    let lines = context.store.happened_after(after, LINES_MAX)?;
    let mut imagined = Imagination::after(context, next, after)?;
    let mut orders = 0_usize;
    let mut last = (after, context.now);
    let mut is_full = lines.len() >= usize::try_from(LINES_MAX).unwrap_or(usize::MAX);
    for line in &lines {
        // What happened in one moment stays together: by the moment it is told what was earned before.
        if (orders >= ORDERS_MAX || imagined.is_full()) && line.at > last.1 {
            is_full = true;
            break;
        }
        last = (line.seq, line.at);
        imagined.happens(line)?;
        orders = orders.saturating_add(usize::from(line.is_order()));
    }
    // A clock that was set back is behind what has happened.
    let latest = lines
        .iter()
        .map(|line| line.at)
        .fold(context.now, Millis::max);
    let until = if is_full { last.1 } else { latest };
    imagined.history.until::<Failure>(until)?;
    for id in imagined.history.reached_before() {
        imagined.reached(&id)?;
    }
    let not_kept = imagined.not_kept.len();
    let (was, would, differ) = compare(context, imagined, until)?;
    let answer = Answer {
        version,
        orders,
        not_kept,
        was,
        would,
        differ,
        next: is_full.then_some(last.0),
    };
    done(200, &answer)
}

fn compare(
    context: &Context<'_>,
    imagined: Imagination<'_>,
    until: Millis,
) -> Result<(Sums, Sums, Vec<Differs>), Failure> {
    let (mut was_all, mut would_all) = (Sums::default(), Sums::default());
    let mut differ = Vec::new();
    let since = imagined.since.unwrap_or(Millis(i64::MIN));
    for compared in imagined.orders {
        let Compared {
            id: order_id,
            at,
            was,
            would,
            is_before,
        } = compared;
        let rows = context.store.rewards_of(&order_id)?.into_iter();
        let rows = rows.filter(|row| row.origin.earned_at > since && row.origin.earned_at <= until);
        let really = rows.map(|row| {
            let cause = (row.origin.cause, row.origin.milestone);
            given(row.reward.owner, cause, row.reward.amount)
        });
        let was = side(was, really.collect());
        let here = imagined.history.earned_by(&order_id).into_iter();
        let here = here.map(|one| given(one.reward.owner, one.cause, one.reward.amount));
        let would = side(would, here.collect());
        was_all.add(&was, is_before)?;
        would_all.add(&would, is_before)?;
        if !was.is_like(&would) {
            differ.push(Differs {
                order_id,
                at,
                was,
                would,
            });
        }
    }
    Ok((was_all, would_all, differ))
}

fn given(owner: Pseudonym, (cause, milestone): (Cause, u32), amount: Money) -> Given {
    Given {
        owner,
        cause,
        milestone: (cause == Cause::Milestone).then_some(milestone),
        amount: amount.minor(),
        currency: amount.currency(),
    }
}

fn side(outcome: Outcome, rewards: Vec<Given>) -> Side {
    Side {
        reason: outcome.reason,
        no_reward: outcome.no_reward,
        referrer: outcome.referrer,
        rewards,
    }
}

impl Side {
    /// Whether it is the same, in whatever order the rewards are told. No order earns one thing twice.
    fn is_like(&self, other: &Self) -> bool {
        (
            self.reason,
            self.no_reward,
            &self.referrer,
            self.rewards.len(),
        ) == (
            other.reason,
            other.no_reward,
            &other.referrer,
            other.rewards.len(),
        ) && self.rewards.iter().all(|one| other.rewards.contains(one))
    }
}

impl Sums {
    fn add(&mut self, side: &Side, is_before: bool) -> Result<(), MoneyError> {
        let own = |one: &Given| matches!(one.cause, Cause::Conversion | Cause::Renewal);
        let is_rewarded = side.rewards.iter().any(own);
        let is_attributed = side.referrer.is_some() && !is_before;
        self.rewarded = self.rewarded.saturating_add(u32::from(is_rewarded));
        self.attributed = self.attributed.saturating_add(u32::from(is_attributed));
        for one in &side.rewards {
            let more = Money::new(one.amount, one.currency)?;
            let mut sums = self.cost.iter_mut();
            match sums.find(|sum| sum.currency() == one.currency) {
                Some(sum) => *sum = sum.plus(more)?,
                None => self.cost.push(more),
            }
        }
        Ok(())
    }
}
