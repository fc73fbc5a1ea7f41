//! What staff says of a reward in its own words: kept encrypted, because it may name people.

use goodword_shared::reward::MerchantStep;
use goodword_shared::time::Millis;
use serde::Serialize;

use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::reward_notes::SealedNote;
use crate::ledger::store::rewards::RewardRow;

/// A note as it is shown.
#[derive(Serialize)]
pub(crate) struct Noted {
    pub(crate) at: Millis,
    pub(crate) step: String,
    pub(crate) note: String,
}

/// Keeps what was said of a step, which the log tells in this line. Said again of the same step, it is the same.
pub(super) fn keep(
    context: &Context<'_>,
    row: &RewardRow,
    step: MerchantStep,
    seq: i64,
    said: &str,
) -> Result<(), Failure> {
    let known = notes_of(context, row)?;
    if known
        .iter()
        .any(|note| note.step == step.name() && note.note == said)
    {
        return Ok(());
    }
    let note = SealedNote {
        seq,
        step: step.name().to_owned(),
        at: context.now,
        sealed: context.seal(&row.reward.id, "note", said)?,
    };
    context.store.add_reward_note(&row.reward.id, &note)?;
    Ok(())
}

/// What was said of a reward, oldest first.
pub(super) fn notes_of(context: &Context<'_>, row: &RewardRow) -> Result<Vec<Noted>, Failure> {
    let mut notes = Vec::new();
    for sealed in context
        .store
        .reward_notes(&row.reward.id)?
        .into_iter()
        .rev()
    {
        if let Some(note) = context.opened(&row.reward.id, "note", &sealed.sealed)? {
            notes.push(Noted {
                at: sealed.at,
                step: sealed.step,
                note,
            });
        }
    }
    Ok(notes)
}
