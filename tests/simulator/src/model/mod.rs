//! The reference model: what must be true, from the facts that the ledger has accepted.
//!
//! Written differently on purpose: plain maps in memory, no SQL, no steps. It is told facts (a claim was made, an order
//! arrived, a refund was reported) and says to whom each order belongs and what must have become of its reward.

mod attribution;
pub mod life;
pub mod people;
pub mod rewards;
pub mod rules;
pub mod terms;

use std::collections::BTreeMap;

use self::life::Undo;
use self::people::{Naming, People};
use self::rewards::Earned;
use self::terms::{Line, MAIN, Terms};

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
    /// Its discount code; empty while it waits for one.
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
    /// In which fourteen days it was: a network is known again until the end of the next ones.
    pub period: i64,
    /// The order that used it.
    pub used_by: Option<String>,
}

/// Of which fourteen days a moment is.
pub const fn period(at: i64) -> i64 {
    at.div_euclid(14 * DAY_MS)
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
    /// Of all amounts.
    pub currency: &'static str,
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
    /// The subscription that it belongs to.
    pub subscription: Option<String>,
    /// What it was paid with, as its provider calls it.
    pub card: Option<&'static str>,
    /// How its referral was judged: the ledger's word, because the rule is measured elsewhere (`tests/risk`).
    pub verdict: Verdict,
}

impl Order {
    /// Whether nothing was bought: then it is no paid order.
    pub const fn is_of_nothing(&self) -> bool {
        self.events.is_none() && self.subtotal + self.discount == 0
    }
}

/// How a referral was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// It was not, or nothing follows.
    #[default]
    Allow,
    /// It waits for the merchant's word.
    Review,
    /// It is none.
    Block,
}

/// A subscription that began with a referral, where the terms reward later orders.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its first order.
    pub order: String,
    /// When it began.
    pub began_at: i64,
    /// Orders after the first.
    pub renewals: i64,
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
    /// Click or code by which it was won.
    pub key: String,
    /// Whose referral.
    pub referrer: Option<usize>,
    /// Version of the terms of a referral.
    pub version: usize,
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

/// A fact that takes an order back.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its moment in the story.
    pub moment: usize,
    /// Its business key.
    pub key: String,
    /// What it is.
    pub undo: Undo,
    /// Of which currency, if it names an amount.
    pub currency: Option<&'static str>,
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
    /// Codes of the shop's own that no claim has been given, and until when the shop takes them.
    pub pool: BTreeMap<String, Option<i64>>,
    /// Orders by id.
    pub orders: BTreeMap<String, Accepted>,
    /// Events by id: kind and customer.
    pub events: BTreeMap<String, (String, Naming)>,
    /// Facts that take orders back, by order and business key.
    pub undos: BTreeMap<String, Vec<Fact>>,
    /// Rewards.
    pub rewards: Vec<Earned>,
    /// Subscriptions by id.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// The merchant's word on referrals, by their orders.
    pub words: BTreeMap<String, bool>,
    /// Cards on the block-list.
    pub blocked: Vec<String>,
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

    /// The code that a claim must be given next and when it ends at the latest; nothing where any new one will do. An empty one
    /// waits.
    pub fn next_code(&mut self, now: i64) -> Option<(String, Option<i64>)> {
        if !self.newest().1.uploaded {
            return None;
        }
        let good = self.pool.iter();
        let good = good.filter(|(_, ends)| ends.is_none_or(|ends| ends > now));
        // What ends soonest is given first.
        let soonest = good.min_by_key(|(code, ends)| (ends.is_none(), **ends, (*code).clone()));
        let code = soonest.map(|(code, _)| code.clone()).unwrap_or_default();
        let ends = self.pool.remove(&code).flatten();
        Some((code, ends))
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
        let renewed = self.renewed(&order);
        let decision = match renewed {
            Some((referrer, version)) => Decision {
                reason: "renewal",
                key: String::new(),
                referrer: Some(referrer),
                version,
                no_reward: None,
            },
            None => self.decide(&order, now),
        };
        self.use_up(&order, &decision, now);
        let named = Some(&order.buyer).filter(|buyer| !buyer.is_nobody());
        let buyer = named.map(|buyer| self.people.introduce(buyer, invitee));
        if let Some(buyer) = buyer {
            let record = &mut self.people.0[buyer];
            record.orders += usize::from(order.events.is_none() && !order.is_of_nothing());
            if renewed.is_none() {
                record.referrer = record.referrer.or(decision.referrer);
            }
        }
        let id = order.id.clone();
        let (subscription, at) = (order.subscription.clone(), order.at);
        let (referrer, version) = (decision.referrer, decision.version);
        let accepted = Accepted {
            order,
            now,
            moment: self.moment,
            decision,
        };
        self.orders.insert(id.clone(), accepted);
        if let Some(referrer) = referrer {
            let cause = if renewed.is_some() {
                "renewal"
            } else {
                "conversion"
            };
            let refused = self.earn(&id, (referrer, buyer), version, cause, now);
            if let Some(accepted) = self.orders.get_mut(&id) {
                accepted.decision.no_reward = refused;
            }
            if let Some(name) =
                subscription.filter(|_| renewed.is_none() && self.terms(version).renewals.is_some())
            {
                let first = Subscription {
                    order: id.clone(),
                    began_at: at,
                    renewals: 0,
                };
                self.subscriptions.entry(name).or_insert(first);
            }
        }
        &self.orders[&id]
    }

    /// The referrer and the version of an order that renews a subscription, if it still earns.
    fn renewed(&mut self, order: &Order) -> Option<(usize, usize)> {
        let name = order
            .subscription
            .as_ref()
            .filter(|_| !order.is_of_nothing())?;
        let known = self.subscriptions.get(name)?.clone();
        let first = &self.orders[&known.order].decision;
        let (referrer, version) = (first.referrer?, first.version);
        self.terms(version).in_currency(order.currency)?;
        let (by_months, count) = self.terms(version).renewals?;
        let earns = if by_months {
            order.at < known.began_at + count * 30 * DAY_MS
        } else {
            known.renewals < count
        };
        let is_lost = |one: &&Earned| {
            one.order == known.order && one.cause == "conversion" && self.fills(one) == 0
        };
        let is_vetoed = self.words.get(&known.order) == Some(&false);
        if !earns
            || is_vetoed
            || self.is_gone(&known.order)
            || !self.newest().1.active
            || self.rewards.iter().any(|one| is_lost(&one))
        {
            return None;
        }
        self.subscriptions.get_mut(name)?.renewals += 1;
        Some((referrer, version))
    }

    /// A fact about an order was accepted. It may give back a referral that had counted before.
    pub fn undo_accepted(&mut self, order: &str, fact: Fact, now: i64) {
        let own = self
            .rewards
            .iter()
            .position(|one| one.order == order && one.cause == "conversion");
        let counted = own.is_some_and(|index| self.is_approved(index));
        self.moment += 1;
        let facts = self.undos.entry(order.to_owned()).or_default();
        facts.push(Fact {
            moment: self.moment,
            ..fact
        });
        if let Some(index) = own.filter(|_| !counted) {
            self.approved_now(index, now);
        }
    }

    /// An event was accepted. Returns what it has converted.
    pub fn event_accepted(
        &mut self,
        event: &Event,
        verdict: Verdict,
        now: i64,
        invitee: &str,
    ) -> Option<&Accepted> {
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
            currency: MAIN,
            subtotal: 0,
            discount: 0,
            total: 0,
            click: None,
            codes: Vec::new(),
            typed: None,
            subscription: None,
            card: None,
            verdict,
            lines: Vec::new(),
            events: Some(record.events.clone()),
        };
        // Who was judged once, by another event, is not judged again.
        if self.people.0[index].judged {
            return None;
        }
        // What is blocked is decided on as well, and kept.
        let open = Order {
            verdict: Verdict::Allow,
            ..order.clone()
        };
        self.decide(&open, now).referrer?;
        self.people.0[index].judged = true;
        Some(self.order_accepted(order, now, invitee))
    }
}
