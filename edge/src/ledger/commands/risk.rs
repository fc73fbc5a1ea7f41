//! What is known of a referral when its order arrives, as far as risk goes; and what stays known of the buyer after it.
//!
//! Everything is compared as a keyed hash, and only of an order that would convert. Orders that tell nothing write nothing.

use goodword_shared::attribution::{Evidence, Identity};
use goodword_shared::decide::judge::Judged;
use goodword_shared::decide::order::{Conversion, OrderDecision};
use goodword_shared::id::Pseudonym;
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::order::circumstances::Circumstances;
use goodword_shared::order::{DISCOUNT_CODES_MAX, Order};
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::risk::arrival::{Ad, Timing};
use goodword_shared::risk::evidence::{Arrival, Listed, Pace, Shared};
use goodword_shared::risk::mailbox::mailbox;
use goodword_shared::risk::{RiskEvidence, RiskVerdict, assess_without};
use goodword_shared::time::DAY_MS;

use super::evidence::Gathered;
use super::import_customers::of_id;
use super::people::Acquaintance;
use crate::disposable;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::VALUES_MAX;
use crate::ledger::store::blocks::{Blocked, ERASED, network_value};
use crate::ledger::store::referrals::Referral;
use crate::ledger::store::touches::{Seen, Touch};
use crate::ledger::store::traces::{Trace, TraceKind};
use crate::visitor::network_prefix;

/// Friends of a referrer count as a crowd for so long.
const FRIENDS_MS: i64 = 30 * DAY_MS;

/// People of one address who are asked for: more live in no home.
const HOME_MAX: usize = 50;

/// Domains above an address, its own included, that are asked of the block-list.
const DOMAINS_MAX: usize = 10;

/// An offer for more orders of a customer than these is one for everybody.
const NEW_ORDERS_MAX: u32 = 10;

/// An id that is long enough not to be another browser's.
const BROWSER_ID_LENGTH_MIN: usize = 16;
const BROWSER_ID_LENGTH_MAX: usize = 64;

// All that an order may show goes into one statement, beside who the buyer is: a card and an address, two hashes of its
// network, and two of network and browser of each claim that a discount code, the token, or what binds the buyer leads to.
const _: () = assert!(4 + 4 * (DISCOUNT_CODES_MAX + 2) < VALUES_MAX);

/// What the buyer shows with an order: each trace as it is kept, and all hashes under which others may have shown it.
pub(crate) struct Shown {
    kept: Vec<Trace>,
    hashes: Vec<String>,
    prefix: Option<String>,
    payment: Option<String>,
}

impl Shown {
    /// What the shop tells of an order.
    pub(crate) fn by(context: &Context<'_>, told: &Circumstances) -> Result<Self, Failure> {
        let mut shown = Self {
            kept: Vec::new(),
            hashes: Vec::new(),
            prefix: told.ip.as_deref().and_then(network_prefix),
            payment: None,
        };
        if *told == Circumstances::default() {
            return Ok(shown);
        }
        let key = &context.keyring()?.hash;
        shown.payment = told.payment(key).map(|hash| hash.0);
        let for_good = [
            (TraceKind::Payment, shown.payment.clone()),
            (TraceKind::Address, told.address(key).map(|hash| hash.0)),
        ];
        for (kind, hash) in for_good {
            if let Some(hash) = hash {
                shown.hashes.push(hash.clone());
                shown.kept.push(Trace { kind, hash });
            }
        }
        if let Some(prefix) = &shown.prefix {
            let seen = context.network_keys()?.hashes(prefix);
            let kind = TraceKind::Network;
            let newest = seen.first().map(|hash| hash.0.clone());
            shown.kept.extend(newest.map(|hash| Trace { kind, hash }));
            shown.hashes.extend(seen.into_iter().map(|hash| hash.0));
        }
        Ok(shown)
    }

    /// With where an offer was claimed.
    fn with(&self, ways: &[&Touch]) -> Vec<String> {
        let mut hashes = self.hashes.clone();
        for claim in ways.iter().filter_map(|touch| touch.claim.as_ref()) {
            hashes.extend(claim.network.hashes());
            hashes.extend(claim.browser.hashes());
        }
        hashes
    }

    /// Keeps what a buyer has shown, and where they have claimed what they used.
    pub(crate) fn keep(
        mut self,
        context: &Context<'_>,
        buyer: &Pseudonym,
        gathered: &Gathered,
    ) -> Result<(), Failure> {
        for touch in &gathered.touches {
            if let Some(claim) = touch.claim.as_ref().filter(|_| touch.order_id.is_none()) {
                self.kept.extend(claim.network.trace(TraceKind::Network));
                self.kept.extend(claim.browser.trace(TraceKind::Browser));
            }
        }
        Ok(context.store.note_traces(buyer, &self.kept, context.now)?)
    }
}

/// Judges the referral that an order would convert.
pub(crate) fn judge(
    context: &Context<'_>,
    order: &Order,
    known: &Acquaintance,
    gathered: &mut Gathered,
    shown: &Shown,
    decision: OrderDecision,
) -> Result<OrderDecision, Failure> {
    let Some(conversion) = &decision.conversion else {
        return Ok(decision);
    };
    let referrer = conversion.referrer.clone();
    // A buyer who was bound by a claim brings no click of their own: what that claim showed speaks for or against them still.
    let bound = match conversion.evidence {
        Evidence::Bound => context.store.touch_by_click(&conversion.key)?,
        _ => None,
    };
    let mut ways = Vec::new();
    for touch in gathered.touches.iter_mut().chain(&mut gathered.unclaimed) {
        // What another order has used shows nothing of this buyer.
        if touch.referrer == referrer && touch.order_id.is_none() {
            touch.late |= is_late(order, touch);
            ways.push(&*touch);
        }
    }
    let own = |touch: &&Touch| ways.iter().all(|way| way.click_id != touch.click_id);
    let bound: Vec<&Touch> = bound.iter().filter(own).collect();
    ways.extend(bound);
    let evidence = evidence(context, order, known, conversion, &ways, shown)?;
    Ok(decision.judged(&referrer, evidence))
}

fn evidence(
    context: &Context<'_>,
    order: &Order,
    known: &Acquaintance,
    conversion: &Conversion,
    ways: &[&Touch],
    shown: &Shown,
) -> Result<RiskEvidence, Failure> {
    let referrer = &conversion.referrer;
    let shares = Shares::of(context, known, referrer, &shown.with(ways))?;
    let arrival = arrival(context, order, ways)?;
    let mut pace = context.store.pace(referrer, context.now)?;
    count_own(&mut pace, arrival);
    Ok(RiskEvidence {
        payment: shares.of_kind(TraceKind::Payment),
        address: Shared {
            invited_elsewhere: shares.invited_elsewhere(context)?,
            ..shares.of_kind(TraceKind::Address)
        },
        network: shares.of_kind(TraceKind::Network),
        browser: shares.of_kind(TraceKind::Browser),
        mailbox: mailbox(order.buyer.email.as_ref(), &disposable::contains),
        arrival,
        pace,
        listed: listed(context, order, &known.identities, referrer, shown)?,
        // Attribution has refused them already.
        same_as_referrer: None,
        existing_customer: known.has_a_past && wants_new(&conversion.terms),
    })
}

/// Whether terms are for people who are new. Attribution has refused those whose known orders are too many by these terms; how
/// often somebody had bought before the program, and why somebody has two names, nobody knows.
const fn wants_new(terms: &Program) -> bool {
    terms.settings.first_orders <= NEW_ORDERS_MAX
}

/// This order uses the code as well.
fn count_own(pace: &mut Pace, arrival: Arrival) {
    let add = |count: &mut u32, more: bool| *count = count.saturating_add(u32::from(more));
    add(&mut pace.uses_day, true);
    add(&mut pace.uses_month, true);
    add(&mut pace.coupon_month, arrival.coupon_site);
    add(&mut pace.paid_month, arrival.ad == Some(Ad::Paid));
    add(&mut pace.late_month, arrival.late);
}

fn is_late(order: &Order, touch: &Touch) -> bool {
    let told = &order.circumstances;
    let cart = touch.late || told.cart_at_click.unwrap_or_default();
    let click = (!touch.is_typed()).then_some(touch.clicked_at);
    Timing::of(click, order.checkout_at, order.at, cart).is_late()
}

fn arrival(context: &Context<'_>, order: &Order, ways: &[&Touch]) -> Result<Arrival, Failure> {
    let since = context.now.plus_ms(DAY_MS.saturating_neg());
    let claims = ways.iter().filter_map(|touch| touch.claim.as_ref());
    let tried: Vec<String> = claims
        .flat_map(|claim| claim.browser.hashes())
        .map(|hash| tried_hash(&hash))
        .collect();
    let tried = context.store.codes_tried(&tried, since)?;
    let ads = || ways.iter().filter_map(|touch| touch.from.ad);
    Ok(Arrival {
        coupon_site: ways.iter().any(|touch| touch.from.coupon_site),
        ad: ads().find(|ad| *ad == Ad::Paid).or_else(|| ads().next()),
        late: ways.iter().any(|touch| touch.late),
        codes_tried: tried.max(order.circumstances.codes_tried.unwrap_or_default()),
    })
}

/// Under what the codes that were tried in a browser are found.
pub(crate) fn tried_hash(browser: &str) -> String {
    format!("{browser}/tried")
}

/// Who has shown what the buyer has.
struct Shares {
    friends: Vec<Pseudonym>,
    referrer: Pseudonym,
    found: Vec<(TraceKind, Pseudonym)>,
}

impl Shares {
    fn of(
        context: &Context<'_>,
        known: &Acquaintance,
        referrer: &Pseudonym,
        hashes: &[String],
    ) -> Result<Self, Failure> {
        let buyer = known.own.as_ref().map(|person| &person.id);
        let found = context.store.who_showed(hashes, buyer)?;
        let friends = if found.is_empty() {
            Vec::new()
        } else {
            let since = context.now.plus_ms(FRIENDS_MS.saturating_neg());
            context.store.invitees_since(referrer, since)?
        };
        Ok(Self {
            friends,
            referrer: referrer.clone(),
            found,
        })
    }

    /// How many of those who share the buyer's address and network are new customers whom somebody else has invited lately.
    fn invited_elsewhere(&self, context: &Context<'_>) -> Result<u32, Failure> {
        let of = |kind: TraceKind| self.found.iter().filter(move |(one, _)| *one == kind);
        let both = of(TraceKind::Address)
            .filter(|(_, person)| of(TraceKind::Network).any(|(_, other)| other == person));
        let people: Vec<&Pseudonym> = both.map(|(_, person)| person).take(HOME_MAX).collect();
        let since = context.now.plus_ms(FRIENDS_MS.saturating_neg());
        Ok(context
            .store
            .invited_since(&people, &self.referrer, since)?)
    }

    fn of_kind(&self, kind: TraceKind) -> Shared {
        let mut shared = Shared::default();
        let mut seen: Vec<&Pseudonym> = Vec::new();
        for (_, person) in self.found.iter().filter(|(of, _)| *of == kind) {
            if seen.contains(&person) {
                continue;
            }
            seen.push(person);
            if *person == self.referrer {
                shared.referrer = true;
            } else if self.friends.contains(person) {
                shared.invitees = shared.invitees.saturating_add(1);
            } else {
                shared.others = shared.others.saturating_add(1);
            }
        }
        shared
    }
}

/// What a block-list says against whoever takes part in a renewal, where it says so much that somebody has to look at it:
/// by the thresholds of today, because old terms bind amounts and not trust.
pub(crate) fn judge_renewal(
    context: &Context<'_>,
    order: &Order,
    known: &Acquaintance,
    referral: &Referral,
    shown: &Shown,
) -> Result<Option<Judged>, Failure> {
    let referrer = &referral.referrer;
    let mut buyers: Vec<Identity> = known.identities.clone();
    // A report of a renewal need not name its buyer.
    let invitee = context.store.person_by_id(&referral.invitee)?;
    buyers.extend(invitee.map(|person| person.identity));
    let listed = listed(context, order, &buyers, referrer, shown)?;
    if listed.is_empty() {
        return Ok(None);
    }
    let evidence = RiskEvidence {
        listed,
        ..RiskEvidence::default()
    };
    let program = context.program()?;
    let risk = &program.settings.risk;
    let thresholds = risk.thresholds();
    let mut assessment = assess_without(&evidence, thresholds, &risk.off);
    if assessment.verdict == RiskVerdict::Allow {
        return Ok(None);
    }
    // What was allowed to begin is not refused unseen.
    assessment.verdict = RiskVerdict::Review;
    Ok(Some(Judged {
        referrer: referrer.clone(),
        evidence,
        thresholds,
        assessment,
    }))
}

/// What of an order stands on a block-list.
fn listed(
    context: &Context<'_>,
    order: &Order,
    buyers: &[Identity],
    referrer: &Pseudonym,
    shown: &Shown,
) -> Result<Vec<Listed>, Failure> {
    let mut asked: Vec<(Listed, Blocked)> = Vec::new();
    let key = &context.keyring()?.hash;
    for identity in buyers {
        asked.extend(named(key, identity).map(|blocked| (Listed::Buyer, blocked)));
    }
    if let Some(person) = context.store.person_by_id(referrer)? {
        asked.extend(named(key, &person.identity).map(|blocked| (Listed::Referrer, blocked)));
    }
    if let Some(hash) = &shown.payment {
        asked.push((Listed::Payment, Blocked::new("payment", hash.clone())));
    }
    if let Some(email) = &order.buyer.email {
        let domain = email.exact().rsplit_once('@').map(|(_, domain)| domain);
        let names = std::iter::successors(domain, |name| Some(name.split_once('.')?.1));
        // No provider has boxes further down.
        for name in names.filter(|name| name.contains('.')).take(DOMAINS_MAX) {
            asked.push((Listed::Domain, Blocked::new("domain", name.to_owned())));
        }
    }
    if let Some(prefix) = &shown.prefix {
        let value = network_value(key, prefix);
        asked.push((Listed::Network, Blocked::new("network", value)));
    }
    let found = context
        .store
        .blocked(asked.iter().map(|(_, blocked)| blocked))?;
    let mut listed = Vec::new();
    for (as_what, blocked) in asked {
        if found.contains(&blocked) && !listed.contains(&as_what) {
            listed.push(as_what);
        }
    }
    Ok(listed)
}

/// As what a person may stand on a block-list.
fn named(key: &SecretKey, identity: &Identity) -> impl Iterator<Item = Blocked> {
    let customer = identity.customer.iter().flat_map(|id| {
        let named = Blocked::new("customer", id.as_str().to_owned());
        [named, Blocked::new(ERASED, of_id(key, id).0)]
    });
    let email = identity.email.as_ref();
    let email = email.map(|email| Blocked::new("email", email.canonical.0.clone()));
    customer.chain(email)
}

/// Where somebody is who acts for themselves, as it is kept with them.
pub(crate) fn whereabouts(
    context: &Context<'_>,
    browser: Option<&str>,
) -> Result<(Seen, Seen), Failure> {
    if context.source.is_none() && browser.is_none() {
        return Ok((Seen::default(), Seen::default()));
    }
    let keys = context.network_keys()?;
    let seen = |text: Option<String>| {
        let mut hashes = text.map(|text| keys.hashes(&text)).into_iter().flatten();
        Seen {
            now: hashes.next().map(|hash| hash.0),
            before: hashes.next().map(|hash| hash.0),
        }
    };
    let browser = browser.map(|id| format!("browser/{id}"));
    Ok((seen(context.source.map(str::to_owned)), seen(browser)))
}

/// The id by which a page tells its browser from others, as long as it lives.
pub(crate) fn browser_id(text: &str) -> Result<&str, Rejection> {
    let fits = (BROWSER_ID_LENGTH_MIN..=BROWSER_ID_LENGTH_MAX).contains(&text.len());
    if fits && text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(text)
    } else {
        let text = "browser: expected 16 to 64 visible characters, random ones";
        Err(Rejection::InvalidBody(text.into()))
    }
}

/// A person who is signed in was here.
pub(crate) fn was_here(
    context: &Context<'_>,
    person: &Pseudonym,
    browser: Option<&str>,
) -> Result<(), Failure> {
    let browser = browser.map(browser_id).transpose()?;
    let (network, browser) = whereabouts(context, browser)?;
    let traces: Vec<Trace> = network
        .trace(TraceKind::Network)
        .into_iter()
        .chain(browser.trace(TraceKind::Browser))
        .collect();
    Ok(context.store.note_traces(person, &traces, context.now)?)
}

/// A referrer's code was tried in a browser.
pub(crate) fn tried(
    context: &Context<'_>,
    referrer: &Pseudonym,
    browser: &Seen,
) -> Result<(), Failure> {
    let Some(hash) = browser.now.as_deref().map(tried_hash) else {
        return Ok(());
    };
    let kind = TraceKind::Tried;
    Ok(context
        .store
        .note_traces(referrer, &[Trace { kind, hash }], context.now)?)
}
