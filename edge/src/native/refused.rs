//! What the object does after a command was refused.

use super::{Entropy, NativeLedger, Outcome, ended};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{Envelope, Reply};
use crate::ledger::refusals::{note_refusal, worth_noting};

impl NativeLedger {
    /// Notes it in a transaction of its own. Returns how the command ended: a delivery that is kept was taken.
    pub(super) fn refused(
        &self,
        envelope: &Envelope,
        failure: Failure,
        entropy: Entropy<'_>,
    ) -> Result<Outcome, String> {
        let Some(refused) = worth_noting(&self.engine.notes, envelope, &failure) else {
            return Ok(ended(failure));
        };
        let noted = self.transaction(|| {
            self.engine.prepare(&self.sql, false)?;
            let context = self.engine.context(&self.sql, envelope, entropy);
            note_refusal(&context, envelope, &refused)
        });
        let kept = noted.map_err(|failure| format!("a refusal was not noted: {failure:?}"))?;
        if self.engine.notes.take_wake().is_some() {
            self.arm(envelope.now.0, true, entropy);
        }
        Ok(match kept {
            Some(Reply::Done { status, body, .. }) => Outcome::Done(status, body),
            _ => ended(failure),
        })
    }
}
