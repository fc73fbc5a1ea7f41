//! WooCommerce's Store API, by <https://developer.woocommerce.com/docs/apis/store-api/> (carts, cart coupons, nonces): a POST without the
//! nonce of an answer before is refused, and a coupon for itself alone puts the others out.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Cart, Platform, undrawn};

/// A shop whose coupons are each for itself alone.
pub const WOOCOMMERCE: Platform = Platform {
    adapter: "apply-woocommerce.js",
    says: "",
    head: r#"<link rel="https://api.w.org/" href="/wp-json/">"#,
    class: "theme-double woocommerce-no-js",
    body: "",
    add: r#"await post("/?wc-ajax=add_to_cart", { product_id: 1 })"#,
    answer,
    draw: undrawn,
};

const NONCE: &str = "5a1c0de";

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    if call.query == "wc-ajax=add_to_cart" {
        cart.items += 1;
        return Some(super::json(json!({})));
    }
    let what = call.path.strip_prefix("/wp-json/wc/store/v1/cart")?;
    if call.method == "GET" {
        return Some(Answer::With("nonce", NONCE.to_owned(), seen(cart)));
    }
    let code = call.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_lowercase();
    let signed = call.head.get("nonce").is_some_and(|nonce| nonce == NONCE);
    let done = match what {
        "/apply-coupon" if signed => {
            let taken = cart.put(&code);
            if taken {
                cart.codes.retain(|one| *one == code);
            }
            taken
        }
        "/remove-coupon" if signed => {
            cart.codes.retain(|one| *one != code);
            true
        }
        _ => false,
    };
    if done {
        Some(super::json(seen(cart)))
    } else {
        let refused = json!({ "code": "woocommerce_rest_cart_coupon_error" });
        Some(Answer::Json(StatusCode::BAD_REQUEST, refused))
    }
}

fn seen(cart: &Cart) -> Value {
    let items: Vec<Value> = (cart.items > 0)
        .then(|| json!({ "key": "a", "quantity": cart.items }))
        .into_iter()
        .collect();
    let coupons = cart.codes.iter().map(|code| json!({ "code": code }));
    json!({ "items": items, "coupons": coupons.collect::<Vec<_>>() })
}
