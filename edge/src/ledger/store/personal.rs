//! What is stored of one person, part by part, as JSON that the database writes: whoever is on the other side is there as a
//! pseudonym only.

use goodword_shared::id::Pseudonym;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// Records in one answer.
pub(crate) const EXPORT_PAGE: usize = 200;

/// A record of a part.
pub(crate) struct Stored {
    /// After what to go on.
    pub(crate) cursor: String,
    /// JSON.
    pub(crate) json: String,
    /// What is encrypted beside it.
    pub(crate) sealed: Option<Vec<u8>>,
}

/// One part: its name, what its encrypted text is called and was sealed as, and a statement of the person's records after a
/// cursor: cursor, JSON, encrypted text.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) sealed: Option<(&'static str, &'static str)>,
    statement: &'static str,
}

/// What staff has said of rewards.
pub(crate) const REWARD_NOTE: &str = "reward_note";

/// Everything but the person's own record, which is put together where it is opened.
pub(crate) const PARTS: [Part; 19] = [
    part(
        "balance",
        "SELECT account || '/' || currency AS c, json_object('account', substr(account, 1, instr(account, ':') - 1),
            'currency', currency, 'balance', balance), NULL FROM balances
            WHERE account IN ('issued:' || ?1, 'receivable:' || ?1, 'taken:' || ?1) AND c > ?2 ORDER BY c",
    ),
    part(
        "block",
        "SELECT b.id AS c, json_object('id', b.id, 'kind', kind, 'at', at), NULL FROM blocks b JOIN people p ON p.id = ?1
            AND ((kind = 'customer' AND value = customer_id) OR (kind = 'email' AND value = email_canonical)) WHERE c > ?2 ORDER BY c",
    ),
    part(
        "claim",
        "SELECT click_id AS c, json_object('clicked_at', clicked_at, 'claimed_at', claimed_at, 'channel', channel,
            'variant', variant, 'placement', placement, 'version', version), NULL FROM touches
            WHERE referrer = ?1 AND discount_code IS NOT NULL AND c > ?2 ORDER BY c",
    ),
    part(
        "delivery",
        "SELECT c, json_object('event', payload ->> '$.body' ->> '$.type', 'created_at', created_at, 'state', state), NULL FROM
            (SELECT printf('waiting%015d', id) AS c, payload, created_at, 'waiting' AS state FROM outbox
                WHERE kind = 'webhook' AND instr(payload, ?1) > 0
            UNION ALL SELECT printf('dead%015d', id), payload, created_at, 'dead' FROM dead_letters
                WHERE kind = 'webhook' AND instr(payload, ?1) > 0) WHERE c > ?2 ORDER BY c",
    ),
    Part {
        name: "event",
        sealed: Some(("vouched_by", "vouched")),
        statement: "SELECT id AS c, json_object('event_id', id, 'kind', kind, 'at', at, 'customer_id', customer_id),
            vouched_sealed FROM events WHERE person = ?1 AND c > ?2 ORDER BY c",
    },
    Part {
        name: "evidence",
        sealed: Some(("reason", "reason")),
        statement: "SELECT printf('%015d', at) || '/' || evidence || '/' || key AS c, json_object('at', at,
            'evidence', evidence, 'key', key, 'referrer', referrer, 'version', version, 'channel', channel, 'variant', variant,
            'placement', placement), reason_sealed
            FROM bindings WHERE person = ?1 AND c > ?2 ORDER BY c",
    },
    part(
        "fact",
        "SELECT printf('%015d', seq) AS c, json_object('seq', seq, 'kind', kind, 'at', at, 'person', person,
            'referrer', referrer, 'order_id', iif(person = ?1, order_id, NULL), 'reward', reward, 'click', click,
            'channel', channel, 'variant', variant, 'placement', placement, 'version', version,
            'currency', iif(person = ?1, currency, NULL), 'amount', iif(person = ?1, amount, NULL),
            'discount', iif(person = ?1, discount, NULL)), NULL FROM facts WHERE (person = ?1 OR referrer = ?1)
            AND seq > CAST(?2 AS INTEGER) ORDER BY seq",
    ),
    part(
        "lead",
        "SELECT id AS c, json_object('id', id, 'referrer', referrer, 'invitee', person, 'stage', stage, 'done', done,
            'steps', steps, 'at', at), NULL FROM leads WHERE (referrer = ?1 OR person = ?1) AND c > ?2 ORDER BY c",
    ),
    // Of what others did nothing is told but that it was: neither by which order, nor how much it was about, nor what they hold.
    part(
        "log",
        "SELECT printf('%015d', seq) AS c, json_object('seq', seq, 'at', at, 'kind', kind, 'person', person, 'other', other,
            'order_id', iif((SELECT o.person FROM orders o WHERE o.id = log.order_id) = ?1, order_id, NULL), 'data', json(iif(person = ?1,
            iif(kind = 'discount.claimed', json_remove(data, '$.discount_code'), data),
            json_remove(data, '$.total', '$.amount', '$.fact', '$.moved', '$.reward', '$.rewards')))), NULL
            FROM log WHERE (person = ?1 OR other = ?1) AND seq > CAST(?2 AS INTEGER) ORDER BY seq",
    ),
    part(
        "order",
        "SELECT id AS c, json_object('order_id', id, 'customer_id', customer_id, 'currency', currency, 'subtotal', subtotal,
            'discount', discount, 'total', total, 'at', at, 'received_at', received_at, 'decision', json(decision)), NULL
            FROM orders WHERE person = ?1 AND c > ?2 ORDER BY c",
    ),
    part(
        "proof",
        "SELECT id AS c, json_object('expires_at', expires_at), NULL FROM proofs WHERE person = ?1 AND c > ?2 ORDER BY c",
    ),
    part(
        "referral",
        "SELECT id AS c, json_object('id', id, 'referrer', referrer, 'invitee', invitee, 'order_id',
            iif(invitee = ?1, order_id, NULL), 'at', at), NULL FROM referrals
            WHERE (referrer = ?1 OR invitee = ?1) AND c > ?2 ORDER BY c",
    ),
    // The note is the invitee's, under whose pseudonym it was encrypted.
    Part {
        name: "review",
        sealed: Some(("note", "review")),
        statement: "SELECT v.referral || '/' || printf('%015d', seq) AS c, json_object('referral', v.referral,
            'approved', json(iif(approved, 'true', 'false')), 'at', v.at), iif(r.invitee = ?1, note_sealed, NULL) FROM reviews v JOIN referrals r ON r.id = v.referral
            WHERE (r.referrer = ?1 OR r.invitee = ?1) AND c > ?2 ORDER BY c",
    },
    part(
        "reward",
        "SELECT id AS c, json_object('id', id, 'referral', referral, 'cause', cause, 'kind', kind, 'description', description,
            'quantity', quantity, 'amount', amount, 'reversed', reversed, 'granted', granted, 'currency', currency,
            'state', state, 'payable_at', payable_at, 'expires_at', expires_at, 'earned_at', earned_at), NULL
            FROM rewards WHERE owner = ?1 AND c > ?2 ORDER BY c",
    ),
    // Encrypted under the reward, with which the cursor begins.
    Part {
        name: REWARD_NOTE,
        sealed: Some(("note", "note")),
        statement: "SELECT reward || '/' || printf('%015d', seq) AS c, json_object('reward', reward, 'step', step, 'at', at),
            note_sealed FROM reward_notes JOIN rewards w ON w.id = reward WHERE w.owner = ?1 AND c > ?2 ORDER BY c",
    },
    part(
        "subscription",
        "SELECT s.id AS c, json_object('id', s.id, 'order_id', s.order_id, 'began_at', began_at, 'renewals', renewals), NULL
            FROM subscriptions s JOIN orders o ON o.id = s.order_id WHERE o.person = ?1 AND c > ?2 ORDER BY c",
    ),
    part(
        "taking",
        "SELECT id AS c, json_object('id', id, 'currency', currency, 'amount', amount, 'at', at), NULL FROM takings
            WHERE person = ?1 AND c > ?2 ORDER BY c",
    ),
    part(
        "trace",
        "SELECT hash AS c, json_object('kind', kind, 'at', at), NULL FROM traces WHERE person = ?1 AND c > ?2 ORDER BY c",
    ),
    part(
        "undone",
        "SELECT order_id || '/' || key AS c, json_object('order_id', order_id, 'key', key, 'at', undos.at,
            'fact', json(fact)), NULL FROM undos JOIN orders o ON o.id = order_id WHERE o.person = ?1 AND c > ?2 ORDER BY c",
    ),
];

const fn part(name: &'static str, statement: &'static str) -> Part {
    Part {
        name,
        sealed: None,
        statement,
    }
}

impl Store<'_> {
    /// Records of one part after a cursor.
    pub(crate) fn export_part(
        &self,
        part: &Part,
        person: &Pseudonym,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Stored>, SqlError> {
        self.flush()?;
        let statement = format!("{} LIMIT {limit}", part.statement);
        let values = &[Param::from(person.0.as_str()), Param::from(after)];
        self.list(&statement, values, |row| Stored {
            cursor: row.text(0).to_owned(),
            json: row.text(1).to_owned(),
            sealed: row.maybe_blob(2).map(<[u8]>::to_vec),
        })
    }
}
