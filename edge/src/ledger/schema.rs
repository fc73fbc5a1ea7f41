//! The ledger's tables, as ordered migrations.
//!
//! Tables with text keys are WITHOUT ROWID, because every index entry is a row written and rows written are what a ledger
//! costs. Nothing here is changed once released: a new table or column is a new migration.

use super::sql::{Sql, SqlError, Value};

/// All migrations in order; the position is the version.
const MIGRATIONS: [&[&str]; 2] = [&FIRST, &ATTRIBUTION];

const FIRST: [&str; 19] = [
    "CREATE TABLE programs (version INTEGER PRIMARY KEY, settings TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE TABLE keys (id TEXT PRIMARY KEY, kind TEXT NOT NULL, generation INTEGER NOT NULL, sealed BLOB NOT NULL,
        created_at INTEGER NOT NULL, revoked_at INTEGER) WITHOUT ROWID",
    // One row a customer or guest. Names and addresses are encrypted; what is compared is a keyed hash. Equal exact hashes
    // imply equal canonical ones, so one index serves both.
    "CREATE TABLE people (id TEXT PRIMARY KEY, code TEXT NOT NULL, guest INTEGER NOT NULL, customer_id TEXT,
        email_exact TEXT, email_canonical TEXT, name_sealed BLOB, email_sealed BLOB,
        orders INTEGER NOT NULL, enrolled_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX people_code ON people (code)",
    "CREATE UNIQUE INDEX people_customer ON people (customer_id) WHERE customer_id IS NOT NULL",
    "CREATE INDEX people_email ON people (email_canonical) WHERE email_canonical IS NOT NULL",
    // A claim with its click: the evidence, and the single-use discount that was minted for it. A click that an order has
    // used without a claim is here too, without a discount and in no index: it is asked for by its id only.
    "CREATE TABLE touches (click_id TEXT PRIMARY KEY, referrer TEXT NOT NULL, clicked_at INTEGER NOT NULL,
        claimed_at INTEGER, channel TEXT NOT NULL, variant INTEGER NOT NULL, version INTEGER NOT NULL,
        discount_code TEXT, expires_at INTEGER, source TEXT, order_id TEXT) WITHOUT ROWID",
    "CREATE UNIQUE INDEX touches_discount ON touches (discount_code) WHERE discount_code IS NOT NULL",
    "CREATE INDEX touches_referrer ON touches (referrer, claimed_at) WHERE discount_code IS NOT NULL",
    "CREATE TABLE orders (id TEXT PRIMARY KEY, person TEXT NOT NULL, customer_id TEXT, email_exact TEXT,
        currency TEXT NOT NULL, subtotal INTEGER NOT NULL, discount INTEGER NOT NULL, total INTEGER NOT NULL,
        at INTEGER NOT NULL, received_at INTEGER NOT NULL, decision TEXT NOT NULL) WITHOUT ROWID",
    // Facts that take an order back. They may arrive before their order.
    "CREATE TABLE undos (order_id TEXT NOT NULL, key TEXT NOT NULL, fact TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (order_id, key)) WITHOUT ROWID",
    "CREATE TABLE referrals (id TEXT PRIMARY KEY, referrer TEXT NOT NULL, invitee TEXT NOT NULL, order_id TEXT NOT NULL,
        at INTEGER NOT NULL, events INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX referrals_order ON referrals (order_id)",
    "CREATE INDEX referrals_referrer ON referrals (referrer, at)",
    "CREATE TABLE rewards (id TEXT PRIMARY KEY, referral TEXT NOT NULL, owner TEXT NOT NULL, currency TEXT NOT NULL,
        amount INTEGER NOT NULL, reversed INTEGER NOT NULL, state TEXT NOT NULL, payable_at INTEGER NOT NULL,
        frozen INTEGER NOT NULL, earned_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX rewards_referral ON rewards (referral, owner)",
    "CREATE INDEX rewards_owner ON rewards (owner, earned_at)",
    "CREATE INDEX rewards_due ON rewards (payable_at) WHERE state = 'pending'",
    // Money, the log, and what is still to be told.
    "CREATE TABLE journal (seq INTEGER PRIMARY KEY, reward TEXT NOT NULL, debit TEXT NOT NULL, credit TEXT NOT NULL,
        amount INTEGER NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL)",
];

/// Evidence that names the buyer instead of coming with the order, and whose a buyer is for good.
const ATTRIBUTION: [&str; 7] = [
    "ALTER TABLE people ADD COLUMN referrer TEXT",
    "ALTER TABLE people ADD COLUMN bindings INTEGER NOT NULL DEFAULT 0",
    "UPDATE people SET referrer = referrals.referrer FROM referrals WHERE referrals.invitee = people.id",
    // A person's few bindings are one stretch of the table, so they need no index. The reason that staff gave is encrypted.
    "CREATE TABLE bindings (person TEXT NOT NULL, at INTEGER NOT NULL, evidence TEXT NOT NULL, key TEXT NOT NULL,
        referrer TEXT NOT NULL, version INTEGER NOT NULL, reason_sealed BLOB,
        PRIMARY KEY (person, at, evidence, key)) WITHOUT ROWID",
    // What a shop reports besides orders. Who vouched is encrypted.
    "CREATE TABLE events (id TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
        customer_id TEXT, email_exact TEXT, vouched_sealed BLOB) WITHOUT ROWID",
    "CREATE INDEX events_person ON events (person)",
    // Friends of a referrer who are on their way through the events that a program rewards.
    "CREATE TABLE leads (referrer TEXT NOT NULL, person TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL,
        stage TEXT NOT NULL, done INTEGER NOT NULL, steps INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (referrer, person)) WITHOUT ROWID",
];

const BOOKKEEPING: [&str; 7] = [
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE balances (account TEXT NOT NULL, currency TEXT NOT NULL, balance INTEGER NOT NULL,
        PRIMARY KEY (account, currency)) WITHOUT ROWID",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, person TEXT, other TEXT,
        order_id TEXT, data TEXT NOT NULL, hash TEXT NOT NULL)",
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, payload TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_at INTEGER, created_at INTEGER NOT NULL)",
    // Kept answers, encrypted: some hold a name, some a key that is answered once.
    "CREATE TABLE replies (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
        at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX replies_at ON replies (at)",
    "CREATE TABLE migrations (version INTEGER PRIMARY KEY)",
];

/// Whether this object has ever been given a program. An object that was only asked about one must store nothing.
pub(crate) fn exists(sql: &dyn Sql) -> Result<bool, SqlError> {
    let found = sql.query(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
        Vec::new(),
    )?;
    Ok(!found.is_empty())
}

/// Brings the database to the newest version.
pub(crate) fn migrate(sql: &dyn Sql) -> Result<(), SqlError> {
    if !exists(sql)? {
        for statement in BOOKKEEPING {
            sql.execute(statement, Vec::new())?;
        }
    }
    let rows = sql.query(
        "SELECT coalesce(max(version), 0) FROM migrations",
        Vec::new(),
    )?;
    let done = rows.first().map_or(Ok(0), |row| row.count(0))?;
    for (version, statements) in (1_u32..).zip(MIGRATIONS) {
        if version <= done {
            continue;
        }
        for statement in statements {
            sql.execute(statement, Vec::new())?;
        }
        sql.execute(
            "INSERT INTO migrations (version) VALUES (?)",
            vec![Value::from(version)],
        )?;
    }
    Ok(())
}
