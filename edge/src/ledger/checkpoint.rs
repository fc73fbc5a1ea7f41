//! Signs the head of the activity log once a day, so that nobody, the operator included, can write its past anew unseen.
//!
//! The signature comes from the platform's WebCrypto, which is asynchronous: the head is read in one transaction, signed
//! outside, and the checkpoint appended in another. Lines that came in between are signed with the next one, a day later;
//! of two that sign at the same time, one appends.

use goodword_shared::audit::{CHECKPOINT_KIND, Checkpoint, checkpoint_message};
use goodword_shared::id::hex;
use goodword_shared::time::Millis;

use super::context::Context;
use super::failure::Failure;
use super::keyring::{KeyKind, mint};
use super::object::Inner;
use super::store::Store;
use super::store::log::{CHECKPOINT_EVERY_MS, Entry, Head, LastCheckpoint};
use super::upkeep::Transactions;
use crate::ed25519::{public_key, sign};
use crate::json::object;

/// Where the public key is kept once it is known.
const PUBLIC_KEY: &str = "audit_key";

/// A head that waits for its signature.
pub(crate) struct Unsigned {
    pub(crate) program: String,
    pub(crate) head: Head,
    pub(crate) at: Millis,
    seed: [u8; 32],
}

/// When the next checkpoint is due; never while nothing was logged since the last one.
pub(crate) fn next_checkpoint(store: Store<'_>) -> Result<Option<Millis>, Failure> {
    let Some(head) = store.head()? else {
        return Ok(None);
    };
    let Some(last) = store.last_checkpoint()? else {
        let first = store.first_logged()?.unwrap_or(head.at);
        return Ok(Some(first.plus_ms(CHECKPOINT_EVERY_MS)));
    };
    // A checkpoint's own line is vouched for by its signature.
    let unsigned = head.seq > last.seq || last.seq.saturating_sub(last.covers) > 1;
    Ok(unsigned.then(|| last.at.plus_ms(CHECKPOINT_EVERY_MS)))
}

/// The program's public key in hex, once a checkpoint was signed.
pub(crate) fn known_public_key(store: Store<'_>) -> Result<Option<String>, Failure> {
    Ok(store.meta(PUBLIC_KEY)?)
}

impl Inner {
    /// Signs the head when that is due. Returns whether that worked; what fails is tried again at the next alarm.
    pub(crate) async fn checkpoint(&self) -> bool {
        match self.sign_head().await {
            Ok(()) | Err(Failure::Rejected(_)) => true,
            Err(Failure::Broken(what)) => {
                worker::console_error!("[goodword] ledger: checkpoint: {what}");
                false
            }
        }
    }

    async fn sign_head(&self) -> Result<(), Failure> {
        let Some(unsigned) = self.with_context(unsigned)? else {
            return Ok(());
        };
        let failed = |error| Failure::Broken(format!("Ed25519: {error:?}"));
        let key = hex(&public_key(&unsigned.seed).await.map_err(failed)?);
        let Unsigned {
            program, head, at, ..
        } = &unsigned;
        let message = checkpoint_message(program, head.seq, &head.hash, at.0);
        let signature = sign(&unsigned.seed, message.as_bytes())
            .await
            .map_err(failed)?;
        let checkpoint = Checkpoint {
            program: program.clone(),
            seq: head.seq,
            head: head.hash.clone(),
            at: at.0,
            key,
            signature: hex(&signature),
        };
        self.with_context(|context| append(context, &checkpoint))
    }
}

/// The head, when it is to be signed.
pub(crate) fn unsigned(context: &Context<'_>) -> Result<Option<Unsigned>, Failure> {
    let due = is_due(context)?;
    let Some(head) = context.store.head()?.filter(|_| due) else {
        return Ok(None);
    };
    Ok(Some(Unsigned {
        program: context.program_id.as_str().to_owned(),
        head,
        at: context.now,
        seed: seed(context)?,
    }))
}

fn is_due(context: &Context<'_>) -> Result<bool, Failure> {
    Ok(next_checkpoint(context.store)?.is_some_and(|at| at <= context.now))
}

fn seed(context: &Context<'_>) -> Result<[u8; 32], Failure> {
    if let Some(seed) = &context.keyring()?.audit {
        return Ok(seed.0);
    }
    let (key, _) = mint(context, KeyKind::Audit, 1);
    context.store.add_key(&key)?;
    context.engine.forget_keys();
    let made = context.keyring()?.audit.as_ref().map(|seed| seed.0);
    made.ok_or_else(|| Failure::Broken("a key that was just made is missing".into()))
}

/// Appends a checkpoint, unless another one has made it needless meanwhile.
pub(crate) fn append(context: &Context<'_>, checkpoint: &Checkpoint) -> Result<(), Failure> {
    if !is_due(context)? {
        return Ok(());
    }
    let entry = Entry::new(
        CHECKPOINT_KIND,
        object!({
            "at": checkpoint.at, "head": checkpoint.head, "key": checkpoint.key, "program": checkpoint.program,
            "seq": checkpoint.seq, "signature": checkpoint.signature,
        }),
    );
    let (seq, _) = context.store.log(&entry, context.now)?;
    let last = LastCheckpoint {
        seq,
        at: context.now,
        covers: checkpoint.seq,
    };
    context.store.set_checkpoint(&last)?;
    if context.store.meta(PUBLIC_KEY)?.is_none() {
        context.store.set_meta(PUBLIC_KEY, &checkpoint.key)?;
    }
    Ok(())
}
