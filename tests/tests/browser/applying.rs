//! The discount applies itself, on doubles of each platform: into a cart and not before there is one, once, and never over what the
//! buyer has done. What a double shows is that an adapter does what the platform's documents ask for.

use std::time::Duration;

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::reserved_port;
use goodword_tests::browser::widget::{in_banner, in_code, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::doubles::{
    BIGCOMMERCE, DRAWN, Double, FORM, LEMON_SQUEEZY, MAGENTO, MEDUSA, OWN, PADDLE, Platform,
    SALEOR, SHOPIFY, SHOPIFY_ACTIONS, SNIPCART, STRIPE_LINKS, VENDURE, WOOCOMMERCE,
};
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use serde_json::json;

const OFFER: &str = "Jane gave you 15% off your first order";
const SAVED: &str = "Your 15% off is saved";
const APPLIED: &str = "15% off is in your cart";
const SHOWN: &str = "Your code for 15% off";

/// Those with a cart that can be asked.
const CARTS: [Platform; 11] = [
    SHOPIFY,
    SHOPIFY_ACTIONS,
    WOOCOMMERCE,
    BIGCOMMERCE,
    SNIPCART,
    VENDURE,
    MEDUSA,
    SALEOR,
    MAGENTO,
    FORM,
    DRAWN,
];

/// Those that are only linked to.
const LINKED: [Platform; 3] = [STRIPE_LINKS, LEMON_SQUEEZY, PADDLE];

/// The files of adapters that a page has fetched.
async fn adapters(ann: &Browser, shop: &Double) -> Vec<String> {
    let fetched = ann.fetched_from(&shop.program.edge.url).await;
    let names = fetched
        .into_iter()
        .filter_map(|(url, _)| Some(url.rsplit_once('/')?.1.to_owned()));
    let mut names: Vec<_> = names.filter(|name| name.starts_with("apply-")).collect();
    names.dedup();
    names
}

/// Its own adapter is there, and no other one.
async fn only(ann: &Browser, shop: &Double, platform: Platform) {
    let there = async || (!adapters(ann, shop).await.is_empty()).then_some(());
    eventually("an adapter", there).await;
    assert_eq!(adapters(ann, shop).await, [platform.adapter]);
}

/// Opens a double, and says which, for who reads what has failed.
async fn open(platform: Platform) -> Double {
    eprintln!("{}", platform.adapter);
    platform.open().await
}

async fn add(ann: &Browser) {
    ann.click("document.getElementById('add')").await;
}

/// They have something in the cart, and follow Jane's link.
async fn with_a_cart(ann: &Browser, shop: &Double) {
    shop.cart().items = 1;
    let (url, _) = shop.invitation().await;
    ann.goto(&url).await;
}

/// Somebody whose theme knows what they have put in before.
async fn buyer() -> Browser {
    let ann = Browser::open(Screen::Phone).await;
    ann.before_every_page(KEPT).await;
    ann
}

/// What a theme keeps in the browser of a cart that was filled before.
const KEPT: &str = r#"location.protocol == "http:" && (localStorage.getItem("mage-cache-storage") || localStorage.setItem("mage-cache-storage", JSON.stringify({ cart: { summary_count: 1, items: [{ item_id: "1", qty: 1 }] } })))"#;

async fn tries(shop: &Double, wanted: u32) {
    eventually("as many tries", async || {
        (shop.cart().tries == wanted).then_some(())
    })
    .await;
}

/// Lets whatever might still be done about a change be done.
async fn a_while(ann: &Browser) {
    ann.value("await new Promise((done) => setTimeout(done, 700))")
        .await;
}

#[tokio::test]
async fn nobody_types_it_and_it_is_in_the_cart_as_soon_as_there_is_one_and_once() {
    let ann = Browser::open(Screen::Phone).await;
    for platform in CARTS {
        let shop = open(platform).await;
        let (url, token) = shop.invitation().await;
        ann.goto(&url).await;
        ann.banner_says(OFFER).await;
        ann.click(&in_banner("[part=accept]")).await;
        // A page that draws itself has no field as long as there is no cart.
        let said = if platform.adapter == DRAWN.adapter {
            SHOWN
        } else {
            SAVED
        };
        ann.banner_says(said).await;
        assert_eq!(shop.cart().tries, 0, "{}", platform.adapter);
        add(&ann).await;
        ann.banner_says(APPLIED).await;
        let code = {
            let cart = shop.cart();
            assert_eq!(
                (cart.tries, cart.codes.len()),
                (1, 1),
                "{platform:?} {:?}",
                cart.asked
            );
            if cart.carried.is_object() {
                assert_eq!(
                    cart.carried["goodword"],
                    token.as_str(),
                    "{}",
                    platform.adapter
                );
            }
            cart.codes[0].to_uppercase()
        };
        let worth = shop.program.check_discount(&code, 2_000, None).await;
        assert_eq!(worth["amount"], 300, "{}", platform.adapter);
        only(&ann, &shop, platform).await;
        add(&ann).await;
        a_while(&ann).await;
        assert_eq!(shop.cart().tries, 1, "{} was tried twice", platform.adapter);
        assert!(ann.probe().await.errors.is_empty(), "{platform:?}");
    }
}

#[tokio::test]
async fn a_code_of_the_buyers_own_stays() {
    let ann = buyer().await;
    for platform in CARTS {
        let shop = open(platform).await;
        shop.cart().codes = vec![OWN.to_owned()];
        with_a_cart(&ann, &shop).await;
        let title = says(&in_banner("strong"));
        let known = format!("[{APPLIED:?}, 'Two codes do not go together'].includes({title})");
        if platform.adapter == DRAWN.adapter {
            // Where it was put in, there is no field for another.
            ann.banner_says(OFFER).await;
        } else {
            ann.wait(&known).await;
        }
        let codes = shop.cart().codes.clone();
        assert!(
            codes.iter().any(|code| code.eq_ignore_ascii_case(OWN)),
            "{} {codes:?}",
            platform.adapter
        );
        let said = ann.text(&title).await;
        assert_eq!(
            said == APPLIED,
            codes.len() == 2,
            "{} {said} {codes:?}",
            platform.adapter
        );
        assert!(ann.probe().await.errors.is_empty(), "{platform:?}");
    }
}

#[tokio::test]
async fn what_the_buyer_has_taken_out_is_not_put_back() {
    let ann = buyer().await;
    for platform in CARTS {
        let shop = open(platform).await;
        with_a_cart(&ann, &shop).await;
        ann.banner_says(APPLIED).await;
        shop.cart().codes.clear();
        add(&ann).await;
        a_while(&ann).await;
        ann.goto(&shop.url).await;
        ann.wait("window.goodword.program").await;
        a_while(&ann).await;
        assert_eq!(shop.cart().tries, 1, "{}", platform.adapter);
        assert!(shop.cart().codes.is_empty(), "{}", platform.adapter);
    }
}

#[tokio::test]
async fn a_code_that_is_refused_is_shown_and_tried_once_for_each_cart() {
    let ann = buyer().await;
    for platform in CARTS {
        let shop = open(platform).await;
        shop.cart().refuses = true;
        with_a_cart(&ann, &shop).await;
        ann.banner_says(SHOWN).await;
        ann.wait(&format!("{}.value", in_banner(".code"))).await;
        tries(&shop, 1).await;
        // The same cart on the next page.
        ann.reload().await;
        ann.banner_says(SHOWN).await;
        a_while(&ann).await;
        assert_eq!(shop.cart().tries, 1, "{} was asked again", platform.adapter);
        add(&ann).await;
        tries(&shop, 2).await;
        ann.banner_says(SHOWN).await;
        assert!(ann.probe().await.errors.is_empty(), "{platform:?}");
    }
}

#[tokio::test]
async fn links_to_a_checkout_take_the_code_and_the_click_along_once_it_was_accepted() {
    let ann = Browser::open(Screen::Desktop).await;
    for platform in LINKED {
        let shop = open(platform).await;
        let (url, token) = shop.invitation().await;
        ann.goto(&url).await;
        ann.banner_says(OFFER).await;
        let all = "[...document.querySelectorAll('.buy')].map((it) => decodeURIComponent(it.href) + JSON.stringify(it.dataset))";
        let told = async || {
            let links = ann.value(all).await;
            serde_json::from_value::<Vec<String>>(links).expect("links")
        };
        assert!(told().await.iter().all(|link| !link.contains(&token)));
        ann.click(&in_banner("[part=accept]")).await;
        ann.banner_says(SAVED).await;
        ann.wait(&format!(
            "{}.includes('when you pay')",
            says(&in_banner("p"))
        ))
        .await;
        add(&ann).await;
        // The click goes to the checkout, which is not ours.
        ann.value("document.addEventListener('click', (it) => it.target.matches('.buy') && it.preventDefault())").await;
        ann.click("document.getElementById('later')").await;
        let links = told().await;
        assert_eq!(links.len(), 3);
        for link in &links {
            assert!(link.contains(&token), "{link}");
            let codes = [
                "prefilled_promo_code=",
                "checkout[discount_code]=",
                "discountCode\":\"",
            ];
            assert!(codes.iter().any(|code| link.contains(code)), "{link}");
        }
        assert!(links[1].contains(OWN), "{links:?}");
        only(&ann, &shop, platform).await;
        ann.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn a_page_without_an_invitation_is_asked_nothing_and_works_where_the_tag_is_blocked() {
    let visitor = Browser::open(Screen::Phone).await;
    for platform in CARTS.into_iter().chain(LINKED) {
        let shop = open(platform).await;
        visitor.goto(&shop.url).await;
        visitor.wait("window.goodword.program").await;
        let fetched = visitor.fetched_from(&shop.program.edge.url).await;
        assert_eq!(fetched.len(), 1, "{fetched:?}");
        let before = shop.cart().asked.len();
        assert!(before <= 2, "{:?}", shop.cart().asked);
        visitor.leaves_the_page_alone().await;

        let closed = format!("http://127.0.0.1:{}", reserved_port());
        let shop = platform.open_with("", Some(&closed), None).await;
        let (url, _) = shop.invitation().await;
        visitor.goto(&url).await;
        add(&visitor).await;
        if LINKED.iter().all(|one| one.adapter != platform.adapter) {
            eventually("a full cart", async || {
                (shop.cart().items == 1).then_some(())
            })
            .await;
        }
        if platform.adapter == FORM.adapter {
            visitor
                .wait("location.pathname === '/basket/' && document.readyState === 'complete'")
                .await;
        }
        assert!(visitor.probe().await.errors.is_empty(), "{platform:?}");
    }
}

#[tokio::test]
async fn a_page_that_shows_its_cart_is_loaded_again_once_and_still_says_so() {
    let shop = FORM.open().await;
    let (url, _) = shop.invitation().await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&url).await;
    ann.click(&in_banner("[part=accept]")).await;
    ann.banner_says(SAVED).await;
    add(&ann).await;
    let shown = "document.querySelector('#totals td')?.textContent";
    ann.wait(shown).await;
    ann.banner_says(APPLIED).await;
    let pages = || {
        shop.cart()
            .asked
            .iter()
            .filter(|one| *one == "GET /basket/")
            .count()
    };
    a_while(&ann).await;
    let seen = pages();
    assert_eq!(shop.cart().tries, 1);
    let stray = "document.getElementById('messages').textContent.trim()";
    assert_eq!(ann.text(stray).await, "", "a message that nobody asked for");
    a_while(&ann).await;
    assert_eq!(pages(), seen, "it goes on loading");
    // Once is enough.
    ann.reload().await;
    ann.wait("window.goodword.program").await;
    assert_eq!(
        ann.value("!!document.querySelector('goodword-invite')")
            .await,
        false
    );
    assert!(ann.probe().await.errors.is_empty());
}

#[tokio::test]
async fn what_somebody_has_begun_to_fill_in_is_not_lost() {
    let shop = FORM.open().await;
    shop.cart().items = 1;
    let (url, _) = shop.invitation().await;
    let url = url.replace("?gw", "basket/?gw");
    let ann = Browser::open(Screen::Phone).await;
    ann.before_every_page("addEventListener('DOMContentLoaded', () => { document.querySelector('[name=form-0-quantity]').value = '3'; })").await;
    ann.goto(&url).await;
    ann.banner_says(APPLIED).await;
    a_while(&ann).await;
    assert_eq!(
        ann.text("document.querySelector('[name=form-0-quantity]').value")
            .await,
        "3"
    );
    assert_eq!(
        ann.value("performance.getEntriesByType('navigation')[0].type")
            .await,
        "navigate"
    );
}

#[tokio::test]
async fn the_pages_own_hook_wins() {
    for platform in [SHOPIFY, FORM] {
        let shop = platform.open().await;
        shop.cart().items = 1;
        let (url, _) = shop.invitation().await;
        let ann = Browser::open(Screen::Phone).await;
        ann.before_every_page(
            "window.goodword = function () { (goodword.q = goodword.q || []).push(arguments) };
            goodword('shop', { hasCart: () => true, apply: async (code) => (window.given = code, 'applied') });",
        )
        .await;
        ann.goto(&url).await;
        ann.banner_says(APPLIED).await;
        assert!(!ann.text("window.given").await.is_empty());
        assert_eq!(shop.cart().tries, 0);
        assert!(adapters(&ann, &shop).await.is_empty());
    }
}

#[tokio::test]
async fn a_strict_policy_and_trusted_types_are_no_hindrance_and_strict_consent_keeps_nothing() {
    let policy = "default-src 'none'; script-src 'nonce-own' EDGE; connect-src 'self' EDGE; img-src data:; \
        require-trusted-types-for 'script'; trusted-types 'none'";
    let shop = FORM
        .open_with(" data-consent=\"strict\"", None, Some(policy))
        .await;
    let ann = buyer().await;
    with_a_cart(&ann, &shop).await;
    ann.banner_says(APPLIED).await;
    a_while(&ann).await;
    assert_eq!(shop.cart().tries, 1);
    assert_eq!(ann.value("sessionStorage.length").await, 0);
    let probe = ann.probe().await;
    assert!(
        probe.errors.is_empty() && probe.violations.is_empty(),
        "{probe:?}"
    );
}

#[tokio::test]
async fn a_typed_code_goes_the_same_way() {
    let shop = SHOPIFY.open().await;
    let code = shop
        .program
        .code(&Person::new("jane").with_name("Jane"))
        .await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&shop.url).await;
    ann.value("document.body.append(document.createElement('goodword-code'))")
        .await;
    ann.wait(&in_code("input")).await;
    assert!(adapters(&ann, &shop).await.is_empty());
    ann.type_into(&in_code("input"), &code).await;
    ann.click(&in_code("button")).await;
    let said = says(&in_code(".got strong"));
    ann.wait(&format!("{said} === {SAVED:?}")).await;
    add(&ann).await;
    ann.wait(&format!("{said} === {APPLIED:?}")).await;
    assert_eq!(shop.cart().tries, 1);
    assert_eq!(shop.cart().carried, json!(null));
}

#[tokio::test]
async fn where_nothing_is_known_of_a_cart_the_code_is_shown() {
    let site = Site::new("plain").person(None).open().await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says(OFFER).await;
    let began = std::time::Instant::now();
    ann.click(&in_banner("[part=accept]")).await;
    ann.banner_says(SHOWN).await;
    assert!(began.elapsed() < Duration::from_secs(20));
    let fetched = ann.fetched_from(&site.program.edge.url).await;
    assert!(
        fetched.iter().all(|(name, _)| !name.contains("apply-")),
        "{fetched:?}"
    );
    ann.leaves_the_page_alone().await;
}
