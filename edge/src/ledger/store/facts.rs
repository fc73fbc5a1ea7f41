//! Facts for measuring: who did what, when, and by which way. Appended in the transaction of what they tell, and never
//! changed; over pseudonyms only.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::money::Money;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, SqlError, Value};

/// Facts in one answer.
pub(crate) const FACTS_PAGE: u32 = 500;

/// What happened. What does not apply is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fact {
    /// `enrolled`, `claimed`, `ordered`, ...
    pub(crate) kind: &'static str,
    /// When it happened, by whoever knows best: the shop, for orders.
    pub(crate) at: i64,
    /// Who did it, or whom it befell.
    pub(crate) person: Option<Pseudonym>,
    /// By whose referral.
    pub(crate) referrer: Option<Pseudonym>,
    /// When the referrer was enrolled: their cohort.
    pub(crate) since: Option<Millis>,
    pub(crate) order: Option<ExternalId>,
    pub(crate) reward: Option<Pseudonym>,
    /// The click, by which what was claimed and what was ordered belong together.
    pub(crate) click: Option<String>,
    /// Channel and variant of the click.
    pub(crate) way: Option<(String, u32)>,
    /// Where the link had been shared from.
    pub(crate) placement: Option<String>,
    /// Version of the terms.
    pub(crate) version: Option<u32>,
    pub(crate) amount: Option<Money>,
    /// What was taken off an order, minor units.
    pub(crate) discount: Option<i64>,
}

/// Facts are written together, at the end of their transaction.
pub(super) const INSERT: &str = "INSERT INTO facts (kind, at, person, referrer, since, order_id, reward, channel, variant, version, currency, amount, discount, placement, click)";
/// Values of a fact.
pub(super) const COLUMNS: usize = 15;

/// A fact as it is shown: the database writes the JSON, and knows the month of a cohort.
const SHOWN: &str = "SELECT json_quote(seq), json_object('seq', seq, 'kind', kind, 'at', at, 'person', person, 'referrer', referrer,
    'cohort', strftime('%Y-%m', since / 1000, 'unixepoch'), 'order_id', order_id, 'reward', reward, 'click', click, 'channel', channel,
    'variant', variant, 'placement', placement, 'version', version, 'currency', currency, 'amount', amount, 'discount', discount)";

impl Store<'_> {
    /// Appends a fact: one row, written with the others of its transaction.
    pub(crate) fn add_fact(&self, fact: Fact) {
        let (channel, variant) = fact.way.unzip();
        let currency = fact
            .amount
            .map(|amount| amount.currency().as_str().to_owned());
        let values: [Value; COLUMNS] = [
            Value::from(fact.kind),
            Value::from(fact.at),
            Value::from(fact.person.map(|id| id.0)),
            Value::from(fact.referrer.map(|id| id.0)),
            Value::from(fact.since.map(|since| since.0)),
            Value::from(fact.order.as_ref().map(ExternalId::as_str)),
            Value::from(fact.reward.map(|id| id.0)),
            Value::from(channel),
            Value::from(variant),
            Value::from(fact.version),
            Value::from(currency),
            Value::from(fact.amount.map(Money::minor)),
            Value::from(fact.discount),
            Value::from(fact.placement),
            Value::from(fact.click),
        ];
        self.notes.facts.borrow_mut().extend(values);
    }

    /// When somebody was enrolled.
    pub(crate) fn enrolled_at(&self, person: &Pseudonym) -> Result<Option<Millis>, SqlError> {
        if let Some((_, since)) = self
            .notes
            .enrolled
            .borrow()
            .as_ref()
            .filter(|known| known.0 == *person)
        {
            return Ok(Some(*since));
        }
        let row = self.row(
            "SELECT enrolled_at FROM people WHERE id = ?",
            &[Param::from(person.0.as_str())],
        )?;
        Ok(row.map(|row| Millis(row.int(0))))
    }

    /// Facts after a sequence number, oldest first: each with its number, as JSON.
    pub(crate) fn facts_after(&self, after: i64) -> Result<Vec<(String, String)>, SqlError> {
        let statement = format!("{SHOWN} FROM facts WHERE seq > ? ORDER BY seq LIMIT {FACTS_PAGE}");
        self.shown(&statement, &[Param::from(after)])
    }
}
