//! The ledger on native SQLite: the engine and the SQL of the platform, with faults, for the simulator.
//!
//! Never part of a Worker. What the object does around a command (one transaction, what is forgotten and noted after a
//! refusal, when the alarm rings) is done here with the same functions; only transactions and the clock are the caller's.

mod edge;
mod refused;
mod sql;

use std::cell::Cell as Held;

use goodword_shared::audit::Checkpoint;
use goodword_shared::id::{ProgramId, Pseudonym};
use goodword_shared::program::address::AddressPolicy;
use goodword_shared::time::Millis;
use goodword_shared::token::TokenKey;
use rusqlite::Connection;
pub use rusqlite::types::Value as Cell;

use crate::ledger::agenda::{
    Alarm, SECOND_NET_MS, after_command, after_ring, after_work, next_work,
};
use crate::ledger::checkpoint::{append, unsigned};
use crate::ledger::commands::mature;
use crate::ledger::context::Context;
use crate::ledger::deliver::{Prepared, prepare};
use crate::ledger::engine::Engine;
use crate::ledger::failure::Failure;
use crate::ledger::outbox::{set_aside, settle};
use crate::ledger::protocol::{Command, Credential, Envelope, ProgramRecord, Reply};
use crate::ledger::schema;
use crate::ledger::store::Store;
use crate::ledger::store::outbox::Delivery;
use crate::ledger::upkeep::{Transactions, keep_up};
use crate::memory::LiveProgram;
use crate::vault::WorkerSecret;
pub use edge::{NativeEdge, network_of};
use sql::NativeSql;

/// Source of randomness: the caller's, so that a run is a function of its seed.
pub type Entropy<'a> = &'a dyn Fn(&mut [u8]);

/// One program's ledger on a database of its own.
pub struct NativeLedger {
    sql: NativeSql,
    engine: Engine,
    secret: WorkerSecret,
    /// What the object knows of its alarm.
    alarm: Alarm,
    /// When the platform rings it.
    rings_at: Held<Option<i64>>,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done: status and JSON body.
    Done(u16, String),
    /// Refused by a rule, with its stable code.
    Refused(&'static str),
    /// Something that must not happen, a fault on purpose included.
    Broken(String),
}

/// A command that has been run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// Statements it ran inside its transaction.
    pub statements: u32,
    /// Whether the object goes to work right after it.
    pub works: bool,
}

/// What work without a caller has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Rewards granted.
    pub granted: usize,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// A delivery of the outbox with what it would tell now.
#[derive(Clone, Debug)]
pub struct NativeDelivery {
    /// `program`, `code`, `attribution`, `webhook` or `pulse`.
    pub kind: &'static str,
    /// Program, code, order id, address or live channel.
    pub target: String,
    /// Record or message, JSON; empty when the target says it all, or there is nothing to tell any more.
    pub contents: String,
    delivery: Delivery,
}

impl NativeLedger {
    /// An empty ledger in memory that opens its keys with this secret (64 hex digits).
    pub fn in_memory(secret: &str) -> Result<Self, String> {
        let connection = Connection::open_in_memory().map_err(text)?;
        Self::on(connection, secret)
    }

    /// The same for many orders and no pictures that are compared: on larger pages it is nearly twice as fast.
    pub fn roomy(secret: &str) -> Result<Self, String> {
        let ledger = Self::in_memory(secret)?;
        ledger.sql.make_roomy()?;
        Ok(ledger)
    }

    /// A ledger as [`Self::image`] has pictured it.
    pub fn from_image(image: &[u8], secret: &str) -> Result<Self, String> {
        let mut connection = Connection::open_in_memory().map_err(text)?;
        connection
            .deserialize_read_exact("main", image, image.len(), false)
            .map_err(text)?;
        Self::on(connection, secret)
    }

    /// A ledger whose database these statements make.
    pub fn from_statements(statements: &str, secret: &str) -> Result<Self, String> {
        let ledger = Self::in_memory(secret)?;
        ledger.sql.execute(statements)?;
        Ok(ledger)
    }

    /// Brings the tables to a version, and no further.
    pub fn migrate_to(&self, version: usize) -> Result<(), String> {
        self.sql
            .transaction(|| Ok(schema::migrate_to(&self.sql, version)?))
            .map_err(text_of)
    }

    /// The newest version of the tables.
    pub const fn newest_version() -> usize {
        schema::NEWEST
    }

    fn on(connection: Connection, secret: &str) -> Result<Self, String> {
        let secret = parse_secret(secret, None)?;
        Ok(Self {
            sql: NativeSql::new(connection)?,
            engine: Engine::new(secret.clone(), AddressPolicy::Public),
            secret,
            alarm: Alarm::default(),
            rings_at: Held::new(None),
        })
    }

    /// The whole database, byte for byte.
    pub fn image(&mut self) -> Result<Vec<u8>, String> {
        self.sql.image()
    }

    /// Forgets all that is in memory, as after a crash; the secret may have been rotated meanwhile.
    pub fn restart(&mut self, secret: &str, previous: Option<&str>) -> Result<(), String> {
        self.secret = parse_secret(secret, previous)?;
        self.engine = Engine::new(self.secret.clone(), AddressPolicy::Public);
        self.alarm = Alarm::default();
        Ok(())
    }

    /// Runs a command, the JSON of an envelope, in one transaction. With a fault, the statement after so many others fails
    /// once it has run.
    pub fn run(
        &self,
        envelope: &str,
        fault: Option<u32>,
        entropy: Entropy<'_>,
    ) -> Result<Ran, String> {
        let envelope: Envelope = serde_json::from_str(envelope).map_err(text)?;
        if matches!(envelope.command, Command::Wake) {
            self.alarm.forget();
        }
        self.sql.arm(fault);
        let outcome = self.transaction(|| {
            let reply = self.engine.execute(&self.sql, &envelope, entropy)?;
            let due = self.engine.due(&self.sql, &self.alarm, envelope.now)?;
            Ok((reply, due))
        });
        self.sql.disarm();
        let statements = self.sql.statements();
        let mut works = false;
        let outcome = match outcome {
            Ok((reply, due)) => {
                if let Some(wake) = due.map(|due| after_command(due, envelope.now)) {
                    self.ring_within(wake.within_ms, envelope.now);
                    works = wake.now;
                }
                match reply {
                    Reply::Done { status, body, .. } => Outcome::Done(status, body),
                    Reply::Rejected(rejection) => Outcome::Refused(rejection.code()),
                }
            }
            Err(failure) => self.refused(&envelope, failure, entropy)?,
        };
        Ok(Ran {
            outcome,
            statements,
            works,
        })
    }

    /// What all commands are called, but for those of test builds.
    pub fn commands() -> Vec<String> {
        // Whoever reads one says which there are.
        let error = serde_json::from_str::<Command>("\"\"").err();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        let names = error.rsplit("one of ").next().unwrap_or_default();
        let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
        names.filter(|name| name != "SetClock").collect()
    }

    /// When the alarm rings.
    pub fn rings_at(&self) -> Option<i64> {
        self.rings_at.get()
    }

    /// The alarm rings: the platform has none any more, and the object knows it. Whoever does not begin to work, because
    /// somebody works already, sets a net.
    pub fn ring(&self, begins: bool, now: i64) {
        self.alarm.forget();
        self.rings_at.set(None);
        if let Some(wait_ms) = after_ring(begins) {
            self.ring_within(wait_ms, Millis(now));
        }
    }

    /// The platform loses the alarm, and the object is none the wiser.
    pub fn lose_alarm(&self) {
        self.rings_at.set(None);
    }

    /// Sets the alarm after work, as the object does.
    pub fn arm(&self, now: i64, all_is_done: bool, entropy: Entropy<'_>) {
        let next = self.at(now, entropy).with_context(|context| {
            let wait = |next| after_work(next, context.now, all_is_done);
            Ok(next_work(context.store)?.map(wait))
        });
        match next {
            Ok(Some(wait_ms)) => self.ring_within(wait_ms, Millis(now)),
            Ok(None) | Err(Failure::Rejected(_)) => {}
            Err(Failure::Broken(_)) => self.ring_within(SECOND_NET_MS, Millis(now)),
        }
    }

    fn ring_within(&self, wait_ms: i64, now: Millis) {
        if let Some(at) = self.alarm.within(wait_ms, now) {
            self.rings_at.set(Some(at.0));
        }
    }

    /// Grants rewards whose hold is over and drops what is old, as the alarm does; perhaps one statement of it fails.
    pub fn keep_up(&self, now: i64, fault: Option<u32>, entropy: Entropy<'_>) -> Worked {
        self.sql.arm(fault);
        let done = keep_up(&self.at(now, entropy));
        self.sql.disarm();
        Worked {
            granted: done.granted,
            failures: done.failures,
        }
    }

    /// Rewards that are to be granted now.
    pub fn due_rewards(&self, now: i64, entropy: Entropy<'_>) -> Result<Vec<String>, String> {
        let due = self.at(now, entropy).with_context(mature::due);
        due.map(|due| due.into_iter().map(|id| id.0).collect())
            .map_err(text_of)
    }

    /// Grants one of them, in its one transaction.
    pub fn grant(
        &self,
        reward: &str,
        now: i64,
        fault: Option<u32>,
        entropy: Entropy<'_>,
    ) -> Result<(), String> {
        let reward = Pseudonym(reward.to_owned());
        self.sql.arm(fault);
        let outcome = self
            .at(now, entropy)
            .with_context(|context| mature::grant(context, &reward));
        self.sql.disarm();
        outcome.map_err(text_of)
    }

    /// Statements of the command, or of the maturing, that was run last; after a refusal those of its note as well.
    pub fn statements(&self) -> u32 {
        self.sql.statements()
    }

    /// What a worker signs now: a checkpoint with everything but the signature, JSON.
    pub fn unsigned(&self, now: i64, entropy: Entropy<'_>) -> Result<Option<String>, String> {
        let unsigned = self.at(now, entropy).with_context(unsigned);
        let Some(unsigned) = unsigned.map_err(text_of)? else {
            return Ok(None);
        };
        let checkpoint = Checkpoint {
            program: unsigned.program,
            seq: unsigned.head.seq,
            head: unsigned.head.hash,
            at: unsigned.at.0,
            key: String::new(),
            signature: String::new(),
        };
        serde_json::to_string(&checkpoint).map(Some).map_err(text)
    }

    /// Appends what was signed. Perhaps one statement of it fails.
    pub fn append_checkpoint(
        &self,
        checkpoint: &str,
        now: i64,
        fault: Option<u32>,
        entropy: Entropy<'_>,
    ) -> Result<(), String> {
        let checkpoint: Checkpoint = serde_json::from_str(checkpoint).map_err(text)?;
        self.sql.arm(fault);
        let appended = self
            .at(now, entropy)
            .with_context(|context| append(context, &checkpoint));
        self.sql.disarm();
        appended.map_err(text_of)
    }

    /// Deliveries that are due on lanes that are open. What cannot be put together is set aside.
    pub fn due(&self, now: i64, entropy: Entropy<'_>) -> Result<Vec<NativeDelivery>, String> {
        self.at(now, entropy)
            .with_context(|context| {
                let mut ready = Vec::new();
                for delivery in context.store.due_deliveries(context.now)? {
                    match prepare(context, &delivery, context.now) {
                        Ok(prepared) => ready.push(shown(delivery, prepared)),
                        Err(_) => set_aside(context, &delivery)?,
                    }
                }
                Ok(ready)
            })
            .map_err(text_of)
    }

    /// Settles a delivery: with the error of its attempt, if it has failed. Perhaps one statement of it fails.
    pub fn settle(
        &self,
        delivery: &NativeDelivery,
        outcome: Result<(), &str>,
        now: i64,
        fault: Option<u32>,
        entropy: Entropy<'_>,
    ) -> Result<(), String> {
        self.sql.arm(fault);
        let settled = self
            .at(now, entropy)
            .with_context(|context| settle(context, &delivery.delivery, outcome));
        self.sql.disarm();
        settled.map_err(text_of)
    }

    /// Steps of the database's machine since this was last asked: what statements have cost, whatever the clock says.
    pub fn take_steps(&self) -> u64 {
        self.sql.take_steps()
    }

    /// The newest token key of a program's record, as a redirect opens it.
    pub fn token_key(&self, record: &str) -> Option<TokenKey> {
        let record: ProgramRecord = serde_json::from_str(record).ok()?;
        let id = ProgramId::parse(&record.offer.program).ok()?;
        LiveProgram::open(id, record, &self.secret).token_key
    }

    /// Reads rows for a check.
    pub fn query(&self, statement: &str) -> Result<Vec<Vec<Cell>>, String> {
        self.sql.read(statement)
    }

    /// Marks a place to come back to; marks nest.
    pub fn mark(&self) -> Result<(), String> {
        self.sql.execute("SAVEPOINT mark")
    }

    /// Goes back to the last mark and removes it.
    pub fn rewind(&self) -> Result<(), String> {
        self.engine.rolled_back(true);
        self.sql.execute("ROLLBACK TO mark")?;
        self.sql.execute("RELEASE mark")
    }

    fn transaction<T>(&self, body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let before = self.sql.changes();
        let outcome = self.sql.transaction(|| {
            self.engine.guarded(|| {
                let value = body()?;
                self.store().flush()?;
                Ok(value)
            })
        });
        match &outcome {
            Ok(_) => self.engine.committed(),
            Err(_) => self.engine.rolled_back(self.sql.changes() != before),
        }
        outcome
    }

    fn store(&self) -> Store<'_> {
        Store::new(&self.sql, &self.engine.notes)
    }

    fn at<'a>(&'a self, now: i64, entropy: Entropy<'a>) -> At<'a> {
        At {
            ledger: self,
            now: Millis(now),
            entropy,
        }
    }
}

/// The ledger at a time.
struct At<'a> {
    ledger: &'a NativeLedger,
    now: Millis,
    entropy: Entropy<'a>,
}

impl Transactions for At<'_> {
    fn with_context<T>(
        &self,
        body: impl FnOnce(&Context<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let missing = || Failure::Broken("a ledger without its program".into());
        let ledger = self.ledger;
        ledger.transaction(|| {
            ledger.engine.prepare(&ledger.sql, false)?;
            let store = ledger.store();
            let program = store.meta("program")?.ok_or_else(missing)?;
            let link_base = store.meta("link_base")?.ok_or_else(missing)?;
            body(&Context {
                store,
                engine: &ledger.engine,
                program_id: &ProgramId::parse(&program).map_err(|_| missing())?,
                now: self.now,
                link_base: &link_base,
                source: None,
                credential: &Credential::None,
                entropy: self.entropy,
            })
        })
    }
}

fn shown(delivery: Delivery, prepared: Prepared) -> NativeDelivery {
    let contents = match prepared {
        Prepared::Program(_, record) | Prepared::Attribution(_, _, record) => record,
        Prepared::Webhook(event) => {
            serde_json::json!({ "id": event.id, "body": event.body }).to_string()
        }
        Prepared::NoCode(..) => "gone".to_owned(),
        Prepared::Code(..) | Prepared::Pulse(..) | Prepared::Nothing => String::new(),
    };
    NativeDelivery {
        kind: delivery.kind.name(),
        target: delivery.target.clone(),
        contents,
        delivery,
    }
}

fn parse_secret(current: &str, previous: Option<&str>) -> Result<WorkerSecret, String> {
    WorkerSecret::parse(current, previous).ok_or_else(|| "a secret is 64 hex digits".to_owned())
}

fn ended(failure: Failure) -> Outcome {
    match failure {
        Failure::Rejected(rejection) => Outcome::Refused(rejection.code()),
        Failure::Broken(what) => Outcome::Broken(what),
    }
}

fn text_of(failure: Failure) -> String {
    match failure {
        Failure::Rejected(rejection) => rejection.code().to_owned(),
        Failure::Broken(what) => what,
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
