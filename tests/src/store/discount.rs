//! Discount codes: what one is worth on this cart is asked of the referral program, by the server, every time the cart
//! changes and once more at the till. Where the answer does not come, nothing is taken off.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::Customer;
use super::app::App;
use super::cart::CodeInCart;
use super::catalog::HOUSE_CODE;
use super::goodword::Worth;
use super::session::{Session, Visit};

/// Longer than any code of ours; it bounds what is passed on.
const LONGEST_CODE: usize = 50;

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "snake_case")]
pub enum Outcome {
    /// It is in the cart, and the totals show it.
    Applied,
    /// Not now: the cart is empty, or the code cannot be checked. Ask again after the next change.
    Pending(&'static str),
    /// Not for this cart, and why.
    Rejected(String),
}

/// Body of an application.
#[derive(Debug, Deserialize)]
pub struct Application {
    code: String,
    /// The buyer typed it: it may take another code's place, and may come back after it was taken out.
    #[serde(default)]
    typed: bool,
}

/// `POST /api/cart/discount`: checks a code and puts it in. Answers the outcome, its reason and the cart.
pub async fn apply_code(
    State(app): State<Arc<App>>,
    visit: Visit,
    Json(body): Json<Application>,
) -> Response {
    let mut session = visit.session.lock().await;
    let outcome = apply(&app, &mut session, &body.code, body.typed).await;
    let mut answer = json!(outcome);
    answer["cart"] = json!(session.cart.view());
    drop(session);
    visit.answer(Json(answer))
}

/// `DELETE /api/cart/discount`: the buyer takes the code out, and no script puts it back.
pub async fn remove_code(visit: Visit) -> Response {
    let mut session = visit.session.lock().await;
    if let Some(removed) = session.cart.take_code() {
        session.declined.push(removed.code);
    }
    let view = session.cart.view();
    drop(session);
    visit.answer(Json(view))
}

/// Puts a code into the cart if it is worth something there.
pub async fn apply(app: &App, session: &mut Session, code: &str, typed: bool) -> Outcome {
    let code = code.trim().to_uppercase();
    let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if code.is_empty() || code.len() > LONGEST_CODE || !plain {
        return Outcome::Rejected("unknown".to_owned());
    }
    if session.cart.is_empty() {
        return Outcome::Pending("empty_cart");
    }
    let present = session.cart.code().map(|present| present.code.as_str());
    if !typed && present.is_some_and(|present| present != code) {
        return Outcome::Rejected("another_code".to_owned());
    }
    if !typed && session.declined.contains(&code) {
        return Outcome::Rejected("removed_by_buyer".to_owned());
    }
    match worth(app, session, &code, session.customer.as_ref()).await {
        Worth::Amount(amount) => {
            session.declined.retain(|declined| *declined != code);
            let from_friend = code != HOUSE_CODE.0;
            session.cart.put_code(CodeInCart {
                code,
                amount,
                from_friend,
            });
            Outcome::Applied
        }
        Worth::Nothing(reason) => Outcome::Rejected(reason),
        Worth::Unknown => Outcome::Pending("unverified"),
    }
}

/// Asks again what the cart's code is worth, after something changed.
pub async fn recheck(app: &App, session: &mut Session) {
    let customer = session.customer.clone();
    recheck_for(app, session, customer.as_ref()).await;
}

/// As [`recheck`], for this buyer. A code that is worth nothing leaves the cart; one that cannot be checked stays, at
/// zero. Either way the buyer is told.
pub async fn recheck_for(app: &App, session: &mut Session, buyer: Option<&Customer>) {
    if session.cart.is_empty() {
        return;
    }
    let Some(CodeInCart {
        code, from_friend, ..
    }) = session.cart.code().cloned()
    else {
        return;
    };
    match worth(app, session, &code, buyer).await {
        Worth::Amount(amount) => session.cart.put_code(CodeInCart {
            code,
            amount,
            from_friend,
        }),
        Worth::Nothing(reason) => {
            session.cart.take_code();
            session.cart.notify(&code, &reason);
        }
        Worth::Unknown => {
            let unverified = CodeInCart {
                code: code.clone(),
                amount: 0,
                from_friend,
            };
            session.cart.put_code(unverified);
            session.cart.notify(&code, "unverified");
        }
    }
}

async fn worth(app: &App, session: &Session, code: &str, buyer: Option<&Customer>) -> Worth {
    let subtotal = session.cart.totals().subtotal;
    let (house_code, basis_points) = HOUSE_CODE;
    if code == house_code {
        return Worth::Amount((subtotal * basis_points + 5_000) / 10_000);
    }
    app.goodword.check(code, subtotal, buyer).await
}
