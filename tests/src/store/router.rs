//! Every address of the store on one screen.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};

use super::app::App;
use super::{account, cart_api, checkout, discount, examples, leads, page, staff, webhooks};

/// No form of the shop, and no webhook, comes near this.
const LARGEST_BODY: usize = 64 * 1024;

/// All routes, bound to the state.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        // The storefront: one page, three addresses.
        .route("/", get(page::home))
        .route("/shop", get(page::shop))
        .route("/thanks", get(page::shop))
        .route("/healthz", get(|| async { "open" }))
        // The example pages of API.md.
        .route("/examples", get(examples::list))
        .route("/examples/", get(examples::list))
        .route("/examples/{name}", get(examples::show))
        .route("/leads", post(leads::take))
        // The shopper's own: account, cart, checkout. Bound to the session cookie.
        .route("/api/me", get(account::me))
        .route("/api/sign-in", post(account::sign_in))
        .route("/api/sign-out", post(account::sign_out))
        .route("/api/cart", get(cart_api::show))
        .route("/api/cart/items", post(cart_api::add))
        .route("/api/cart/items/{product}", put(cart_api::set))
        .route(
            "/api/cart/discount",
            post(discount::apply_code).delete(discount::remove_code),
        )
        .route("/api/checkout", post(checkout::pay))
        // The demo's staff: a real shop would ask who is there.
        .route("/api/orders", get(staff::orders))
        .route("/api/orders/{id}/refund", post(staff::refund))
        .route("/api/orders/{id}/report", post(staff::report_again))
        .route("/api/webhooks", get(webhooks::list))
        // The referral program calls here.
        .route("/webhooks/goodword", post(webhooks::receive))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}
