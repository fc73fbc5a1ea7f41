//! The shop's customers, and who is signed in.
//!
//! The demo's two regulars sign in with one tap. Everybody else becomes a customer by buying, and is the same customer
//! when the same e-mail address buys again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use super::app::App;
use super::cart::Cart;
use super::customer_token::mint;
use super::discount::recheck;
use super::ids::{hex, lock, now_ms};
use super::problem::Problem;
use super::session::Visit;

/// Id, name and e-mail of the demo's regulars.
const REGULARS: [(&str, &str, &str); 2] = [
    ("jane", "Jane", "jane@example.com"),
    ("omar", "Omar", "omar@example.com"),
];

/// A customer as the shop knows them.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Customer {
    /// The shop's own customer id.
    pub id: String,
    /// As they wrote it.
    pub name: String,
    /// As they wrote it.
    pub email: String,
}

/// The customers of this run, by e-mail address in lower case.
#[derive(Debug, Default)]
pub struct Customers {
    by_email: Mutex<HashMap<String, Customer>>,
}

impl Customers {
    /// The customer who buys with this address, and whether this purchase made them one.
    ///
    /// The id is derived from the address with a secret: the same after a restart, though the demo stores no customers,
    /// and telling nobody the address.
    pub fn buying(&self, secret: &str, email: &str, name: &str) -> (Customer, bool) {
        let address = email.to_lowercase();
        if let Some((id, name, email)) = REGULARS.iter().find(|(_, _, known)| *known == address) {
            return (customer(id, name, email), false);
        }
        let mut by_email = lock(&self.by_email);
        if let Some(known) = by_email.get(&address) {
            return (known.clone(), false);
        }
        let new = customer(&id_from(secret, &address), name, email);
        by_email.insert(address, new.clone());
        (new, true)
    }
}

/// `GET /api/me`: all that the page needs to draw itself, and the token for the referral program.
pub async fn me(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let mut answer = match app.sessions.find(&headers) {
        Some(session) => {
            let session = session.lock().await;
            let last_order = session
                .last_order
                .as_deref()
                .and_then(|id| app.orders.find(id));
            json!({ "customer": session.customer, "cart": session.cart.view(), "last_order": last_order })
        }
        None => json!({ "customer": null, "cart": Cart::default().view(), "last_order": null }),
    };
    answer["token"] = json!(token(&app, &headers).await);
    answer["people"] = REGULARS
        .iter()
        .map(|(id, name, _)| json!({ "id": id, "name": name }))
        .collect();
    Json(answer).into_response()
}

/// A fresh token of the signed-in customer, if somebody is signed in.
pub async fn token(app: &App, headers: &HeaderMap) -> Option<String> {
    let session = app.sessions.find(headers)?;
    let customer = session.lock().await.customer.clone()?;
    let config = &app.config;
    Some(mint(
        &config.keys.customers,
        &config.program,
        &customer,
        now_ms() / 1000,
    ))
}

/// Body of a sign-in.
#[derive(Debug, Deserialize)]
pub struct SignIn {
    customer: String,
}

/// `POST /api/sign-in`: one of the regulars, without a password. The session gets a new id.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    visit: Visit,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    let Some((id, name, email)) = REGULARS.iter().find(|(id, _, _)| *id == body.customer) else {
        let message = "Nobody of that name signs in here.";
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "unknown_customer",
            message,
        ));
    };
    let mut session = visit.session.lock().await;
    session.customer = Some(customer(id, name, email));
    // A code may be for new customers only, and now we know who this is.
    recheck(&app, &mut session).await;
    drop(session);
    let cookie = app.sessions.rename(&headers, &visit.session);
    Ok(visit.with_cookie(cookie).answer(StatusCode::NO_CONTENT))
}

/// `POST /api/sign-out`: the session ends, and the cart with it, for the next person at this screen.
///
/// The body, any JSON, keeps other sites' forms out.
pub async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap, _: Json<Value>) -> Response {
    let cookie = app.sessions.end(&headers);
    ([(SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response()
}

fn customer(id: &str, name: &str, email: &str) -> Customer {
    Customer {
        id: id.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
    }
}

fn id_from(secret: &str, address: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(b"ember-and-oak/customer-id/");
    mac.update(address.as_bytes());
    format!("c{}", hex(&mac.finalize().into_bytes()[..8]))
}

#[cfg(test)]
mod tests {
    use super::Customers;

    #[test]
    fn the_same_address_is_the_same_customer_after_a_restart_too() {
        let before = Customers::default();
        let (bob, new) = before.buying("secret", "bob@example.com", "Bob");
        assert!(new);
        let (again, new) = before.buying("secret", "BOB@example.com", "Robert");
        assert_eq!((again, new), (bob.clone(), false));
        let (after, _) = Customers::default().buying("secret", "bob@example.com", "Bob");
        assert_eq!(after.id, bob.id);
    }

    #[test]
    fn another_address_or_another_shop_is_another_customer() {
        let customers = Customers::default();
        let (bob, _) = customers.buying("secret", "bob@example.com", "Bob");
        let (rob, _) = customers.buying("secret", "rob@example.com", "Bob");
        let (elsewhere, _) = Customers::default().buying("other", "bob@example.com", "Bob");
        assert_ne!(bob.id, rob.id);
        assert_ne!(bob.id, elsewhere.id);
    }

    #[test]
    fn a_regular_who_buys_without_signing_in_is_still_the_regular() {
        let (jane, new) = Customers::default().buying("secret", "Jane@Example.com", "J.");
        assert_eq!((jane.id.as_str(), new), ("jane", false));
    }
}
