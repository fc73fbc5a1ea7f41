//! The Ledger object: the platform's side of the ledger.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use worker::{Delay, DurableObject, Env, Request, Response, Result, State, durable_object};

use super::checkpoint::next_checkpoint;
use super::commands::mature::mature_due;
use super::context::Context;
use super::deliver::{Outside, Underway};
use super::durable_sql::{Database, DurableSql};
use super::engine::Engine;
use super::failure::Failure;
use super::protocol::{Credential, Envelope, Reply};
use super::store::Store;
use super::store::log::Entry;
use super::transaction::{set_alarm, transaction};
use crate::clock::real_now;
use crate::config::{
    FAULT_HEADER, ROWS_WRITTEN_HEADER, address_policy, default_program, worker_secret,
};
use crate::entropy::fill_random;

/// How soon the alarm looks after an outbox that nobody worked off.
const SAFETY_NET_MS: i64 = 30_000;

/// Deliveries begin when no command has come for so long: whoever reported an order waits for the answer, and for nothing
/// else. Its way takes several turns of the event loop, and what began at once would come between them.
const LULL: Duration = Duration::from_millis(5);

/// They begin after so long however busy the ledger is.
const LULL_WAITED_FOR_MS: i64 = 250;

/// How soon the alarm looks again when it could not find out what is due, because the secret is missing for example.
const SECOND_NET_MS: i64 = 300_000;

/// Refused reports are logged once in this time: a flood of forgeries must not become a flood of rows.
const REFUSAL_LOG_MS: i64 = 60_000;

/// One program's ledger object.
#[durable_object]
pub struct Ledger {
    pub(super) inner: Rc<Inner>,
}

/// Shared with the deliveries that go on after an answer.
pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) env: Env,
    /// The program of the short form of share links.
    pub(super) default_program: Option<String>,
    database: Database,
    /// `None` when the Worker has no usable secret.
    pub(crate) engine: Option<Engine>,
    /// Deliveries under way.
    pub(crate) underway: Underway,
    /// When the alarm rings, real time; 0 when it is not known to be set.
    alarm_at: Cell<i64>,
    /// Whether somebody waits for a lull.
    lull_waited_for: Cell<bool>,
    /// Whether a command has come since they last looked.
    disturbed: Cell<bool>,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let engine = worker_secret(&env).map(|secret| Engine::new(secret, address_policy()));
        Self {
            inner: Rc::new(Inner {
                default_program: default_program(&env),
                database: Database::new(&state.storage()),
                state,
                env,
                engine,
                underway: Underway::default(),
                alarm_at: Cell::new(0),
                lull_waited_for: Cell::new(false),
                disturbed: Cell::new(false),
            }),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let body = request.text().await?;
        let fault = request
            .headers()
            .get(FAULT_HEADER)?
            .filter(|_| cfg!(feature = "dev"));
        if fault.as_deref() == Some("hang") {
            Delay::from(Duration::from_mins(1)).await;
        }
        let fault = fault.and_then(|count| count.parse().ok());
        let (reply, rows_written) = match serde_json::from_str::<Envelope>(&body) {
            Ok(envelope) => self.inner.command(&envelope, fault),
            Err(error) => (Err(Failure::Broken(format!("envelope: {error}"))), 0),
        };
        let response = match reply {
            Ok(reply) => Response::from_json(&reply)?,
            Err(Failure::Rejected(rejection)) => Response::from_json(&Reply::Rejected(rejection))?,
            Err(Failure::Broken(what)) => {
                worker::console_error!("[goodword] ledger: {what}");
                Response::error("broken", 500)?
            }
        };
        response
            .headers()
            .set(ROWS_WRITTEN_HEADER, &rows_written.to_string())?;
        Ok(response)
    }

    /// Never fails: the platform gives up on alarms that do. What went wrong is tried again at the next one.
    async fn alarm(&self) -> Result<Response> {
        self.inner.alarm_at.set(0);
        self.inner.work().await;
        Response::empty()
    }
}

impl Inner {
    /// Runs a command in one transaction. Returns the rows it has written as well.
    pub(crate) fn command(
        self: &Rc<Self>,
        envelope: &Envelope,
        fault: Option<u32>,
    ) -> (std::result::Result<Reply, Failure>, usize) {
        self.disturbed.set(true);
        let Some(engine) = &self.engine else {
            let what = "GOODWORD_SECRET is missing or not 64 hex digits";
            return (Err(Failure::Broken(what.into())), 0);
        };
        let sql = DurableSql::new(&self.database, fault);
        let outcome = self.in_transaction(engine, &sql, || {
            let reply = engine.execute(&sql, envelope, &fill_random)?;
            let noted = engine.notes.take_wake();
            // An alarm that was set before this object was loaded is not known, and one whose time has come may not have rung
            // yet: neither must be moved to a later time.
            let wake_at = match noted {
                Some(_) if self.alarm_at.get() <= real_now().0 => {
                    wake_at(Store::new(&sql, &engine.notes))?
                }
                noted => noted,
            };
            Ok((reply, wake_at))
        });
        let mut rows = sql.rows_written();
        match outcome {
            Ok((reply, wake_at)) => {
                if let Some(at) = wake_at
                    && self.work_at(at, envelope.now)
                {
                    rows = rows.saturating_add(1);
                }
                (Ok(reply), rows)
            }
            Err(failure) => {
                self.log_refusal(envelope, &failure);
                (Err(failure), rows)
            }
        }
    }

    /// Works on what is due after the answer, and sets the alarm for the rest. Returns whether the alarm had to be set,
    /// which is a row written.
    fn work_at(self: &Rc<Self>, at: Millis, now: Millis) -> bool {
        if at > now {
            return self.arm_within(at.0.saturating_sub(now.0));
        }
        let set = self.arm_within(SAFETY_NET_MS);
        if let Some(waiting) = Waiting::begin(self) {
            self.state.wait_until(async move {
                let inner = waiting.lull().await;
                inner.work().await;
            });
        }
        set
    }

    /// Does everything that is due, and sees to it that the rest is not forgotten.
    async fn work(self: &Rc<Self>) {
        let matured = self.mature();
        Outside::new(self).work_off().await;
        let signed = self.checkpoint().await;
        self.arm(matured && signed);
    }

    /// A refused report changes nothing, but the merchant can read that it came.
    fn log_refusal(self: &Rc<Self>, envelope: &Envelope, failure: &Failure) {
        let Some(rejection) = worth_noting(envelope, failure) else {
            return;
        };
        let Some(engine) = &self.engine else {
            return;
        };
        let sql = DurableSql::new(&self.database, None);
        let written = self.in_transaction(engine, &sql, || {
            note_refusal(Store::new(&sql, &engine.notes), envelope, rejection)
        });
        if let Err(error) = written {
            worker::console_error!("[goodword] ledger: a refusal was not logged: {error:?}");
        }
        // Its line is to be signed like any other, also where nothing else ever happens.
        if engine.notes.take_wake().is_some() {
            self.arm(true);
        }
    }

    /// Grants rewards whose hold is over, and drops kept answers that have outlived their days. Returns whether that worked.
    fn mature(&self) -> bool {
        let outcome = self.with_context(|context| {
            context.store.drop_old_replies(context.now)?;
            mature_due(context).map(drop)
        });
        if let Err(error) = &outcome {
            worker::console_error!("[goodword] ledger: holds: {error:?}");
            return false;
        }
        true
    }

    /// Runs something in one transaction, and lets the engine know how it ended.
    fn in_transaction<T>(
        &self,
        engine: &Engine,
        sql: &DurableSql<'_>,
        body: impl FnOnce() -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let outcome = transaction(&self.state.storage(), || {
            let value = body()?;
            Store::new(sql, &engine.notes).flush()?;
            Ok(value)
        });
        match &outcome {
            Ok(_) => engine.committed(),
            Err(_) => engine.rolled_back(sql.rows_written() > 0),
        }
        outcome
    }

    /// Runs something of our own, without a caller, in one transaction.
    pub(crate) fn with_context<T>(
        &self,
        body: impl FnOnce(&Context<'_>) -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let engine = self
            .engine
            .as_ref()
            .ok_or_else(|| Failure::Broken("no secret".into()))?;
        let sql = DurableSql::new(&self.database, None);
        self.in_transaction(engine, &sql, || {
            engine.prepare(&sql, false)?;
            let store = Store::new(&sql, &engine.notes);
            let missing = || Failure::Broken("a ledger without its program".into());
            let program = store.meta("program")?.ok_or_else(missing)?;
            let program = ProgramId::parse(&program).map_err(|_| missing())?;
            let link_base = store.meta("link_base")?.ok_or_else(missing)?;
            body(&Context {
                store,
                engine,
                program_id: &program,
                now: now(store)?,
                link_base: &link_base,
                source: None,
                credential: &Credential::None,
                entropy: &fill_random,
            })
        })
    }

    /// Sets the alarm to when there is something to do again. Whoever still works on deliveries arms it again at the end,
    /// so that until then it is a safety net, as it is after a failure: set to what is due already, it would ring and ring.
    fn arm(self: &Rc<Self>, all_went_well: bool) {
        let soonest = if all_went_well && self.underway.is_empty() {
            0
        } else {
            SAFETY_NET_MS
        };
        let next = self.with_context(|context| {
            let wait = |at: Millis| at.0.saturating_sub(context.now.0).max(soonest);
            Ok(wake_at(context.store)?.map(wait))
        });
        match next {
            Ok(Some(wait_ms)) => {
                self.arm_within(wait_ms);
            }
            Ok(None) | Err(Failure::Rejected(Rejection::UnknownProgram)) => {}
            Err(error) => {
                worker::console_error!("[goodword] ledger: alarm: {error:?}");
                // Nobody else would come back: the platform has dropped the alarm that rang.
                self.arm_within(SECOND_NET_MS);
            }
        }
    }

    /// Sees to it that the alarm rings no later than this. Returns whether it had to be set, which is a row written.
    fn arm_within(self: &Rc<Self>, wait_ms: i64) -> bool {
        let at = real_now().plus_ms(wait_ms).0;
        let known = self.alarm_at.get();
        if known > real_now().0 && known <= at {
            return false;
        }
        let asked = set_alarm(&self.state.storage(), at);
        self.alarm_at.set(at);
        let inner = Rc::clone(self);
        self.state.wait_until(async move {
            if let Err(error) = asked.await {
                inner.alarm_at.set(0);
                worker::console_error!("[goodword] ledger: the alarm was not set: {error:?}");
            }
        });
        true
    }
}

/// One who waits for a lull to begin with the deliveries; whoever else wants to may leave it to them.
struct Waiting(Rc<Inner>);

impl Waiting {
    /// Begins to wait, unless somebody does.
    fn begin(inner: &Rc<Inner>) -> Option<Self> {
        let waited_for = inner.lull_waited_for.replace(true);
        (!waited_for).then(|| Self(Rc::clone(inner)))
    }

    /// Waits.
    async fn lull(self) -> Rc<Inner> {
        let latest = real_now().plus_ms(LULL_WAITED_FOR_MS);
        loop {
            self.0.disturbed.set(false);
            Delay::from(LULL).await;
            if !self.0.disturbed.get() || real_now() >= latest {
                return Rc::clone(&self.0);
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.lull_waited_for.set(false);
    }
}

/// The refusal of a signed report: who signs is told about it.
pub(crate) fn worth_noting<'a>(envelope: &Envelope, failure: &'a Failure) -> Option<&'a Rejection> {
    let Failure::Rejected(rejection) = failure else {
        return None;
    };
    let told = matches!(envelope.credential, Credential::Signed { .. });
    (told && *rejection != Rejection::UnknownProgram).then_some(rejection)
}

/// Logs a refusal, unless one was logged just now.
pub(crate) fn note_refusal(
    store: Store<'_>,
    envelope: &Envelope,
    rejection: &Rejection,
) -> std::result::Result<(), Failure> {
    let kind = "report.refused";
    let last = store.last_logged(kind)?;
    if last.is_some_and(|at| envelope.now < at.plus_ms(REFUSAL_LOG_MS)) {
        return Ok(());
    }
    let entry = Entry {
        kind,
        person: None,
        other: None,
        order: None,
        data: serde_json::json!({ "code": rejection.code() }),
    };
    store.log(&entry, envelope.now)?;
    Ok(())
}

/// When there is something to do without a caller: the next delivery, end of a hold, kept answer to drop, or checkpoint.
fn wake_at(store: Store<'_>) -> std::result::Result<Option<Millis>, Failure> {
    let next = [
        store.next_delivery()?,
        store.next_due()?,
        store.next_reply_end()?,
        next_checkpoint(store)?,
    ];
    Ok(next.into_iter().flatten().min())
}

/// The time of this program: in test builds its clock may have been moved.
fn now(store: Store<'_>) -> std::result::Result<Millis, Failure> {
    let real = real_now();
    if cfg!(feature = "test-clock") {
        let offset = store
            .meta("clock_offset")?
            .and_then(|text| text.parse().ok());
        return Ok(real.plus_ms(offset.unwrap_or_default()));
    }
    Ok(real)
}
