//! The JSON of a report. All kinds share one object, and each has fields of its own: one that belongs to another kind is
//! refused like one that nobody knows.

use super::circumstances::Circumstances;
use super::{Buyer, DisputeState, Order, Placed, Report, Undo, UndoKind};
use crate::cart::{Line, check_lines};
use crate::email::Email;
use crate::event::CONVERSION_PREFIX;
use crate::id::ExternalId;
use crate::json::{self, Read};
use crate::money::{Currency, Money};
use crate::name::clean_name;
use crate::order::{DISCOUNT_CODES_MAX, invalid_body};
use crate::rejection::Rejection;
use crate::time::Millis;

/// How far the shop's clock may be ahead where its own time decides.
const CLOCKS_DIFFER_MS: i64 = 300_000;

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Wire {
    kind: Kind,
    order_id: ExternalId,
    at: Option<i64>,
    checkout_at: Option<i64>,
    customer: Option<WireBuyer>,
    currency: Option<String>,
    subtotal: Option<i64>,
    #[read(present)]
    discount: Option<i64>,
    total: Option<i64>,
    #[read(present)]
    discount_codes: Option<Vec<String>>,
    referral_code: Option<String>,
    token: Option<String>,
    #[read(present)]
    lines: Option<Vec<Line>>,
    subscription: Option<ExternalId>,
    risk: Option<Circumstances>,
    edit_id: Option<ExternalId>,
    refund_id: Option<ExternalId>,
    amount: Option<i64>,
    dispute_id: Option<ExternalId>,
    state: Option<DisputeState>,
}

#[derive(Clone, Copy, Read)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Order,
    OrderPlaced,
    OrderEdit,
    Refund,
    Cancellation,
    Dispute,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct WireBuyer {
    id: Option<ExternalId>,
    email: Option<String>,
    name: Option<String>,
}

/// Parses a report's body. Times that are absent or ahead of `now` become `now`.
pub fn parse(body: &str, now: Millis) -> Result<Report, Rejection> {
    let wire: Wire = json::parse(body).map_err(|error| invalid_body(&error))?;
    match wire.kind {
        Kind::Order => order(wire, now),
        Kind::OrderPlaced => placed(wire, now),
        Kind::OrderEdit => edit(wire, now),
        Kind::Refund => refund(wire, now),
        Kind::Cancellation => {
            wire.nothing_else()?;
            Ok(undo(
                wire.order_id,
                time(wire.at, now),
                UndoKind::Cancellation,
            ))
        }
        Kind::Dispute => dispute(wire, now),
    }
}

fn order(mut wire: Wire, now: Millis) -> Result<Report, Rejection> {
    let checkout_at = wire.checkout_at.take();
    let customer = wire.customer.take();
    let currency = required(wire.currency.take(), "currency")?;
    let subtotal = required(wire.subtotal.take(), "subtotal")?;
    let discount = wire.discount.take().unwrap_or_default();
    let total = required(wire.total.take(), "total")?;
    let discount_codes = wire.discount_codes.take().unwrap_or_default();
    let referral_code = wire.referral_code.take();
    let token = wire.token.take();
    let lines = wire.lines.take().unwrap_or_default();
    let subscription = wire.subscription.take();
    let circumstances = wire.risk.take().unwrap_or_default().plausible();
    wire.nothing_else()?;
    check_lines(&lines)?;
    wire.no_conversion()?;
    let currency = known_currency(&currency)?;
    let at = time(wire.at, now);
    let (subtotal, discount) = (amount(subtotal, currency)?, amount(discount, currency)?);
    // What an order came to before discounts is counted with as well.
    if subtotal.plus(discount).is_err() {
        return Err(Rejection::InvalidAmount);
    }
    Ok(Report::Order(Box::new(Order {
        id: wire.order_id,
        at,
        checkout_at: checkout_at.map(|began| Millis(began.clamp(0, at.0))),
        changed_at: None,
        buyer: customer.map(buyer).unwrap_or_default(),
        subtotal,
        discount,
        total: amount(total, currency)?,
        discount_codes: first_codes(discount_codes),
        referral_code: not_blank(referral_code),
        token: not_blank(token),
        subscription,
        lines,
        circumstances,
        events: None,
    })))
}

fn placed(mut wire: Wire, now: Millis) -> Result<Report, Rejection> {
    let checkout_at = wire.checkout_at.take();
    let discount_codes = wire.discount_codes.take().unwrap_or_default();
    let (referral_code, token) = (wire.referral_code.take(), wire.token.take());
    wire.nothing_else()?;
    wire.no_conversion()?;
    Ok(Report::Placed(Box::new(Placed {
        id: wire.order_id,
        token: not_blank(token),
        discount_codes: first_codes(discount_codes),
        referral_code: not_blank(referral_code),
        checkout_at: checkout_at.map(|began| Millis(began.clamp(0, now.0))),
    })))
}

fn first_codes(codes: Vec<String>) -> Vec<String> {
    codes.into_iter().take(DISCOUNT_CODES_MAX).collect()
}

fn not_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn edit(mut wire: Wire, now: Millis) -> Result<Report, Rejection> {
    let id = required(wire.edit_id.take(), "edit_id")?;
    let total = required(wire.total.take(), "total")?;
    let currency = required(wire.currency.take(), "currency")?;
    let at = required(wire.at, "at")?;
    wire.nothing_else()?;
    if at < 0 || at > now.0.saturating_add(CLOCKS_DIFFER_MS) {
        return Err(Rejection::InvalidBody(
            "at: expected the time of the edit in Unix milliseconds".into(),
        ));
    }
    let at = Millis(at);
    let total = amount(total, known_currency(&currency)?)?;
    Ok(undo(wire.order_id, at, UndoKind::Edit { id, at, total }))
}

fn refund(mut wire: Wire, now: Millis) -> Result<Report, Rejection> {
    let id = required(wire.refund_id.take(), "refund_id")?;
    let minor = required(wire.amount.take(), "amount")?;
    let currency = required(wire.currency.take(), "currency")?;
    wire.nothing_else()?;
    let amount = amount(minor, known_currency(&currency)?)?;
    let at = time(wire.at, now);
    Ok(undo(wire.order_id, at, UndoKind::Refund { id, amount }))
}

fn dispute(mut wire: Wire, now: Millis) -> Result<Report, Rejection> {
    let id = required(wire.dispute_id.take(), "dispute_id")?;
    let state = required(wire.state.take(), "state")?;
    wire.nothing_else()?;
    let at = time(wire.at, now);
    Ok(undo(wire.order_id, at, UndoKind::Dispute { id, state }))
}

impl Wire {
    /// An order is not called like what events convert to.
    fn no_conversion(&self) -> Result<(), Rejection> {
        if self.order_id.as_str().starts_with(CONVERSION_PREFIX) {
            let text = "order_id: ids that begin with event: are those of conversions by events";
            return Err(Rejection::InvalidBody(text.into()));
        }
        Ok(())
    }

    /// Every kind has an `order_id` and may have an `at`. After a kind has taken its own fields, none may be left.
    fn nothing_else(&self) -> Result<(), Rejection> {
        let left = [
            ("checkout_at", self.checkout_at.is_some()),
            ("customer", self.customer.is_some()),
            ("currency", self.currency.is_some()),
            ("subtotal", self.subtotal.is_some()),
            ("discount", self.discount.is_some()),
            ("total", self.total.is_some()),
            ("discount_codes", self.discount_codes.is_some()),
            ("referral_code", self.referral_code.is_some()),
            ("token", self.token.is_some()),
            ("lines", self.lines.is_some()),
            ("subscription", self.subscription.is_some()),
            ("risk", self.risk.is_some()),
            ("edit_id", self.edit_id.is_some()),
            ("refund_id", self.refund_id.is_some()),
            ("amount", self.amount.is_some()),
            ("dispute_id", self.dispute_id.is_some()),
            ("state", self.state.is_some()),
        ];
        match left.into_iter().find(|(_, is_left)| *is_left) {
            Some((name, _)) => Err(invalid_body(&json::Error::unknown(name))),
            None => Ok(()),
        }
    }
}

fn required<T>(value: Option<T>, name: &'static str) -> Result<T, Rejection> {
    value.ok_or_else(|| invalid_body(&json::Error::missing(name)))
}

fn time(at: Option<i64>, now: Millis) -> Millis {
    Millis(at.unwrap_or(now.0).clamp(0, now.0))
}

fn undo(order: ExternalId, at: Millis, kind: UndoKind) -> Report {
    Report::Undo(Undo { order, at, kind })
}

fn known_currency(text: &str) -> Result<Currency, Rejection> {
    Currency::parse(text).map_err(|_| Rejection::WrongCurrency)
}

fn amount(minor: i64, currency: Currency) -> Result<Money, Rejection> {
    if minor < 0 {
        return Err(Rejection::InvalidAmount);
    }
    Money::new(minor, currency).map_err(|_| Rejection::InvalidAmount)
}

fn buyer(wire: WireBuyer) -> Buyer {
    Buyer {
        id: wire.id,
        email: wire
            .email
            .as_deref()
            .and_then(|text| Email::parse(text).ok()),
        name: wire.name.as_deref().and_then(clean_name),
    }
}
