//! Claims with their clicks, and the single-use discounts minted for them.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::risk::arrival::{Ad, Provenance};
use goodword_shared::time::Millis;

use super::traces::{Trace, TraceKind};
use super::{Store, places};
use crate::ledger::sql::{Param, Row, SqlError};

/// A claim, or a click that an order has used without one.
#[derive(Clone, Debug)]
pub(crate) struct Touch {
    /// Click id in hex, or `typed:` and a random id for a claim by code.
    pub(crate) click_id: String,
    pub(crate) referrer: Pseudonym,
    pub(crate) clicked_at: Millis,
    pub(crate) channel: String,
    pub(crate) variant: u32,
    pub(crate) placement: Option<String>,
    /// Version of the terms, for good.
    pub(crate) version: u32,
    /// `None` when the click was never claimed.
    pub(crate) claim: Option<Claim>,
    /// The order that used the discount, or the click.
    pub(crate) order_id: Option<String>,
    /// From where it was clicked.
    pub(crate) from: Provenance,
    /// Whether the buyer was about to pay, as far as that is known.
    pub(crate) late: bool,
}

/// Where somebody was, as a network or a browser: hashed under the key in use and the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) now: Option<String>,
    pub(crate) before: Option<String>,
}

impl Seen {
    /// All hashes under which it may have been seen.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = String> {
        self.now.iter().chain(&self.before).cloned()
    }

    /// As it is kept with a person.
    pub(crate) fn trace(&self, kind: TraceKind) -> Option<Trace> {
        let hash = self.now.clone()?;
        Some(Trace { kind, hash })
    }
}

impl Touch {
    /// Whether nothing was clicked: a code was typed.
    pub(crate) fn is_typed(&self) -> bool {
        self.click_id.starts_with("typed:")
    }
}

/// Begins what stands for the code of a claim that waits for one: no code begins so.
pub(crate) const WAITING: &str = "waiting:";

/// What was minted for a touch.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) at: Millis,
    /// Its code; `waiting:` and the click while there is none.
    pub(crate) discount_code: String,
    pub(crate) expires_at: Millis,
    /// The claimer's network.
    pub(crate) network: Seen,
    /// And browser, if its page told one from another.
    pub(crate) browser: Seen,
}

impl Claim {
    /// The code, unless the claim waits for one.
    pub(crate) fn code(&self) -> Option<&str> {
        let code = self.discount_code.as_str();
        (!code.starts_with(WAITING)).then_some(code)
    }
}

/// Unused and unexpired discounts, counted.
pub(crate) struct LiveDiscounts {
    pub(crate) for_code: u32,
    pub(crate) for_source: u32,
}

const COLUMNS: &str = "click_id, referrer, clicked_at, claimed_at, channel, variant, version, discount_code, expires_at, source, order_id, placement, \
    source_before, browser, browser_before, coupon, ad, late";

impl Store<'_> {
    /// The claim of a click.
    pub(crate) fn touch_by_click(&self, click_id: &str) -> Result<Option<Touch>, SqlError> {
        self.touch("click_id = ?", click_id)
    }

    /// The claim behind a discount code.
    pub(crate) fn touch_by_discount(&self, code: &str) -> Result<Option<Touch>, SqlError> {
        self.touch("discount_code = ?", code)
    }

    /// Newest claims of a referrer that no order has used.
    pub(crate) fn open_touches(
        &self,
        referrer: &Pseudonym,
        limit: u32,
    ) -> Result<Vec<Touch>, SqlError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM touches WHERE referrer = ? AND discount_code IS NOT NULL AND order_id IS NULL
                ORDER BY claimed_at DESC LIMIT {limit}"
        );
        let values = &[Param::from(referrer.0.as_str())];
        Ok(self.rows(&statement, values)?.iter().map(read).collect())
    }

    /// Claims of a referrer, used or not.
    pub(crate) fn count_touches(&self, referrer: &Pseudonym) -> Result<u32, SqlError> {
        let row = self.row(
            "SELECT count(*) FROM touches WHERE referrer = ? AND discount_code IS NOT NULL",
            &[Param::from(referrer.0.as_str())],
        )?;
        Ok(row.map_or(0, |row| row.count(0)))
    }

    /// Live unused discounts of a referrer, in all and from one source.
    pub(crate) fn live_discounts(
        &self,
        referrer: &Pseudonym,
        source: &Seen,
        now: Millis,
    ) -> Result<LiveDiscounts, SqlError> {
        let row = self.row(
            "SELECT count(*), count(CASE WHEN source IN (?, ?) THEN 1 END) FROM touches
                WHERE referrer = ? AND discount_code IS NOT NULL AND order_id IS NULL AND expires_at >= ?",
            &[
                Param::from(source.now.as_ref()),
                Param::from(source.before.as_ref()),
                Param::from(referrer.0.as_str()),
                Param::from(now.0),
            ],
        )?;
        let row = row.ok_or_else(|| SqlError("a count without a row".into()))?;
        Ok(LiveDiscounts {
            for_code: row.count(0),
            for_source: row.count(1),
        })
    }

    /// Adds a claim, or a used click.
    pub(crate) fn add_touch(&self, touch: &Touch) -> Result<(), SqlError> {
        let marks = places(18);
        let statement = format!("INSERT INTO touches ({COLUMNS}) VALUES ({marks})");
        let claim = touch.claim.as_ref();
        let nobody = Seen::default();
        let network = claim.map_or(&nobody, |claim| &claim.network);
        let browser = claim.map_or(&nobody, |claim| &claim.browser);
        let seen = network.now.is_some() || browser.now.is_some();
        if let Some(claim) = claim.filter(|_| seen) {
            self.wake_at(claim.expires_at.plus_ms(1));
        }
        self.run(
            &statement,
            &[
                Param::from(&touch.click_id),
                Param::from(&touch.referrer.0),
                Param::from(touch.clicked_at.0),
                Param::from(claim.map(|claim| claim.at.0)),
                Param::from(&touch.channel),
                Param::from(touch.variant),
                Param::from(touch.version),
                Param::from(claim.map(|claim| claim.discount_code.as_str())),
                Param::from(claim.map(|claim| claim.expires_at.0)),
                Param::from(network.now.as_ref()),
                Param::from(touch.order_id.as_ref()),
                Param::from(touch.placement.as_ref()),
                Param::from(network.before.as_ref()),
                Param::from(browser.now.as_ref()),
                Param::from(browser.before.as_ref()),
                Param::from(touch.from.coupon_site),
                Param::from(touch.from.ad.map(Ad::name)),
                Param::from(touch.late),
            ],
        )
    }

    /// Marks a discount as used by an order.
    pub(crate) fn use_touch(&self, touch: &Touch, order: &ExternalId) -> Result<(), SqlError> {
        self.run(
            "UPDATE touches SET order_id = ?, late = ? WHERE click_id = ? AND order_id IS NULL",
            &[
                Param::from(order.as_str()),
                Param::from(touch.late),
                Param::from(touch.click_id.as_str()),
            ],
        )
    }

    /// Whether a click was used by an order of somebody else than this person.
    pub(crate) fn is_used_by_another(
        &self,
        click: &str,
        person: &Pseudonym,
    ) -> Result<bool, SqlError> {
        let row = self.row(
            "SELECT 1 FROM touches t LEFT JOIN orders o ON o.id = t.order_id
                WHERE click_id = ? AND t.order_id IS NOT NULL AND o.person IS NOT ?",
            &[Param::from(click), Param::from(person.0.as_str())],
        )?;
        Ok(row.is_some())
    }

    fn touch(&self, condition: &str, value: &str) -> Result<Option<Touch>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM touches WHERE {condition}");
        let row = self.row(&statement, &[Param::from(value)])?;
        Ok(row.as_ref().map(read))
    }
}

fn read(row: &Row) -> Touch {
    Touch {
        click_id: row.text(0).to_owned(),
        referrer: Pseudonym(row.text(1).to_owned()),
        clicked_at: Millis(row.int(2)),
        channel: row.text(4).to_owned(),
        variant: row.count(5),
        version: row.count(6),
        claim: row.maybe_text(7).map(|code| claim(row, code)),
        order_id: row.maybe_text(10).map(str::to_owned),
        placement: row.maybe_text(11).map(str::to_owned),
        from: Provenance {
            coupon_site: row.int(15) != 0,
            ad: row.maybe_text(16).and_then(Ad::from_name),
        },
        late: row.int(17) != 0,
    }
}

fn claim(row: &Row, discount_code: &str) -> Claim {
    Claim {
        at: Millis(row.int(3)),
        discount_code: discount_code.to_owned(),
        expires_at: Millis(row.int(8)),
        network: seen(row, 9, 12),
        browser: seen(row, 13, 14),
    }
}

fn seen(row: &Row, now: usize, before: usize) -> Seen {
    Seen {
        now: row.maybe_text(now).map(str::to_owned),
        before: row.maybe_text(before).map(str::to_owned),
    }
}
