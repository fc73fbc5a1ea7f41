//! The Ledger object: the platform's side of the ledger.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use goodword_shared::id::ProgramId;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use worker::{Delay, DurableObject, Env, Request, Response, Result, State, durable_object};

use super::agenda::{Alarm, SECOND_NET_MS, after_command, after_work, next_work};
use super::context::{Context, done};
use super::durable_sql::{Database, DurableSql};
use super::engine::Engine;
use super::failure::Failure;
use super::lanes::Underway;
use super::protocol::{Command, Credential, Envelope, Reply};
use super::refusals::{note_refusal, worth_noting};
use super::store::Store;
use super::transaction::{set_alarm, transaction};
use super::upkeep::Transactions;
use super::work::Shift;
use crate::clock::real_now;
use crate::config::{address_policy, base_path, default_program, worker_secret};
use crate::entropy::fill_random;
use crate::json::object;

/// Deliveries begin when no command has come for so long: whoever reported an order waits for the answer, and for nothing
/// else. Its way takes several turns of the event loop, and what began at once would come between them.
const LULL: Duration = Duration::from_millis(5);

/// They begin after so long however busy the ledger is.
const LULL_WAITED_FOR_MS: i64 = 250;

/// One program's ledger object.
#[durable_object(alarm)]
pub struct Ledger {
    pub(super) inner: Rc<Inner>,
}

/// Shared with the deliveries that go on after an answer.
pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) env: Env,
    /// The program of the short form of share links.
    pub(super) default_program: Option<String>,
    pub(super) base_path: String,
    database: Database,
    /// `None` when the Worker has no usable secret.
    pub(crate) engine: Option<Engine>,
    /// Deliveries under way.
    pub(crate) underway: Underway,
    /// Who works on what is due.
    pub(super) shift: Shift,
    /// When the alarm rings, real time.
    alarm: Alarm,
    /// Whether somebody waits for a lull.
    lull_waited_for: Cell<bool>,
    /// Whether a command has come since they last looked.
    disturbed: Cell<bool>,
    /// Development builds: whether the next work is to trap.
    pub(super) traps: Cell<bool>,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let engine = worker_secret(&env).map(|secret| Engine::new(secret, address_policy()));
        let inner = Inner {
            default_program: default_program(&env),
            base_path: base_path(&env),
            database: Database::new(&state.storage()),
            state,
            env,
            engine,
            underway: Underway::default(),
            shift: Shift::default(),
            alarm: Alarm::default(),
            lull_waited_for: Cell::new(false),
            disturbed: Cell::new(false),
            traps: Cell::new(false),
        };
        inner.open();
        Self {
            inner: Rc::new(inner),
        }
    }

    /// There is no entrance but those of `intake`.
    async fn fetch(&self, _request: Request) -> Result<Response> {
        Response::error("not here", 404)
    }

    /// Never fails: the platform gives up on alarms that do. What went wrong is tried again at the next one.
    async fn alarm(&self) -> Result<Response> {
        self.inner.alarm.forget();
        self.inner.work().await;
        Response::empty()
    }
}

impl Inner {
    /// Brings the tables to the newest version. Where that fails, every command tries it again.
    fn open(&self) {
        if let Some(engine) = &self.engine {
            let sql = DurableSql::new(&self.database, None);
            let opened = self.in_transaction(engine, &sql, || engine.prepare(&sql, false));
            if let Err(Failure::Broken(what)) = opened {
                worker::console_error!("[goodword] ledger: migration: {what}");
            }
        }
    }

    /// Runs a command, and sees to what it has made due. Returns the rows it has written as well.
    pub(crate) fn command(
        self: &Rc<Self>,
        envelope: &Envelope,
        fault: Option<u32>,
    ) -> (std::result::Result<Reply, Failure>, usize) {
        self.disturbed.set(true);
        let (outcome, mut rows) = self.run(envelope, fault);
        match outcome {
            Ok((reply, due)) => {
                if let Some(due) = due
                    && self.work_at(due, envelope.now)
                {
                    rows = rows.saturating_add(1);
                }
                (Ok(reply), rows)
            }
            Err(failure) => {
                let kept = self.log_refusal(envelope, &failure);
                (kept.ok_or(failure), rows)
            }
        }
    }

    /// Runs a command as if the runtime had ended right after the commit: nobody works, and no alarm is set.
    pub(super) fn forget(
        &self,
        envelope: &Envelope,
    ) -> (std::result::Result<Reply, Failure>, usize) {
        let (outcome, rows) = self.run(envelope, None);
        (outcome.map(|(reply, _)| reply), rows)
    }

    /// Test builds: the rows that this object has written since it was loaded, by table, and whether it is at rest. Setting
    /// the alarm is a row as well.
    pub(super) fn written(&self) -> std::result::Result<Reply, Failure> {
        let at_rest = !self.lull_waited_for.get() && self.shift.is_over();
        done(
            200,
            &object!({ "at_rest": at_rest, "written": self.database.written() }),
        )
    }

    /// Runs a command in one transaction. Returns when it wants something to be worked on, and the rows it has written.
    fn run(
        &self,
        envelope: &Envelope,
        fault: Option<u32>,
    ) -> (std::result::Result<(Reply, Option<Millis>), Failure>, usize) {
        let Some(engine) = &self.engine else {
            let what = "GOODWORD_SECRET is missing or not 64 hex digits";
            return (Err(Failure::Broken(what.into())), 0);
        };
        if matches!(envelope.command, Command::Wake) {
            // Whoever asks after a lost alarm does not rely on what is known of it.
            self.alarm.forget();
        }
        let sql = DurableSql::new(&self.database, fault);
        let outcome = self.in_transaction(engine, &sql, || {
            let reply = engine.execute(&sql, envelope, &fill_random)?;
            let due = engine.due(&sql, &self.alarm, real_now())?;
            Ok((reply, due))
        });
        (outcome, sql.rows_written())
    }

    /// Works on what is due after the answer, and sets the alarm for the rest. Returns whether the alarm had to be set,
    /// which is a row written.
    fn work_at(self: &Rc<Self>, due: Millis, now: Millis) -> bool {
        let wake = after_command(due, now);
        let set = self.arm_within(wake.within_ms);
        if wake.now
            && let Some(waiting) = Waiting::begin(self)
        {
            self.state.wait_until(async move {
                let inner = waiting.lull().await;
                inner.work().await;
            });
        }
        set
    }

    /// What was refused changes nothing, but the merchant can read that it came. Returns the answer to a delivery that is kept.
    fn log_refusal(self: &Rc<Self>, envelope: &Envelope, failure: &Failure) -> Option<Reply> {
        let engine = self.engine.as_ref()?;
        let refused = worth_noting(&engine.notes, envelope, failure)?;
        let sql = DurableSql::new(&self.database, None);
        let written = self.in_transaction(engine, &sql, || {
            engine.prepare(&sql, false)?;
            let context = engine.context(&sql, envelope, &fill_random);
            note_refusal(&context, envelope, &refused)
        });
        let kept = written.unwrap_or_else(|error| {
            worker::console_error!("[goodword] ledger: a refusal was not logged: {error:?}");
            None
        });
        // Its line is to be signed like any other, also where nothing else ever happens.
        if engine.notes.take_wake().is_some() {
            self.arm(true);
        }
        kept
    }

    /// Runs something in one transaction, and lets the engine know how it ended.
    fn in_transaction<T>(
        &self,
        engine: &Engine,
        sql: &DurableSql<'_>,
        body: impl FnOnce() -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let outcome = transaction(&self.state.storage(), || {
            engine.guarded(|| {
                let value = body()?;
                Store::new(sql, &engine.notes).flush()?;
                Ok(value)
            })
        });
        match &outcome {
            Ok(_) => engine.committed(),
            Err(_) => engine.rolled_back(sql.rows_written() > 0),
        }
        outcome
    }

    /// Sets the alarm to when there is something to do again.
    pub(super) fn arm(self: &Rc<Self>, all_went_well: bool) {
        let all_is_done = all_went_well && self.underway.is_empty();
        let next = self.with_context(|context| {
            let wait = |next| after_work(next, context.now, all_is_done);
            Ok(next_work(context.store)?.map(wait))
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
    pub(super) fn arm_within(self: &Rc<Self>, wait_ms: i64) -> bool {
        let Some(at) = self.alarm.within(wait_ms, real_now()) else {
            return false;
        };
        let asked = set_alarm(&self.state.storage(), at.0);
        self.database.note_written("UPDATE alarm", 1);
        let inner = Rc::clone(self);
        self.state.wait_until(async move {
            if let Err(error) = asked.await {
                inner.alarm.forget();
                worker::console_error!("[goodword] ledger: the alarm was not set: {error:?}");
            }
        });
        true
    }
}

impl Transactions for Inner {
    fn with_context<T>(
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
