//! Works the outbox off: KV records, signed events, nudges to open pages.
//!
//! Delivery is at least once. A delivery is read, carried out without any transaction open, and removed only after it has
//! succeeded; one that fails waits for the next step of the schedule, at last as a dead letter that stays.

use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::time::Millis;
use worker::{Delay, Error, Result};

use super::commands::{attribution_record, program_record};
use super::context::Context;
use super::failure::Failure;
use super::object::Inner;
use super::store::outbox::{Delivery, Kind};
use crate::adapters::{codes, programs, pulse, records};
use crate::notify::webhook::{self, Event};

/// Waits between attempts, in seconds: the schedule that Standard Webhooks recommends.
const SCHEDULE_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Longest wait for one delivery.
const PATIENCE: Duration = Duration::from_secs(5);

/// Rounds of deliveries without a pause; the alarm takes over then.
const ROUNDS_MAX: usize = 200;

/// A delivery with all that it needs from the ledger.
enum Prepared {
    Program(ProgramId, String),
    Code(ProgramId, String),
    Attribution(ProgramId, ExternalId, String),
    Webhook(Event),
    Pulse(ProgramId, String),
    /// There is nothing to deliver any more.
    Nothing,
}

/// The ledger's way out.
pub(crate) struct Outside<'a> {
    inner: &'a Inner,
}

impl<'a> Outside<'a> {
    /// Deliveries of this object.
    pub(crate) fn new(inner: &'a Inner) -> Self {
        Self { inner }
    }

    /// Delivers what is due, six at a time. Does nothing while another call is at it.
    pub(crate) async fn work_off(&self) {
        if self.inner.delivering.replace(true) {
            return;
        }
        for _ in 0..ROUNDS_MAX {
            match self.round().await {
                Ok(true) => {}
                Ok(false) | Err(Failure::Rejected(_)) => break,
                Err(Failure::Broken(what)) => {
                    worker::console_error!("[goodword] outbox: {what}");
                    break;
                }
            }
        }
        self.inner.delivering.set(false);
    }

    /// One round; false when nothing was due.
    async fn round(&self) -> std::result::Result<bool, Failure> {
        let due = self.inner.with_context(|context| {
            let due = context.store.due_deliveries(context.now)?;
            due.into_iter()
                .map(|delivery| Ok((prepare(context, &delivery)?, delivery)))
                .collect::<std::result::Result<Vec<_>, Failure>>()
        })?;
        if due.is_empty() {
            return Ok(false);
        }
        let outcomes = join_all(
            due.iter()
                .map(|(prepared, _)| self.within_patience(prepared)),
        )
        .await;
        self.inner.with_context(|context| {
            for ((_, delivery), outcome) in due.iter().zip(&outcomes) {
                match outcome {
                    Ok(()) => context.store.delivered(delivery.id)?,
                    Err(_) => context
                        .store
                        .postpone(delivery.id, next_attempt(delivery.attempts, context.now))?,
                }
            }
            Ok(())
        })?;
        for ((_, delivery), outcome) in due.iter().zip(&outcomes) {
            if let Err(error) = outcome {
                worker::console_warn!(
                    "[goodword] outbox: {:?} attempt {}: {error}",
                    delivery.kind,
                    delivery.attempts
                );
            }
        }
        Ok(true)
    }

    /// One slow store or endpoint holds a round up for five seconds at most.
    async fn within_patience(&self, prepared: &Prepared) -> Result<()> {
        match select(Box::pin(self.carry_out(prepared)), Delay::from(PATIENCE)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(Error::RustError("no answer within five seconds".into())),
        }
    }

    async fn carry_out(&self, prepared: &Prepared) -> Result<()> {
        let env = &self.inner.env;
        match prepared {
            Prepared::Program(program, record) => programs::write(env, program, record).await,
            Prepared::Code(program, code) => codes::write(env, program, code).await,
            Prepared::Attribution(program, order, record) => {
                records::write(env, program, order, record).await
            }
            Prepared::Webhook(event) => webhook::send(event).await,
            Prepared::Pulse(program, channel) => pulse::nudge(env, program, channel).await,
            Prepared::Nothing => Ok(()),
        }
    }
}

fn prepare(context: &Context<'_>, delivery: &Delivery) -> std::result::Result<Prepared, Failure> {
    let program = context.program_id.clone();
    let target = delivery.target.clone();
    Ok(match delivery.kind {
        Kind::Program => {
            let record = program_record::compose(context)?;
            Prepared::Program(program, serde_json::to_string(&record)?)
        }
        Kind::Code => Prepared::Code(program, target),
        Kind::Pulse => Prepared::Pulse(program, target),
        Kind::Attribution => {
            let id = ExternalId::parse(&target)
                .map_err(|_| Failure::Broken("a stored order id".into()))?;
            match attribution_record::compose(context, &id)? {
                Some(record) => Prepared::Attribution(program, id, record.to_string()),
                None => Prepared::Nothing,
            }
        }
        Kind::Webhook => Prepared::Webhook(event(context, delivery)?),
    })
}

/// An event ready to be posted, signed with every live key at the time of this attempt.
fn event(context: &Context<'_>, delivery: &Delivery) -> std::result::Result<Event, Failure> {
    let message: webhook::Message = serde_json::from_str(&delivery.payload)?;
    let timestamp = crate::clock::real_now().seconds();
    let signatures: Vec<String> = context
        .keyring()?
        .webhooks
        .iter()
        .map(|key| goodword_shared::signature::sign(key, &message.id, timestamp, &message.body))
        .collect();
    Ok(Event {
        address: delivery.target.clone(),
        id: message.id,
        timestamp,
        signature: signatures.join(" "),
        body: message.body,
    })
}

/// When to try again; `None` when the schedule is over. Up to a tenth is added, so that a crowd does not come at once.
fn next_attempt(attempts: u32, now: Millis) -> Option<Millis> {
    let step = usize::try_from(attempts).ok()?;
    let wait_ms = SCHEDULE_SECONDS.get(step)?.saturating_mul(1_000);
    let mut random = [0_u8; 1];
    crate::entropy::fill_random(&mut random);
    let [random] = random;
    let jitter = wait_ms
        .saturating_mul(i64::from(random))
        .checked_div(2_560)?;
    Some(now.plus_ms(wait_ms.saturating_add(jitter)))
}
