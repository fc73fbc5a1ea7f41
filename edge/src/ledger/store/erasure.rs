//! Takes out of every table what tells who somebody was. Pseudonyms, money and the chained log stay.
//!
//! Few people are ever erased, so that tables without an index for it are read through: an index would cost a row of
//! every order instead.

use goodword_shared::attribution::Identity;
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ExternalId, Pseudonym};

use super::Store;
use super::people::Person;
use crate::ledger::sql::{Param, SqlError};

/// What stands in a decision where the code of an erased person stood.
const ERASED: &str = "erased";

/// What goes with a person, by their pseudonym: proofs, traces and notes, evidence that names them or that they are named by,
/// friends of theirs on their way, and hashes of networks and browsers.
const GOES: [&str; 8] = [
    "DELETE FROM proofs WHERE person = ?1",
    "DELETE FROM traces WHERE person = ?1",
    "UPDATE reviews SET note_sealed = NULL WHERE referral IN
        (SELECT id FROM referrals WHERE referrer = ?1 OR invitee = ?1)",
    "DELETE FROM reward_notes WHERE reward IN (SELECT w.id FROM rewards w LEFT JOIN referrals r ON r.id = w.referral
        WHERE w.owner = ?1 OR r.referrer = ?1 OR r.invitee = ?1)",
    "UPDATE touches SET source = NULL, source_before = NULL, browser = NULL, browser_before = NULL WHERE (referrer = ?1
        OR order_id IN (SELECT id FROM orders WHERE person = ?1)
        OR click_id IN (SELECT key FROM bindings WHERE person = ?1))",
    "UPDATE people SET bindings = (SELECT count(*) FROM bindings b WHERE b.person = people.id AND b.referrer <> ?1)
        WHERE id IN (SELECT person FROM bindings WHERE referrer = ?1)",
    "DELETE FROM bindings WHERE person = ?1 OR referrer = ?1",
    "DELETE FROM leads WHERE person = ?1 OR referrer = ?1",
];

/// What events that are still to be told, or were given up, say of a person beside the pseudonym: in each table for the one
/// whose reward it is, and for the referrer. Their order of fields stays.
const TOLD: [(&str, &str); 4] = [
    ("outbox", "owner"),
    ("outbox", "referrer"),
    ("dead_letters", "owner"),
    ("dead_letters", "referrer"),
];

impl Store<'_> {
    /// Orders with a record in KV that names this person, by pseudonym or by code.
    pub(crate) fn orders_naming(&self, person: &Person) -> Result<Vec<String>, SqlError> {
        self.list(
            "SELECT id FROM orders WHERE (person = ?1 OR instr(decision, ?1) > 0 OR instr(decision, ?2) > 0)
                AND (decision ->> '$.referrer' IS NOT NULL OR json_array_length(decision, '$.considered') > 0) ORDER BY id",
            &[
                Param::from(person.id.0.as_str()),
                Param::from(&quoted(&person.code)),
            ], |row| row.text(0).to_owned())
    }

    /// Takes customer id and address out of orders and events: of this person, and of whoever was named like this. An address
    /// that came with another customer's id is theirs, unless nothing but the address was said.
    pub(crate) fn unname_reports(
        &self,
        person: Option<&Pseudonym>,
        identity: &Identity,
    ) -> Result<(), SqlError> {
        for table in ["orders", "events"] {
            let also = if table == "events" {
                ", vouched_sealed = iif(person = ?1, NULL, vouched_sealed)"
            } else {
                ""
            };
            let statement = format!(
                "UPDATE {table} SET customer_id = NULL, email_exact = NULL{also} WHERE person = ?1 OR customer_id = ?2
                    OR (email_exact = ?3 AND (?2 IS NULL OR customer_id IS NULL OR customer_id = ?2))"
            );
            let email = identity.email.as_ref();
            let values = &[
                Param::from(person.map(|id| id.0.as_str())),
                Param::from(identity.customer.as_ref().map(ExternalId::as_str)),
                Param::from(email.map(|hashes| hashes.exact.0.as_str())),
            ];
            self.run(&statement, values)?;
        }
        Ok(())
    }

    /// Takes everything of a person out that says who they are, the code out of the decisions on these orders too. They are left
    /// with a code that is nobody's.
    pub(crate) fn unname(
        &self,
        person: &Person,
        orders: &[String],
        left_with: &ReferralCode,
    ) -> Result<(), SqlError> {
        let id = Param::from(person.id.0.as_str());
        let (code, erased) = (quoted(&person.code), format!("\"{ERASED}\""));
        for order in orders {
            self.run(
                "UPDATE orders SET decision = replace(decision, ?1, ?2) WHERE id = ?3 AND instr(decision, ?1) > 0",
                &[
                    Param::from(&code),
                    Param::from(&erased),
                    Param::from(order),
                ],
            )?;
        }
        for statement in GOES {
            self.run(statement, &[id])?;
        }
        for (table, who) in TOLD {
            // What `json_set` makes is JSON, and would be put in as an object; what `replace` makes is text.
            let statement = format!(
                "UPDATE {table} SET payload = json_set(payload, '$.body', replace(
                    json_set(payload ->> '$.body', '$.data.{who}.customer_id', NULL), ?2, ?3))
                    WHERE kind = 'webhook' AND payload ->> '$.body' ->> '$.data.{who}.id' = ?1"
            );
            let values = &[
                id,
                Param::from(person.code.as_str()),
                Param::from(left_with.as_str()),
            ];
            self.run(&statement, values)?;
        }
        self.unname_record(person, left_with)
    }

    /// Takes out of a person's own record what says who they are.
    pub(crate) fn unname_record(
        &self,
        person: &Person,
        left_with: &ReferralCode,
    ) -> Result<(), SqlError> {
        self.run(
            "DELETE FROM dead_letters WHERE kind = 'code' AND target = ?",
            &[Param::from(person.code.as_str())],
        )?;
        self.run(
            "UPDATE people SET code = ?, customer_id = NULL, email_exact = NULL, email_canonical = NULL, name_sealed = NULL,
                email_sealed = NULL, note_sealed = NULL, bindings = 0 WHERE id = ?",
            &[
                Param::from(left_with.as_str()),
                Param::from(person.id.0.as_str()),
            ],
        )
    }

    /// Rewards of a person that are still owed.
    pub(crate) fn count_owed(&self, owner: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM rewards WHERE owner = ? AND state IN ('pending', 'approved')",
            &[Param::from(owner.0.as_str())],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }
}

/// A code as it stands in JSON.
fn quoted(code: &ReferralCode) -> String {
    format!("\"{}\"", code.as_str())
}
