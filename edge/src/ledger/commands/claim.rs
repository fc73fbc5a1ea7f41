//! The invitee takes the offer: one click, one single-use discount.

use goodword_shared::api::ClaimView;
use goodword_shared::attribution::Evidence;
use goodword_shared::channel::Way;
use goodword_shared::code::ReferralCode;
use goodword_shared::customer_token::Customer;
use goodword_shared::decide::claim::{ClaimSnapshot, claim as decide};
use goodword_shared::keyed_hash::keyed_hash;
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::risk::arrival::{Provenance, host_of, is_coupon_site};
use goodword_shared::time::Millis;

use super::bind::{Bond, bind};
use super::claim_again::bind_again;
use super::facts;
use super::people::{Acquaintance, Introduced, look_up};
use super::pool::{code_for, supplied};
use super::read_invitation::{discount_state, verified_click};
use super::risk::{browser_id, tried, was_here, whereabouts};
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{ClaimRequest, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::{Claim, Touch};

/// A claim id that is long enough not to be guessed, and short enough for a row.
const CLAIM_ID_LENGTH_MIN: usize = 16;
const CLAIM_ID_LENGTH_MAX: usize = 128;

/// A click that is claimed too late is logged once in this time.
const REFUSAL_LOG_MS: i64 = 60_000;

/// What is claimed: a click, or a code that was typed.
struct Claimed {
    click_id: String,
    code: ReferralCode,
    at: Millis,
    way: Way,
    from: Provenance,
}

/// 1. A customer token must be good. 2. Click token or code must be good and somebody's. 3. The program must run. 4. A click
///    that was claimed before is answered as it is, with a code if it had waited for one, and binds whom the shop knows by now; one that an order has used
///    without a claim is refused. 5. The rules decide (new customers only, no self-referral, caps). 6. A discount is minted, and its touch stored with the
///    click's own time; a visitor whom the shop knows is bound by it. What comes too late for the decision on the
///    visitor's order is refused, and logged.
pub(crate) fn claim(context: &Context<'_>, request: &ClaimRequest) -> Result<Reply, Failure> {
    let program = context.program()?;
    let customer = request
        .customer_token
        .as_deref()
        .map(|token| context.customer(token))
        .transpose()?;
    let visitor = visitor(context, customer.as_ref())?;
    let claimed = read(context, &program, request, customer.as_ref())?;
    let referrer = context
        .store
        .person_by_code(&claimed.code)?
        .ok_or(Rejection::UnknownCode)?;
    if !program.settings.active {
        return Err(Rejection::ProgramEnded.into());
    }
    if let Some(touch) = context.store.touch_by_click(&claimed.click_id)? {
        if touch.claim.is_none() {
            return too_late(
                context,
                Rejection::ClickTokenUsed,
                &referrer,
                &claimed,
                &visitor,
            );
        }
        if let Some(customer) = &customer {
            let claim = (&referrer, &touch);
            let browser = request.browser.as_deref();
            bind_again(context, &program, customer, visitor, claim, browser)?;
        }
        let touch = supplied(context, touch)?;
        return answer(context, 200, "exists", &referrer, &touch);
    }
    let browser = request.browser.as_deref().map(browser_id).transpose()?;
    let (network, browser) = whereabouts(context, browser)?;
    let live = context
        .store
        .live_discounts(&referrer.id, &network, context.now)?;
    let snapshot = ClaimSnapshot {
        live_for_code: live.for_code,
        live_for_source: live.for_source,
        ..seen_by(&program, &referrer, &visitor)
    };
    let mint = match decide(&snapshot, context.now) {
        Ok(mint) => mint,
        Err(late @ (Rejection::ExistingCustomer | Rejection::AlreadyReferred)) => {
            return too_late(context, late, &referrer, &claimed, &visitor);
        }
        Err(rejection) => return Err(rejection.into()),
    };
    let way = claimed.way;
    let (discount_code, expires_at) = code_for(context, &claimed.click_id, mint.expires_at)?;
    let touch = Touch {
        click_id: claimed.click_id,
        referrer: referrer.id.clone(),
        clicked_at: claimed.at,
        channel: way.channel.name().into(),
        variant: way.variant.into(),
        placement: way.placement.map(|place| place.name().into()),
        version: program.version,
        claim: Some(Claim {
            at: context.now,
            discount_code,
            expires_at,
            network,
            browser,
        }),
        order_id: None,
        from: came(&program, claimed.from, request),
        // A code is typed in the checkout, whatever lies in the cart.
        late: request.token.is_some() && request.cart.unwrap_or_default(),
    };
    context.store.add_touch(&touch)?;
    if let Some(claim) = &touch.claim {
        tried(context, &referrer.id, &claim.browser)?;
    }
    let invitee = match &customer {
        Some(customer) => {
            let person = bound(context, customer, visitor, &touch)?;
            was_here(context, &person.id, request.browser.as_deref())?;
            Some(person)
        }
        None => None,
    };
    tell(context, &referrer, &touch, invitee.as_ref())?;
    let mut reply = answer(context, 201, "created", &referrer, &touch)?;
    if let Reply::Done { claimed_by, .. } = &mut reply {
        *claimed_by = Some((way.channel, way.variant));
    }
    Ok(reply)
}

/// What is known of a visitor and of whose offer it is, before anything is counted.
pub(super) fn seen_by<'a>(
    program: &'a Program,
    referrer: &'a Person,
    visitor: &'a Acquaintance,
) -> ClaimSnapshot<'a> {
    ClaimSnapshot {
        program,
        referrer: (&referrer.id, &referrer.identity),
        visitor: &visitor.identities,
        visitor_orders: visitor.orders,
        visitor_referrer: visitor.referrer.as_ref(),
        live_for_code: 0,
        live_for_source: 0,
    }
}

fn read(
    context: &Context<'_>,
    program: &Program,
    request: &ClaimRequest,
    customer: Option<&Customer>,
) -> Result<Claimed, Failure> {
    match (&request.token, &request.code) {
        (Some(token), None) => {
            let click = verified_click(context, program, token)?;
            Ok(Claimed {
                click_id: click.id.to_hex(),
                code: click.code,
                at: click.at,
                way: click.way,
                from: click.from,
            })
        }
        (None, Some(code)) => {
            let code = ReferralCode::parse(code).map_err(|_| Rejection::UnknownCode)?;
            let claim_id = request.claim_id.as_deref();
            Ok(Claimed {
                click_id: typed_click(context, &code, claim_id, customer)?,
                code,
                at: context.now,
                way: Way::default(),
                from: Provenance::default(),
            })
        }
        _ => Err(Rejection::InvalidBody("expected either token or code".into()).into()),
    }
}

/// From where the visitor came: what the redirect saw, and what the page says of where its own visit began.
fn came(program: &Program, seen: Provenance, request: &ClaimRequest) -> Provenance {
    let host = request.referrer.as_deref().map(host_of);
    let own = &program.settings.risk.coupon_sites;
    Provenance {
        coupon_site: seen.coupon_site || host.is_some_and(|host| is_coupon_site(host, own)),
        ad: seen.ad,
    }
}

/// What a typed code is known by instead of a click: whoever types it again gets the same discount.
fn typed_click(
    context: &Context<'_>,
    code: &ReferralCode,
    claim_id: Option<&str>,
    customer: Option<&Customer>,
) -> Result<String, Failure> {
    if !claim_id.map_or(customer.is_some(), is_claim_id) {
        let text =
            "claim_id: a typed code of a stranger needs 16 to 128 visible characters, random ones";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let customer = customer.map_or("", |customer| customer.id.as_str());
    let key = &context.keyring()?.hash;
    let whole = format!(
        "{}\n{}\n{customer}",
        code.as_str(),
        claim_id.unwrap_or_default()
    );
    Ok(format!("typed:{}", keyed_hash(key, "claim", &whole).0))
}

/// Whether a page's id of its claim is one that nobody else has by chance.
pub(crate) fn is_claim_id(id: &str) -> bool {
    (CLAIM_ID_LENGTH_MIN..=CLAIM_ID_LENGTH_MAX).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_graphic())
}

/// What is known of the visitor.
pub(super) fn visitor(
    context: &Context<'_>,
    customer: Option<&Customer>,
) -> Result<Acquaintance, Failure> {
    let Some(customer) = customer else {
        return Ok(Acquaintance::default());
    };
    let identity = context.identity(Some(customer.id.clone()), customer.email.as_ref())?;
    look_up(context, &identity)
}

/// A claim that names the visitor counts for their next order, whatever comes with it.
pub(super) fn bound(
    context: &Context<'_>,
    customer: &Customer,
    visitor: Acquaintance,
    touch: &Touch,
) -> Result<Person, Failure> {
    let new = Introduced {
        identity: context.identity(Some(customer.id.clone()), customer.email.as_ref())?,
        name: customer.name.as_deref(),
        email: customer.email.as_ref(),
        guest: false,
    };
    let bond = Bond {
        evidence: Evidence::Bound,
        key: &touch.click_id,
        referrer: &touch.referrer,
        at: context.now,
        version: touch.version,
        way: Some(touch.into()),
        reason: None,
    };
    bind(context, visitor.own, &new, &bond)
}

/// Refuses what comes after the decision. That somebody tried is logged, and nothing else is changed.
fn too_late(
    context: &Context<'_>,
    rejection: Rejection,
    referrer: &Person,
    claimed: &Claimed,
    visitor: &Acquaintance,
) -> Result<Reply, Failure> {
    let entry = Entry {
        kind: "claim.refused",
        person: Some(&referrer.id),
        other: visitor.own.as_ref().map(|person| &person.id),
        order: None,
        data: object!({ "click": claimed.click_id, "code": rejection.code() }),
    };
    let since = context.now.plus_ms(REFUSAL_LOG_MS.saturating_neg());
    context.store.log_unless_said(&entry, since, context.now)?;
    Ok(Reply::Rejected(rejection))
}

fn tell(
    context: &Context<'_>,
    referrer: &Person,
    touch: &Touch,
    invitee: Option<&Person>,
) -> Result<(), Failure> {
    let claim = touch.claim.as_ref();
    let entry = Entry {
        kind: "discount.claimed",
        person: Some(&referrer.id),
        other: invitee.map(|person| &person.id),
        order: None,
        data: object!({
            "channel": touch.channel, "click": touch.click_id, "discount_code": claim.and_then(Claim::code),
            "expires_at": claim.map(|claim| claim.expires_at), "variant": touch.variant, "version": touch.version,
        }),
    };
    context.store.log(&entry, context.now)?;
    facts::claimed(context, referrer, touch, invitee);
    context.nudge(&referrer.id)
}

fn answer(
    context: &Context<'_>,
    status: u16,
    outcome: &str,
    referrer: &Person,
    touch: &Touch,
) -> Result<Reply, Failure> {
    let claim = touch.claim.as_ref().ok_or(Rejection::ClickTokenUsed)?;
    let terms = context.version(touch.version)?;
    done(
        status,
        &ClaimView {
            outcome: outcome.into(),
            discount_code: claim.code().map(str::to_owned),
            state: match discount_state(touch, context.now) {
                "available" if claim.code().is_none() => "waiting",
                state => state,
            }
            .into(),
            inviter: context.inviter(referrer)?,
            discount: (&terms.settings).into(),
            expires_at: claim.expires_at.0,
        },
    )
}
