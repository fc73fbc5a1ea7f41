//! The cart's requests. Each answers with the whole cart, so the page never computes a price.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::app::App;
use super::cart::{Cart, CartView};
use super::catalog::{Product, product};
use super::discount::recheck;
use super::problem::Problem;
use super::session::Visit;

/// `GET /api/cart`: as it is; a browser without a session has an empty one.
pub async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Json<CartView> {
    match app.sessions.find(&headers) {
        Some(session) => Json(session.lock().await.cart.view()),
        None => Json(Cart::default().view()),
    }
}

/// Body of an addition.
#[derive(Debug, Deserialize)]
pub struct Addition {
    product: String,
    #[serde(default = "one")]
    quantity: u32,
}

/// `POST /api/cart/items`: puts more of a product in.
pub async fn add(
    State(app): State<Arc<App>>,
    visit: Visit,
    Json(body): Json<Addition>,
) -> Result<Response, Problem> {
    let product = find(&body.product)?;
    change(&app, visit, |cart| cart.add(product, body.quantity)).await
}

/// Body of a change of quantity.
#[derive(Debug, Deserialize)]
pub struct Quantity {
    quantity: u32,
}

/// `PUT /api/cart/items/{product}`: sets how many; zero takes it out.
pub async fn set(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    visit: Visit,
    Json(body): Json<Quantity>,
) -> Result<Response, Problem> {
    let product = find(&id)?;
    change(&app, visit, |cart| cart.set(product, body.quantity)).await
}

async fn change(
    app: &App,
    visit: Visit,
    apply: impl FnOnce(&mut Cart),
) -> Result<Response, Problem> {
    let mut session = visit.session.lock().await;
    apply(&mut session.cart);
    recheck(app, &mut session).await;
    let view = session.cart.view();
    drop(session);
    Ok(visit.answer(Json(view)))
}

fn find(id: &str) -> Result<&'static Product, Problem> {
    let unknown = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "unknown_product",
            "We do not sell that.",
        )
    };
    product(id).ok_or_else(unknown)
}

fn one() -> u32 {
    1
}
