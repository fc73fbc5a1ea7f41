//! Orders with their decisions, and the facts that take orders back.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::order::{Undo, UndoKind};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Row, SqlError, Value};

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
        let row = self.row(
            "SELECT (SELECT json_group_array(json(fact)) FROM (SELECT fact FROM undos WHERE order_id = ?1 ORDER BY key)),
                orders.id, person, customer_id, email_exact, currency, subtotal, discount, total, at, decision
                FROM (SELECT 1) LEFT JOIN orders ON orders.id = ?1",
            vec![Value::from(id.as_str())],
        )?;
        let row = row.ok_or_else(|| SqlError("a join without a row".into()))?;
        let undos = match row.text(0)? {
            "[]" => Vec::new(),
            facts => {
                goodword_shared::json::parse(facts).map_err(|error| SqlError(error.to_string()))?
            }
        };
        let order = row.maybe_text(1)?.map(|_| order(&row, id)).transpose()?;
        Ok((order, undos))
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
            vec![
                Value::from(order.id.as_str()),
                Value::from(order.person.as_ref().map_or("", |id| id.0.as_str())),
                Value::from(order.customer_id.clone()),
                Value::from(order.email_exact.clone()),
                Value::from(order.currency.as_str()),
                Value::from(order.subtotal),
                Value::from(order.discount),
                Value::from(order.total),
                Value::from(order.at.0),
                Value::from(received_at.0),
                Value::from(order.decision.as_str()),
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
            vec![Value::from(order.as_str())],
        )?;
        rows.iter()
            .map(|row| Ok((Millis(row.int(0)?), fact(row.text(1)?)?)))
            .collect()
    }

    /// A fact by its business key.
    pub(crate) fn undo(&self, order: &ExternalId, key: &str) -> Result<Option<UndoKind>, SqlError> {
        let row = self.row(
            "SELECT fact FROM undos WHERE order_id = ? AND key = ?",
            vec![Value::from(order.as_str()), Value::from(key)],
        )?;
        row.map(|row| fact(row.text(0)?)).transpose()
    }

    /// Adds a fact.
    pub(crate) fn add_undo(&self, undo: &Undo) -> Result<(), SqlError> {
        let json =
            serde_json::to_string(&undo.kind).map_err(|error| SqlError(error.to_string()))?;
        self.run(
            "INSERT INTO undos (order_id, key, fact, at) VALUES (?, ?, ?, ?)",
            vec![
                Value::from(undo.order.as_str()),
                Value::from(undo.kind.key()),
                Value::from(json),
                Value::from(undo.at.0),
            ],
        )
    }
}

fn fact(json: &str) -> Result<UndoKind, SqlError> {
    goodword_shared::json::parse(json).map_err(|error| SqlError(error.to_string()))
}

fn order(row: &Row, id: &ExternalId) -> Result<StoredOrder, SqlError> {
    Ok(StoredOrder {
        id: id.clone(),
        person: Some(row.text(2)?)
            .filter(|id| !id.is_empty())
            .map(|id| Pseudonym(id.to_owned())),
        customer_id: row.maybe_text(3)?.map(str::to_owned),
        email_exact: row.maybe_text(4)?.map(str::to_owned),
        currency: row.text(5)?.to_owned(),
        subtotal: row.int(6)?,
        discount: row.int(7)?,
        total: row.int(8)?,
        at: Millis(row.int(9)?),
        decision: row.text(10)?.to_owned(),
    })
}
