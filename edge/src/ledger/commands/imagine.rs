//! Tells an imagined history what has really happened, line by line of the log.

use std::rc::Rc;

use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::decide::dry_run::Outcome;
use goodword_shared::decide::dry_run::history::{History, Imagined, Named, Past, Twin};
use goodword_shared::decide::reward::Cause;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::program::Program;
use goodword_shared::program::reward::Reward;
use goodword_shared::rejection::Rejection;
use goodword_shared::reward::MerchantStep;
use goodword_shared::time::Millis;

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::log::Happened;
use crate::ledger::store::rewards::RewardRow;

/// Rewards of before that are remembered for one answer: as many as are looked through well within the time that a command has.
const REMEMBERED_MAX: usize = 5_000;

/// An imagined history, and what it is compared with.
pub(crate) struct Imagination<'a> {
    context: &'a Context<'a>,
    terms: Rc<Program>,
    pub(crate) history: History,
    /// What was earned by then is taken as it really was.
    pub(crate) since: Option<Millis>,
    remembered: Vec<Pseudonym>,
    /// What whoever has chosen since had chosen before.
    choices: Vec<(Pseudonym, String)>,
    /// How many rewards of theirs.
    rewards: usize,
    /// Of these each that a renewal has earned, by the referral that it renews.
    renewals: Vec<Pseudonym>,
    /// Orders of which nothing can be told: nothing that they have really earned is compared.
    pub(crate) not_kept: Vec<ExternalId>,
    /// Orders in the order in which they came up.
    pub(crate) orders: Vec<Compared>,
}

/// An order as it was really decided, and as it would have been.
pub(crate) struct Compared {
    pub(crate) id: ExternalId,
    pub(crate) at: Millis,
    pub(crate) was: Outcome,
    pub(crate) would: Outcome,
    /// Whether it came before the imagination began, and only a milestone was reached by it since.
    pub(crate) is_before: bool,
}

impl<'a> Imagination<'a> {
    /// Begins after a line of the log.
    pub(crate) fn after(
        context: &'a Context<'a>,
        terms: Rc<Program>,
        after: i64,
    ) -> Result<Self, Failure> {
        let since = context.store.logged_at(after)?;
        let spent = match since {
            Some(since) if terms.settings.budget.is_some() => {
                context.store.spent_until(after, since)?
            }
            _ => Vec::new(),
        };
        let choices = if since.is_some() && !terms.settings.reward_choices.is_empty() {
            context.store.chosen_before(after)?
        } else {
            Vec::new()
        };
        Ok(Self {
            context,
            history: History::new(Rc::clone(&terms), spent),
            terms,
            since,
            remembered: Vec::new(),
            choices,
            rewards: 0,
            renewals: Vec::new(),
            not_kept: Vec::new(),
            orders: Vec::new(),
        })
    }

    /// The next thing that happened.
    pub(crate) fn happens(&mut self, line: &Happened) -> Result<(), Failure> {
        self.history.until::<Failure>(line.at)?;
        let order = line.order.as_deref().map(ExternalId::parse).transpose();
        let order = order.map_err(|_| Failure::Broken("a logged order id".into()))?;
        match (line.kind.as_str(), order) {
            (_, Some(id)) if line.is_order() => self.order(id, line.at)?,
            ("order.undone", Some(id)) => {
                if let Some(fact) = self.context.store.undo(&id, &line.detail)? {
                    self.history.undone::<Failure>(&id, fact, line.at)?;
                }
            }
            ("reward.chosen", _) => {
                // Lines of earlier versions do not say what was chosen.
                let person = line.person.as_ref().filter(|_| !line.detail.is_empty());
                if let Some(person) = person.cloned().map(Pseudonym) {
                    self.remember(&person)?;
                    self.history.choose(&person, choice(&line.detail));
                }
            }
            _ => self.rewarded(line)?,
        }
        Ok(())
    }

    fn rewarded(&mut self, line: &Happened) -> Result<(), Failure> {
        let Some(row) = self.context.store.reward(&line.detail)? else {
            return Ok(());
        };
        self.remember(&row.reward.owner)?;
        let of = Named {
            order: &row.origin.order,
            owner: &row.reward.owner,
            cause: (row.origin.cause, row.origin.milestone),
        };
        match line.kind.as_str() {
            "reward.approved" => self.history.approved::<Failure>(of, line.at),
            "reward.expired" => self.history.expired::<Failure>(of, line.at),
            "reward.stepped" => match MerchantStep::from_name(&line.step) {
                Some(step) => self.history.stepped::<Failure>(of, step, line.at),
                None => Ok(()),
            },
            _ => self.reached(of.order),
        }
    }

    /// A milestone was really reached by an order: of one that came before, nothing else is compared.
    pub(crate) fn reached(&mut self, id: &ExternalId) -> Result<(), Failure> {
        let is_compared = self.orders.iter().any(|compared| compared.id == *id);
        if is_compared || self.not_kept.contains(id) {
            return Ok(());
        }
        let past = past(self.context, id)?;
        let was = outcome(&past.decision);
        self.orders.push(Compared {
            id: past.id,
            at: past.at,
            would: was.clone(),
            was,
            is_before: true,
        });
        Ok(())
    }

    fn order(&mut self, id: ExternalId, now: Millis) -> Result<(), Failure> {
        let past = past(self.context, &id)?;
        let decision = &past.decision;
        let (was, at) = (outcome(decision), past.at);
        let named = decision.considered.iter();
        let named = named.filter_map(|one| one.referrer.as_ref());
        for person in named.chain(&decision.referrer).chain(&past.buyer) {
            self.remember(person)?;
        }
        if let Some(first) = &decision.renews {
            let referral = self.context.store.referral_of(first)?;
            self.remember_first(first, referral.as_ref().map(|known| &known.id))?;
        }
        let twins = self.twins(&past)?;
        let Some(would) = self.history.order::<Failure>(past, &twins, now)? else {
            self.not_kept.push(id);
            return Ok(());
        };
        self.orders.push(Compared {
            id,
            at,
            was,
            would,
            is_before: false,
        });
        Ok(())
    }

    /// Rewards that the order has really earned.
    fn twins(&self, past: &Past) -> Result<Vec<Twin>, Failure> {
        if past.decision.referrer.is_none() {
            return Ok(Vec::new());
        }
        let terms = self.context.version(past.decision.version)?;
        let waited = terms.settings.review_rewards || past.decision.waits();
        let rows = self.context.store.rewards_of(&past.id)?.into_iter();
        let rows = rows.filter(|row| row.origin.cause != Cause::Milestone);
        Ok(rows
            .map(|row| Twin {
                owner: row.reward.owner,
                payable_at: row.reward.payable_at,
                waited,
            })
            .collect())
    }

    /// What somebody had really earned when the imagination began.
    fn remember(&mut self, owner: &Pseudonym) -> Result<(), Failure> {
        let Some(since) = self.since else {
            return Ok(());
        };
        if self.remembered.contains(owner) {
            return Ok(());
        }
        self.remembered.push(owner.clone());
        let store = self.context.store;
        let mut later = self.choices.iter();
        let chosen = match later.find(|(person, _)| person == owner) {
            Some((_, before)) => Some(before.clone()),
            None => store.reward_choice(owner)?,
        };
        self.history
            .choose(owner, chosen.as_deref().and_then(choice));
        let rows = store.rewards_until(owner, since, REMEMBERED_MAX)?;
        self.rewards = self.rewards.saturating_add(rows.len());
        if rows.len() >= REMEMBERED_MAX {
            return Err(Rejection::DryRunTooLarge.into());
        }
        let renewals = rows.iter().filter(|row| row.origin.cause == Cause::Renewal);
        self.renewals
            .extend(renewals.map(|row| row.origin.referral.clone()));
        // A milestone is reached by the order whose reward is approved.
        let reaches = !self.terms.settings.milestones.is_empty();
        for RewardRow { reward, origin } in rows {
            if reaches && origin.cause == Cause::Conversion && reward.payable_at > since {
                self.remember_first(&origin.order, Some(&origin.referral))?;
            }
            let cause = (origin.cause, origin.milestone);
            let reward = Imagined::before(reward, origin.order, cause, origin.earned_at, since);
            self.history.remember(reward);
        }
        Ok(())
    }

    /// Whether no more may be remembered: then the answer ends.
    pub(crate) fn is_full(&self) -> bool {
        self.rewards >= REMEMBERED_MAX
    }

    /// An order that really converted before the imagination began, and its referral.
    fn remember_first(
        &mut self,
        id: &ExternalId,
        referral: Option<&Pseudonym>,
    ) -> Result<(), Failure> {
        if self.since.is_none() || self.history.past(id).is_some() || self.not_kept.contains(id) {
            return Ok(());
        }
        let past = past(self.context, id)?;
        let renewals = self.renewals.iter().filter(|of| Some(*of) == referral);
        let renewals = u32::try_from(renewals.count()).unwrap_or(u32::MAX);
        self.history.remember_order(past, renewals);
        Ok(())
    }
}

/// What was chosen; none of the choices is the usual reward.
fn choice(json: &str) -> Option<Reward> {
    goodword_shared::json::parse(json).ok()
}

fn outcome(decision: &StoredDecision) -> Outcome {
    Outcome {
        reason: decision.reason,
        no_reward: decision.no_reward,
        referrer: decision.referrer.clone(),
    }
}

fn past(context: &Context<'_>, id: &ExternalId) -> Result<Past, Failure> {
    let order = context.store.order(id)?;
    let order = order.ok_or_else(|| Failure::Broken("a logged order that is not there".into()))?;
    Ok(Past {
        amounts: order.amounts()?,
        decision: order.decided()?,
        id: order.id,
        at: order.at,
        buyer: order.person,
    })
}
