//! Work that falls due by the clock alone: holds that are over, and what has outlived its days.
//!
//! Each piece is a transaction of its own, so that one that fails holds up no other.

use super::commands::{mature, retention};
use super::context::Context;
use super::failure::Failure;

/// Something that runs a piece of work of its own, without a caller, in one transaction.
pub(crate) trait Transactions {
    /// All of the body's writes, or with `Err` none.
    fn with_context<T>(
        &self,
        body: impl FnOnce(&Context<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure>;
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Rewards that were granted.
    pub(crate) granted: usize,
    /// What went wrong, for the log.
    pub(crate) failures: Vec<String>,
    /// Whether something is left that nobody has set a time for.
    pub(crate) left: bool,
}

/// Grants rewards whose hold is over, one by one, and drops kept answers and dead letters that have outlived their days. A
/// reward that cannot be granted is set aside, for longer each time.
pub(crate) fn keep_up(ledger: &impl Transactions) -> Done {
    let mut done = Done::default();
    let due = match ledger.with_context(mature::due) {
        // There is no program here.
        Err(Failure::Rejected(_)) => return done,
        due => done.noted("holds", due).unwrap_or_default(),
    };
    for reward in &due {
        match ledger.with_context(|context| mature::grant(context, reward)) {
            Ok(()) => done.granted = done.granted.saturating_add(1),
            Err(failure) => {
                let what = format!("reward {reward} is set aside: {failure:?}");
                done.failures.push(what);
                let aside = ledger.with_context(|context| mature::set_aside(context, reward));
                done.noted("a reward is not set aside", aside);
            }
        }
    }
    let dropped = ledger.with_context(|context| {
        context.store.drop_settled_stuck_rewards()?;
        context.store.drop_old_replies(context.now)?;
        context.store.drop_old_traces(context.now)?;
        context.store.drop_old_proofs(context.now)?;
        context.store.drop_old_placed(context.now)?;
        context.store.drop_old_quarantined(context.now)?;
        context.store.drop_old_sources(context.now)?;
        Ok(context.store.drop_old_dead_letters(context.now)?)
    });
    done.noted("what has outlived its days", dropped);
    let swept = ledger.with_context(retention::sweep);
    done.noted("who has not been heard of for long", swept);
    done
}

impl Done {
    /// What a piece of work has made; without it something is left to be done.
    fn noted<T>(&mut self, what: &str, outcome: Result<T, Failure>) -> Option<T> {
        match outcome {
            Ok(made) => Some(made),
            Err(failure) => {
                self.failures.push(format!("{what}: {failure:?}"));
                self.left = true;
                None
            }
        }
    }
}
