//! Subscriptions that began with a referral, where the terms reward later orders.

use goodword_shared::id::ExternalId;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError};

/// A subscription.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    /// Its first order, the one that converted.
    pub(crate) order: ExternalId,
    pub(crate) began_at: Millis,
    /// Orders after the first.
    pub(crate) renewals: u32,
}

impl Store<'_> {
    /// A subscription by the shop's id.
    pub(crate) fn subscription(&self, id: &ExternalId) -> Result<Option<Subscription>, SqlError> {
        let row = self.row(
            "SELECT order_id, began_at, renewals FROM subscriptions WHERE id = ?",
            &[Param::from(id.as_str())],
        )?;
        row.map(|row| {
            Ok(Subscription {
                order: ExternalId::parse(row.text(0))
                    .map_err(|_| SqlError("a stored order id".into()))?,
                began_at: Millis(row.int(1)),
                renewals: row.count(2),
            })
        })
        .transpose()
    }

    /// Keeps a subscription that has begun; one that is known stays as it is.
    pub(crate) fn begin_subscription(
        &self,
        id: &ExternalId,
        order: &ExternalId,
        at: Millis,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT OR IGNORE INTO subscriptions (id, order_id, began_at, renewals) VALUES (?, ?, ?, 0)",
            &[
                Param::from(id.as_str()),
                Param::from(order.as_str()),
                Param::from(at.0),
            ],
        )
    }

    /// Counts another order.
    pub(crate) fn renew_subscription(&self, id: &ExternalId) -> Result<(), SqlError> {
        self.run(
            "UPDATE subscriptions SET renewals = renewals + 1 WHERE id = ?",
            &[Param::from(id.as_str())],
        )
    }
}
