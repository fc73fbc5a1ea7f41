//! Orders with their decisions, and the facts that take orders back.

use goodword_shared::decide::decision::StoredDecision;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::json::{Error, parse, write};
use goodword_shared::money::{Currency, Money, MoneyError};
use goodword_shared::order::{Amounts, Undo, UndoKind};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// An order as stored. Its contents are what a repeated report is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredOrder {
    pub(crate) id: ExternalId,
    /// Who bought; nobody when the shop did not say.
    pub(crate) person: Option<Pseudonym>,
    pub(crate) customer_id: Option<String>,
    pub(crate) email_exact: Option<String>,
    pub(crate) currency: String,
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) total: i64,
    pub(crate) at: Millis,
    /// The decision, JSON.
    pub(crate) decision: String,
}

impl StoredOrder {
    /// Whether it was erased whose it was: somebody bought, and nothing says who.
    pub(crate) const fn is_unnamed(&self) -> bool {
        self.person.is_some() && self.customer_id.is_none() && self.email_exact.is_none()
    }

    /// What was decided of it, with everything it was decided by.
    pub(crate) fn decided(&self) -> Result<StoredDecision, Error> {
        parse(&self.decision)
    }

    /// What it comes to.
    pub(crate) fn amounts(&self) -> Result<Amounts, MoneyError> {
        Ok(Amounts {
            subtotal: self.money(self.subtotal)?,
            discount: self.money(self.discount)?,
            total: self.money(self.total)?,
        })
    }

    /// So many minor units of its currency.
    pub(crate) fn money(&self, minor: i64) -> Result<Money, MoneyError> {
        Money::new(minor, Currency::parse(&self.currency)?)
    }
}

impl Store<'_> {
    /// An order by the shop's id.
    pub(crate) fn order(&self, id: &ExternalId) -> Result<Option<StoredOrder>, SqlError> {
        Ok(self.order_and_undos(id)?.0)
    }

    /// An order by the shop's id, and all facts that take it back: they may be known before it is.
    pub(crate) fn order_and_undos(
        &self,
        id: &ExternalId,
    ) -> Result<(Option<StoredOrder>, Vec<UndoKind>), SqlError> {
        // Nearly every report is the first that is heard of its order: then this is two looks and no row. A join would make a
        // table in between, and cost more than any other question that an order asks.
        let rows = self.rows(
            "SELECT fact, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM undos WHERE order_id = ?1
                UNION ALL
                SELECT NULL, person, customer_id, email_exact, currency, subtotal, discount, total, at, decision
                FROM orders WHERE id = ?1",
            &[Param::from(id.as_str())],
        )?;
        let (mut stored, mut undos) = (None, Vec::new());
        for row in &rows {
            match row.maybe_text(0) {
                Some(json) => undos.push(fact(json)?),
                None => stored = Some(order(row, id)),
            }
        }
        Ok((stored, undos))
    }

    /// Adds an order.
    pub(crate) fn add_order(
        &self,
        order: &StoredOrder,
        received_at: Millis,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO orders (id, person, customer_id, email_exact, currency, subtotal, discount, total, at,
                received_at, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                Param::from(order.id.as_str()),
                Param::from(order.person.as_ref().map_or("", |id| id.0.as_str())),
                Param::from(order.customer_id.as_ref()),
                Param::from(order.email_exact.as_ref()),
                Param::from(order.currency.as_str()),
                Param::from(order.subtotal),
                Param::from(order.discount),
                Param::from(order.total),
                Param::from(order.at.0),
                Param::from(received_at.0),
                Param::from(order.decision.as_str()),
            ],
        )
    }

    /// All facts that take an order back with their times, oldest first.
    pub(crate) fn dated_undos(
        &self,
        order: &ExternalId,
    ) -> Result<Vec<(Millis, UndoKind)>, SqlError> {
        let rows = self.rows(
            "SELECT at, fact FROM undos WHERE order_id = ? ORDER BY at, key",
            &[Param::from(order.as_str())],
        )?;
        rows.iter()
            .map(|row| Ok((Millis(row.int(0)), fact(row.text(1))?)))
            .collect()
    }

    /// A fact by its business key.
    pub(crate) fn undo(&self, order: &ExternalId, key: &str) -> Result<Option<UndoKind>, SqlError> {
        let row = self.row(
            "SELECT fact FROM undos WHERE order_id = ? AND key = ?",
            &[Param::from(order.as_str()), Param::from(key)],
        )?;
        row.map(|row| fact(row.text(0))).transpose()
    }

    /// Adds a fact under its business key.
    pub(crate) fn add_undo(&self, undo: &Undo, key: &str) -> Result<(), SqlError> {
        let json = write(&undo.kind);
        self.run(
            "INSERT INTO undos (order_id, key, fact, at) VALUES (?, ?, ?, ?)",
            &[
                Param::from(undo.order.as_str()),
                Param::from(key),
                Param::from(&json),
                Param::from(undo.at.0),
            ],
        )
    }
}

fn fact(json: &str) -> Result<UndoKind, SqlError> {
    parse(json).map_err(|_| SqlError("a value that JSON cannot hold".into()))
}

fn order(row: &Row, id: &ExternalId) -> StoredOrder {
    StoredOrder {
        id: id.clone(),
        person: Some(row.text(1))
            .filter(|id| !id.is_empty())
            .map(|id| Pseudonym(id.to_owned())),
        customer_id: row.maybe_text(2).map(str::to_owned),
        email_exact: row.maybe_text(3).map(str::to_owned),
        currency: row.text(4).to_owned(),
        subtotal: row.int(5),
        discount: row.int(6),
        total: row.int(7),
        at: Millis(row.int(8)),
        decision: row.text(9).to_owned(),
    }
}
