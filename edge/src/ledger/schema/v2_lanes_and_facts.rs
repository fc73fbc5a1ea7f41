//! Lanes of the outbox, dead letters, rewards that could not be granted, and facts for measuring.
//!
//! A lane has a row only while it fails, and a stuck reward only while it is stuck: what goes well writes nothing here.

/// The changes, with the rows of before brought into their form.
pub(super) const CHANGES: [&str; 12] = [
    "ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'kv'",
    // Why the last attempt failed.
    "ALTER TABLE outbox ADD COLUMN error TEXT",
    "UPDATE outbox SET lane = 'pulse' WHERE kind = 'pulse'",
    // Host and port of the address: what stands between `://` and the next slash.
    "UPDATE outbox SET lane = substr(target, instr(target, '://') + 3,
        instr(substr(target, instr(target, '://') + 3) || '/', '/') - 1) WHERE kind = 'webhook'",
    // How often a lane has failed since it last succeeded, and before when nothing is tried on it.
    "CREATE TABLE lanes (lane TEXT PRIMARY KEY, failures INTEGER NOT NULL, probe_at INTEGER NOT NULL) WITHOUT ROWID",
    // What was given up. An id is never used again, so that a replay is never of another one.
    "CREATE TABLE dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, lane TEXT NOT NULL,
        target TEXT NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT, created_at INTEGER NOT NULL,
        died_at INTEGER NOT NULL)",
    "INSERT INTO dead_letters (kind, lane, target, payload, attempts, created_at, died_at)
        SELECT kind, lane, target, payload, attempts, created_at, created_at FROM outbox WHERE next_at IS NULL ORDER BY id",
    "DELETE FROM outbox WHERE next_at IS NULL",
    "CREATE TABLE stuck_rewards (reward TEXT PRIMARY KEY, failures INTEGER NOT NULL, retry_at INTEGER NOT NULL)
        WITHOUT ROWID",
    // One row a fact, in no index: they are read from the first to the last. `since` is when the referrer was enrolled.
    "CREATE TABLE facts (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, person TEXT, referrer TEXT,
        since INTEGER, order_id TEXT, reward TEXT, channel TEXT, variant INTEGER, version INTEGER, currency TEXT,
        amount INTEGER, discount INTEGER)",
    PEOPLE_AND_ORDERS,
    REWARDS,
];

const PEOPLE_AND_ORDERS: &str = "INSERT INTO facts (kind, at, person, referrer, since, order_id, channel, variant, version, currency, amount, discount)
    SELECT * FROM (
        SELECT 'enrolled', enrolled_at AS at, id, NULL, enrolled_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM people
        UNION ALL
        SELECT 'claimed', t.claimed_at, NULL, t.referrer, p.enrolled_at, NULL, t.channel, t.variant, t.version, NULL, NULL, NULL
            FROM touches t JOIN people p ON p.id = t.referrer WHERE t.discount_code IS NOT NULL
        UNION ALL
        SELECT 'ordered', o.at, o.person, r.referrer, p.enrolled_at, o.id, t.channel, t.variant,
            json_extract(o.decision, '$.version'), o.currency, o.total, o.discount
            FROM orders o LEFT JOIN referrals r ON r.order_id = o.id LEFT JOIN people p ON p.id = r.referrer
            LEFT JOIN (SELECT order_id, referrer, min(channel) AS channel, min(variant) AS variant FROM touches
                WHERE order_id IS NOT NULL GROUP BY order_id, referrer) t ON t.order_id = o.id AND t.referrer = r.referrer
        UNION ALL
        SELECT CASE WHEN key LIKE 'refund:%' THEN 'refunded' WHEN key LIKE 'dispute:opened:%' THEN 'disputed'
                WHEN key LIKE 'dispute:won:%' THEN 'dispute_won' WHEN key LIKE 'dispute:lost:%' THEN 'dispute_lost'
                ELSE 'cancelled' END,
            u.at, o.person, r.referrer, p.enrolled_at, u.order_id, NULL, NULL, NULL,
            CASE WHEN key LIKE 'refund:%' THEN json_extract(u.fact, '$.refund.amount.currency') END,
            CASE WHEN key LIKE 'refund:%' THEN json_extract(u.fact, '$.refund.amount.amount') END, NULL
            FROM undos u LEFT JOIN orders o ON o.id = u.order_id LEFT JOIN referrals r ON r.order_id = u.order_id
            LEFT JOIN people p ON p.id = r.referrer
    ) ORDER BY at";

const REWARDS: &str = "INSERT INTO facts (kind, at, person, referrer, since, order_id, reward, currency, amount)
    SELECT CASE WHEN j.credit = 'expense' THEN 'lost' WHEN j.debit <> 'expense' THEN 'granted'
            WHEN j.step = 1 THEN 'earned' ELSE 'regained' END,
        j.at, w.owner, r.referrer, p.enrolled_at, r.order_id, j.reward, j.currency, j.amount
        FROM (SELECT *, row_number() OVER (PARTITION BY reward ORDER BY seq) AS step FROM journal) j JOIN rewards w ON w.id = j.reward JOIN referrals r ON r.id = w.referral
        LEFT JOIN people p ON p.id = r.referrer
        WHERE j.debit = 'expense' OR j.credit = 'expense' OR j.credit LIKE 'issued:%' ORDER BY j.seq";
