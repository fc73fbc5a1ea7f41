//! What a click offers: verified, and nothing of it is written.

use goodword_shared::api::InvitationView;
use goodword_shared::customer_token::Customer;
use goodword_shared::decide::claim::{ClaimSnapshot, prospect as decide};
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;
use goodword_shared::token::{Click, TokenError, verify};

use super::claim::visitor;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::people::Person;
use crate::ledger::store::touches::Touch;

/// 1. The token must be good. 2. Its code must be somebody's. 3. Answers with the offer and its state: a program that was
///    stopped offers nothing any more, claimed or not; what nobody has claimed may not be for a customer whom the shop knows.
pub(crate) fn read_invitation(
    context: &Context<'_>,
    token: &str,
    customer_token: Option<&str>,
) -> Result<Reply, Failure> {
    let program = context.program()?;
    let click = verified_click(context, &program, token)?;
    let referrer = context
        .store
        .person_by_code(&click.code)?
        .ok_or(Rejection::UnknownCode)?;
    let touch = context.store.touch_by_click(&click.id.to_hex())?;
    let state = match &touch {
        _ if !program.settings.active => "ended",
        Some(touch) => discount_state(touch, context.now),
        None => match customer_token.and_then(|token| context.customer(token).ok()) {
            Some(customer) => prospect(context, &program, &referrer, &customer)?,
            // Nobody, or a token that is no good: the claim will say so.
            None => "available",
        },
    };
    let note = if context.may_say(&program, &referrer)? {
        context.note_of(&referrer)?
    } else {
        None
    };
    let referrals_so_far = context.referrals_so_far(&program)?;
    // A claim keeps the terms of its version; an unclaimed click is offered today's.
    let terms = match &touch {
        Some(touch) => context.version(touch.version)?,
        None => program,
    };
    done(
        200,
        &InvitationView {
            state: state.into(),
            inviter: context.inviter(&referrer)?,
            note,
            referrals_so_far,
            discount: (&terms.settings).into(),
            expires_at: click.at.plus_days(terms.settings.window_days).0,
        },
    )
}

/// What the offer is to this customer.
fn prospect(
    context: &Context<'_>,
    program: &Program,
    referrer: &Person,
    customer: &Customer,
) -> Result<&'static str, Failure> {
    let visitor = visitor(context, Some(customer))?;
    Ok(decide(&ClaimSnapshot {
        program,
        referrer: (&referrer.id, &referrer.identity),
        visitor: &visitor.identities,
        visitor_orders: visitor.orders,
        visitor_referrer: visitor.referrer.as_ref(),
        live_for_code: 0,
        live_for_source: 0,
    }))
}

/// The click of a token, or why it is refused.
pub(crate) fn verified_click(
    context: &Context<'_>,
    program: &Program,
    token: &str,
) -> Result<Click, Failure> {
    let keyring = context.keyring()?;
    let window = program.settings.window_days;
    verify(
        token,
        &keyring.tokens,
        context.program_id,
        context.now,
        window,
    )
    .map_err(|error| {
        Failure::Rejected(match error {
            TokenError::Expired => Rejection::ClickTokenExpired,
            TokenError::Malformed
            | TokenError::UnknownKey
            | TokenError::Forged
            | TokenError::ForeignProgram => Rejection::ClickTokenInvalid,
        })
    })
}

/// `used`, `expired` or `available`.
pub(crate) fn discount_state(touch: &Touch, now: Millis) -> &'static str {
    if touch.order_id.is_some() {
        "used"
    } else if touch
        .claim
        .as_ref()
        .is_some_and(|claim| now > claim.expires_at)
    {
        "expired"
    } else {
        "available"
    }
}
