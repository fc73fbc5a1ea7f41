//! Evidence that names the buyer: a claim or registration of theirs, or a referral that staff has entered.

use goodword_shared::attribution::Evidence;
use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// Evidence of one person.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) at: Millis,
    pub(crate) evidence: Evidence,
    /// Click id of the claim, or the referral code.
    pub(crate) key: String,
    pub(crate) referrer: Pseudonym,
    /// Version of the terms, for good.
    pub(crate) version: u32,
    /// What staff said of it, encrypted.
    pub(crate) reason_sealed: Option<Vec<u8>>,
}

impl Store<'_> {
    /// Evidence of a person, oldest first.
    pub(crate) fn bindings(&self, person: &Pseudonym) -> Result<Vec<Binding>, SqlError> {
        let rows = self.rows(
            "SELECT at, evidence, key, referrer, version, reason_sealed FROM bindings WHERE person = ?
                ORDER BY at, evidence, key",
            &[Param::from(person.0.as_str())],
        )?;
        rows.iter().map(read).collect()
    }

    /// Adds evidence of a person, who counts it; the very same again is the same.
    pub(crate) fn bind(&self, person: &Pseudonym, binding: &Binding) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO bindings (person, at, evidence, key, referrer, version, reason_sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            &[
                Param::from(person.0.as_str()),
                Param::from(binding.at.0),
                Param::from(name(binding.evidence)),
                Param::from(binding.key.as_str()),
                Param::from(binding.referrer.0.as_str()),
                Param::from(binding.version),
                Param::from(binding.reason_sealed.as_ref()),
            ],
        )?;
        self.run(
            "UPDATE people SET bindings = (SELECT count(*) FROM bindings WHERE person = ?1) WHERE id = ?1",
            &[Param::from(person.0.as_str())],
        )
    }
}

/// The name of a piece of evidence that names its buyer.
pub(crate) const fn name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Staff => "staff",
        _ => "bound",
    }
}

fn read(row: &Row) -> Result<Binding, SqlError> {
    Ok(Binding {
        at: Millis(row.int(0)?),
        evidence: match row.text(1)? {
            "staff" => Evidence::Staff,
            _ => Evidence::Bound,
        },
        key: row.text(2)?.to_owned(),
        referrer: Pseudonym(row.text(3)?.to_owned()),
        version: row.count(4)?,
        reason_sealed: row.maybe_blob(5)?.map(<[u8]>::to_vec),
    })
}
