//! Works the outbox off: KV records, signed events, nudges to open pages.
//!
//! A delivery is read, carried out without any transaction open, and settled as soon as it ends; the next one starts in
//! its place. An endpoint that hangs holds up its own lane (`lanes`) and no other.

use std::time::Duration;

use futures_util::future::{Either, select};
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::json::write;
use goodword_shared::time::Millis;
use worker::{Delay, Error, Result};

use super::commands::{attribution_record, program_record, proofs};
use super::context::Context;
use super::failure::Failure;
use super::object::Inner;
use super::outbox::{set_aside, settle};
use super::store::outbox::{Delivery, Kind};
use super::upkeep::Transactions;
use crate::adapters::{codes, programs, pulse, records};
use crate::clock::real_now;
use crate::notify::webhook::{self, Event};

/// Longest wait for one delivery.
const PATIENCE: Duration = Duration::from_secs(5);

/// A delivery with all that it needs from the ledger.
pub(crate) enum Prepared {
    Program(ProgramId, String),
    Code(ProgramId, String),
    /// A code that is nobody's any more.
    NoCode(ProgramId, String),
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

    /// Takes on as much of what is due as may start now, and no more than so many.
    pub(crate) fn take_on_due(
        &self,
        starts_left: usize,
    ) -> std::result::Result<Vec<(Delivery, Prepared)>, Failure> {
        let underway = &self.inner.underway;
        let mut taken: Vec<(Delivery, Prepared)> = Vec::new();
        if starts_left == 0 {
            return Ok(taken);
        }
        let outcome = self.inner.with_context(|context| {
            for delivery in context.store.due_deliveries(context.now)? {
                if taken.len() >= starts_left || !underway.take_on(&delivery) {
                    continue;
                }
                match prepare(context, &delivery, real_now()) {
                    Ok(prepared) => taken.push((delivery, prepared)),
                    Err(failure) => {
                        // It must not keep the others from their turn.
                        underway.ended(delivery.id);
                        set_aside(context, &delivery)?;
                        worker::console_error!(
                            "[goodword] outbox: {:?} {failure:?}",
                            delivery.kind
                        );
                    }
                }
            }
            Ok(())
        });
        if outcome.is_err() {
            for (delivery, _) in &taken {
                underway.ended(delivery.id);
            }
        }
        outcome.map(|()| taken)
    }

    /// Carries a delivery out and settles it at once.
    pub(crate) async fn deliver(
        &self,
        (delivery, prepared): (Delivery, Prepared),
    ) -> std::result::Result<(), Failure> {
        let outcome = match &prepared {
            // A request to the merchant's endpoint is ended when its time is over; the platform's own calls cannot be.
            Prepared::Webhook(event) => webhook::send(event, PATIENCE).await,
            ours => self.within_patience(ours).await,
        };
        let error = outcome.as_ref().err().map(ToString::to_string);
        let settled = self.inner.with_context(|context| {
            settle(context, &delivery, error.as_deref().map_or(Ok(()), Err))
        });
        self.inner.underway.ended(delivery.id);
        if let Some(error) = error {
            worker::console_warn!(
                "[goodword] outbox: {:?} attempt {}: {error}",
                delivery.kind,
                delivery.attempts
            );
        }
        settled
    }

    /// A store or object that does not answer is given up after five seconds.
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
            Prepared::NoCode(program, code) => codes::forget(env, program, code).await,
            Prepared::Attribution(program, order, record) => {
                records::write(env, program, order, record).await
            }
            Prepared::Pulse(program, channel) => pulse::nudge(env, program, channel).await,
            Prepared::Webhook(_) | Prepared::Nothing => Ok(()),
        }
    }
}

/// Puts together what is delivered. Events are signed at this time, which is the platform's.
pub(crate) fn prepare(
    context: &Context<'_>,
    delivery: &Delivery,
    signed_at: Millis,
) -> std::result::Result<Prepared, Failure> {
    let program = context.program_id.clone();
    let target = delivery.target.clone();
    Ok(match delivery.kind {
        Kind::Program => {
            let record = program_record::compose(context)?;
            Prepared::Program(program, write(&record))
        }
        Kind::Code => {
            let code = ReferralCode::parse(&target)
                .map_err(|_| Failure::Broken("a stored code".into()))?;
            match context.store.person_by_code(&code)? {
                Some(_) => Prepared::Code(program, target),
                None => Prepared::NoCode(program, target),
            }
        }
        Kind::Pulse => Prepared::Pulse(program, target),
        Kind::Attribution => {
            let id = ExternalId::parse(&target)
                .map_err(|_| Failure::Broken("a stored order id".into()))?;
            match attribution_record::compose(context, &id)? {
                Some(record) => Prepared::Attribution(program, id, record),
                None => Prepared::Nothing,
            }
        }
        Kind::Webhook => match event(context, delivery, signed_at)? {
            Some(event) => Prepared::Webhook(event),
            None => Prepared::Nothing,
        },
    })
}

/// An event ready to be posted, signed with every live key at the time of this attempt; none where there is nothing to tell
/// any more.
fn event(
    context: &Context<'_>,
    delivery: &Delivery,
    signed_at: Millis,
) -> std::result::Result<Option<Event>, Failure> {
    let mut message: webhook::Message = goodword_shared::json::parse(&delivery.payload)?;
    if let Some(proof) = &message.proof {
        let Some(body) = proofs::event(context, proof)? else {
            return Ok(None);
        };
        message.body = body;
    }
    let timestamp = signed_at.seconds();
    let signatures: Vec<String> = context
        .keyring()?
        .webhooks
        .iter()
        .map(|key| goodword_shared::signature::sign(key, &message.id, timestamp, &message.body))
        .collect();
    Ok(Some(Event {
        address: delivery.target.clone(),
        id: message.id,
        timestamp,
        signature: signatures.join(" "),
        body: message.body,
    }))
}
