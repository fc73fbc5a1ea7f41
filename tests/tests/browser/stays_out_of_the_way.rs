//! The banner when it has nothing more to say, when it is for somebody else, and where it would lie on something.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{LAUNCHER, in_banner, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use serde_json::json;

const OFFER: &str = "Jane gave you 15% off your first order";

fn jane() -> Person {
    Person::new("jane").with_name("Jane")
}

async fn gone(browser: &Browser) {
    browser
        .wait(&format!(
            "!{}?.getClientRects().length",
            in_banner(".banner")
        ))
        .await;
}

#[tokio::test]
async fn once_the_order_is_paid_the_banner_is_gone() {
    let shop = Shop::open().await;
    let token = shop.program.click(&shop.program.code(&jane()).await).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.put_in("house-beans").await;
    ann.taken_off("−€3.00").await;
    ann.banner_says("15% off is in your cart").await;
    ann.pay_as("Ann", "ann@example.com").await;
    gone(&ann).await;
    assert!(ann.probe().await.errors.is_empty());
}

#[tokio::test]
async fn without_webassembly_it_is_gone_as_well() {
    let site = Site::new("no-wasm").person(None).open().await;
    let token = site.program.click(&site.program.code(&jane()).await).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}?gw={token}", site.url)).await;
    ann.banner_says(OFFER).await;
    ann.value(
        "(window.items = 1, goodword('shop', { hasCart: () => window.items > 0, apply: async () => 'applied' }))",
    )
    .await;
    ann.banner_says("15% off is in your cart").await;
    ann.value("(window.items = 0, goodword('cart'))").await;
    gone(&ann).await;
    ann.leaves_the_page_alone().await;
}

#[tokio::test]
async fn what_is_done_can_be_closed() {
    let shop = Shop::open().await;
    let token = shop.program.click(&shop.program.code(&jane()).await).await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.put_in("mug").await;
    ann.banner_says("15% off is in your cart").await;
    ann.click("document.getElementById('close-cart')").await;
    ann.click(&in_banner(".close")).await;
    gone(&ann).await;
}

#[tokio::test]
async fn a_customer_who_is_known_hears_at_once_that_it_is_not_for_them() {
    for (who, title) in [
        (jane(), "This is your own link"),
        (Person::new("ann"), "This one is for new customers"),
    ] {
        for page in ["plain", "no-wasm"] {
            let site = Site::new(page).person(Some(who.clone())).open().await;
            let token = site.program.click(&site.program.code(&jane()).await).await;
            site.program
                .order("1001", &Person::new("ann"))
                .accepted()
                .await;
            let visitor = Browser::open(Screen::Phone).await;
            visitor.goto(&format!("{}?gw={token}", site.url)).await;
            visitor.banner_says(title).await;
            // They may give instead of take.
            let others = in_banner(".banner .primary");
            assert_eq!(visitor.text(&says(&others)).await, "Invite friends");
            visitor.click(&others).await;
            visitor
                .until(&format!("{}.value", in_dialog("dialog[open] .link input")))
                .await;
            visitor.leaves_the_page_alone().await;
        }
    }
}

#[tokio::test]
async fn whoever_signs_in_hears_it_then() {
    let site = Site::new("plain").person(None).open().await;
    let token = site.program.click(&site.program.code(&jane()).await).await;
    let visitor = Browser::open(Screen::Phone).await;
    visitor.goto(&format!("{}?gw={token}", site.url)).await;
    visitor.banner_says(OFFER).await;
    let customer = site.program.customer_token(&jane());
    visitor
        .value(&format!("goodword('customer', '{customer}')"))
        .await;
    visitor.banner_says("This is your own link").await;
    let one = format!(
        "{}.getRootNode().querySelectorAll('.banner').length",
        in_banner(".banner")
    );
    assert_eq!(visitor.value(&one).await, 1);
    visitor.leaves_the_page_alone().await;
}

#[tokio::test]
async fn on_a_phone_the_end_of_the_page_can_be_scrolled_out_from_under_it() {
    let shop = Shop::open().await;
    let token = shop.program.click(&shop.program.code(&jane()).await).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    let probe = ann.probe().await;
    assert!(probe.shift == 0.0, "{probe:?}");
    ann.value("(document.getElementById('demo').open = true, 1)")
        .await;
    let free = format!(
        "(scrollTo({{ top: 1e6, behavior: 'instant' }}), await new Promise((done) => requestAnimationFrame(done)), \
          document.getElementById('demo').getBoundingClientRect().bottom <= {}.getBoundingClientRect().top)",
        in_banner(".banner")
    );
    ann.wait(&free).await;
    // It takes its room along when it goes.
    let height = "document.documentElement.scrollHeight";
    let before = ann.value(height).await.as_f64().unwrap_or_default();
    ann.click(&in_banner(".close")).await;
    gone(&ann).await;
    let after = ann.value(height).await.as_f64().unwrap_or_default();
    assert!(after < before - 150.0, "{before} {after}");
}

#[tokio::test]
async fn a_page_that_the_program_does_not_allow_is_told_so_once() {
    let site = Site::new("plain").person(Some(jane())).open().await;
    let change = json!({ "allowed_origins": ["https://elsewhere.example"] });
    site.program.change(&change).await;
    let visitor = Browser::open(Screen::Desktop).await;
    let origin = site.url.trim_end_matches('/');
    // What an isolate remembers of the settings is a minute old at most.
    visitor.goto(&site.url).await;
    visitor.wait(LAUNCHER).await;
    visitor.click(LAUNCHER).await;
    visitor
        .wait(
            "document.querySelector('goodword-launcher').shadowRoot.querySelector('.unavailable')",
        )
        .await;
    let lines = visitor.console().await;
    let hints: Vec<_> = lines.iter().filter(|line| line.is_ours()).collect();
    let [hint] = hints.as_slice() else {
        panic!("not one line: {lines:?}");
    };
    assert!(
        hint.message.contains(origin) && hint.message.contains("allowed_origins"),
        "{hint:?}"
    );
    assert!(visitor.probe().await.errors.is_empty());
}

#[tokio::test]
async fn an_order_that_is_reported_again_is_not_told_as_a_second_one() {
    let shop = Shop::open().await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.goto(&shop.store.url).await;
    ann.put_in("mug").await;
    ann.pay_as("Ann", "ann@example.com").await;
    ann.click("document.querySelector('#demo summary')").await;
    let orders = says("document.getElementById('orders')");
    ann.wait(&format!("{orders}.includes('order accepted')"))
        .await;
    ann.click("document.querySelector('[data-report]')").await;
    let news = says("document.getElementById('staff-news')");
    ann.wait(&format!("{news}.includes('nobody earns anything new')"))
        .await;
    ann.wait(&format!("{orders}.includes('nothing new earned')"))
        .await;
    assert_eq!(
        ann.value(&format!("{orders}.split('order accepted').length"))
            .await,
        2
    );
}
