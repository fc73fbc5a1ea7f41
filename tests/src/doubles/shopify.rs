//! Shopify's Ajax API and standard actions, by <https://shopify.dev/docs/api/ajax/reference/cart>,
//! <https://shopify.dev/changelog/cart-ajax-api-discounts-support-on-cartupdatejs> and
//! <https://shopify.dev/docs/api/storefront-events-and-actions/actions/update-cart>: codes are a full set, not a change of it.

use serde_json::{Value, json};

use super::{Answer, Call, Cart, Platform, undrawn};

/// A theme without the standard actions.
pub const SHOPIFY: Platform = Platform {
    adapter: "apply-shopify.js",
    says: "",
    head: r#"<script nonce="own">window.Shopify = { shop: "double.myshopify.com", routes: { root: "/" } };</script>"#,
    class: "",
    body: "",
    add: r#"await post("/cart/add.js", { id: 1 })"#,
    answer,
    draw: undrawn,
};

/// A theme that has them.
pub const SHOPIFY_ACTIONS: Platform = Platform {
    head: r#"<script nonce="own">window.Shopify = { shop: "double.myshopify.com", actions: {
  updateCart: ({ discountCodes }) => post("/actions", { discount: discountCodes.join() }) } };</script>"#,
    ..SHOPIFY
};

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.as_str() {
        "/cart/add.js" => cart.items += 1,
        "/cart/update.js" | "/actions" => {
            let body = call.json();
            if let Some(codes) = body["discount"].as_str() {
                cart.codes.clear();
                for code in codes.split(',').filter(|code| !code.is_empty()) {
                    cart.put(code);
                }
                // One that is put in beside another takes nothing off.
                cart.codes.truncate(1);
            }
            if body["attributes"].is_object() {
                cart.carried = body["attributes"].clone();
            }
        }
        "/cart.js" => {}
        path if path.starts_with("/discount/") => return Some(Answer::To("/cart.js")),
        _ => return None,
    }
    Some(super::json(seen(cart)))
}

fn seen(cart: &Cart) -> Value {
    let items: Vec<Value> = (cart.items > 0)
        .then(|| json!({ "key": "1:a", "quantity": cart.items }))
        .into_iter()
        .collect();
    let codes = cart
        .codes
        .iter()
        .map(|code| json!({ "code": code, "applicable": true }));
    json!({
        "item_count": cart.items, "items": items, "attributes": cart.carried,
        "discount_codes": codes.collect::<Vec<_>>(), "cart_level_discount_applications": [],
    })
}
