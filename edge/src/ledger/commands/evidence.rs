//! Resolves what came with an order into candidates for its attribution.

use goodword_shared::attribution::{Candidate, Evidence, Named, same_as_any};
use goodword_shared::code::ReferralCode;
use goodword_shared::order::Order;
use goodword_shared::time::Millis;
use goodword_shared::token::{Click, verify};

use super::people::Acquaintance;
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::Touch;

/// What our discount codes look like: another shop coupon on the order is not evidence that failed.
const DISCOUNT_PREFIX: &str = "GW";
const DISCOUNT_LENGTH: usize = 12;

/// Two clocks may differ by so much.
const SKEW_MS: i64 = 300_000;

/// An order and its buyer, for whom evidence is looked up.
struct Subject<'a> {
    order: &'a Order,
    buyer: &'a Acquaintance,
}

/// Candidates, and the claims and clicks behind them: those are used up by the order.
pub(crate) struct Gathered {
    pub(crate) candidates: Vec<Candidate>,
    /// Stored touches that came with the order, by click or by discount.
    pub(crate) touches: Vec<Touch>,
    /// A click that is not stored: nobody has claimed it, and no order has used it.
    pub(crate) unclaimed: Option<Touch>,
}

/// Looks up every token and code on the order, and what is stored of its buyer. What does not resolve stays, as a candidate
/// that names nobody.
pub(crate) fn gather(
    context: &Context<'_>,
    order: &Order,
    buyer: &Acquaintance,
) -> Result<Gathered, Failure> {
    let subject = Subject { order, buyer };
    let mut gathered = Gathered {
        candidates: Vec::new(),
        touches: Vec::new(),
        unclaimed: None,
    };
    if let Some(token) = &order.token {
        by_token(context, &subject, token, &mut gathered)?;
    }
    for code in &order.discount_codes {
        by_discount(context, &subject, code, &mut gathered)?;
    }
    if let Some(typed) = &order.referral_code {
        by_typed_code(context, &subject, typed, &mut gathered)?;
    }
    by_binding(context, &subject, &mut gathered)?;
    Ok(gathered)
}

fn by_token(
    context: &Context<'_>,
    subject: &Subject<'_>,
    token: &str,
    gathered: &mut Gathered,
) -> Result<(), Failure> {
    let keyring = context.keyring()?;
    // The window is judged at the order's own time by attribution; here only the signature and the far future matter.
    let click = verify(
        token,
        &keyring.tokens,
        context.program_id,
        context.now,
        u32::MAX,
    )
    .ok();
    let Some(click) = click else {
        gathered
            .candidates
            .push(nobody(Evidence::SignedToken, "invalid"));
        return Ok(());
    };
    let click_id = click.id.to_hex();
    let touch = context.store.touch_by_click(&click_id)?;
    let used = touch.as_ref().is_some_and(is_used);
    let named = match (context.store.person_by_code(&click.code)?, &touch) {
        (None, _) => None,
        (Some(_), Some(touch)) if is_used(touch) => None,
        (Some(person), Some(touch)) => {
            let version = Some(touch.version);
            Some(subject.named(context, person, click.at, version, true)?)
        }
        (Some(person), None) => {
            // Unclaimed: the terms are those in force at the order's own time.
            let version = context.store.version_at(subject.order.at)?;
            let named = subject.named(context, person, click.at, version, false)?;
            gathered.unclaimed = Some(unclaimed(&click_id, &click, &named));
            Some(named)
        }
    };
    gathered.candidates.push(Candidate {
        evidence: Evidence::SignedToken,
        key: click_id,
        named: named.filter(|named| named.touched_at <= subject.order.at.plus_ms(SKEW_MS)),
        used,
    });
    gathered.touches.extend(touch);
    Ok(())
}

/// A click as it is stored once an order has used it without a claim.
fn unclaimed(click_id: &str, click: &Click, named: &Named) -> Touch {
    Touch {
        click_id: click_id.to_owned(),
        referrer: named.referrer.clone(),
        clicked_at: click.at,
        channel: click.way.channel.name().into(),
        variant: click.way.variant.into(),
        placement: click.way.placement.map(|place| place.name().into()),
        version: named.terms.version,
        claim: None,
        order_id: None,
        from: click.from,
        late: false,
    }
}

/// A click is one person's: what another order has used proves nothing for this one.
const fn is_used(touch: &Touch) -> bool {
    touch.order_id.is_some()
}

fn by_discount(
    context: &Context<'_>,
    subject: &Subject<'_>,
    code: &str,
    gathered: &mut Gathered,
) -> Result<(), Failure> {
    let code = code.trim().to_ascii_uppercase();
    let touch = context.store.touch_by_discount(&code)?;
    let Some(touch) = touch else {
        if code.starts_with(DISCOUNT_PREFIX) && code.len() == DISCOUNT_LENGTH {
            gathered
                .candidates
                .push(nobody(Evidence::DiscountCode, &code));
        }
        return Ok(());
    };
    let person = context.store.person_by_id(&touch.referrer)?;
    let named = match person {
        Some(person) if !is_used(&touch) && !person.is_erased() => {
            let version = Some(touch.version);
            let at = subject.touched_at(&touch);
            Some(subject.named(context, person, at, version, true)?)
        }
        _ => None,
    };
    gathered.candidates.push(Candidate {
        evidence: Evidence::DiscountCode,
        key: code,
        named,
        used: is_used(&touch),
    });
    gathered.touches.push(touch);
    Ok(())
}

fn by_typed_code(
    context: &Context<'_>,
    subject: &Subject<'_>,
    typed: &str,
    gathered: &mut Gathered,
) -> Result<(), Failure> {
    let Ok(code) = ReferralCode::parse(typed) else {
        gathered
            .candidates
            .push(nobody(Evidence::ReferralCode, "invalid"));
        return Ok(());
    };
    let named = match context.store.person_by_code(&code)? {
        Some(person) => {
            let order = subject.order;
            let version = context.store.version_at(order.at)?;
            // A code is typed in the checkout, so that its start does not come before it.
            let at = order.checkout_at.unwrap_or(order.at);
            Some(subject.named(context, person, at, version, false)?)
        }
        None => None,
    };
    gathered.candidates.push(Candidate {
        evidence: Evidence::ReferralCode,
        key: code.into(),
        named,
        used: false,
    });
    Ok(())
}

/// What names the buyer: as far as it was stored before they bought.
fn by_binding(
    context: &Context<'_>,
    subject: &Subject<'_>,
    gathered: &mut Gathered,
) -> Result<(), Failure> {
    let bound = subject.buyer.own.as_ref().filter(|own| own.bindings > 0);
    let Some(own) = bound else {
        return Ok(());
    };
    let latest = subject.order.at.plus_ms(SKEW_MS);
    let bindings = context.store.bindings(&own.id)?;
    for binding in bindings.into_iter().filter(|binding| binding.at <= latest) {
        let used = context.store.is_used_by_another(&binding.key, &own.id)?;
        let named = match context.store.person_by_id(&binding.referrer)? {
            Some(person) if !used => {
                let version = Some(binding.version);
                Some(subject.named(context, person, binding.at, version, false)?)
            }
            _ => None,
        };
        gathered.candidates.push(Candidate {
            evidence: binding.evidence,
            key: binding.key,
            named,
            used,
        });
    }
    Ok(())
}

impl Subject<'_> {
    /// When a claim counts from. A code is typed in the checkout, so that its start does not come before it, whether or not the
    /// code was claimed: only a click may come too late.
    fn touched_at(&self, touch: &Touch) -> Millis {
        let began = self.order.checkout_at.filter(|_| touch.is_typed());
        began.map_or(touch.clicked_at, |began| touch.clicked_at.min(began))
    }

    fn named(
        &self,
        context: &Context<'_>,
        person: Person,
        touched_at: Millis,
        version: Option<u32>,
        claimed: bool,
    ) -> Result<Named, Failure> {
        Ok(Named {
            same_as_buyer: same_as_any(&self.buyer.identities, &person.identity),
            referrer: person.id,
            touched_at,
            claimed,
            terms: match version {
                Some(number) => context.version(number)?,
                None => context.program()?,
            },
        })
    }
}

fn nobody(evidence: Evidence, key: &str) -> Candidate {
    Candidate {
        evidence,
        key: key.to_owned(),
        named: None,
        used: false,
    }
}
