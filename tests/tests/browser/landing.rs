//! Where the redirect leads: the token is found wherever it survived, and leaves nothing behind.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::in_banner;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use serde_json::json;

const OFFER: &str = "Jane gave you 15% off your first order";

async fn clicked(program: &Program) -> String {
    let code = program.code(&Person::new("jane").with_name("Jane")).await;
    program.click(&code).await
}

#[tokio::test]
async fn a_token_is_found_in_query_or_fragment_and_taken_out_of_the_address() {
    let shop = Shop::open().await;
    let ann = Browser::open(Screen::Phone).await;
    for (tail, left) in [
        ("?gw=TOKEN", ""),
        ("#gw=TOKEN", ""),
        ("?gw=TOKEN#gw=TOKEN", ""),
        ("?a=1&gw=TOKEN&b=2#roastery&gw=TOKEN", "?a=1&b=2#roastery"),
    ] {
        let token = clicked(&shop.program).await;
        // A new document each time, even where only the fragment differs.
        ann.goto("about:blank").await;
        ann.goto(&format!(
            "{}/{}",
            shop.store.url,
            tail.replace("TOKEN", &token)
        ))
        .await;
        ann.banner_says(OFFER).await;
        assert_eq!(
            ann.address().await,
            format!("{}/{left}", shop.store.url),
            "{tail}"
        );
    }
}

#[tokio::test]
async fn a_shop_whose_front_page_drops_the_query_still_gets_the_token() {
    let shop = Shop::open_with(|config| config.home_redirect = true).await;
    let code = shop
        .program
        .code(&Person::new("jane").with_name("Jane"))
        .await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.goto(&format!(
        "{}/r/{}/{code}",
        shop.program.edge.url, shop.program.id
    ))
    .await;
    ann.banner_says(OFFER).await;
    assert_eq!(ann.address().await, format!("{}/shop", shop.store.url));
    ann.put_in("house-beans").await;
    ann.taken_off("−€3.00").await;
}

#[tokio::test]
async fn an_invitation_stays_for_the_next_page_until_it_is_closed() {
    let shop = Shop::open().await;
    let token = clicked(&shop.program).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.goto(&format!("{}/shop", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner(".close")).await;
    ann.wait(&format!(
        "!{}?.getClientRects().length",
        in_banner(".banner")
    ))
    .await;
    ann.reload().await;
    ann.wait("window.goodword.program").await;
    assert!(ann.probe().await.errors.is_empty());
    let there = ann
        .value("!!document.querySelector('goodword-invite')")
        .await;
    assert_eq!(there, false, "the banner is back");
}

/// Ann accepts, her browser forgets what scripts have kept, and she buys on another day: why her order is whose it is.
async fn bought_after_forgetting(cookie: bool) -> String {
    let shop = Shop::open_with(|config| config.cookie = cookie).await;
    let token = clicked(&shop.program).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/#gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    ann.banner_says("Your 15% off is saved").await;
    assert!(
        !ann.text("document.cookie").await.contains("goodword"),
        "no script may read it"
    );
    ann.value("[sessionStorage.clear(), localStorage.clear()]")
        .await;
    // The shop's own session, which knows the code, is over by then.
    let session = json!({ "name": "ember_oak", "url": shop.store.url });
    ann.cdp("Network.deleteCookies", session).await;
    ann.goto(&shop.store.url).await;
    ann.put_in("house-beans").await;
    let id = ann.pay_as("Ann", "ann@example.com").await;
    eventually("the order reported", async || {
        let call = shop.program.merchant("GET", &format!("/orders/{id}"));
        let answer = call.send().await;
        (answer.status == 200).then(|| text(&answer.json()["reason"]))
    })
    .await
}

#[tokio::test]
async fn a_cookie_of_the_shops_own_carries_what_would_have_been_lost() {
    assert_eq!(bought_after_forgetting(false).await, "no_evidence");
    assert_eq!(bought_after_forgetting(true).await, "signed_token");
}

#[tokio::test]
async fn an_accepted_discount_waits_for_the_cart() {
    let shop = Shop::open().await;
    let token = clicked(&shop.program).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    ann.banner_says("Your 15% off is saved").await;
    ann.put_in("mug").await;
    ann.taken_off("−€2.40").await;
}

/// Everything that a page can leave in a browser.
const STORED: &str = "[sessionStorage.length, localStorage.length, document.cookie, \
    (await indexedDB.databases()).length, (await caches.keys()).length]";

/// Says to every page that its visitor wants privacy, as browsers do that have the setting.
const PRIVACY: &str = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })";

#[tokio::test]
async fn who_asks_all_pages_for_privacy_has_nothing_stored_but_under_full_consent() {
    for (consent, stored) in [
        ("", json!([0, 0, "", 0, 0])),
        ("balanced", json!([0, 0, "", 0, 0])),
        ("full", json!([0, 1, "", 0, 0])),
    ] {
        let site = Site::new("plain")
            .person(None)
            .consent(consent)
            .open()
            .await;
        let ann = Browser::open(Screen::Phone).await;
        ann.before_every_page(PRIVACY).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says(OFFER).await;
        assert_eq!(ann.value(STORED).await, stored, "{consent}");
        ann.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn under_full_consent_an_invitation_is_there_in_a_later_tab_and_without_it_is_not() {
    for (consent, later) in [("full", true), ("balanced", false)] {
        let site = Site::new("plain")
            .person(None)
            .consent(consent)
            .open()
            .await;
        let ann = Browser::open(Screen::Phone).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says(OFFER).await;
        // Another tab finds no more than this.
        let tab = async || {
            ann.value("sessionStorage.clear()").await;
            ann.goto(&site.url).await;
        };
        tab().await;
        if later {
            ann.banner_says(OFFER).await;
            ann.click(&in_banner(".close")).await;
            ann.wait("localStorage.getItem(localStorage.key(0)).endsWith(' done')")
                .await;
            tab().await;
        }
        ann.wait("window.goodword.program").await;
        let there = "!!document.querySelector('goodword-invite')";
        assert_eq!(ann.value(there).await, false, "{consent}");
    }
}

#[tokio::test]
async fn under_strict_consent_nothing_is_stored_and_the_address_stays() {
    let site = Site::new("plain")
        .person(None)
        .consent("strict")
        .open()
        .await;
    let token = clicked(&site.program).await;
    let ann = Browser::open(Screen::Phone).await;
    let address = format!("{}?gw={token}#gw={token}", site.url);
    ann.goto(&address).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    // A page without a cart that could be reached shows the code.
    ann.banner_says("Your code for 15% off").await;
    let code = ann.text(&format!("{}.value", in_banner(".code"))).await;
    assert_eq!(
        site.program.check_discount(&code, 2_000, None).await["amount"],
        300
    );
    assert_eq!(ann.value(STORED).await, json!([0, 0, "", 0, 0]));
    assert_eq!(ann.address().await, address);
    ann.leaves_the_page_alone().await;
}
