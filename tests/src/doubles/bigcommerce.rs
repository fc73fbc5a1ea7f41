//! BigCommerce's Storefront API, by <https://developer.bigcommerce.com/docs/rest-storefront/carts> and
//! <https://developer.bigcommerce.com/docs/rest-storefront/checkouts/checkout-coupons>: one coupon a checkout.

use axum::http::StatusCode;
use serde_json::json;

use super::{Answer, Call, Cart, Platform, undrawn};

/// A Stencil storefront.
pub const BIGCOMMERCE: Platform = Platform {
    adapter: "apply-bigcommerce.js",
    says: "",
    head: r#"<script nonce="own">window.BCData = {};</script>"#,
    class: "",
    body: "",
    add: r#"await post("/remote/v1/cart/add", { product_id: 1 })"#,
    answer,
    draw: undrawn,
};

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.as_str() {
        "/remote/v1/cart/add" => cart.items += 1,
        "/api/storefront/carts" if cart.items == 0 => return Some(super::json(json!([]))),
        "/api/storefront/carts" => {}
        "/api/storefront/checkouts/cart-1/coupons" => {
            let code = call.json()["couponCode"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            cart.codes.clear();
            if !cart.put(&code) {
                return Some(Answer::Json(
                    StatusCode::NOT_FOUND,
                    json!({ "status": 404 }),
                ));
            }
        }
        _ => return None,
    }
    let coupons = cart.codes.iter().map(|code| json!({ "code": code }));
    Some(super::json(json!([{
        "id": "cart-1", "coupons": coupons.collect::<Vec<_>>(),
        "lineItems": { "physicalItems": [{ "id": "a", "quantity": cart.items }], "digitalItems": [] },
    }])))
}
