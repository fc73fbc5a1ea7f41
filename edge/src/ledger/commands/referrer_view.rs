//! A referrer as they see themselves: code, link, message, progress, each referral and its reward.

use goodword_shared::api::{
    Amount, GoalView, Progress, REFERRALS_SHOWN_MAX, ReferralView, ReferrerName, ReferrerView,
    RewardView, StepsView,
};
use goodword_shared::decide::earn::{Books, chosen};
use goodword_shared::decide::reward::Cause;
use goodword_shared::event::CONVERSION_PREFIX;
use goodword_shared::message::share_message;
use goodword_shared::program::Program;
use goodword_shared::reward::RewardState;
use goodword_shared::sorted::sorted_by;

use super::credit::credits;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::people::Person;
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::rewards::RewardRow;

/// Everything, for a customer whom the shop vouches for.
pub(crate) fn full_view(
    context: &Context<'_>,
    program: &Program,
    person: &Person,
) -> Result<ReferrerView, Failure> {
    let shown = u32::try_from(REFERRALS_SHOWN_MAX).unwrap_or(u32::MAX);
    let mut referrals = Vec::new();
    for referral in context.store.referrals_by(&person.id, shown)? {
        let rewards = context.store.rewards_of(&referral.order_id)?;
        let own = rewards
            .iter()
            .find(|row| row.reward.owner == person.id && row.origin.cause == Cause::Conversion);
        referrals.push(referral_view(context, &referral, own)?);
    }
    let leads = context.store.leads_of(&person.id, shown)?;
    for touch in context.store.open_touches(&person.id, shown)? {
        // Whoever has come further is shown once.
        if leads.iter().any(|lead| lead.key == touch.click_id) {
            continue;
        }
        referrals.push(ReferralView {
            id: touch.click_id,
            stage: "claimed".into(),
            until: touch.claim.as_ref().map(|claim| claim.expires_at.0),
            at: touch.claim.map_or(touch.clicked_at, |claim| claim.at).0,
            steps: None,
            reward: None,
        });
    }
    referrals.extend(leads.into_iter().map(|lead| ReferralView {
        id: lead.id.0,
        stage: lead.stage,
        at: lead.at.0,
        until: None,
        steps: Some(StepsView {
            done: lead.done,
            of: lead.steps,
        }),
        reward: None,
    }));
    let mut referrals = sorted_by(referrals, |a, b| b.at.cmp(&a.at).then(a.id.cmp(&b.id)));
    referrals.truncate(REFERRALS_SHOWN_MAX);
    let credit = credits(context, &person.id, program.currency)?;
    let channel = context.live_channel(&person.id)?;
    let rewards = context.store.newest_rewards_of(&person.id, shown)?;
    let rewards = rewards.iter().map(|row| listed(context, row));
    Ok(ReferrerView {
        referrer: ReferrerName {
            id: person.id.0.clone(),
            name: context.name_of(person)?,
        },
        progress: Progress {
            claimed: context.store.count_touches(&person.id)?,
            bought: context.store.count_referrals(&person.id)?,
            credit: credit.into_iter().map(Amount::from).collect(),
        },
        referrals,
        live: Some(format!("/v1/programs/{}/live/{channel}", program.id)),
        reward: Some((&chosen(context, program, &person.id)?).into()),
        goals: goals(context, program, person)?,
        rewards: rewards.collect::<Result<_, _>>()?,
        taken: context.store.takings_of(&person.id, shown)?,
        note: note(context, program, person)?,
        referrals_so_far: context.referrals_so_far(program)?,
        ..bare_view(context, program, person)
    })
}

/// Code, link and message only, for a guest who has proved nothing.
pub(crate) fn bare_view(context: &Context<'_>, program: &Program, person: &Person) -> ReferrerView {
    ReferrerView {
        referrer: ReferrerName {
            id: person.id.0.clone(),
            name: None,
        },
        code: person.code.as_str().to_owned(),
        link: format!("{}{}", context.link_base, person.code.as_str()),
        message: share_message(program),
        channels: program.channel_names(),
        progress: Progress::default(),
        referrals: Vec::new(),
        live: None,
        reward: None,
        goals: Vec::new(),
        rewards: Vec::new(),
        taken: Vec::new(),
        note: None,
        referrals_so_far: None,
    }
}

/// What they say to friends, or an empty text where they may say something.
fn note(
    context: &Context<'_>,
    program: &Program,
    person: &Person,
) -> Result<Option<String>, Failure> {
    let note = context.note_of(person)?.unwrap_or_default();
    Ok(context.may_say(program, person)?.then_some(note))
}

/// The tiers and milestones that are still ahead, nearest first.
fn goals(
    context: &Context<'_>,
    program: &Program,
    person: &Person,
) -> Result<Vec<GoalView>, Failure> {
    let settings = &program.settings;
    if settings.tiers.is_empty() && settings.milestones.is_empty() {
        return Ok(Vec::new());
    }
    let approved = context.approved(&person.id)?;
    let tiers = settings.tiers.iter();
    let tiers = tiers.map(|tier| ("tier", tier.from, &tier.reward));
    let milestones = settings.milestones.iter();
    let milestones = milestones.map(|step| ("milestone", step.at, &step.reward));
    let ahead = tiers
        .chain(milestones)
        .filter(|(_, at, _)| *at > approved)
        .map(|(kind, at, reward)| GoalView {
            kind: kind.into(),
            at,
            left: at.saturating_sub(approved),
            reward: reward.into(),
        });
    Ok(sorted_by(ahead.collect(), |a, b| a.at.cmp(&b.at)))
}

fn referral_view(
    context: &Context<'_>,
    referral: &Referral,
    row: Option<&RewardRow>,
) -> Result<ReferralView, Failure> {
    let reward = row.map(|row| &row.reward);
    let stage = match reward {
        Some(reward) if reward.net()?.minor() == 0 && reward.reversed.minor() > 0 => "undone",
        Some(reward) => match reward.state {
            RewardState::Issued | RewardState::Redeemed | RewardState::ClawedBack => "rewarded",
            RewardState::Pending
            | RewardState::Approved
            | RewardState::Voided
            | RewardState::Expired => "bought",
        },
        None => "bought",
    };
    let by_events = referral.order_id.as_str().starts_with(CONVERSION_PREFIX);
    let stage = if by_events && stage == "bought" {
        "qualified"
    } else {
        stage
    };
    Ok(ReferralView {
        id: referral.id.0.clone(),
        steps: None,
        stage: stage.into(),
        at: referral.at.0,
        until: None,
        reward: row.map(|row| reward_view(context, row)).transpose()?,
    })
}

fn reward_view(context: &Context<'_>, row: &RewardRow) -> Result<RewardView, Failure> {
    let reward = &row.reward;
    let waits = reward.state == RewardState::Pending && reward.payable_at > context.now;
    Ok(RewardView {
        amount: reward.net()?.minor(),
        currency: reward.amount.currency().into(),
        state: reward.state.name().into(),
        payable_at: waits.then_some(reward.payable_at.0),
        kind: Some(reward.kind.name().into()),
        description: row.origin.description.clone(),
        quantity: row.origin.quantity,
        cause: None,
        at: None,
        until: None,
    })
}

/// A reward in the list of all, with what a friend's line says of its own.
fn listed(context: &Context<'_>, row: &RewardRow) -> Result<RewardView, Failure> {
    let waits = row.reward.state == RewardState::Approved;
    let until = row.reward.expires_at.filter(|_| waits);
    Ok(RewardView {
        cause: Some(row.origin.cause.name().into()),
        at: Some(row.origin.earned_at.0),
        until: until.map(|at| at.0),
        ..reward_view(context, row)?
    })
}
