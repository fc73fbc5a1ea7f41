//! Snipcart's object in the page, by <https://docs.snipcart.com/v3/sdk/api> and <https://docs.snipcart.com/v3/sdk/store>, kept on the
//! double's server so that tests can read it.

use serde_json::{Value, json};

use super::{Answer, Call, Cart, Platform, undrawn};

/// A static site with its cart.
pub const SNIPCART: Platform = Platform {
    adapter: "apply-snipcart.js",
    says: "",
    head: r#"<script nonce="own">
  let state = { cart: { items: { count: 0, items: [] }, discounts: { items: [] }, metadata: null } };
  const say = async (what, body) => { state = { cart: await (await post("/api/cart/" + what, body)).json() }; };
  window.Snipcart = { store: { getState: () => state }, api: { cart: {
    applyDiscount: async (code) => { await say("discounts", { code }); if (!state.cart.discounts.items.length) throw new Error("not found"); },
    update: (change) => say("update", change) } } };
  say("", {});
</script>"#,
    class: "",
    body: "",
    add: r#"await say("items", {})"#,
    answer,
    draw: undrawn,
};

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.strip_prefix("/api/cart/")? {
        "items" => cart.items += 1,
        "update" => cart.carried = call.json()["metadata"].clone(),
        "discounts" => {
            let code = call.json()["code"].as_str().unwrap_or_default().to_owned();
            cart.put(&code);
        }
        _ => {}
    }
    let items: Vec<Value> = (cart.items > 0)
        .then(|| json!({ "id": "a", "quantity": cart.items }))
        .into_iter()
        .collect();
    let codes = cart.codes.iter().map(|code| json!({ "code": code }));
    Some(super::json(json!({
        "items": { "count": cart.items, "items": items }, "metadata": cart.carried,
        "discounts": { "items": codes.collect::<Vec<_>>() },
    })))
}
