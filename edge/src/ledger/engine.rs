//! The ledger without its platform: an envelope and a database in, an answer out.
//!
//! It runs unchanged on the object's database and on native SQLite. What it keeps in memory can always be read again:
//! versions of settings, which never change, and opened keys, which every change of keys forgets.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use goodword_shared::id::ProgramId;
use goodword_shared::program::address::AddressPolicy;
use goodword_shared::program::{Program, Settings};
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use super::commands::{
    check_discount, claim, create_program, enrol, keys, program_record, read_invitation, read_log,
    read_order, report, resolve, settings,
};
use super::context::{Context, Entropy};
use super::failure::Failure;
use super::keyring::Keyring;
use super::protocol::{Command, Envelope, Reply};
use super::schema;
use super::sql::Sql;
use super::store::Store;
use super::store::replies::KeptReply;
use crate::vault::WorkerSecret;

/// One program's ledger.
pub(crate) struct Engine {
    pub(crate) secret: WorkerSecret,
    pub(crate) policy: AddressPolicy,
    ready: Cell<bool>,
    versions: RefCell<BTreeMap<u32, Rc<Program>>>,
    keyring: RefCell<Option<Rc<Keyring>>>,
}

impl Engine {
    /// A ledger that opens its keys with this secret.
    pub(crate) fn new(secret: WorkerSecret, policy: AddressPolicy) -> Self {
        Self {
            secret,
            policy,
            ready: Cell::new(false),
            versions: RefCell::default(),
            keyring: RefCell::default(),
        }
    }

    /// Runs one command. The caller has opened a transaction and rolls it back on `Err`.
    pub(crate) fn execute(
        &self,
        sql: &dyn Sql,
        envelope: &Envelope,
        entropy: Entropy<'_>,
    ) -> Result<Reply, Failure> {
        self.prepare(sql, &envelope.command)?;
        let context = Context {
            store: Store::new(sql),
            engine: self,
            program_id: &envelope.program,
            now: envelope.now,
            link_base: &envelope.link_base,
            source: envelope.source.as_deref(),
            credential: &envelope.credential,
            entropy,
        };
        let Some(idempotency) = &envelope.idempotency else {
            return dispatch(&context, &envelope.command);
        };
        // A kept answer is for whoever may ask for it: the credential is judged before it is looked for.
        match &envelope.command {
            Command::Report { body } => report::require_signature(&context, body)?,
            Command::ChangeSettings { .. } => context.require_merchant()?,
            _ => {}
        }
        if let Some(kept) = context.store.kept_reply(&idempotency.key, envelope.now)? {
            if kept.fingerprint != idempotency.fingerprint {
                return Err(Rejection::IdempotencyKeyReused.into());
            }
            return Ok(Reply::Done {
                status: kept.status,
                body: kept.body,
                claimed_by: None,
            });
        }
        let reply = dispatch(&context, &envelope.command)?;
        if let Reply::Done { status, body, .. } = &reply {
            let kept = KeptReply {
                fingerprint: idempotency.fingerprint.clone(),
                status: *status,
                body: body.clone(),
            };
            context
                .store
                .keep_reply(&idempotency.key, kept, envelope.now)?;
        }
        Ok(reply)
    }

    /// Forgets the opened keys: they have changed, or a change of them was rolled back.
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
        if let Some(program) = self.versions.borrow().get(&number) {
            return Ok(Rc::clone(program));
        }
        let stored = store
            .version(number)?
            .ok_or_else(|| Failure::Broken(format!("no version {number}")))?;
        let settings: Settings = serde_json::from_str(&stored.settings)?;
        let program = Program::new(id.clone(), stored.number, settings, self.policy)
            .map_err(|invalid| Failure::Broken(format!("stored setting {}", invalid.field)))?;
        let program = Rc::new(program);
        self.versions
            .borrow_mut()
            .insert(number, Rc::clone(&program));
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

    fn prepare(&self, sql: &dyn Sql, command: &Command) -> Result<(), Failure> {
        if self.ready.get() {
            return Ok(());
        }
        let creates = matches!(command, Command::CreateProgram { .. });
        if !creates && !schema::exists(sql)? {
            return Err(Rejection::UnknownProgram.into());
        }
        schema::migrate(sql)?;
        // A creation may still be rolled back, and the tables with it.
        self.ready.set(!creates);
        Ok(())
    }
}

fn dispatch(context: &Context<'_>, command: &Command) -> Result<Reply, Failure> {
    match command {
        Command::CreateProgram { settings } => create_program::create_program(context, settings),
        Command::ReadSettings => settings::read(context),
        Command::ChangeSettings { settings } => settings::change(context, settings),
        Command::ProgramRecord => program_record::program_record(context),
        Command::ListKeys => keys::list(context),
        Command::CreateKey { kind } => keys::create(context, kind),
        Command::RevokeKey { id } => keys::revoke(context, id),
        Command::Enrol { customer_token } => enrol::customer(context, customer_token),
        Command::EnrolGuest { email, name } => enrol::guest(context, email, name.as_deref()),
        Command::Resolve { code } => resolve::resolve(context, code),
        Command::ReadInvitation { token } => read_invitation::read_invitation(context, token),
        Command::Claim(request) => claim::claim(context, request),
        Command::CheckDiscount(request) => check_discount::check_discount(context, request),
        Command::Report { body } => report::report(context, body),
        Command::ReadOrder { id } => read_order::read_order(context, id),
        Command::ReadLog { after } => read_log::read_log(context, *after),
        Command::SetClock { offset_ms } => {
            context
                .store
                .set_meta("clock_offset", &offset_ms.to_string())?;
            super::context::done(200, &serde_json::json!({ "offset_ms": offset_ms }))
        }
    }
}
