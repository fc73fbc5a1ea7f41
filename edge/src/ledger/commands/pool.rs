//! Discount codes that a shop has made itself: it uploads them, and each claim is given one.
//!
//! What a shop's own system checks cannot be made here. Without a code a claim holds all the same: it is given one when its page
//! asks again.

use goodword_shared::code::{discount_code, is_shop_code};
use goodword_shared::json::write;
use goodword_shared::program::offer::CodeSource;
use goodword_shared::rejection::Rejection;
use goodword_shared::time::Millis;

use crate::json::object;
use crate::ledger::calls::say_lately;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{CodesRequest, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::touches::{Claim, Touch, WAITING};

/// Codes in one request.
const CODES_MAX: usize = 1_000;

/// 1. Only the merchant. 2. Every code must be one, or none is added. 3. What is there or was claimed already stays as it is.
///    4. The log tells how many were added.
pub(crate) fn add(context: &Context<'_>, request: &CodesRequest) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let codes = &request.codes;
    if !(1..=CODES_MAX).contains(&codes.len()) {
        let text = "codes: expected 1 to 1000 codes";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    if let Some(index) = codes.iter().position(|code| !is_shop_code(code)) {
        let text = format!("codes[{index}]: expected 4 to 50 of A-Z, 0-9, dashes and underscores");
        return Err(Rejection::InvalidBody(text).into());
    }
    let expires_at = request.expires_at.map(Millis);
    if expires_at.is_some_and(|at| at <= context.now) {
        let text = "expires_at: expected a time ahead, in Unix milliseconds";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let list = write(codes);
    let added = context.store.add_to_pool(&list, expires_at, context.now)?;
    if added > 0 {
        let entry = Entry::new("codes.added", object!({ "added": added }));
        context.store.log(&entry, context.now)?;
    }
    let status = if added > 0 { 201 } else { 200 };
    let known = codes.len().saturating_sub(added);
    done(status, &object!({ "added": added, "known": known }))
}

/// 1. Only the merchant. 2. Answers how many codes are left, and how many claims wait for one.
pub(crate) fn read(context: &Context<'_>) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let (available, waiting) = context.store.pool(context.now)?;
    done(
        200,
        &object!({ "available": available, "waiting": waiting }),
    )
}

/// The code of a claim that ends at this time at the latest, and when it ends.
pub(super) fn code_for(
    context: &Context<'_>,
    click_id: &str,
    ends: Millis,
) -> Result<(String, Millis), Failure> {
    let source = context.program()?.settings.discount_codes;
    if source == CodeSource::Own {
        return Ok((discount_code(context.random()), ends));
    }
    if let Some(pooled) = context.store.take_from_pool(context.now)? {
        let ends = pooled.expires_at.map_or(ends, |at| at.min(ends));
        return Ok((pooled.code, ends));
    }
    let data = object!({ "effect": "claims wait" });
    say_lately(context.store, context.now, "codes.ran_out", data)?;
    Ok((format!("{WAITING}{click_id}"), ends))
}

/// A claim that waits gets its code, if there is one by now.
pub(super) fn supplied(context: &Context<'_>, mut touch: Touch) -> Result<Touch, Failure> {
    let waits = |claim: &Claim| claim.code().is_none() && claim.expires_at >= context.now;
    let Some(claim) = touch.claim.clone().filter(waits) else {
        return Ok(touch);
    };
    if touch.order_id.is_some() {
        return Ok(touch);
    }
    let (discount_code, expires_at) = code_for(context, &touch.click_id, claim.expires_at)?;
    let claim = Claim {
        discount_code,
        expires_at,
        ..claim
    };
    if let Some(code) = claim.code() {
        context.store.supply(&touch, &claim)?;
        let entry = Entry {
            kind: "discount.supplied",
            person: Some(&touch.referrer),
            other: None,
            order: None,
            data: object!({
                "click": touch.click_id, "discount_code": code, "expires_at": claim.expires_at,
            }),
        };
        context.store.log(&entry, context.now)?;
        touch.claim = Some(claim);
    }
    Ok(touch)
}
