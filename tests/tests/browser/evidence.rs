//! What a claim tells of the visit: a browser that is told from others, the cart at the click, and where the visit began.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{copy_button, in_banner, in_code, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use serde_json::{Value, json};

const OFFER: &str = "Jane gave you 15% off your first order";

/// Keeps the bodies of claims that were answered with a discount, and of enrolments. The cart is full as long as the tab is called so.
const WITNESS: &str = r#"
    window.claims = [];
    window.enrolments = [];
    const real = window.fetch;
    window.fetch = async (...asked) => {
        const [it, how] = asked;
        const [, kind] = /\/(claims|referrers)$/.exec(it.url || it) || [];
        const body = kind && (it.url ? await it.clone().json() : JSON.parse(how.body));
        const answer = await real(...asked);
        if (body && answer.ok) (kind == "claims" ? window.claims : window.enrolments).push(body);
        return answer;
    };
    window.goodword = function () { (goodword.q = goodword.q || []).push(arguments); };
    goodword("shop", { hasCart: () => window.name == "full", apply: async () => "applied" });
"#;

const STORED: &str = "[sessionStorage.length, localStorage.length, document.cookie, (await indexedDB.databases()).length]";

async fn visitor() -> Browser {
    let ann = Browser::open(Screen::Phone).await;
    ann.before_every_page(WITNESS).await;
    ann
}

/// The claim that this page has made, and no other.
async fn claim(ann: &Browser) -> Value {
    ann.wait("window.claims.length").await;
    let claims = ann.value("window.claims").await;
    assert_eq!(claims.as_array().map(Vec::len), Some(1), "{claims}");
    claims[0].clone()
}

/// The id by which a claim tells its browser: random, and as long as the edge asks for.
fn browser(claim: &Value) -> &str {
    let id = claim["browser"].as_str().expect("a browser");
    let random = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(random, "{id}");
    id
}

async fn types(ann: &Browser, code: &str) {
    ann.wait(&in_code("input")).await;
    ann.type_into(&in_code("input"), code).await;
    ann.click(&in_code("button")).await;
}

#[tokio::test]
async fn a_claim_tells_its_browser_a_cart_that_was_full_and_the_host_that_led_there() {
    for page in ["plain", "no-wasm"] {
        let (site, other) = (
            Site::new(page).person(None).open().await,
            Site::new("plain").person(None).open().await,
        );
        let ann = visitor().await;
        ann.goto(&format!("{}secret?of=others", other.url)).await;
        let there = site.invitation().await;
        ann.value(&format!(
            "(window.name = 'full', location.href = {there:?})"
        ))
        .await;
        ann.banner_says("15% off is in your cart").await;
        let claim = claim(&ann).await;
        browser(&claim);
        assert_eq!(claim["cart"], true, "{page}");
        let host = other
            .url
            .trim_start_matches("http://")
            .trim_end_matches('/');
        assert_eq!(claim["referrer"], host, "{page}");
    }
}

#[tokio::test]
async fn what_was_chosen_after_the_click_was_not_in_the_cart_at_the_click() {
    for page in ["plain", "no-wasm"] {
        let site = Site::new(page).person(None).open().await;
        let ann = visitor().await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says(OFFER).await;
        ann.value("(window.name = 'full', goodword('cart'))").await;
        let here = claim(&ann).await;
        assert_eq!(
            json!([here["cart"], here["referrer"]]),
            json!([false, null])
        );
        // On a later page nobody knows any more. The browser is the same.
        let ann = visitor().await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says(OFFER).await;
        ann.value("window.name = 'full'").await;
        ann.goto(&site.url).await;
        let later = claim(&ann).await;
        assert_eq!(
            json!([later["cart"], later["referrer"]]),
            json!([null, null])
        );
        assert_ne!(browser(&later), browser(&here));
    }
}

#[tokio::test]
async fn a_tab_is_one_browser_for_clicks_and_for_typed_codes() {
    let site = Site::new("code").person(None).open().await;
    let ann = visitor().await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says(OFFER).await;
    ann.click(&in_banner("button.primary")).await;
    let clicked = claim(&ann).await;
    let ben = Person::new("ben").with_name("Ben");
    let code = site.program.code(&ben).await;
    ann.reload().await;
    // What was taken before is taken up again.
    let again = claim(&ann).await;
    types(&ann, &code).await;
    ann.wait("window.claims.length == 2").await;
    let typed = ann.value("window.claims[1]").await;
    assert_eq!(typed["code"], code);
    for claim in [&again, &typed] {
        assert_eq!(browser(claim), browser(&clicked));
    }
    // A code is typed at the checkout, where there always is a cart.
    assert_eq!(typed["cart"], Value::Null);
    assert_ne!(typed["claim_id"], typed["browser"]);
}

#[tokio::test]
async fn who_shares_tells_their_browser_once_and_who_only_looks_tells_nothing() {
    for page in ["plain", "no-wasm"] {
        let site = Site::new(page).open().await;
        let jane = visitor().await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        let told = "enrolments.map((one) => one.browser ?? null)";
        assert_eq!(jane.value(told).await, json!([null]), "{page}");
        assert_eq!(jane.value(STORED).await, json!([0, 0, "", 0]), "{page}");
        for _ in 0..2 {
            jane.click(&copy_button()).await;
            jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
                .await;
            jane.wait("enrolments.length > 1").await;
        }
        let enrolments = jane.value("enrolments").await;
        assert_eq!(enrolments.as_array().map(Vec::len), Some(2), "{page}");
        browser(&enrolments[1]);
        assert_eq!(
            enrolments[1]["customer_token"],
            enrolments[0]["customer_token"]
        );
    }
}

#[tokio::test]
async fn under_strict_consent_a_browser_is_known_on_its_page_only_and_nothing_is_stored() {
    for page in ["code", "no-wasm"] {
        let site = Site::new(page).person(None).consent("strict").open().await;
        let ann = visitor().await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says(OFFER).await;
        ann.click(&in_banner("button.primary")).await;
        let first = claim(&ann).await;
        if page == "code" {
            let ben = Person::new("ben").with_name("Ben");
            types(&ann, &site.program.code(&ben).await).await;
            ann.wait("window.claims.length == 2").await;
            assert_eq!(ann.text("window.claims[1].browser").await, browser(&first));
        }
        assert_eq!(ann.value(STORED).await, json!([0, 0, "", 0]));
        // The address still has the click, and a page that is loaded again is not where it led.
        ann.value("window.name = 'full'").await;
        ann.reload().await;
        let again = claim(&ann).await;
        assert_eq!(again["token"], first["token"]);
        assert_ne!(browser(&again), browser(&first));
        assert_eq!(json!([first["cart"], again["cart"]]), json!([false, null]));
        assert_eq!(ann.value(STORED).await, json!([0, 0, "", 0]));
    }
}
