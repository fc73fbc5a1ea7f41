//! The shop's server asks what a discount code is worth on this cart.

use goodword_shared::cart::{Cart, check_lines};
use goodword_shared::decide::check::{DiscountSnapshot, NotValid, check};
use goodword_shared::email::Email;
use goodword_shared::id::ExternalId;
use goodword_shared::money::{Currency, Money};
use goodword_shared::program::offer::Benefit;
use goodword_shared::rejection::Rejection;

use super::people::look_up;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{CheckAnswer, CheckRequest, Reply};

/// 1. Only the merchant. 2. The cart must be well-formed. 3. The rules decide; nothing is written.
pub(crate) fn check_discount(
    context: &Context<'_>,
    request: &CheckRequest,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let currency = Currency::parse(&request.currency).map_err(|_| Rejection::WrongCurrency)?;
    let subtotal = Money::new(request.subtotal, currency)
        .ok()
        .filter(|money| money.minor() >= 0)
        .ok_or(Rejection::InvalidAmount)?;
    check_lines(&request.lines)?;
    let cart = Cart {
        subtotal,
        lines: &request.lines,
    };
    let verdict = judge(context, request, &cart)?;
    let benefit = verdict.as_ref().ok();
    done(
        200,
        &CheckAnswer {
            valid: benefit.is_some(),
            amount: benefit.map_or(0, |benefit| benefit.amount.minor()),
            free_shipping: benefit.is_some_and(|benefit| benefit.free_shipping),
            free_item: benefit.and_then(|benefit| benefit.free_item.clone()),
            currency: request.currency.clone(),
            reason: verdict.err(),
        },
    )
}

fn judge(
    context: &Context<'_>,
    request: &CheckRequest,
    cart: &Cart<'_>,
) -> Result<Result<Benefit, NotValid>, Failure> {
    let code = request.discount_code.trim().to_ascii_uppercase();
    let Some(touch) = context.store.touch_by_discount(&code)? else {
        return Ok(Err(NotValid::Unknown));
    };
    let Some(claim) = &touch.claim else {
        return Ok(Err(NotValid::Unknown));
    };
    let referrer = context
        .store
        .person_by_id(&touch.referrer)?
        .ok_or_else(|| Failure::Broken("a touch without its referrer".into()))?;
    let customer = request.customer.as_ref();
    let id = customer
        .and_then(|customer| customer.id.as_deref())
        .and_then(|id| ExternalId::parse(id).ok());
    let email = customer
        .and_then(|customer| customer.email.as_deref())
        .and_then(|email| Email::parse(email).ok());
    let buyer = look_up(context, &context.identity(id, email.as_ref())?)?;
    let terms = context.version(touch.version)?;
    let snapshot = DiscountSnapshot {
        terms: &terms,
        program_active: context.program()?.settings.active,
        referrer: (&referrer.id, &referrer.identity),
        expires_at: claim.expires_at,
        used: touch.order_id.is_some(),
        buyer_orders: buyer.orders,
        buyer_referrer: buyer.referrer.as_ref(),
    };
    Ok(check(&snapshot, cart, &buyer.identities, context.now))
}
