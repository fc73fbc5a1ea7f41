//! The click that was accepted as a cookie of the shop's own: what it saves, and how it is made.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::own_host::OwnHost;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::in_banner;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use serde_json::{Value, json};

const OFFER: &str = "Jane gave you 15% off your first order";

/// Ann follows the link and accepts; then her browser forgets all that scripts had kept, as some do after a week, and she comes
/// back by herself.
async fn accepts_and_comes_back(address: &str, front: &str) -> Browser {
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(address).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    // The code of her claim, for a shop without a cart of its own.
    ann.wait(&in_banner(".code")).await;
    ann.value("(sessionStorage.clear(), localStorage.clear())")
        .await;
    ann.goto(front).await;
    ann
}

async fn buys(ann: &Browser) {
    let asked = "fetch('/orders', { method: 'POST' }).then((answer) => answer.status)";
    assert_eq!(ann.value(asked).await, json!(204));
}

#[tokio::test]
async fn it_carries_a_referral_to_the_order_that_would_be_lost_without_it() {
    for (attributes, earned) in [("", 0), (" data-cookie", 500)] {
        let shop = OwnHost::open(attributes).await;
        let ann = accepts_and_comes_back(&shop.invitation().await, &shop.url).await;
        buys(&ann).await;
        let [token] = &shop.tokens()[..] else {
            panic!("{:?}", shop.tokens());
        };
        assert_eq!(token.is_some(), earned > 0, "{attributes}");
        let buyer = Person::new("ann");
        let mut order = shop.program.order("1001", &buyer);
        if let Some(token) = token {
            order = order.with_token(token);
        }
        order.accepted().await;
        assert_eq!(
            shop.program.credit(&Person::new("jane")).await,
            earned,
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn no_script_reads_it_and_it_goes_nowhere_but_to_the_shop_whose_page_asked_for_it() {
    let site = Site::new("plain")
        .person(None)
        .attributes(" data-cookie")
        .open()
        .await;
    let ann = accepts_and_comes_back(&site.invitation().await, &site.url).await;
    assert_eq!(ann.value("document.cookie").await, json!(""));
    let kept = ann
        .cdp("Network.getCookies", json!({ "urls": [site.url] }))
        .await;
    let cookies = kept["cookies"].as_array().cloned().unwrap_or_default();
    let [cookie] = &cookies[..] else {
        panic!("one cookie: {kept}");
    };
    let told = |name: &str| cookie[name].clone();
    assert_eq!(
        told("name"),
        json!(format!("__Secure-goodword-{}", site.program.id))
    );
    let how = json!([
        told("httpOnly"),
        told("secure"),
        told("sameSite"),
        told("path")
    ]);
    assert_eq!(how, json!([true, true, "Lax", "/"]));
    let days = (told("expires").as_f64().unwrap_or_default() - now(&ann).await) / 86_400.0;
    assert!((89.0..91.0).contains(&days), "{days} days");
}

/// Unix seconds, by the browser.
async fn now(ann: &Browser) -> f64 {
    ann.value("Date.now() / 1000")
        .await
        .as_f64()
        .unwrap_or_default()
}

#[tokio::test]
async fn strict_consent_keeps_none() {
    let attributes = " data-cookie data-consent=\"strict\"";
    let site = Site::new("plain")
        .person(None)
        .attributes(attributes)
        .open()
        .await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    ann.wait(&in_banner(".code")).await;
    let kept = ann
        .cdp("Network.getCookies", json!({ "urls": [site.url] }))
        .await;
    assert_eq!(kept["cookies"].as_array().map(Vec::len), Some(0), "{kept}");
    assert_eq!(ann.value("document.cookie").await, Value::from(""));
}
