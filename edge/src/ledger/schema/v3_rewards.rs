//! Rewards of every kind, for every cause; what can never come back of them; budgets, credit that was taken, subscriptions.

/// Statements, in order.
pub(super) const CHANGES: [&str; 24] = [
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
