//! Evidence that names the buyer: a claim or registration of theirs, or a referral that staff has entered.

use goodword_shared::attribution::Evidence;
use goodword_shared::channel::Way;
use goodword_shared::id::Pseudonym;
use goodword_shared::time::Millis;

use super::Store;
use super::touches::Touch;
use crate::ledger::sql::{Param, Row, SqlError};

/// By what way somebody had come: channel, variant, and from where the link had been shared.
#[derive(Clone, Debug)]
pub(crate) struct ClickWay {
    pub(crate) channel: String,
    pub(crate) variant: u32,
    pub(crate) placement: Option<String>,
}

impl From<&Touch> for ClickWay {
    fn from(touch: &Touch) -> Self {
        Self {
            channel: touch.channel.clone(),
            variant: touch.variant,
            placement: touch.placement.clone(),
        }
    }
}

impl From<Way> for ClickWay {
    fn from(way: Way) -> Self {
        Self {
            channel: way.channel.name().into(),
            variant: way.variant.into(),
            placement: way.placement.map(|place| place.name().into()),
        }
    }
}

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
    /// That of the click, if it was one.
    pub(crate) way: Option<ClickWay>,
    /// What staff said of it, encrypted.
    pub(crate) reason_sealed: Option<Vec<u8>>,
}

impl Store<'_> {
    /// Evidence of a person, oldest first.
    pub(crate) fn bindings(&self, person: &Pseudonym) -> Result<Vec<Binding>, SqlError> {
        self.list(
            "SELECT at, evidence, key, referrer, version, reason_sealed, channel, variant, placement FROM bindings WHERE person = ?
                ORDER BY at, evidence, key",
            &[Param::from(person.0.as_str())], read)
    }

    /// By what way the click had come that binds a person, if it is one and that is known.
    pub(crate) fn way_of(
        &self,
        person: &Pseudonym,
        key: &str,
    ) -> Result<Option<ClickWay>, SqlError> {
        let row = self.row(
            "SELECT channel, variant, placement FROM bindings WHERE person = ? AND key = ? ORDER BY at LIMIT 1",
            &[Param::from(person.0.as_str()), Param::from(key)],
        )?;
        row.map_or(Ok(None), |row| {
            let (channel, variant) = (row.maybe_text(0), row.maybe_count(1));
            Ok(way((channel, variant), row.maybe_text(2)))
        })
    }

    /// Whether anybody is bound by this click.
    pub(crate) fn binds(&self, key: &str) -> Result<bool, SqlError> {
        let row = self.row(
            "SELECT 1 FROM bindings WHERE key = ? LIMIT 1",
            &[Param::from(key)],
        )?;
        Ok(row.is_some())
    }

    /// Adds evidence of a person, who counts it; the very same again is the same.
    pub(crate) fn bind(&self, person: &Pseudonym, binding: &Binding) -> Result<(), SqlError> {
        let way = binding.way.as_ref();
        self.run(
            "INSERT INTO bindings (person, at, evidence, key, referrer, version, reason_sealed, channel, variant, placement)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            &[
                Param::from(person.0.as_str()),
                Param::from(binding.at.0),
                Param::from(name(binding.evidence)),
                Param::from(binding.key.as_str()),
                Param::from(binding.referrer.0.as_str()),
                Param::from(binding.version),
                Param::from(binding.reason_sealed.as_ref()),
                Param::from(way.map(|way| way.channel.as_str())),
                Param::from(way.map(|way| way.variant)),
                Param::from(way.and_then(|way| way.placement.as_deref())),
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

fn read(row: &Row) -> Binding {
    Binding {
        at: Millis(row.int(0)),
        evidence: match row.text(1) {
            "staff" => Evidence::Staff,
            _ => Evidence::Bound,
        },
        key: row.text(2).to_owned(),
        referrer: Pseudonym(row.text(3).to_owned()),
        version: row.count(4),
        reason_sealed: row.maybe_blob(5).map(<[u8]>::to_vec),
        way: way((row.maybe_text(6), row.maybe_count(7)), row.maybe_text(8)),
    }
}

fn way(
    (channel, variant): (Option<&str>, Option<u32>),
    placement: Option<&str>,
) -> Option<ClickWay> {
    let (channel, variant) = channel.zip(variant)?;
    Some(ClickWay {
        channel: channel.to_owned(),
        variant,
        placement: placement.map(str::to_owned),
    })
}
