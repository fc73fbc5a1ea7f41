//! The invitee takes the offer: one click, one single-use discount.

use goodword_shared::api::ClaimView;
use goodword_shared::channel::Channel;
use goodword_shared::code::{ReferralCode, discount_code};
use goodword_shared::decide::claim::{ClaimSnapshot, claim as decide};
use goodword_shared::name::first_name;
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use serde_json::json;

use super::people::{Acquaintance, look_up};
use super::read_invitation::{discount_state, verified_click};
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{ClaimRequest, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::{Claim, Touch};

/// What is claimed: a click, or a code that was typed.
struct Claimed {
    click_id: String,
    code: ReferralCode,
    at: Millis,
    channel: Channel,
    variant: u8,
}

/// 1. A customer token must be good. 2. Click token or code must be good and somebody's. 3. The program must run. 4. A click
///    that was claimed before is answered as it is; one that an order has used without a claim is refused. 5. The rules
///    decide (new customers only, no self-referral, caps). 6. A discount is minted, and its touch stored with the
///    click's own time.
pub(crate) fn claim(context: &Context<'_>, request: &ClaimRequest) -> Result<Reply, Failure> {
    let program = context.program()?;
    let visitor = visitor(context, request.customer_token.as_deref())?;
    let claimed = read(context, &program, request)?;
    let referrer = context
        .store
        .person_by_code(&claimed.code)?
        .ok_or(Rejection::UnknownCode)?;
    if !program.settings.active {
        return Err(Rejection::ProgramEnded.into());
    }
    if let Some(touch) = context.store.touch_by_click(&claimed.click_id)? {
        return answer(context, 200, "exists", &referrer, &touch);
    }
    let source = context.source_hash()?;
    let live = context
        .store
        .live_discounts(&referrer.id, source.as_deref(), context.now)?;
    let snapshot = ClaimSnapshot {
        program: &program,
        referrer: &referrer.identity,
        visitor: &visitor.identities,
        visitor_orders: visitor.orders,
        live_for_code: live.for_code,
        live_for_source: live.for_source,
    };
    let mint = decide(&snapshot, context.now)?;
    let touch = Touch {
        click_id: claimed.click_id,
        referrer: referrer.id.clone(),
        clicked_at: claimed.at,
        channel: claimed.channel.name().into(),
        variant: claimed.variant.into(),
        version: program.version,
        claim: Some(Claim {
            at: context.now,
            discount_code: discount_code(context.random()),
            expires_at: mint.expires_at,
            source,
        }),
        order_id: None,
    };
    context.store.add_touch(touch.clone())?;
    tell(context, &referrer, &touch)?;
    let mut reply = answer(context, 201, "created", &referrer, &touch)?;
    if let Reply::Done { claimed_by, .. } = &mut reply {
        *claimed_by = Some((claimed.channel, claimed.variant));
    }
    Ok(reply)
}

fn read(
    context: &Context<'_>,
    program: &Program,
    request: &ClaimRequest,
) -> Result<Claimed, Failure> {
    match (&request.token, &request.code) {
        (Some(token), None) => {
            let click = verified_click(context, program, token)?;
            Ok(Claimed {
                click_id: click.id.to_hex(),
                code: click.code,
                at: click.at,
                channel: click.channel,
                variant: click.variant,
            })
        }
        (None, Some(code)) => Ok(Claimed {
            click_id: format!("typed:{}", context.pseudonym()),
            code: ReferralCode::parse(code).map_err(|_| Rejection::UnknownCode)?,
            at: context.now,
            channel: Channel::Link,
            variant: 0,
        }),
        _ => Err(Rejection::InvalidBody("expected either token or code".into()).into()),
    }
}

fn visitor(context: &Context<'_>, token: Option<&str>) -> Result<Acquaintance, Failure> {
    let Some(token) = token else {
        return Ok(Acquaintance::default());
    };
    let customer = context.customer(token)?;
    let identity = context.identity(Some(customer.id), customer.email.as_ref())?;
    look_up(context, &identity)
}

fn tell(context: &Context<'_>, referrer: &Person, touch: &Touch) -> Result<(), Failure> {
    let claim = touch.claim.as_ref();
    let entry = Entry {
        kind: "discount.claimed",
        person: Some(&referrer.id),
        other: None,
        order: None,
        data: json!({
            "click": touch.click_id, "discount_code": claim.map(|claim| &claim.discount_code),
            "version": touch.version, "channel": touch.channel, "variant": touch.variant,
            "expires_at": claim.map(|claim| claim.expires_at),
        }),
    };
    context.store.log(&entry, context.now)?;
    let channel = context.live_channel(&referrer.id)?;
    context.store.send(Kind::Pulse, &channel, "", context.now);
    Ok(())
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
    let name = context.name_of(referrer)?;
    done(
        status,
        &ClaimView {
            outcome: outcome.into(),
            discount_code: claim.discount_code.clone(),
            state: discount_state(touch, context.now).into(),
            inviter: name.as_deref().map(|name| first_name(name).to_owned()),
            discount: (&terms.settings.discount).into(),
            expires_at: claim.expires_at.0,
        },
    )
}
