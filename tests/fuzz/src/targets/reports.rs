//! Reports of the shop: orders and what takes them back, and events.

use goodword_shared::cart::LINES_MAX;
use goodword_shared::event::{CONVERSION_PREFIX, parse_event};
use goodword_shared::money::{MINOR_UNITS_MAX, Money};
use goodword_shared::order::{Buyer, Order, Placed, Report, Undo, UndoKind, parse};

use super::json_body::is_strict;
use super::{Form, NOW, Target};
use crate::verdict::{Class, Verdict, Violation, class_of, holds};

const ID: &str = "\"[a-z0-9#:/-]{0,12}\"";
const AMOUNT: &str = "-?[0-9]{1,6}|900719925474099[0-9]";
const AT: &str = "1[78][0-9]{11}|null|-?[0-9]{1,19}";
const CURRENCY: &str = "\"EUR\"|\"USD\"|\"[A-Z]{3}\"";
const CUSTOMER: &str = "\\{\"id\":\"[a-z0-9]{1,4}\"(,\"email\":\"[a-z.+]{1,8}@[a-z]{1,8}\\.(com|example)\")?(,\"name\":\"[A-Za-zé ]{0,12}\")?\\}|null";
const TEXT: &str = "\"[A-Z0-9 -]{0,12}\"|null";
const WORDS: &[&str] = &[
    "\"kind\":\"order\"",
    "\"kind\":\"refund\"",
    "\"kind\":\"cancellation\"",
    "\"kind\":\"dispute\"",
    "\"kind\":\"order_edit\"",
    "\"kind\":\"order_placed\"",
    "\"order_id\":\"1001\"",
    "event:",
    "\"at\":1799999999999",
    "\"checkout_at\":",
    "\"customer\":",
    "\"id\":\"c1\"",
    "\"email\":\"jane@shop.example\"",
    "\"name\":\"Jane\"",
    "\"currency\":\"EUR\"",
    "\"USD\"",
    "\"subtotal\":4200",
    "\"discount\":0",
    "\"total\":5000",
    "\"discount_codes\":[\"GW1\"]",
    "\"referral_code\":\"COFFEE\"",
    "\"token\":\"AQEB\"",
    "\"lines\":[]",
    "\"risk\":{\"payment_fingerprint\":\"fp\",\"ip\":\"203.0.113.7\"}",
    "{\"product\":\"p1\",\"quantity\":2,\"subtotal\":4200}",
    "\"collections\":[\"c\"]",
    "\"subscription\":\"s1\"",
    "\"edit_id\":\"e1\"",
    "\"refund_id\":\"r1\"",
    "\"amount\":100",
    "\"dispute_id\":\"d1\"",
    "\"state\":\"opened\"",
    "\"won\"",
    "\"lost\"",
    "\"kind\":\"registered\"",
    "\"event_id\":\"v1\"",
    "\"vouched_by\":\"Omar\"",
];

pub(super) const ORDER: Target = Target::text("order", report)
    .with(WORDS)
    .like(Form::Object(&[
        ("kind", "\"order\""),
        ("order_id", ID),
        ("at", AT),
        ("checkout_at", AT),
        ("customer", CUSTOMER),
        ("currency", CURRENCY),
        ("subtotal", AMOUNT),
        ("discount", AMOUNT),
        ("total", AMOUNT),
        (
            "discount_codes",
            "\\[(\"[A-Z0-9]{0,8}\"(,\"[A-Z0-9]{0,8}\"){0,3})?\\]",
        ),
        ("referral_code", TEXT),
        ("token", TEXT),
        (
            "lines",
            "\\[(\\{\"product\":\"p[0-9]\",\"quantity\":[0-9]{1,3},\"subtotal\":[0-9]{1,5}\\})?\\]",
        ),
        ("subscription", TEXT),
        (
            "risk",
            "\\{(\"payment_fingerprint\":\"[a-z]{0,4}\")?\\}|null|\\{\"ip\":\"[0-9.:]{0,12}\",\"codes_tried\":[0-9]\\}",
        ),
    ]));
pub(super) const ORDER_PLACED: Target =
    Target::text("order_placed", report)
        .with(WORDS)
        .like(Form::Object(&[
            ("kind", "\"order_placed\""),
            ("order_id", ID),
            ("at", AT),
            ("checkout_at", AT),
            ("discount_codes", "\\[(\"[A-Z0-9]{0,8}\"){0,1}\\]"),
            ("referral_code", TEXT),
            ("token", TEXT),
        ]));
pub(super) const REFUND: Target = Target::text("refund", report)
    .with(WORDS)
    .like(Form::Object(&[
        ("kind", "\"refund\""),
        ("order_id", ID),
        ("refund_id", ID),
        ("amount", AMOUNT),
        ("currency", CURRENCY),
        ("at", AT),
    ]));
pub(super) const CANCELLATION: Target =
    Target::text("cancellation", report)
        .with(WORDS)
        .like(Form::Object(&[
            ("kind", "\"cancellation\""),
            ("order_id", ID),
            ("at", AT),
        ]));
pub(super) const DISPUTE: Target = Target::text("dispute", report)
    .with(WORDS)
    .like(Form::Object(&[
        ("kind", "\"dispute\""),
        ("order_id", ID),
        ("dispute_id", ID),
        ("state", "\"(opened|won|lost|x)\""),
        ("at", AT),
    ]));
pub(super) const ORDER_EDIT: Target =
    Target::text("order_edit", report)
        .with(WORDS)
        .like(Form::Object(&[
            ("kind", "\"order_edit\""),
            ("order_id", ID),
            ("edit_id", ID),
            ("total", AMOUNT),
            ("currency", CURRENCY),
            ("at", AT),
        ]));
pub(super) const EVENT: Target = Target::text("event", event)
    .with(WORDS)
    .like(Form::Object(&[
        ("kind", "\"[a-z_0-9]{0,12}\""),
        ("event_id", ID),
        ("at", AT),
        ("customer", CUSTOMER),
        ("vouched_by", TEXT),
        ("referral_code", TEXT),
        ("token", TEXT),
    ]));

fn report(body: &str) -> Verdict {
    let report = match parse(body, NOW) {
        Ok(report) => report,
        Err(rejection) => return Ok(class_of(&format!("{rejection:?}"))),
    };
    is_strict(body, &report, |body| parse(body, NOW).ok())?;
    Ok(match report {
        Report::Order(order) => check_order(&order)?,
        Report::Placed(placed) => check_placed(&placed)?,
        Report::Undo(undo) => check_undo(&undo)?,
    })
}

pub(super) fn check_order(order: &Order) -> Result<Class, Violation> {
    let seen = || format!("{order:?}");
    let own = !order.id.as_str().starts_with(CONVERSION_PREFIX);
    holds("an order's id is not one of ours", own, seen)?;
    let in_order = (0..=NOW.0).contains(&order.at.0)
        && order
            .checkout_at
            .is_none_or(|began| (0..=order.at.0).contains(&began.0));
    holds("checkout, order and now follow each other", in_order, seen)?;
    let amounts = [order.subtotal, order.discount, order.total];
    holds(
        "amounts are not below zero",
        amounts.iter().all(is_amount),
        seen,
    )?;
    let one_currency = amounts
        .iter()
        .all(|amount| amount.currency() == order.total.currency());
    holds("an order has one currency", one_currency, seen)?;
    let lines = order.lines.iter().all(|line| {
        line.quantity > 0
            && (0..=MINOR_UNITS_MAX).contains(&line.subtotal)
            && (0..=line.subtotal).contains(&line.price())
    });
    holds(
        "lines have a price",
        lines && order.lines.len() <= LINES_MAX,
        seen,
    )?;
    holds(
        "few discount codes are kept",
        order.discount_codes.len() <= 20,
        seen,
    )?;
    let blank = |text: &Option<String>| text.as_ref().is_some_and(String::is_empty);
    holds(
        "nothing is not a code",
        !blank(&order.referral_code) && !blank(&order.token),
        seen,
    )?;
    Ok(Class::Owned(format!("an order {}", buyer(&order.buyer))))
}

pub(super) fn check_placed(placed: &Placed) -> Result<Class, Violation> {
    let seen = || format!("{placed:?}");
    let own = !placed.id.as_str().starts_with(CONVERSION_PREFIX);
    holds("an order's id is not one of ours", own, seen)?;
    let began = placed.checkout_at;
    holds(
        "no checkout begins in the future",
        began.is_none_or(|began| (0..=NOW.0).contains(&began.0)),
        seen,
    )?;
    holds(
        "few discount codes are kept",
        placed.discount_codes.len() <= 20,
        seen,
    )?;
    let blank = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    holds(
        "nothing is not a code",
        !blank(&placed.referral_code) && !blank(&placed.token),
        seen,
    )?;
    Ok("placed".into())
}

pub(super) fn check_undo(undo: &Undo) -> Result<Class, Violation> {
    let seen = || format!("{undo:?}");
    let latest = NOW.plus_ms(300_000).0;
    holds(
        "nothing was undone in the future",
        (0..=latest).contains(&undo.at.0),
        seen,
    )?;
    let amount = match &undo.kind {
        UndoKind::Refund { amount, .. } => Some(amount),
        UndoKind::Edit { total, .. } => Some(total),
        UndoKind::Cancellation | UndoKind::Dispute { .. } => None,
    };
    holds(
        "amounts are not below zero",
        amount.is_none_or(is_amount),
        seen,
    )?;
    let key = undo.kind.key();
    let kind = key
        .split(':')
        .take(2)
        .filter(|part| part.chars().all(|c| c.is_ascii_lowercase()));
    let kind: Vec<&str> = kind.collect();
    Ok(Class::Owned(
        kind.first()
            .map_or_else(String::new, |kind| (*kind).to_owned()),
    ))
}

fn is_amount(amount: &Money) -> bool {
    (0..=MINOR_UNITS_MAX).contains(&amount.minor())
}

fn event(body: &str) -> Verdict {
    let event = match parse_event(body, NOW) {
        Ok(event) => event,
        Err(rejection) => return Ok(class_of(&format!("{rejection:?}"))),
    };
    is_strict(body, &event, |body| parse_event(body, NOW).ok())?;
    let seen = || format!("{event:?}");
    holds(
        "an event is not of the future",
        (0..=NOW.0).contains(&event.at.0),
        seen,
    )?;
    let named = event.customer.id.is_some() || event.customer.email.is_some();
    holds("an event is somebody's", named, seen)?;
    Ok(Class::Owned(format!("an event {}", buyer(&event.customer))))
}

fn buyer(buyer: &Buyer) -> String {
    let known = [
        buyer.id.is_some(),
        buyer.email.is_some(),
        buyer.name.is_some(),
    ];
    format!("{known:?}")
}
