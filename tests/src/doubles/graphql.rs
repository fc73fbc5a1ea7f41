//! Shops with an API of GraphQL: Vendure, by <https://docs.vendure.io/reference/graphql-api/shop/mutations>, whose refusals are answers
//! of another type, and Saleor, by <https://docs.saleor.io/api-reference/checkout/mutations/checkout-add-promo-code>, whose
//! checkout takes one code.

use serde_json::{Value, json};

use super::{Answer, Call, Cart, Platform, undrawn};

/// A storefront that asks Vendure itself, with a session in a cookie.
pub const VENDURE: Platform = Platform {
    adapter: "apply-vendure.js",
    says: "",
    head: "",
    class: "",
    body: r#"<script nonce="own">fetch("/shop-api", { method: "POST", body: JSON.stringify({ query: "{ activeOrder { id } }" }) });</script>"#,
    add: r#"await post("/shop-api", { query: "mutation { addItemToOrder }" })"#,
    answer: vendure,
    draw: undrawn,
};

/// A storefront whose checkout is in its address; the host is called like Saleor's.
pub const SALEOR: Platform = Platform {
    adapter: "apply-saleor.js",
    says: "",
    head: r#"<script nonce="own">document.cookie = "checkoutId-default=Q2hlY2tvdXQ";</script>"#,
    class: "",
    body: r#"<script nonce="own">fetch("/saleor/graphql/", { method: "POST", body: JSON.stringify({ query: "{ checkout }" }) });</script>"#,
    add: r#"await post("/saleor/graphql/", { query: "mutation { checkoutLinesAdd }" })"#,
    answer: saleor,
    draw: undrawn,
};

fn lines(cart: &Cart) -> Value {
    let lines = (cart.items > 0).then(|| json!({ "id": "1", "quantity": cart.items }));
    json!(lines.into_iter().collect::<Vec<_>>())
}

fn vendure(cart: &mut Cart, call: &Call) -> Option<Answer> {
    if !call.is("POST", "/shop-api") {
        return None;
    }
    let body = call.json();
    let query = body["query"].as_str().unwrap_or_default();
    if query.contains("addItemToOrder") {
        cart.items += 1;
    }
    if query.contains("applyCouponCode") {
        let taken = cart.put(body["variables"]["code"].as_str().unwrap_or_default());
        let kind = if taken {
            "Order"
        } else {
            "CouponCodeInvalidError"
        };
        return Some(super::json(
            json!({ "data": { "applyCouponCode": { "__typename": kind } } }),
        ));
    }
    let order = json!({ "couponCodes": cart.codes, "lines": lines(cart) });
    let order = if cart.items > 0 { order } else { Value::Null };
    Some(super::json(json!({ "data": { "activeOrder": order } })))
}

fn saleor(cart: &mut Cart, call: &Call) -> Option<Answer> {
    if !call.is("POST", "/saleor/graphql/") {
        return None;
    }
    let body = call.json();
    let query = body["query"].as_str().unwrap_or_default();
    let given = &body["variables"];
    if query.contains("checkoutLinesAdd") {
        cart.items += 1;
    }
    if query.contains("checkoutAddPromoCode") {
        cart.codes.clear();
        cart.put(given["code"].as_str().unwrap_or_default());
    }
    if query.contains("updateMetadata") {
        cart.carried = json!({ "goodword": given["input"][0]["value"] });
    }
    Some(super::json(
        json!({ "data": { "checkout": { "voucherCode": cart.codes.first(), "lines": lines(cart) } } }),
    ))
}
