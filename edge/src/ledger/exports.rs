//! What a merchant can take out of a ledger, table by table. Versions, keys, block-lists and deliveries have lists of their own; subscriptions,
//! friends on their way, traces and customers of before are in no table.
//!
//! A table is data: which rows, by which key they go on, and which fields, each with its SQL. So one statement reads a page of
//! any of them, and the columns of a CSV file are the fields of the JSON.

use super::store::people::NOTE;

/// One table.
pub(crate) struct Export {
    /// Its name in the URL.
    pub(crate) name: &'static str,
    /// What stands after `FROM`.
    pub(crate) from: &'static str,
    /// SQL by which its rows are ordered, and each is known.
    pub(crate) key: &'static [&'static str],
    /// SQL of the id of whom, or of what, sealed fields are.
    pub(crate) owner: &'static str,
    /// The fields, in the order of the columns.
    pub(crate) fields: &'static [(&'static str, Field)],
}

/// What a field is: its SQL, and how the database has it.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    /// A text, a number, or nothing, as it is.
    Plain(&'static str),
    /// Yes or no, as a number.
    Flag(&'static str),
    /// Written as JSON.
    Json(&'static str),
    /// Encrypted, as this.
    Sealed(&'static str, &'static str),
}

impl Export {
    /// The table of a name.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        EXPORTS.iter().find(|export| export.name == name)
    }
}

impl Field {
    /// Its SQL.
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Plain(sql) | Self::Flag(sql) | Self::Json(sql) | Self::Sealed(sql, _) => sql,
        }
    }
}

use Field::{Flag, Json, Plain, Sealed};

/// All tables.
#[rustfmt::skip]
pub(crate) const EXPORTS: &[Export] = &[
    Export {
        name: "referrers", from: "people p", key: &["p.id"], owner: "p.id",
        fields: &[
            ("id", Plain("p.id")), ("code", Plain("p.code")), ("customer_id", Plain("p.customer_id")), ("guest", Flag("p.guest")),
            ("enrolled_at", Plain("p.enrolled_at")), ("referrer", Plain("p.referrer")), ("orders", Plain("p.orders")),
            ("reward_choice", Json("p.reward_choice")), ("name", Sealed("p.name_sealed", "name")),
            ("email", Sealed("p.email_sealed", "email")), ("note", Sealed("p.note_sealed", NOTE)),
        ],
    },
    Export {
        name: "touches", from: "touches t", key: &["t.click_id"], owner: "''",
        fields: &[
            ("click_id", Plain("t.click_id")), ("referrer", Plain("t.referrer")), ("clicked_at", Plain("t.clicked_at")),
            ("claimed_at", Plain("t.claimed_at")), ("channel", Plain("t.channel")), ("variant", Plain("t.variant")),
            ("placement", Plain("t.placement")), ("version", Plain("t.version")), ("discount_code", Plain("iif(t.discount_code LIKE 'waiting:%', NULL, t.discount_code)")),
            ("expires_at", Plain("t.expires_at")), ("order_id", Plain("t.order_id")),
        ],
    },
    Export {
        name: "bindings", from: "bindings b", key: &["b.person", "b.at", "b.evidence", "b.key"], owner: "b.person",
        fields: &[
            ("person", Plain("b.person")), ("at", Plain("b.at")), ("evidence", Plain("b.evidence")), ("key", Plain("b.key")),
            ("referrer", Plain("b.referrer")), ("version", Plain("b.version")), ("channel", Plain("b.channel")),
            ("variant", Plain("b.variant")), ("placement", Plain("b.placement")), ("reason", Sealed("b.reason_sealed", "reason")),
        ],
    },
    Export {
        name: "events", from: "events e", key: &["e.id"], owner: "e.person",
        fields: &[
            ("event_id", Plain("e.id")), ("kind", Plain("e.kind")), ("at", Plain("e.at")), ("person", Plain("e.person")),
            ("customer_id", Plain("e.customer_id")), ("vouched_by", Sealed("e.vouched_sealed", "vouched")),
        ],
    },
    Export {
        name: "orders", from: "orders o", key: &["o.id"], owner: "''",
        fields: &[
            ("order_id", Plain("o.id")), ("person", Plain("nullif(o.person, '')")), ("customer_id", Plain("o.customer_id")),
            ("currency", Plain("o.currency")), ("subtotal", Plain("o.subtotal")), ("discount", Plain("o.discount")),
            ("total", Plain("o.total")), ("at", Plain("o.at")), ("received_at", Plain("o.received_at")),
            ("referrer", Plain("o.decision ->> 'referrer'")), ("reason", Plain("o.decision ->> 'reason'")),
            ("no_reward", Plain("o.decision ->> 'no_reward'")), ("version", Plain("o.decision ->> 'version'")),
            ("decision", Json("o.decision")),
        ],
    },
    Export {
        name: "undos", from: "undos u", key: &["u.order_id", "u.key"], owner: "''",
        fields: &[
            ("order_id", Plain("u.order_id")), ("key", Plain("u.key")), ("at", Plain("u.at")), ("fact", Json("u.fact")),
        ],
    },
    Export {
        name: "referrals", from: "referrals r", key: &["r.id"], owner: "''",
        fields: &[
            ("id", Plain("r.id")), ("referrer", Plain("r.referrer")), ("invitee", Plain("r.invitee")),
            ("order_id", Plain("r.order_id")), ("at", Plain("r.at")),
        ],
    },
    Export {
        name: "rewards", from: "rewards w LEFT JOIN people p ON p.id = w.owner", key: &["w.id"], owner: "''",
        fields: &[
            ("id", Plain("w.id")), ("owner", Plain("w.owner")), ("customer_id", Plain("p.customer_id")),
            ("order_id", Plain("w.order_id")), ("referral", Plain("w.referral")), ("cause", Plain("w.cause")),
            ("milestone", Plain("nullif(w.milestone, 0)")), ("kind", Plain("w.kind")), ("description", Plain("w.description")),
            ("quantity", Plain("w.quantity")), ("amount", Plain("w.amount - w.reversed")), ("earned", Plain("w.amount")),
            ("due", Plain("w.due")), ("currency", Plain("w.currency")), ("state", Plain("w.state")),
            ("earned_at", Plain("w.earned_at")), ("payable_at", Plain("w.payable_at")), ("expires_at", Plain("w.expires_at")),
            ("frozen", Flag("w.frozen")), ("review", Flag("w.review")), ("redeemed", Flag("w.redeemed")),
        ],
    },
    Export {
        name: "notes", from: "reward_notes n", key: &["n.reward", "n.seq"], owner: "n.reward",
        fields: &[
            ("seq", Plain("n.seq")), ("reward", Plain("n.reward")), ("step", Plain("n.step")), ("at", Plain("n.at")),
            ("note", Sealed("n.note_sealed", "note")),
        ],
    },
    Export {
        name: "reviews", from: "reviews v JOIN referrals r ON r.id = v.referral", key: &["v.referral", "v.seq"], owner: "r.invitee",
        fields: &[
            ("seq", Plain("v.seq")), ("referral", Plain("v.referral")), ("approved", Flag("v.approved")), ("at", Plain("v.at")),
            ("note", Sealed("v.note_sealed", "review")), ("side", Plain("v.side")),
        ],
    },
    Export {
        name: "journal", from: "journal j", key: &["j.seq"], owner: "''",
        fields: &[
            ("seq", Plain("j.seq")), ("at", Plain("j.at")), ("reward", Plain("j.reward")), ("debit", Plain("j.debit")),
            ("credit", Plain("j.credit")), ("amount", Plain("j.amount")), ("currency", Plain("j.currency")),
        ],
    },
    Export {
        name: "credits", key: &["b.account", "b.currency"], owner: "''",
        from: "(SELECT * FROM balances WHERE account >= 'issued:' AND account < 'issued;') b LEFT JOIN people p ON p.id = substr(b.account, 8)",
        fields: &[
            ("person", Plain("substr(b.account, 8)")), ("customer_id", Plain("p.customer_id")),
            ("amount", Plain("b.balance + coalesce((SELECT r.balance FROM balances r WHERE r.account = 'receivable:' || substr(b.account, 8)
                AND r.currency = b.currency), 0)")),
            ("currency", Plain("b.currency")),
        ],
    },
    Export {
        name: "takings", from: "takings t LEFT JOIN people p ON p.id = t.person", key: &["t.id"], owner: "''",
        fields: &[
            ("take_id", Plain("t.id")), ("person", Plain("t.person")), ("customer_id", Plain("p.customer_id")),
            ("amount", Plain("t.amount")), ("currency", Plain("t.currency")), ("at", Plain("t.at")),
        ],
    },
    Export {
        name: "log", from: "log l", key: &["l.seq"], owner: "''",
        fields: &[
            ("seq", Plain("l.seq")), ("at", Plain("l.at")), ("kind", Plain("l.kind")), ("person", Plain("l.person")),
            ("other", Plain("l.other")), ("order_id", Plain("l.order_id")), ("data", Json("l.data")), ("hash", Plain("l.hash")),
        ],
    },
    Export {
        name: "facts", from: "facts f", key: &["f.seq"], owner: "''",
        fields: &[
            ("seq", Plain("f.seq")), ("kind", Plain("f.kind")), ("at", Plain("f.at")), ("person", Plain("f.person")),
            ("referrer", Plain("f.referrer")), ("cohort", Plain("strftime('%Y-%m', f.since / 1000, 'unixepoch')")),
            ("order_id", Plain("f.order_id")), ("reward", Plain("f.reward")), ("click", Plain("f.click")), ("channel", Plain("f.channel")),
            ("variant", Plain("f.variant")), ("placement", Plain("f.placement")), ("version", Plain("f.version")),
            ("currency", Plain("f.currency")), ("amount", Plain("f.amount")), ("discount", Plain("f.discount")),
        ],
    },
];
