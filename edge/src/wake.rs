//! The cron: asks every ledger once an hour whether it has forgotten something.
//!
//! A ledger sets its own alarm in the step that makes something due, and the platform keeps it. Should an alarm be lost all
//! the same, whatever waits would wait for the next command, which on a quiet program may be days away. The programs are
//! those that KV lists, and the default one, whose record may be the very thing that waits. A look costs an object's request,
//! a few rows read, and a row written where there is something to do.

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use goodword_shared::id::ProgramId;
use worker::Env;

use crate::adapters::{ledger, programs};
use crate::clock::{now, real_now};
use crate::config::default_program;
use crate::error::AppError;
use crate::ledger::protocol::{Command, Credential, Envelope};

/// Ledgers woken in one run: a run may make a thousand calls.
const WOKEN_MAX: usize = 500;

/// Ledgers woken at once.
const PARALLEL_MAX: usize = 6;

/// Milliseconds between two runs.
const EVERY_MS: i64 = 3_600_000;

/// Wakes them all; of very many, others each time.
pub(crate) async fn wake_ledgers(env: &Env) {
    let mut ids = programs::list(env).await.unwrap_or_else(|error| {
        worker::console_error!("[goodword] cron: {error}");
        Vec::new()
    });
    let default = default_program(env).and_then(|id| ProgramId::parse(&id).ok());
    ids.extend(default);
    ids.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    ids.dedup();
    let begin = first(ids.len(), real_now().0.div_euclid(EVERY_MS));
    ids.rotate_left(begin);
    let woken = ids.iter().take(WOKEN_MAX).map(|id| wake(env, id));
    iter(woken).buffer_unordered(PARALLEL_MAX).count().await;
}

/// Where a run begins: every ledger has its turn after as many runs as it takes.
fn first(count: usize, run: i64) -> usize {
    let begin = usize::try_from(run)
        .unwrap_or_default()
        .wrapping_mul(WOKEN_MAX);
    begin.checked_rem(count).unwrap_or_default()
}

async fn wake(env: &Env, id: &ProgramId) {
    let envelope = Envelope {
        program: id.clone(),
        now: now(id.as_str()),
        link_base: String::new(),
        source: None,
        credential: Credential::None,
        idempotency: None,
        command: Command::Wake,
    };
    match ledger::call(env, &envelope, None).await {
        // A default program that was never created has nothing to forget.
        Ok(_) | Err(AppError::Rejected(_)) => {}
        Err(error) => worker::console_error!("[goodword] cron: {id}: {error:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{WOKEN_MAX, first};

    #[test]
    fn every_ledger_has_its_turn() {
        for count in [1, 499, 500, 501, 1_234] {
            let mut woken = vec![false; count];
            for run in 0..3 {
                let begin = first(count, run);
                for step in 0..count.min(WOKEN_MAX) {
                    woken[(begin + step) % count] = true;
                }
            }
            assert!(woken.iter().all(|woken| *woken), "{count}");
        }
        assert_eq!(first(0, 5), 0);
    }
}
