//! The review queue of the edge's own: a merchant opens it, reads what speaks against a referral, and says a word.

use std::path::Path;

use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

const ENTER: &str = "document.querySelector('#enter button')";

/// A shop with two referrals that wait: one by the referrer's card and house, one by a throw-away address.
async fn held() -> Program {
    let invitee =
        json!({ "kind": "credit", "value": { "rule": "fixed", "amount": 300, "currency": "EUR" } });
    let shop = Setup::default()
        .set("invitee_reward", invitee)
        .create(&Edge::shared())
        .await;
    let code = shop.code(&Person::new("jane")).await;
    let told = json!({
        "payment_fingerprint": "canary-card-1", "ip": "198.51.100.7",
        "shipping_address": { "country": "GB", "postal_code": "SW1A 2AB", "lines": "14 High Street" },
    });
    let own = shop.order("own", &Person::new("jane"));
    own.set("risk", told.clone()).accepted().await;
    let order = shop.order("1001", &Person::new("ann")).with_code(&code);
    order.set("risk", told).accepted().await;
    let thrown = Person::new("bob").with_email("bob@mailinator.com");
    shop.order("1002", &thrown)
        .with_code(&code)
        .accepted()
        .await;
    shop
}

async fn enter(shop: &Program, screen: Screen) -> Browser {
    let browser = Browser::open(screen).await;
    browser.judge_barriers().await;
    open(&browser, shop, &shop.keys.api).await;
    browser
}

async fn open(browser: &Browser, shop: &Program, key: &str) {
    let url = format!("{}/console/review?program={}", Edge::shared().url, shop.id);
    browser.goto(&url).await;
    browser
        .wait("document.getElementById('program').value")
        .await;
    browser
        .value(&format!("document.getElementById('key').value = {key:?}"))
        .await;
    browser.click(ENTER).await;
}

fn choice(order: &str, name: &str) -> String {
    format!(
        "[...document.querySelectorAll('article')].find((it) => it.querySelector('h2').textContent.includes({order:?}))
            ?.querySelector('button.{name}')"
    )
}

#[tokio::test]
async fn a_merchant_reads_what_speaks_against_a_referral_and_says_a_word() {
    let shop = held().await;
    let browser = enter(&shop, Screen::Phone).await;
    browser
        .wait("document.querySelectorAll('article').length == 2")
        .await;
    let seen = browser
        .text("document.querySelector('article').innerText")
        .await;
    for part in [
        "Order 1001",
        "Jane Canarydoe",
        "Ann Canarydoe",
        "€5.00",
        "€3.00",
        "70",
        "50 ask for a review, 100 block",
        "The order was paid as the referrer pays.",
        "60 points",
        "The order goes to an address of the referrer",
    ] {
        assert!(seen.contains(part), "{part} is not in {seen}");
    }
    browser
        .value("document.querySelector('article textarea').value = 'They are a couple.'")
        .await;
    browser.click(&choice("1001", "approve")).await;
    browser
        .wait("document.querySelector('.done.approved')")
        .await;
    browser
        .wait("document.activeElement.textContent.includes('1002')")
        .await;
    let told = shop.explanation("1001").await["text"].to_string();
    assert!(told.contains("They are a couple."), "{told}");
    assert_eq!(
        shop.reward_of("1001", "conversion").await["state"],
        "issued"
    );
    browser.click(&choice("1002", "reject")).await;
    browser
        .wait("document.querySelector('.done.rejected')")
        .await;
    assert_eq!(shop.reward_of("1002", "invitee").await["state"], "voided");
    let status = browser
        .text("document.getElementById('status').textContent")
        .await;
    assert!(status.contains("Nothing waits for you."), "{status}");
}

#[tokio::test]
async fn a_merchant_says_a_word_on_one_side_and_the_other_waits() {
    let shop = held().await;
    let browser = enter(&shop, Screen::Phone).await;
    browser.wait("document.querySelector('.whose')").await;
    browser
        .value("document.querySelector('.whose select').value = 'invitee'")
        .await;
    browser.click(&choice("1001", "reject")).await;
    browser
        .wait("document.querySelector('.side.invitee .said.rejected')")
        .await;
    assert_eq!(shop.reward_of("1001", "invitee").await["state"], "voided");
    let referrers = || async { shop.reward_of("1001", "conversion").await["state"].clone() };
    assert_eq!(referrers().await, "pending");
    let card = browser
        .text("document.querySelector('article').innerText")
        .await;
    assert!(card.contains("Would get €5.00"), "{card}");
    assert!(!card.contains("Your word is on"), "{card}");
    browser.judge_barriers().await;
    browser.click(&choice("1001", "approve")).await;
    browser
        .wait("document.querySelector('.done.approved')")
        .await;
    assert_eq!(referrers().await, "issued");
}

#[tokio::test]
async fn the_key_is_in_no_storage_and_no_address_and_is_gone_when_the_page_is_left() {
    let shop = held().await;
    let browser = enter(&shop, Screen::Desktop).await;
    browser.wait("document.querySelector('article')").await;
    let kept =
        "JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie,
        document.documentElement.outerHTML, document.getElementById('key').value,
        performance.getEntriesByType('resource').map((it) => it.name)])";
    let kept = browser.text(kept).await;
    assert!(
        kept.contains(&shop.id) && !kept.contains(&shop.keys.api),
        "{kept}"
    );
    browser.click("document.getElementById('leave')").await;
    browser
        .wait("!document.getElementById('enter').hidden")
        .await;
    assert_eq!(
        browser
            .value("document.querySelectorAll('article').length")
            .await,
        0
    );
    open(&browser, &shop, "gw_api_wrong").await;
    let refusal = browser.text("(await new Promise((done) => setTimeout(done, 500)), document.getElementById('trouble').textContent)").await;
    assert!(!refusal.is_empty());
}

#[tokio::test]
async fn the_page_is_served_with_strict_headers_and_complains_of_nothing() {
    let edge = Edge::shared();
    let page = edge.call("GET", "/console/review").send().await;
    let policy = page.header("content-security-policy").expect("a policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let shop = held().await;
    let browser = Browser::open(Screen::Desktop).await;
    open(&browser, &shop, &shop.keys.api).await;
    browser.wait("document.querySelector('article')").await;
    let lines = browser.console().await;
    assert!(lines.is_empty(), "{lines:#?}");
}

#[tokio::test]
async fn nobody_is_shut_out_of_the_queue() {
    let shop = held().await;
    let browser = Browser::open(Screen::Desktop).await;
    browser.judge_barriers().await;
    browser
        .goto(&format!("{}/console/review", Edge::shared().url))
        .await;
    browser.wait("document.getElementById('enter')").await;
    browser.has_no_barriers("main", "the door").await;
    open(&browser, &shop, &shop.keys.api).await;
    browser
        .wait("document.querySelectorAll('article').length == 2")
        .await;
    browser.has_no_barriers("main", "the queue").await;
    browser.click(&choice("1002", "reject")).await;
    browser
        .wait("document.querySelector('.done.rejected')")
        .await;
    browser.has_no_barriers("main", "with a word said").await;
}

#[tokio::test]
async fn pictures_of_the_queue() {
    let shop = held().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    for screen in Screen::ALL {
        let browser = Browser::open(screen).await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            open(&browser, &shop, &shop.keys.api).await;
            browser.wait("document.querySelector('article')").await;
            for (part, at) in [
                ("top", "0"),
                (
                    "card",
                    "document.querySelector('.signals').getBoundingClientRect().top - 120",
                ),
            ] {
                browser.value(&format!("scrollTo(0, {at})")).await;
                let file = folder.join(format!("review-{part}-{}-{scheme}.png", screen.name()));
                browser.screenshot(&file).await;
                assert!(file.metadata().expect("a file").len() > 10_000);
            }
        }
    }
}
