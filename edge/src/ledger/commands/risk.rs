//! What is known of a referral when its order arrives, as far as risk goes; and what stays known of the buyer after it.
//!
//! Everything is compared as a keyed hash, and only of an order that would convert. Orders that tell nothing write nothing.

use goodword_shared::attribution::Identity;
use goodword_shared::decide::order::{Conversion, OrderDecision};
use goodword_shared::id::Pseudonym;
use goodword_shared::order::Order;
use goodword_shared::order::circumstances::Circumstances;
use goodword_shared::rejection::Rejection;
use goodword_shared::risk::RiskEvidence;
use goodword_shared::risk::arrival::Timing;
use goodword_shared::risk::evidence::{Arrival, Listed, Pace, Shared};
use goodword_shared::risk::mailbox::mailbox;
use goodword_shared::time::DAY_MS;

use super::evidence::Gathered;
use super::people::Acquaintance;
use crate::disposable;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::blocks::{Blocked, network_value};
use crate::ledger::store::touches::{Seen, Touch};
use crate::ledger::store::traces::{Trace, TraceKind};
use crate::visitor::network_prefix;

/// Friends of a referrer count as a crowd for so long.
const FRIENDS_MS: i64 = 30 * DAY_MS;

/// Domains above an address, its own included, that are asked of the block-list.
const DOMAINS_MAX: usize = 10;

/// An id that is long enough not to be another browser's.
const BROWSER_ID_LENGTH_MIN: usize = 16;
const BROWSER_ID_LENGTH_MAX: usize = 64;

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
    fn with(&self, touch: Option<&Touch>) -> Vec<String> {
        let claim = touch.and_then(|touch| touch.claim.as_ref());
        let mut hashes = self.hashes.clone();
        if let Some(claim) = claim {
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
    let touches = gathered.touches.iter_mut().chain(&mut gathered.unclaimed);
    let touch = touches.into_iter().find(|touch| touch.referrer == referrer);
    let late = touch.as_ref().is_some_and(|touch| is_late(order, touch));
    let touch = touch.map(|touch| {
        touch.late |= late;
        &*touch
    });
    let evidence = evidence(context, order, known, conversion, touch, shown)?;
    Ok(decision.judged(&referrer, evidence))
}

fn evidence(
    context: &Context<'_>,
    order: &Order,
    known: &Acquaintance,
    conversion: &Conversion,
    touch: Option<&Touch>,
    shown: &Shown,
) -> Result<RiskEvidence, Failure> {
    let referrer = &conversion.referrer;
    let shares = Shares::of(context, known, referrer, &shown.with(touch))?;
    let mut pace = context.store.pace(referrer, context.now)?;
    count_own(&mut pace, touch);
    Ok(RiskEvidence {
        payment: shares.of_kind(TraceKind::Payment),
        address: shares.of_kind(TraceKind::Address),
        network: shares.of_kind(TraceKind::Network),
        browser: shares.of_kind(TraceKind::Browser),
        mailbox: mailbox(order.buyer.email.as_ref(), &disposable::contains),
        arrival: arrival(context, order, touch)?,
        pace,
        listed: listed(context, order, known, referrer, shown)?,
        // Attribution has refused both already.
        same_as_referrer: None,
        existing_customer: false,
    })
}

/// A code that was typed in the checkout is used now, and a click that turns out late was late.
fn count_own(pace: &mut Pace, touch: Option<&Touch>) {
    match touch {
        None => {
            pace.claims_day = pace.claims_day.saturating_add(1);
            pace.claims_month = pace.claims_month.saturating_add(1);
        }
        Some(touch) if touch.late && !touch.was_late => {
            pace.late_month = pace.late_month.saturating_add(1);
        }
        Some(_) => {}
    }
}

fn is_late(order: &Order, touch: &Touch) -> bool {
    let told = &order.circumstances;
    let cart = touch.late || told.cart_at_click.unwrap_or_default();
    let click = (!touch.is_typed()).then_some(touch.clicked_at);
    Timing::of(click, order.checkout_at, order.at, cart).is_late()
}

fn arrival(
    context: &Context<'_>,
    order: &Order,
    touch: Option<&Touch>,
) -> Result<Arrival, Failure> {
    let claim = touch.and_then(|touch| touch.claim.as_ref());
    let tried = match claim {
        Some(claim) => {
            let since = context.now.plus_ms(DAY_MS.saturating_neg());
            let hashes: Vec<String> = claim
                .browser
                .hashes()
                .map(|hash| tried_hash(&hash))
                .collect();
            context.store.codes_tried(&hashes, since)?
        }
        None => 0,
    };
    Ok(Arrival {
        coupon_site: touch.is_some_and(|touch| touch.from.coupon_site),
        ad: touch.and_then(|touch| touch.from.ad),
        late: touch.is_some_and(|touch| touch.late),
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

/// What of an order stands on a block-list.
fn listed(
    context: &Context<'_>,
    order: &Order,
    known: &Acquaintance,
    referrer: &Pseudonym,
    shown: &Shown,
) -> Result<Vec<Listed>, Failure> {
    let mut asked: Vec<(Listed, Blocked)> = Vec::new();
    for identity in &known.identities {
        asked.extend(named(identity).map(|blocked| (Listed::Buyer, blocked)));
    }
    if let Some(person) = context.store.person_by_id(referrer)? {
        asked.extend(named(&person.identity).map(|blocked| (Listed::Referrer, blocked)));
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
        let value = network_value(&context.keyring()?.hash, prefix);
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
fn named(identity: &Identity) -> impl Iterator<Item = Blocked> {
    let customer = identity.customer.as_ref();
    let customer = customer.map(|id| Blocked::new("customer", id.as_str().to_owned()));
    let email = identity.email.as_ref();
    let email = email.map(|email| Blocked::new("email", email.canonical.0.clone()));
    customer.into_iter().chain(email)
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
