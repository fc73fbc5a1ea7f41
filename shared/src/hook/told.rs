//! What a platform tells, asked for by paths. Whatever is wrong is told once, at the end: until then a stand-in takes its place,
//! so that no value needs a branch of its own.

use std::cell::Cell;

use super::amount::{Unit, minor_units};
use super::moment::moment;
use super::{Platform, Unreadable};
use crate::id::ExternalId;
use crate::json::Tree;
use crate::money::{Currency, Money};
use crate::order::{Report, Undo, UndoKind};
use crate::part;
use crate::time::Millis;

/// A body of a platform's, and what is wrong with it.
pub(super) struct Told<'a> {
    pub(super) platform: Platform,
    pub(super) body: &'a Tree,
    pub(super) now: Millis,
    wrong: Cell<Option<&'static str>>,
}

impl<'a> Told<'a> {
    pub(super) const fn new(platform: Platform, body: &'a Tree, now: Millis) -> Self {
        Self {
            platform,
            body,
            now,
            wrong: Cell::new(None),
        }
    }

    /// What it reports, unless something was wrong.
    pub(super) fn reports(&self, reports: Vec<Report>) -> Result<Vec<Report>, Unreadable> {
        match self.wrong.get() {
            Some(what) => Err(Unreadable(what.into())),
            None => Ok(reports),
        }
    }

    /// What is wrong with a part of it is wrong with all of it.
    pub(super) fn as_wrong_as(&self, part: &Self) {
        self.wrong.set(self.wrong.get().or(part.wrong.get()));
    }

    /// Something cannot be read.
    pub(super) fn wrong(&self, what: &'static str) {
        self.wrong.set(self.wrong.get().or(Some(what)));
    }

    /// All values at a path, in which `[]` stands for every element of a list: `line_items[].tax_lines[].price`.
    pub(super) fn all(tree: &'a Tree, path: &str, found: &mut Vec<&'a Tree>) {
        match part::cut(path, "[]") {
            None => found.push(tree.at(path)),
            Some((list, rest)) => {
                let rest = rest.trim_start_matches('.');
                for element in tree.at(list).elements() {
                    Self::all(element, rest, found);
                }
            }
        }
    }

    /// The first text or number that is at one of these paths: of an object that is told whole, its id.
    pub(super) fn word(tree: &'a Tree, paths: &[&str]) -> Option<&'a str> {
        let mut words = paths.iter().map(|path| {
            let value = tree.at(path);
            value.word().or_else(|| value.at("id").word())
        });
        words.find_map(|word| word)
    }

    /// An order's id, with the name of its platform before it: two platforms of one program may count from one.
    pub(super) fn order_id(&self, paths: &[&str]) -> ExternalId {
        let word = Self::word(self.body, paths).unwrap_or_default();
        self.named(word, &format!("{}:{word}", self.platform.name()))
    }

    /// Any other id, as it is.
    pub(super) fn id(&self, tree: &'a Tree, path: &str) -> ExternalId {
        let word = Self::word(tree, &[path]).unwrap_or_default();
        self.named(word, word)
    }

    fn named(&self, word: &str, name: &str) -> ExternalId {
        let id = ExternalId::parse(name).ok().filter(|_| !word.is_empty());
        id.unwrap_or_else(|| {
            self.wrong("an id that is none");
            ExternalId::stand_in()
        })
    }

    /// A currency, in whatever case.
    pub(super) fn currency(&self, path: &str) -> Currency {
        let code = Self::word(self.body, &[path]).unwrap_or_default();
        Currency::parse(&code.to_ascii_uppercase()).unwrap_or_else(|_| {
            self.wrong("a currency that is none");
            Currency::stand_in()
        })
    }

    /// All amounts at a path together; a sign is dropped, because a refund is written below zero by some. What is not there is
    /// nothing.
    pub(super) fn money(
        &self,
        tree: &'a Tree,
        path: &str,
        unit: Unit,
        currency: Currency,
    ) -> Money {
        let mut values = Vec::new();
        Self::all(tree, path, &mut values);
        let mut sum = Some(0_i64);
        for word in values.into_iter().filter_map(Tree::word) {
            sum = sum
                .zip(minor_units(word, unit, currency))
                .and_then(|(sum, amount)| sum.checked_add(amount));
        }
        let money = sum.and_then(|sum| Money::new(sum, currency).ok());
        money.unwrap_or_else(|| {
            self.wrong("an amount that is none of its currency");
            Money::zero(currency)
        })
    }

    /// The first of these that is a time, at most now; now when none is.
    pub(super) fn at(&self, tree: &'a Tree, paths: &[&str]) -> Millis {
        let told: Vec<&Tree> = paths.iter().map(|path| tree.at(path)).collect();
        moment(&told, self.now)
    }

    /// A fact that takes an order back.
    pub(super) fn undo(order: &ExternalId, at: Millis, kind: UndoKind) -> Report {
        Report::Undo(Undo {
            order: order.clone(),
            at,
            kind,
        })
    }
}

/// The first without the second, and nothing where that is more.
pub(super) fn without(all: Money, part: Money) -> Money {
    match all.minus(part) {
        Ok(rest) if rest.minor() >= 0 => rest,
        _ => Money::zero(all.currency()),
    }
}
