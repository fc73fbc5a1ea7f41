//! A referrer chooses what to earn, among what the program offers.

use goodword_shared::json::write;
use goodword_shared::program::reward::Reward;
use goodword_shared::rejection::Rejection;

use super::enrol::find_or_enrol;
use super::referrer_view::full_view;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;

/// 1. The customer token must be good, and the program run. 2. The reward must be on offer. 3. It is what they earn from
///    now on; what was earned stays. The same again changes nothing.
pub(crate) fn choose_reward(
    context: &Context<'_>,
    token: &str,
    reward: &Reward,
) -> Result<Reply, Failure> {
    let (person, program, _) = find_or_enrol(context, token)?;
    let settings = &program.settings;
    let is_default = *reward == settings.reward;
    if !is_default && !settings.reward_choices.contains(reward) {
        let text = "reward: expected one of the program's reward and reward_choices";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let choice = if is_default {
        None
    } else {
        Some(write(reward))
    };
    let before = context.store.reward_choice(&person.id)?;
    if before != choice {
        context
            .store
            .set_reward_choice(&person.id, choice.as_deref())?;
        let entry = Entry {
            kind: "reward.chosen",
            person: Some(&person.id),
            other: None,
            order: None,
            data: object!({
                "before": before.as_deref().unwrap_or("null"), "chosen": choice.as_deref().unwrap_or("null"),
                "kind": reward.kind, "version": program.version,
            }),
        };
        context.store.log(&entry, context.now)?;
    }
    done(200, &full_view(context, &program, &person)?)
}
