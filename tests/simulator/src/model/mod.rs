//! The reference model: what must be true, from the facts that the ledger has accepted.
//!
//! Written differently on purpose: plain maps in memory, no SQL, no steps. It is told facts (a claim was made, an order
//! arrived, a refund was reported) and says to whom each order belongs and what must have become of its reward.

mod attribution;
pub mod life;
pub mod people;
pub mod rules;
pub mod terms;

use std::collections::BTreeMap;

use self::life::{Expected, Life, Undo};
use self::people::{Naming, People};
use self::terms::{Line, Terms};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// A click on a share link, with the generation of the key that signed it.
#[derive(Clone, Debug)]
pub struct Click {
    /// Its id in hex.
    pub id: String,
    /// Its token.
    pub token: String,
    /// Whose code it was.
    pub code: String,
    /// When.
    pub at: i64,
    /// Generation of the signing key.
    pub generation: u8,
}

/// A claim that was accepted.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The click, or what tells this claim of a typed code from others.
    pub click: String,
    /// The discount that was minted.
    pub discount_code: String,
    /// Whose.
    pub referrer: usize,
    /// When the link was clicked, or the code typed.
    pub touched_at: i64,
    /// Version of the terms.
    pub version: usize,
    /// Until when the discount is valid.
    pub expires_at: i64,
    /// The visitor's network.
    pub source: Option<String>,
    /// The order that used it.
    pub used_by: Option<String>,
}

/// An order as the shop reports it.
#[derive(Clone, Debug)]
pub struct Order {
    /// The shop's id.
    pub id: String,
    /// When it was paid.
    pub at: i64,
    /// When its checkout began.
    pub checkout_at: Option<i64>,
    /// The buyer.
    pub buyer: Naming,
    /// After discounts.
    pub subtotal: i64,
    /// What discounts took off.
    pub discount: i64,
    /// What was paid.
    pub total: i64,
    /// Click token.
    pub click: Option<Click>,
    /// Discount codes.
    pub codes: Vec<String>,
    /// A code that the buyer typed.
    pub typed: Option<String>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Events of the buyer, where nothing was bought and those convert.
    pub events: Option<Vec<(String, i64)>>,
}

/// What the shop reports besides orders.
#[derive(Clone, Debug)]
pub struct Event {
    /// The shop's id.
    pub id: String,
    /// What happened.
    pub kind: String,
    /// To whom.
    pub naming: Naming,
    /// A code that they named.
    pub code: Option<String>,
    /// When.
    pub at: i64,
}

/// What must have been decided on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Why.
    pub reason: &'static str,
    /// Whose referral.
    pub referrer: Option<usize>,
    /// Version of the terms of a referral.
    pub version: usize,
    /// What was earned; zero without a reward.
    pub amount: i64,
    /// Why a referral earned nothing.
    pub no_reward: Option<&'static str>,
}

/// An order that the ledger has accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The order.
    pub order: Order,
    /// The time of the command.
    pub now: i64,
    /// Its moment in the story.
    pub moment: usize,
    /// The decision.
    pub decision: Decision,
}

/// All facts so far.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Versions of the program with their times; the first is version 1.
    pub versions: Vec<(i64, Terms)>,
    /// Everybody.
    pub people: People,
    /// Generations of live token keys.
    pub token_keys: Vec<u8>,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Orders by id.
    pub orders: BTreeMap<String, Accepted>,
    /// Events by id: kind and customer.
    pub events: BTreeMap<String, (String, Naming)>,
    /// Facts that take orders back, by order and business key.
    pub undos: BTreeMap<String, Vec<(usize, String, Undo)>>,
    /// Moments and times at which due rewards were granted.
    pub grants: Vec<(usize, i64)>,
    /// Clicks that an order has used without a claim.
    used_clicks: Vec<String>,
    moment: usize,
}

impl Model {
    /// The newest version and its number.
    pub fn newest(&self) -> (usize, &Terms) {
        let (_, terms) = self.versions.last().expect("a program");
        (self.versions.len(), terms)
    }

    /// A version by number.
    pub fn terms(&self, version: usize) -> &Terms {
        &self.versions[version - 1].1
    }

    /// The newest version that was in force at a time, or the first.
    pub fn version_at(&self, at: i64) -> usize {
        let newest = self.versions.iter().rposition(|(from, _)| *from <= at);
        newest.unwrap_or(0) + 1
    }

    /// The moment after all that has happened.
    pub const fn now(&self) -> usize {
        self.moment
    }

    /// An order was accepted. Its buyer's pseudonym is the ledger's.
    pub fn order_accepted(&mut self, order: Order, now: i64, invitee: &str) -> &Accepted {
        self.moment += 1;
        let decision = self.decide(&order, now);
        self.use_up(&order, &decision);
        if !order.buyer.is_nobody() {
            let buyer = self.people.introduce(&order.buyer, invitee);
            let record = &mut self.people.0[buyer];
            record.orders += usize::from(order.events.is_none());
            record.referrer = record.referrer.or(decision.referrer);
        }
        let id = order.id.clone();
        let moment = self.moment;
        let accepted = Accepted {
            order,
            now,
            moment,
            decision,
        };
        self.orders.entry(id).or_insert(accepted)
    }

    /// A fact about an order was accepted.
    pub fn undo_accepted(&mut self, order: &str, key: &str, undo: Undo) {
        self.moment += 1;
        let facts = self.undos.entry(order.to_owned()).or_default();
        facts.push((self.moment, key.to_owned(), undo));
    }

    /// An event was accepted. Returns what it has converted.
    pub fn event_accepted(&mut self, event: &Event, now: i64, invitee: &str) -> Option<&Accepted> {
        let Event {
            id,
            kind,
            naming,
            code,
            at,
        } = event;
        let (at, code) = (*at, code.as_deref());
        let owner = code.and_then(|code| self.people.by_code(code));
        let known = self.people.judged(naming);
        let other = owner.filter(|owner| {
            let owner = &self.people.0[*owner].named;
            !known.iter().any(|one| one.is(owner))
        });
        let version = self.version_at(at);
        let index = self.people.introduce(naming, invitee);
        let record = &mut self.people.0[index];
        record.events.push((kind.clone(), at));
        if let (Some(referrer), Some(code)) = (other, code) {
            record.bonds.push(people::Bond {
                staff: None,
                at,
                key: code.to_owned(),
                referrer,
                version,
            });
        }
        let order = Order {
            id: format!("event:{id}"),
            at,
            checkout_at: None,
            buyer: naming.clone(),
            subtotal: 0,
            discount: 0,
            total: 0,
            click: None,
            codes: Vec::new(),
            typed: None,
            lines: Vec::new(),
            events: Some(record.events.clone()),
        };
        self.decide(&order, now).referrer?;
        Some(self.order_accepted(order, now, invitee))
    }

    /// Due rewards were granted.
    pub fn granted(&mut self, now: i64) {
        self.moment += 1;
        self.grants.push((self.moment, now));
    }

    /// What must be stored of an order's reward; `None` when it has none.
    pub fn expected(&self, order: &str) -> Option<(&Accepted, Expected)> {
        let accepted = self
            .orders
            .get(order)
            .filter(|accepted| accepted.decision.amount > 0)?;
        let undos = self.undos_of(order);
        Some((accepted, self.life(accepted, &undos).expected(self.moment)))
    }

    /// Whether nothing must be left of an order's reward.
    pub fn wholly_gone(&self, order: &str) -> bool {
        let undos = self.undos_of(order);
        let accepted = &self.orders[order];
        self.life(accepted, &undos).wholly_gone(self.moment)
    }

    fn undos_of(&self, order: &str) -> Vec<(usize, Undo)> {
        let facts = self.undos.get(order).map(Vec::as_slice).unwrap_or_default();
        facts
            .iter()
            .map(|(moment, _, undo)| (*moment, *undo))
            .collect()
    }

    fn life<'a>(&'a self, accepted: &Accepted, undos: &'a [(usize, Undo)]) -> Life<'a> {
        let hold_days = self.terms(accepted.decision.version).hold_days;
        Life {
            amount: accepted.decision.amount,
            total: accepted.order.total,
            earned: accepted.moment,
            due_at_once: hold_days == 0,
            payable_at: accepted.now + hold_days * DAY_MS,
            undos,
            grants: &self.grants,
        }
    }
}
