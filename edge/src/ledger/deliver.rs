//! Works the outbox off: KV records, signed events, nudges to open pages.
//!
//! Delivery is at least once. A delivery is read, carried out without any transaction open, and removed only after it has
//! succeeded; one that fails waits for the next step of the schedule, at last as a dead letter that stays. Each is settled
//! as soon as it ends, and the next one starts in its place: an endpoint that hangs holds up its own events and no other.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
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

/// Deliveries under way at once: a Worker has six outgoing connections.
const PARALLEL_MAX: usize = 6;

/// Events of the merchant among them, so that records and nudges always find a connection.
const WEBHOOKS_MAX: usize = 4;

/// Deliveries that one call starts; the alarm takes over then.
const STARTS_MAX: usize = 500;

/// Due deliveries looked at when some may start: the first ones may be under way, or wait for one that is.
const LOOKED_AT_MAX: u32 = 64;

/// Deliveries under way in this object, whoever has started them: by id, with what they reach.
#[derive(Default)]
pub(crate) struct Underway(RefCell<BTreeMap<i64, (Kind, String)>>);

impl Underway {
    /// Whether nothing is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// How many more of one sort may start.
    fn room(&self, webhooks: bool) -> usize {
        let underway = self.0.borrow();
        let free = PARALLEL_MAX.saturating_sub(underway.len());
        if !webhooks {
            return free;
        }
        let is_webhook = |(kind, _): &&(Kind, String)| *kind == Kind::Webhook;
        let events = underway.values().filter(is_webhook).count();
        free.min(WEBHOOKS_MAX.saturating_sub(events))
    }

    /// Takes a delivery on; false when it is under way already, or when it would overtake another one that writes the same
    /// record: the older contents must not be the last to arrive.
    fn take_on(&self, delivery: &Delivery) -> bool {
        let mut underway = self.0.borrow_mut();
        let overtakes = delivery.kind != Kind::Webhook
            && underway
                .values()
                .any(|(kind, target)| *kind == delivery.kind && *target == delivery.target);
        if overtakes || underway.contains_key(&delivery.id) {
            return false;
        }
        underway.insert(delivery.id, (delivery.kind, delivery.target.clone()));
        true
    }

    fn ended(&self, id: i64) {
        self.0.borrow_mut().remove(&id);
    }
}

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

    /// Delivers what is due and is not under way yet, until there is no more that may start.
    pub(crate) async fn work_off(&self) {
        let mut own = FuturesUnordered::new();
        let mut starts_left = STARTS_MAX;
        loop {
            match self.take_on_due(starts_left) {
                Ok(taken) => {
                    starts_left = starts_left.saturating_sub(taken.len());
                    own.extend(taken.into_iter().map(|taken| self.deliver(taken)));
                }
                Err(failure) => {
                    // Nothing new is started; the alarm tries again.
                    starts_left = 0;
                    if let Failure::Broken(what) = failure {
                        worker::console_error!("[goodword] outbox: {what}");
                    }
                }
            }
            match own.next().await {
                Some(Ok(())) => {}
                Some(Err(failure)) => {
                    starts_left = 0;
                    worker::console_error!("[goodword] outbox: not settled: {failure:?}");
                }
                None => return,
            }
        }
    }

    /// Takes on as much of what is due as may start now: records and nudges first, the merchant's events after them.
    fn take_on_due(
        &self,
        starts_left: usize,
    ) -> std::result::Result<Vec<(Delivery, Prepared)>, Failure> {
        let underway = &self.inner.underway;
        let mut taken: Vec<(Delivery, Prepared)> = Vec::new();
        let outcome = self.inner.with_context(|context| {
            for webhooks in [false, true] {
                let room = underway.room(webhooks);
                let mut room = room.min(starts_left.saturating_sub(taken.len()));
                if room == 0 {
                    continue;
                }
                let store = context.store;
                for delivery in store.due_deliveries(webhooks, context.now, LOOKED_AT_MAX)? {
                    if room == 0 || !underway.take_on(&delivery) {
                        continue;
                    }
                    match prepare(context, &delivery) {
                        Ok(prepared) => {
                            room = room.saturating_sub(1);
                            taken.push((delivery, prepared));
                        }
                        Err(failure) => {
                            // It must not keep the others from their turn.
                            underway.ended(delivery.id);
                            store.postpone(
                                delivery.id,
                                next_attempt(delivery.attempts, context.now),
                            )?;
                            worker::console_error!(
                                "[goodword] outbox: {:?} {failure:?}",
                                delivery.kind
                            );
                        }
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
    async fn deliver(
        &self,
        (delivery, prepared): (Delivery, Prepared),
    ) -> std::result::Result<(), Failure> {
        let outcome = self.within_patience(&prepared).await;
        let settled = self.inner.with_context(|context| {
            if outcome.is_ok() {
                return Ok(context.store.delivered(delivery.id)?);
            }
            let next = next_attempt(delivery.attempts, context.now);
            Ok(context.store.postpone(delivery.id, next)?)
        });
        self.inner.underway.ended(delivery.id);
        if let Err(error) = outcome {
            worker::console_warn!(
                "[goodword] outbox: {:?} attempt {}: {error}",
                delivery.kind,
                delivery.attempts
            );
        }
        settled
    }

    /// A store or endpoint that does not answer is given up after five seconds.
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
                Some(record) => Prepared::Attribution(program, id, record),
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

#[cfg(test)]
mod tests {
    use super::{PARALLEL_MAX, Underway, WEBHOOKS_MAX};
    use crate::ledger::store::outbox::{Delivery, Kind};

    fn delivery(id: i64, kind: Kind, target: &str) -> Delivery {
        Delivery {
            id,
            kind,
            target: target.into(),
            payload: String::new(),
            attempts: 0,
        }
    }

    #[test]
    fn events_that_hang_leave_room_for_records() {
        let underway = Underway::default();
        assert!(underway.is_empty());
        for id in 0..4 {
            assert!(underway.room(true) > 0);
            assert!(underway.take_on(&delivery(id, Kind::Webhook, "https://a.example/")));
        }
        assert_eq!(underway.room(true), 0);
        assert_eq!(underway.room(false), PARALLEL_MAX - WEBHOOKS_MAX);
        underway.ended(0);
        assert_eq!(underway.room(true), 1);
    }

    #[test]
    fn a_record_is_never_overtaken_by_an_older_one() {
        let underway = Underway::default();
        assert!(underway.take_on(&delivery(1, Kind::Attribution, "1001")));
        assert!(!underway.take_on(&delivery(1, Kind::Attribution, "1001")));
        assert!(!underway.take_on(&delivery(2, Kind::Attribution, "1001")));
        assert!(underway.take_on(&delivery(3, Kind::Attribution, "1002")));
        underway.ended(1);
        assert!(underway.take_on(&delivery(2, Kind::Attribution, "1001")));
    }
}
