//! The ledger on native SQLite: the engine and the SQL of the platform, with faults, for the simulator.
//!
//! Never part of a Worker. What the object does around a command (one transaction, what is forgotten and noted after a
//! refusal, when to wake up) is done here with the same functions; only transactions and the clock are the caller's.

mod sql;

use goodword_shared::id::{ExternalId, ProgramId};
use goodword_shared::program::address::AddressPolicy;
use goodword_shared::time::Millis;
use goodword_shared::token::TokenKey;
use rusqlite::Connection;
pub use rusqlite::types::Value as Cell;

use crate::ledger::commands::mature::mature_due;
use crate::ledger::commands::{attribution_record, program_record};
use crate::ledger::context::Context;
use crate::ledger::engine::Engine;
use crate::ledger::failure::Failure;
use crate::ledger::object::{note_refusal, worth_noting};
use crate::ledger::protocol::{Credential, Envelope, ProgramRecord, Reply};
use crate::ledger::store::Store;
use crate::ledger::store::outbox::{Delivery, Kind};
use crate::memory::LiveProgram;
use crate::vault::WorkerSecret;
use sql::NativeSql;

/// Deliveries of one sort that are looked at together.
const PARALLEL_MAX: u32 = 6;

/// Source of randomness: the caller's, so that a run is a function of its seed.
pub type Entropy<'a> = &'a dyn Fn(&mut [u8]);

/// One program's ledger on a database of its own.
pub struct NativeLedger {
    sql: NativeSql,
    engine: Engine,
    secret: WorkerSecret,
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
    /// When the ledger wants to be woken for what this command has made due.
    pub wake_at: Option<i64>,
}

/// A delivery of the outbox with what it would tell now.
#[derive(Clone, Debug)]
pub struct NativeDelivery {
    /// Its row.
    pub id: i64,
    /// `program`, `code`, `attribution`, `webhook` or `pulse`.
    pub kind: &'static str,
    /// Program, code, order id, address or live channel.
    pub target: String,
    /// Record or message, JSON; empty when the target says it all, or there is nothing to tell any more.
    pub contents: String,
    /// Attempts before this one.
    pub attempts: u32,
}

impl NativeLedger {
    /// An empty ledger in memory that opens its keys with this secret (64 hex digits).
    pub fn in_memory(secret: &str) -> Result<Self, String> {
        let connection = Connection::open_in_memory().map_err(text)?;
        Self::on(connection, secret)
    }

    /// A ledger as [`Self::image`] has pictured it.
    pub fn from_image(image: &[u8], secret: &str) -> Result<Self, String> {
        let mut connection = Connection::open_in_memory().map_err(text)?;
        connection
            .deserialize_read_exact("main", image, image.len(), false)
            .map_err(text)?;
        Self::on(connection, secret)
    }

    fn on(connection: Connection, secret: &str) -> Result<Self, String> {
        let secret = parse_secret(secret, None)?;
        Ok(Self {
            sql: NativeSql::new(connection)?,
            engine: Engine::new(secret.clone(), AddressPolicy::Public),
            secret,
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
        self.sql.arm(fault);
        let outcome = self.transaction(|| {
            let reply = self.engine.execute(&self.sql, &envelope, entropy)?;
            Ok((reply, self.engine.notes.take_wake()))
        });
        self.sql.disarm();
        let statements = self.sql.statements();
        let (outcome, wake_at) = match outcome {
            Ok((Reply::Done { status, body, .. }, wake_at)) => {
                (Outcome::Done(status, body), wake_at)
            }
            Ok((Reply::Rejected(rejection), wake_at)) => {
                (Outcome::Refused(rejection.code()), wake_at)
            }
            Err(failure) => {
                if let Some(rejection) = worth_noting(&envelope, &failure) {
                    self.transaction(|| note_refusal(self.store(), &envelope, rejection))
                        .map_err(|failure| format!("a refusal was not noted: {failure:?}"))?;
                }
                (ended(failure), None)
            }
        };
        Ok(Ran {
            outcome,
            statements,
            wake_at: wake_at.map(|at| at.0),
        })
    }

    /// Grants rewards whose hold is over, as the alarm does. Returns how many were due.
    pub fn mature(
        &self,
        now: i64,
        fault: Option<u32>,
        entropy: Entropy<'_>,
    ) -> Result<usize, String> {
        self.sql.arm(fault);
        let outcome = self.with_context(now, entropy, |context| {
            context.store.drop_old_replies(context.now)?;
            mature_due(context)
        });
        self.sql.disarm();
        outcome
    }

    /// Statements of the command, or of the maturing, that was run last; after a refusal those of its note as well.
    pub fn statements(&self) -> u32 {
        self.sql.statements()
    }

    /// Deliveries that are due, records and nudges first, as many as are worked on at once.
    pub fn due(&self, now: i64, entropy: Entropy<'_>) -> Result<Vec<NativeDelivery>, String> {
        self.with_context(now, entropy, |context| {
            let mut due = Vec::new();
            for webhooks in [false, true] {
                let store = context.store;
                due.extend(store.due_deliveries(webhooks, context.now, PARALLEL_MAX)?);
            }
            due.into_iter().map(|one| prepared(context, one)).collect()
        })
    }

    /// Removes a delivery that has succeeded.
    pub fn delivered(&self, id: i64) -> Result<(), String> {
        self.transaction(|| Ok(self.store().delivered(id)?))
            .map_err(text_of)
    }

    /// Keeps a delivery that has failed, for another attempt.
    pub fn postpone(&self, id: i64, next_at: i64) -> Result<(), String> {
        self.transaction(|| Ok(self.store().postpone(id, Some(Millis(next_at)))?))
            .map_err(text_of)
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
            let value = body()?;
            self.store().flush()?;
            Ok(value)
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

    fn with_context<T>(
        &self,
        now: i64,
        entropy: Entropy<'_>,
        body: impl FnOnce(&Context<'_>) -> Result<T, Failure>,
    ) -> Result<T, String> {
        let missing = || Failure::Broken("a ledger without its program".into());
        self.transaction(|| {
            self.engine.prepare(&self.sql, false)?;
            let store = self.store();
            let program = store.meta("program")?.ok_or_else(missing)?;
            let link_base = store.meta("link_base")?.ok_or_else(missing)?;
            body(&Context {
                store,
                engine: &self.engine,
                program_id: &ProgramId::parse(&program).map_err(|_| missing())?,
                now: Millis(now),
                link_base: &link_base,
                source: None,
                credential: &Credential::None,
                entropy,
            })
        })
        .map_err(text_of)
    }
}

fn prepared(context: &Context<'_>, delivery: Delivery) -> Result<NativeDelivery, Failure> {
    let (kind, contents) = match delivery.kind {
        Kind::Program => {
            let record = program_record::compose(context)?;
            ("program", serde_json::to_string(&record)?)
        }
        Kind::Attribution => {
            let order = ExternalId::parse(&delivery.target)
                .map_err(|_| Failure::Broken("a stored order id".into()))?;
            let record = attribution_record::compose(context, &order)?;
            ("attribution", record.unwrap_or_default())
        }
        Kind::Webhook => ("webhook", delivery.payload),
        Kind::Code => ("code", String::new()),
        Kind::Pulse => ("pulse", String::new()),
    };
    Ok(NativeDelivery {
        id: delivery.id,
        kind,
        target: delivery.target,
        contents,
        attempts: delivery.attempts,
    })
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
