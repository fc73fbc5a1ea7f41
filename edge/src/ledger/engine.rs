//! The ledger without its platform: an envelope and a database in, an answer out.
//!
//! It runs unchanged on the object's database and on native SQLite. What it keeps in memory can always be read again:
//! versions of settings, which never change, and opened keys, which every change of keys forgets. The caller tells how a
//! transaction ended, because nothing may stay in memory that was never committed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use goodword_shared::id::ProgramId;
use goodword_shared::program::address::AddressPolicy;
use goodword_shared::program::{Program, Settings};
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::agenda::{Alarm, next_work};
use super::calls::logged;
use super::commands::{
    block_list, check_discount, choose_reward, claim, create_program, credit, deliveries, dry_run,
    enrol, enrol_many, enter_touch, erase_person, explain_order, export, export_person, facts,
    hook, import_customers, keys, list_referrals, list_referrers, list_touches, pool,
    program_record, proofs, quarantine, read_invitation, read_log, read_order, record_event,
    report, resolve, reviews, rewards, settings, versions, write_note,
};
use super::context::{Context, Entropy};
use super::failure::Failure;
use super::idempotency::once;
use super::keyring::Keyring;
use super::notes::Notes;
use super::protocol::{Command, Envelope, Reply};
use super::schema;
use super::sql::{Sql, misread};
use super::store::Store;
use crate::json::object;
use crate::vault::WorkerSecret;

/// One program's ledger.
pub(crate) struct Engine {
    pub(crate) secret: WorkerSecret,
    pub(crate) policy: AddressPolicy,
    /// Whether the tables are known to be at the newest version.
    ready: Cell<bool>,
    /// Whether the transaction under way has brought them there.
    migrated: Cell<bool>,
    pub(crate) notes: Notes,
    versions: RefCell<Vec<Rc<Program>>>,
    keyring: RefCell<Option<Rc<Keyring>>>,
}

impl Engine {
    /// A ledger that opens its keys with this secret.
    pub(crate) fn new(secret: WorkerSecret, policy: AddressPolicy) -> Self {
        Self {
            secret,
            policy,
            ready: Cell::new(false),
            migrated: Cell::new(false),
            notes: Notes::default(),
            versions: RefCell::default(),
            keyring: RefCell::default(),
        }
    }

    /// Runs one command. The caller has opened a transaction, rolls it back on `Err`, and says so by
    /// [`Self::committed`] or [`Self::rolled_back`].
    pub(crate) fn execute(
        &self,
        sql: &dyn Sql,
        envelope: &Envelope,
        entropy: Entropy<'_>,
    ) -> Result<Reply, Failure> {
        let creates = matches!(envelope.command, Command::CreateProgram { .. });
        self.prepare(sql, creates)?;
        // What was noted without a caller has been seen to.
        self.notes.take_wake();
        let context = self.context(sql, envelope, entropy);
        let dispatched = || dispatch(&context, &envelope.command);
        let run = || match envelope.command.merchants_call() {
            Some(call) => logged(&context, call, dispatched),
            None => dispatched(),
        };
        match &envelope.idempotency {
            Some(idempotency) => once(&context, idempotency, &envelope.command, run),
            None => run(),
        }
    }

    /// Runs what one transaction does, and fails it if anything that it has read was not as its schema says: whatever it came
    /// to then, an answer or a refusal, may be wrong, and so may what it has brought into memory.
    pub(crate) fn guarded<T>(
        &self,
        body: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Of one before, which has failed for it or for something else.
        misread().ok();
        let made = body();
        if let Err(error) = misread() {
            self.forget_keys();
            self.versions.borrow_mut().clear();
            return Err(error.into());
        }
        made
    }

    /// What a command works with.
    pub(crate) fn context<'a>(
        &'a self,
        sql: &'a dyn Sql,
        envelope: &'a Envelope,
        entropy: Entropy<'a>,
    ) -> Context<'a> {
        Context {
            store: Store::new(sql, &self.notes),
            engine: self,
            program_id: &envelope.program,
            now: envelope.now,
            link_base: &envelope.link_base,
            source: envelope.source.as_deref(),
            credential: &envelope.credential,
            entropy,
        }
    }

    /// When the command under way wants something to be worked on. Where no alarm is known to be set, everything that waits
    /// counts: neither must an alarm of before be moved to a later time, nor must what has none be forgotten.
    pub(crate) fn due(
        &self,
        sql: &dyn Sql,
        alarm: &Alarm,
        real_now: Millis,
    ) -> Result<Option<Millis>, Failure> {
        match self.notes.take_wake() {
            Some(_) if !alarm.is_known(real_now) => next_work(Store::new(sql, &self.notes)),
            noted => Ok(noted),
        }
    }

    /// Brings the tables to the newest version, before anything else in a transaction. A ledger that was never given a
    /// program gets tables only from the command that creates it.
    pub(crate) fn prepare(&self, sql: &dyn Sql, creates: bool) -> Result<(), Failure> {
        if self.ready.get() {
            return Ok(());
        }
        if !creates && !schema::exists(sql)? {
            return Err(Rejection::UnknownProgram.into());
        }
        schema::migrate(sql)?;
        self.migrated.set(true);
        Ok(())
    }

    /// The transaction was committed: what it has brought into memory is true.
    pub(crate) fn committed(&self) {
        if self.migrated.replace(false) {
            self.ready.set(true);
        }
        self.notes.by.take();
    }

    /// The transaction was rolled back. What was read while it had written something may never have been so.
    pub(crate) fn rolled_back(&self, wrote: bool) {
        self.migrated.set(false);
        self.notes.rolled_back();
        if wrote {
            self.forget_keys();
            self.versions.borrow_mut().clear();
        }
    }

    /// Forgets the opened keys: they have changed.
    pub(crate) fn forget_keys(&self) {
        *self.keyring.borrow_mut() = None;
    }

    /// A version of the program.
    pub(crate) fn version(
        &self,
        store: Store<'_>,
        id: &ProgramId,
        number: u32,
    ) -> Result<Rc<Program>, Failure> {
        let versions = self.versions.borrow();
        if let Some(program) = versions.iter().find(|program| program.version == number) {
            return Ok(Rc::clone(program));
        }
        drop(versions);
        let stored = store
            .version(number)?
            .ok_or_else(|| Failure::Broken(format!("no version {number}")))?;
        let settings: Settings = goodword_shared::json::parse(&stored.settings)?;
        let program = Program::new(id.clone(), stored.number, settings, self.policy)
            .map_err(|invalid| Failure::Broken(format!("stored setting {}", invalid.field)))?;
        let program = Rc::new(program);
        self.versions.borrow_mut().push(Rc::clone(&program));
        Ok(program)
    }

    /// The live keys, opened.
    pub(crate) fn keyring(
        &self,
        store: Store<'_>,
        program: &ProgramId,
        now: Millis,
        nonce: &dyn Fn() -> [u8; 24],
    ) -> Result<Rc<Keyring>, Failure> {
        if let Some(keyring) = self.keyring.borrow().as_ref() {
            return Ok(Rc::clone(keyring));
        }
        let keyring = Rc::new(Keyring::load(store, &self.secret, program, now, nonce)?);
        *self.keyring.borrow_mut() = Some(Rc::clone(&keyring));
        Ok(keyring)
    }
}

fn dispatch(context: &Context<'_>, command: &Command) -> Result<Reply, Failure> {
    match command {
        Command::CreateProgram { settings } => create_program::create_program(context, settings),
        Command::ReadSettings => settings::read(context),
        Command::ReadTally => settings::may_read(context),
        Command::ListVersions { after } => versions::list(context, *after),
        Command::ReadVersion { number } => versions::read(context, *number),
        Command::ChangeSettings { settings } => settings::change(context, settings),
        Command::DryRun(request) => dry_run::dry_run(context, request),
        Command::ProgramRecord => program_record::program_record(context),
        Command::ListKeys => keys::list(context),
        Command::CreateKey(key) => keys::create(context, key),
        Command::RevokeKey { id } => keys::revoke(context, id),
        Command::Enrol {
            customer_token,
            browser,
        } => enrol::customer(context, customer_token, browser.as_deref()),
        Command::ReadReferrer { customer_token } => enrol::read(context, customer_token),
        Command::EnrolGuest { email, name } => enrol::guest(context, email, name.as_deref()),
        Command::EnrolMany { customers } => enrol_many::enrol_many(context, customers),
        Command::ImportCustomers { lines } => import_customers::import_customers(context, lines),
        Command::RequestProof { email } => proofs::request(context, email),
        Command::RedeemProof { secret } => proofs::redeem(context, secret),
        Command::Resolve { code } => resolve::resolve(context, code),
        Command::ReadInvitation {
            token,
            customer_token,
        } => read_invitation::read_invitation(context, token, customer_token.as_deref()),
        Command::Claim(request) => claim::claim(context, request),
        Command::EnterTouch(request) => enter_touch::enter_touch(context, request),
        Command::ListReferrers { after } => list_referrers::list_referrers(context, after),
        Command::ListReferrals { state, after } => {
            list_referrals::list_referrals(context, state.as_deref(), after)
        }
        Command::ListTouches { customer_id, after } => {
            list_touches::list_touches(context, customer_id, *after)
        }
        Command::CheckDiscount(request) => check_discount::check_discount(context, request),
        Command::AddCodes(request) => pool::add(context, request),
        Command::ReadCodes => pool::read(context),
        Command::Report { body } => report::report(context, body),
        Command::Hook(hook) => hook::deliver(context, hook),
        Command::ListQuarantine { after } => quarantine::list(context, after),
        Command::Quarantined { id, step } => quarantine::step(context, id, *step),
        Command::Event { body } => record_event::record_event(context, body),
        Command::ReadOrder { id } => read_order::read_order(context, id),
        Command::ExplainOrder { id } => explain_order::explain_order(context, id),
        Command::ReadLog { after } => read_log::read_log(context, *after),
        Command::ReadFacts { after } => facts::read_facts(context, *after),
        Command::Export { table, after } => export::export(context, table, after.as_deref()),
        Command::ListDeliveries { dead, after } => deliveries::list(context, *dead, *after),
        Command::Replay { id } => deliveries::replay(context, *id),
        Command::ReplaySince { since } => deliveries::replay_since(context, *since),
        Command::Wake => {
            context.store.wake_at(context.now);
            super::context::done(200, &object!({}))
        }
        Command::ChooseReward {
            customer_token,
            reward,
        } => choose_reward::choose_reward(context, customer_token, reward),
        Command::WriteNote {
            customer_token,
            note,
        } => write_note::write_note(context, customer_token, note),
        Command::ListRewards { state, after } => {
            rewards::list(context, state.as_deref(), after.as_deref())
        }
        Command::ReadReward { id } => rewards::read(context, id),
        Command::StepReward {
            id,
            step,
            reason,
            note,
        } => rewards::step(context, id, *step, reason.as_deref(), note.as_deref()),
        Command::ListReviews { after } => reviews::list(context, after),
        Command::Review {
            referral,
            approved,
            side,
            note,
        } => reviews::review(context, referral, *approved, *side, note.as_deref()),
        Command::ListBlocks { after } => block_list::list(context, after),
        Command::AddBlocks(request) => block_list::add(context, &request.entries),
        Command::RemoveBlock { id } => block_list::remove(context, id),
        Command::ReadCredit { customer_id } => credit::read(context, customer_id),
        Command::TakeCredit(request) => credit::take(context, request),
        Command::ExportPerson(request) => export_person::export_person(context, request),
        Command::ErasePerson(name) => erase_person::erase_person(context, name),
        #[cfg(feature = "test-clock")]
        Command::SetClock { offset_ms } => {
            context
                .store
                .set_meta("clock_offset", &offset_ms.to_string())?;
            // Anything may be due by the new time.
            context.store.wake_at(Millis(0));
            super::context::done(200, &object!({ "offset_ms": offset_ms }))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use goodword_shared::id::ProgramId;
    use goodword_shared::program::address::AddressPolicy;
    use goodword_shared::time::Millis;
    use serde_json::json;

    use goodword_shared::rejection::Rejection;

    use super::Engine;
    use crate::ledger::failure::Failure;
    use crate::ledger::protocol::{Command, Credential, Envelope};
    use crate::ledger::sql::{Param, Row, Sql, SqlError, Value};
    use crate::ledger::store::Store;
    use crate::vault::WorkerSecret;

    /// A database with empty tables and one version of settings under every number.
    #[derive(Default)]
    struct Stub {
        statements: RefCell<Vec<String>>,
        name: String,
    }

    impl Sql for Stub {
        fn query(&self, statement: &str, _values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
            self.statements.borrow_mut().push(statement.to_owned());
            let settings = json!({
                "name": self.name, "store_url": "https://shop.example/", "currency": "EUR",
                "discount": {"kind": "percent", "basis_points": 1500},
                "reward": {"kind": "credit", "value": {"rule": "match_discount"}},
            });
            Ok(if statement.starts_with("SELECT 1 FROM sqlite_master") {
                vec![Row(vec![Value::Int(1)])]
            } else if statement.starts_with("SELECT coalesce(max(version)") {
                vec![Row(vec![Value::Int(0)])]
            } else if statement.starts_with("SELECT version, settings") {
                let settings = Value::Text(settings.to_string());
                vec![Row(vec![
                    Value::Int(2),
                    settings,
                    Value::Int(0),
                    Value::Null,
                ])]
            } else {
                Vec::new()
            })
        }

        fn execute(&self, statement: &str, values: &[Param<'_>]) -> Result<(), SqlError> {
            self.query(statement, values).map(drop)
        }
    }

    fn engine() -> Engine {
        let secret = WorkerSecret::parse(&"aa".repeat(32), None).expect("a secret");
        Engine::new(secret, AddressPolicy::Public)
    }

    /// Whether a command makes the tables.
    fn migrates(engine: &Engine) -> bool {
        let sql = Stub::default();
        let envelope = Envelope {
            program: ProgramId::parse("acme").expect("an id"),
            now: Millis(0),
            link_base: String::new(),
            source: None,
            credential: Credential::None,
            idempotency: None,
            command: Command::Resolve {
                code: "COFFEE".into(),
            },
        };
        let reply = engine.execute(&sql, &envelope, &|_| {});
        assert!(reply.is_err(), "the code is nobody's");
        let statements = sql.statements.borrow();
        statements.iter().any(|text| text.starts_with("CREATE"))
    }

    #[test]
    fn tables_that_were_rolled_back_are_made_again() {
        let engine = engine();
        assert!(migrates(&engine));
        engine.rolled_back(true);
        assert!(migrates(&engine));
        // A commit that follows says nothing of what was rolled back before it.
        engine.rolled_back(false);
        engine.committed();
        assert!(migrates(&engine));
        engine.committed();
        assert!(!migrates(&engine));
        engine.rolled_back(true);
        assert!(!migrates(&engine), "they were there before");
    }

    #[test]
    fn whatever_comes_of_a_value_that_is_not_as_its_schema_says_fails_and_the_next_transaction_does_not()
     {
        let engine = engine();
        let row = Row(vec![Value::Null]);
        let answered = engine.guarded(|| Ok(row.int(0)));
        assert!(matches!(answered, Err(Failure::Broken(_))));
        let refused = engine.guarded(|| {
            row.text(0);
            Err::<(), _>(Rejection::NotFound.into())
        });
        assert!(matches!(refused, Err(Failure::Broken(_))));
        // One that nobody has asked after.
        row.int(0);
        assert!(matches!(engine.guarded(|| Ok(7)), Ok(7)));
    }

    #[test]
    fn a_version_that_was_rolled_back_is_read_again() {
        let engine = engine();
        let id = ProgramId::parse("acme").expect("an id");
        let name = |stored: &str| {
            let sql = Stub {
                name: stored.into(),
                ..Stub::default()
            };
            let program = engine
                .version(Store::new(&sql, &engine.notes), &id, 2)
                .expect("a version");
            program.settings.name.clone()
        };
        assert_eq!(name("Oak"), "Oak");
        engine.rolled_back(true);
        assert_eq!(name("Elm"), "Elm");
        engine.rolled_back(false);
        assert_eq!(
            name("Ash"),
            "Elm",
            "nothing was written, so it was committed"
        );
        engine.committed();
        assert_eq!(name("Ash"), "Elm");
    }
}
