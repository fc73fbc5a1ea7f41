//! The till: the last check of the discount, the order, and its report.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, json};

use super::account::Customer;
use super::app::App;
use super::cart::Cart;
use super::discount::recheck_for;
use super::ids::{document_id, now_ms};
use super::orders::{Order, Report};
use super::problem::Problem;
use super::session::{Visit, cookie};

/// Enough for any name that fits on a parcel.
const LONGEST_NAME: usize = 80;

/// RFC 5321, path without its brackets.
const LONGEST_EMAIL: usize = 254;

/// Longer than any referral code with its spaces and dashes.
const LONGEST_REFERRAL_CODE: usize = 40;

/// The checkout form.
#[derive(Debug, Deserialize)]
pub struct Form {
    name: String,
    email: String,
    #[serde(default)]
    referral_code: String,
    /// The total that the buyer saw, in cents: compared, never charged.
    total: i64,
}

/// `POST /api/checkout`: takes the order.
///
/// 1. The form is checked (422, with the fields to correct).
/// 2. An empty cart buys nothing (409).
/// 3. The code is checked once more, now that the buyer is known; if the total is not the one that the buyer saw, they
///    are asked again (409, with the cart).
/// 4. The order is written down and reported; a new customer is signed in. Answers 201 with the order.
pub async fn pay(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    visit: Visit,
    Json(form): Json<Form>,
) -> Result<Response, Problem> {
    let form = form.checked()?;
    let mut session = visit.session.lock().await;
    if session.cart.is_empty() {
        let message = "There is nothing in your cart.";
        return Err(Problem::new(StatusCode::CONFLICT, "empty_cart", message));
    }
    let (buyer, is_new) = match session.customer.clone() {
        // An order belongs to the account; the address on the form is where the parcel's news go.
        Some(customer) => (
            Customer {
                email: form.email.clone(),
                ..customer
            },
            false,
        ),
        None => app
            .customers
            .buying(&app.config.keys.customers, &form.email, &form.name),
    };
    recheck_for(&app, &mut session, Some(&buyer)).await;
    let totals = session.cart.totals();
    if totals.total != form.total {
        let message = "The total has changed. Please look at it again before you pay.";
        let problem = Problem::new(StatusCode::CONFLICT, "total_changed", message);
        return Err(problem.with("cart", json!(session.cart.view())));
    }
    let at = now_ms();
    let mut order = Order::new(
        document_id("EO", at),
        at,
        buyer.clone(),
        session.cart.lines(),
        totals,
    );
    order.code = session.cart.code().filter(|code| code.amount > 0).cloned();
    let invitation = cookie(
        &headers,
        &format!("__Secure-goodword-{}", app.config.program),
    );
    let report = report(&order, &form.referral_code, invitation.as_deref());
    app.orders.add(order.clone());
    app.reporter.send(&app, &order.id, report);
    session.cart = Cart::default();
    session.last_order = Some(order.id.clone());
    if is_new {
        session.customer = Some(buyer);
    }
    drop(session);
    let visit = if is_new {
        let cookie = app.sessions.rename(&headers, &visit.session);
        visit.with_cookie(cookie)
    } else {
        visit
    };
    Ok(visit.answer((StatusCode::CREATED, Json(order))))
}

/// `invitation` is the click that the widget has kept for this shop.
fn report(order: &Order, referral_code: &str, invitation: Option<&str>) -> Report {
    let codes: Vec<&str> = order.code.iter().map(|code| code.code.as_str()).collect();
    let body = json!({
        "kind": "order",
        "order_id": order.id,
        "at": order.at,
        "customer": order.customer,
        "currency": order.currency,
        // After discounts, without tax and delivery: the shop charges neither.
        "subtotal": order.totals.total,
        "discount": order.totals.discount,
        "total": order.totals.total,
        "discount_codes": codes,
        "referral_code": Some(referral_code).filter(|code| !code.is_empty()),
        "token": invitation,
    });
    Report::new("order", format!("msg_order_{}", order.id), body.to_string())
}

impl Form {
    fn checked(self) -> Result<Self, Problem> {
        let form = Self {
            name: self.name.trim().to_owned(),
            email: self.email.trim().to_owned(),
            referral_code: self.referral_code.trim().to_owned(),
            total: self.total,
        };
        let mut fields = Map::new();
        let mut mark = |field: &str, text: &str| fields.insert(field.to_owned(), json!(text));
        if !is_name(&form.name) {
            mark("name", "Please give the name for the parcel.");
        }
        if !is_email(&form.email) {
            mark(
                "email",
                "Please give an e-mail address, such as ann@example.com.",
            );
        }
        if !is_referral_code(&form.referral_code) {
            mark(
                "referral_code",
                "A code has letters, digits, spaces and dashes only.",
            );
        }
        if fields.is_empty() {
            return Ok(form);
        }
        let message = "Please look at the marked fields.";
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "fields", message);
        Err(problem.with("fields", fields.into()))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control)
}

fn is_email(email: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let parts = email.rsplit_once('@');
    email.len() <= LONGEST_EMAIL
        && !email.contains(odd)
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
}

fn is_referral_code(code: &str) -> bool {
    code.len() <= LONGEST_REFERRAL_CODE
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_name, is_referral_code};

    #[test]
    fn a_form_takes_what_people_are_called_and_not_what_breaks_a_line() {
        for name in ["Zoë", "Ann-Marie O'Neil", "李小龍", "<b>Bob</b>"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a\nb", &"x".repeat(81)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn an_address_needs_two_sides_and_a_domain() {
        for email in ["a@b.co", "ann+tag@mail.example.com"] {
            assert!(is_email(email), "{email}");
        }
        for email in [
            "", "ann", "@b.co", "a@b", "a@.co", "a@b.", "a b@c.de", "a@b.c\n",
        ] {
            assert!(!is_email(email), "{email}");
        }
    }

    #[test]
    fn a_referral_code_may_be_left_out_or_written_with_spaces() {
        for code in ["", "7K3M9QX2A", "7k3 m9q-x2a"] {
            assert!(is_referral_code(code), "{code}");
        }
        for code in ["<script>", "a;b", &"7".repeat(41)] {
            assert!(!is_referral_code(code), "{code}");
        }
    }
}
