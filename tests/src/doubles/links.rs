//! Checkouts that a page only links to: Stripe's Payment Links, by <https://docs.stripe.com/payment-links/customize>; Lemon Squeezy's,
//! by <https://docs.lemonsqueezy.com/help/checkout/prefilled-checkout-fields>; Paddle's buttons, by
//! <https://developer.paddle.com/paddlejs/html-data-attributes>. Nothing of theirs is asked: what a page says to them is all there is.

use super::{Answer, Call, Cart, Platform, undrawn};

/// Two links, of which one has a code of the shop's own.
pub const STRIPE_LINKS: Platform = Platform {
    adapter: "apply-stripe_links.js",
    says: "",
    head: "",
    class: "",
    body: r#"<a class="buy" href="https://buy.stripe.com/test_1">Buy</a>
<a class="buy" href="https://buy.stripe.com/test_2?prefilled_promo_code=OWN10">Buy</a>"#,
    add: r#"document.body.insertAdjacentHTML("beforeend", "<a class=buy id=later href=https://buy.stripe.com/test_3>Buy</a>")"#,
    answer,
    draw: undrawn,
};

/// The same at Lemon Squeezy.
pub const LEMON_SQUEEZY: Platform = Platform {
    adapter: "apply-lemon_squeezy.js",
    body: r#"<a class="buy" href="https://double.lemonsqueezy.com/checkout/buy/1">Buy</a>
<a class="buy" href="https://double.lemonsqueezy.com/checkout/buy/2?checkout%5Bdiscount_code%5D=OWN10">Buy</a>"#,
    add: r#"document.body.insertAdjacentHTML("beforeend", "<a class=buy id=later href=https://double.lemonsqueezy.com/checkout/buy/3>Buy</a>")"#,
    ..STRIPE_LINKS
};

/// The same with Paddle's buttons.
pub const PADDLE: Platform = Platform {
    adapter: "apply-paddle.js",
    body: r##"<a class="buy paddle_button" href="#" data-items="[]">Buy</a>
<a class="buy paddle_button" href="#" data-items="[]" data-discount-code="OWN10" data-custom-data='{"shop":1}'>Buy</a>"##,
    add: r#"document.body.insertAdjacentHTML("beforeend", "<a class='buy paddle_button' id=later href=#>Buy</a>")"#,
    ..STRIPE_LINKS
};

fn answer(_: &mut Cart, _: &Call) -> Option<Answer> {
    None
}
