//! The ledger's tables, as ordered migrations.
//!
//! Tables with text keys are WITHOUT ROWID, because every index entry is a row written and rows written are what a ledger
//! costs. Nothing here is changed once released: a new table or column is a new migration.

use super::sql::{Sql, SqlError, Value};

/// All migrations in order; the position is the version.
const MIGRATIONS: [&[&str]; 2] = [&FIRST, &REWARDS];

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

/// Rewards of every kind, for every cause; what can never come back of them; budgets, credit that was taken, subscriptions.
const REWARDS: [&str; 24] = [
    "ALTER TABLE rewards ADD COLUMN order_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE rewards ADD COLUMN cause TEXT NOT NULL DEFAULT 'conversion'",
    "ALTER TABLE rewards ADD COLUMN milestone INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN kind TEXT NOT NULL DEFAULT 'credit'",
    "ALTER TABLE rewards ADD COLUMN description TEXT",
    "ALTER TABLE rewards ADD COLUMN quantity INTEGER",
    "ALTER TABLE rewards ADD COLUMN lost INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN granted INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN due INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN review INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN redeemed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE rewards ADD COLUMN collect_days INTEGER",
    "ALTER TABLE rewards ADD COLUMN expires_at INTEGER",
    "UPDATE rewards SET order_id = (SELECT order_id FROM referrals WHERE referrals.id = rewards.referral)",
    // What a lost dispute has taken may come back, and is told from what refunds have taken with the next fact.
    "UPDATE rewards SET
        granted = CASE state WHEN 'issued' THEN amount - reversed WHEN 'clawed_back' THEN amount ELSE 0 END,
        lost = CASE WHEN EXISTS (SELECT 1 FROM undos WHERE undos.order_id = rewards.order_id
            AND undos.key LIKE 'dispute:lost:%') THEN 0 ELSE reversed END",
    "DROP INDEX rewards_referral",
    "CREATE UNIQUE INDEX rewards_order ON rewards (order_id, owner, milestone)",
    "CREATE UNIQUE INDEX rewards_milestone ON rewards (owner, milestone) WHERE milestone > 0",
    "CREATE INDEX rewards_expiring ON rewards (expires_at) WHERE state = 'approved' AND expires_at IS NOT NULL",
    // What rewards of each day cost, but for what can never come back: a budget is a sum over days, not over rewards.
    "CREATE TABLE spending (day INTEGER NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (day, currency)) WITHOUT ROWID",
    "INSERT INTO spending (day, currency, amount)
        SELECT earned_at / 86400000, currency, sum(amount - lost) FROM rewards GROUP BY 1, 2",
    "CREATE TABLE takings (id TEXT PRIMARY KEY, person TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        at INTEGER NOT NULL) WITHOUT ROWID",
    // Subscriptions that began with a referral, where the terms reward later orders.
    "CREATE TABLE subscriptions (id TEXT PRIMARY KEY, order_id TEXT NOT NULL, began_at INTEGER NOT NULL,
        renewals INTEGER NOT NULL) WITHOUT ROWID",
    // What a referrer has chosen to earn, as in the settings.
    "ALTER TABLE people ADD COLUMN reward_choice TEXT",
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
