//! What platforms send by their own webhooks: bodies, and the headers that sign them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use goodword_shared::hook::Platform;
use goodword_shared::id::hex;
use goodword_shared::order::Report;
use goodword_shared::signature::{SignatureError, TOLERANCE_SECONDS};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::reports::{check_order, check_placed, check_undo};
use super::{NOW, Target, with_one_changed};
use crate::verdict::{Class, Verdict, class_of, holds, same};

/// An input is a body, which every platform is asked about: nobody knows whose secret leaks first.
pub(super) const BODY: Target = Target::text("platform_body", body).with(&[
    "\"id\":1",
    "\"order_id\":1",
    "\"currency\":\"EUR\"",
    "\"financial_status\":\"paid\"",
    "\"total_price\":\"19.90\"",
    "\"taxes_included\":true",
    "\"line_items\":[]",
    "{\"product_id\":7,\"quantity\":2,\"price\":\"10.00\",\"tax_lines\":[{\"price\":\"1.00\"}]}",
    "\"transactions\":[{\"kind\":\"refund\",\"status\":\"success\",\"amount\":\"5.00\",\"currency\":\"EUR\"}]",
    "\"cancelled_at\":\"2025-11-25T08:41:00-05:00\"",
    "\"status\":\"completed\"",
    "\"refunds\":[{\"id\":1,\"total\":\"-5.00\"}]",
    "\"type\":\"checkout.session.completed\"",
    "\"type\":\"invoice.paid\"",
    "\"type\":\"refund.created\"",
    "\"type\":\"charge.dispute.closed\"",
    "\"data\":{\"object\":{",
    "\"payment_status\":\"paid\"",
    "\"amount_total\":1990",
    "\"payment_intent\":\"pi_1\"",
    "\"event_type\":\"transaction.completed\"",
    "\"event_type\":\"adjustment.updated\"",
    "\"action\":\"chargeback\"",
    "\"currency_code\":\"KWD\"",
    "\"meta\":{\"event_name\":\"order_created\"}",
    "\"attributes\":{",
    "\"refunded_amount\":500",
    "1e9",
    "-0.005",
]);

/// An input has the platform's name and the header, a line each, and then the body. `SIGN1` and `SIGN2` in the header stand for
/// the good signatures of either secret at the time that the header names.
pub(super) const SIGNATURE: Target = Target::text("platform_signature", signature).with(&[
    "shopify\n",
    "woocommerce\n",
    "stripe\n",
    "paddle\n",
    "lemon-squeezy\n",
    "t=1800000000",
    "ts=1800000000",
    "t=1799999699",
    ",v1=SIGN1",
    ";h1=SIGN2",
    ",v0=SIGN1",
    "SIGN1",
    "\n",
]);

const SECRETS: [&str; 2] = ["first", "second"];

fn body(body: &str) -> Verdict {
    let mut classes = Vec::new();
    for platform in Platform::ALL {
        let reports = match platform.parse(body, NOW) {
            Ok(reports) => reports,
            Err(unreadable) => {
                classes.push(class_of(&unreadable.0).into_owned());
                continue;
            }
        };
        let seen = || format!("{reports:?}");
        let prefix = format!("{}:", platform.name());
        let is_own = |report: &Report| match report {
            Report::Order(order) => order.id.as_str().starts_with(&prefix),
            Report::Placed(placed) => placed.id.as_str().starts_with(&prefix),
            Report::Undo(undo) => undo.order.as_str().starts_with(&prefix),
        };
        holds(
            "a platform speaks of its own orders",
            reports.iter().all(is_own),
            seen,
        )?;
        for report in &reports {
            match report {
                Report::Order(order) => check_order(order)?,
                Report::Placed(placed) => check_placed(placed)?,
                Report::Undo(undo) => check_undo(undo)?,
            };
        }
        classes.push(reports.len().min(3).to_string());
    }
    Ok(Class::Owned(classes.join(" ")))
}

fn signature(input: &str) -> Verdict {
    let mut parts = input.splitn(3, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let (name, header, body) = (next(), next(), next());
    let Some(platform) = Platform::from_name(name) else {
        return Ok("no platform".into());
    };
    let Some(scheme) = platform.scheme() else {
        return Ok("no scheme".into());
    };
    let time = time_of(platform, header).unwrap_or_default();
    let good = SECRETS.map(|secret| signed(platform, secret, time, body));
    let header = header.replace("SIGN1", &good[0]).replace("SIGN2", &good[1]);
    let secrets = SECRETS.map(str::to_owned);
    let read = scheme.verify(&header, body.as_bytes(), &secrets, NOW);
    let is_good = good.iter().any(|good| header.contains(good));
    let is_fresh = !is_timed(platform)
        || time.parse::<i64>().is_ok_and(|at| {
            at.saturating_sub(NOW.seconds()).unsigned_abs() <= TOLERANCE_SECONDS.unsigned_abs()
        });
    holds(
        "what is accepted is fresh, and signed by one of the secrets",
        read.is_err() || (is_good && is_fresh),
        || header.clone(),
    )?;
    if read.is_ok() {
        for other in [format!("{body} "), with_one_changed(body)] {
            if other == body {
                continue;
            }
            let read = scheme.verify(&header, other.as_bytes(), &secrets, NOW);
            same(
                "another body is not signed",
                &read,
                &Err(SignatureError::Forged),
            )?;
        }
    }
    Ok(Class::Owned(format!("{name} {read:?}")))
}

const fn is_timed(platform: Platform) -> bool {
    matches!(platform, Platform::Stripe | Platform::Paddle)
}

/// The time that a header names: the first of its parts that is called so.
fn time_of(platform: Platform, header: &str) -> Option<&str> {
    let (between, name) = match platform {
        Platform::Stripe => (',', "t"),
        Platform::Paddle => (';', "ts"),
        _ => return None,
    };
    let mut parts = header.split(between);
    parts.find_map(|part| {
        let (told, value) = part.trim().split_once('=')?;
        (told == name).then_some(value)
    })
}

fn signed(platform: Platform, secret: &str, time: &str, body: &str) -> String {
    let text = match platform {
        Platform::Stripe => format!("{time}.{body}"),
        Platform::Paddle => format!("{time}:{body}"),
        _ => body.to_owned(),
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    let digest = mac.finalize().into_bytes();
    match platform {
        Platform::Shopify | Platform::WooCommerce => STANDARD.encode(digest),
        _ => hex(&digest),
    }
}
