//! Account credit that was taken, by the shop's own id of each use.

use goodword_shared::api::TakenView;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::money::Money;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// One use of credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taking {
    pub(crate) person: Pseudonym,
    pub(crate) amount: i64,
    pub(crate) currency: String,
}

impl Store<'_> {
    /// A use of credit by its id.
    pub(crate) fn taking(&self, id: &ExternalId) -> Result<Option<Taking>, SqlError> {
        let row = self.row(
            "SELECT person, amount, currency FROM takings WHERE id = ?",
            &[Param::from(id.as_str())],
        )?;
        Ok(row.map(|row| Taking {
            person: Pseudonym(row.text(0).to_owned()),
            amount: row.int(1),
            currency: row.text(2).to_owned(),
        }))
    }

    /// Uses of somebody's credit, newest first.
    pub(crate) fn takings_of(
        &self,
        person: &Pseudonym,
        limit: u32,
    ) -> Result<Vec<TakenView>, SqlError> {
        let statement = format!(
            "SELECT at, amount, currency FROM takings WHERE person = ? ORDER BY at DESC, id LIMIT {limit}"
        );
        self.list(&statement, &[Param::from(person.0.as_str())], |row| {
            TakenView {
                at: row.int(0),
                amount: row.int(1),
                currency: row.text(2).to_owned(),
            }
        })
    }

    /// Adds a use of credit.
    pub(crate) fn add_taking(
        &self,
        id: &ExternalId,
        person: &Pseudonym,
        amount: Money,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO takings (id, person, currency, amount, at) VALUES (?, ?, ?, ?, ?)",
            &[
                Param::from(id.as_str()),
                Param::from(person.0.as_str()),
                Param::from(amount.currency().as_str()),
                Param::from(amount.minor()),
                Param::from(now.0),
            ],
        )
    }
}
