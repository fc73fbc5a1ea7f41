//! Magento Open Source: the cart's own form, by its `Checkout/Controller/Cart/CouponPost.php`, and the copy of the cart that its theme
//! keeps in the browser, by `Customer/view/frontend/web/js/customer-data.js`. What is refused is said on the next page alone.

use serde_json::json;

use super::{Answer, Call, Cart, Platform};

/// A guest's pages, outside of the checkout.
pub const MAGENTO: Platform = Platform {
    adapter: "apply-magento.js",
    says: "",
    head: r#"<script type="text/x-magento-init">{}</script><script nonce="own">document.cookie = "form_key=k1";</script>"#,
    class: "",
    body: "CART",
    add: r#"const { cart } = await (await post("/checkout/cart/add", {})).json();
    localStorage.setItem("mage-cache-storage", JSON.stringify({ cart }));
    await fetch("/customer/section/load?sections=cart")"#,
    answer,
    draw,
};

fn answer(cart: &mut Cart, call: &Call) -> Option<Answer> {
    match call.path.as_str() {
        "/checkout/cart/add" => cart.items += 1,
        "/customer/section/load" => {}
        "/checkout/cart/couponPost/" => {
            if call.field("form_key") == Some("k1") && call.field("remove") == Some("0") {
                let code = call.field("coupon_code").unwrap_or_default().to_owned();
                cart.codes.clear();
                cart.put(&code);
            }
            return Some(Answer::To("/checkout/cart/"));
        }
        _ => return None,
    }
    Some(super::json(
        json!({ "cart": { "summary_count": cart.items, "items": [{ "item_id": "1", "qty": cart.items }] } }),
    ))
}

fn draw(cart: &mut Cart, _: &str) -> String {
    let code = cart.codes.first().map_or("", String::as_str);
    format!(r#"<div hidden><input type="text" name="coupon_code" value="{code}"></div>"#)
}
