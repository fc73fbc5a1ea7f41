//! Medusa 2's Store API, by <https://docs.medusajs.com/api/store#carts_postcartsidpromotions>: codes that are named are added, and nothing is
//! answered without the publishable key.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Cart, Platform, undrawn};

/// A storefront that asks it itself. Its tag has the key.
pub const MEDUSA: Platform = Platform {
    adapter: "apply-medusa.js",
    says: " data-shop-key=\"pk_1\"",
    head: "",
    class: "",
    body: r#"<script nonce="own">fetch("/store/carts/cart_01", { headers: { "x-publishable-api-key": "pk_1" } });</script>"#,
    add: r#"await post("/store/carts/cart_01/line-items", {}, { "x-publishable-api-key": "pk_1" })"#,
    answer,
    draw: undrawn,
};

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    let what = call.path.strip_prefix("/store/carts/cart_01")?;
    if call.head.get("x-publishable-api-key").is_none() {
        return Some(Answer::Json(
            StatusCode::BAD_REQUEST,
            json!({ "type": "not_allowed" }),
        ));
    }
    let body = call.json();
    match what {
        "/line-items" => cart.items += 1,
        "/promotions" => {
            for code in body["promo_codes"].as_array().into_iter().flatten() {
                cart.put(code.as_str().unwrap_or_default());
            }
        }
        _ if body["metadata"].is_object() => cart.carried = body["metadata"].clone(),
        _ => {}
    }
    let items: Vec<Value> = (cart.items > 0)
        .then(|| json!({ "id": "1", "quantity": cart.items }))
        .into_iter()
        .collect();
    let promotions = cart
        .codes
        .iter()
        .map(|code| json!({ "code": code, "is_automatic": false }));
    Some(super::json(
        json!({ "cart": { "items": items, "promotions": promotions.collect::<Vec<_>>(), "metadata": cart.carried } }),
    ))
}
