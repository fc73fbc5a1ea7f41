//! Pages that make it hard: sharing works all the same, and the page does not notice.

use goodword_tests::browser::console::Line;
use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::firefox;
use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{
    IN_WASM_ALONE, LAUNCHER, copy_button, in_banner, in_dialog, says,
};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::numbers::print_number;
use goodword_tests::harness::person::Person;
use serde_json::json;

/// Which views a page gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Views {
    Wasm,
    Plain,
}

/// Jane shares from this page. Returns what the browser had to say about the page.
async fn shares(site: Site, screen: Screen, views: Views) -> Vec<Line> {
    let site = site.open().await;
    let jane = Browser::open(screen).await;
    jane.goto(&site.url).await;
    shares_here(&jane, &site, views).await
}

/// She shares from the page where she is.
async fn shares_here(jane: &Browser, site: &OpenSite, views: Views) -> Vec<Line> {
    jane.wait(LAUNCHER).await;
    // Beside a scroll bar, where there is one; and Firefox counts in sixtieths of a pixel.
    let place = format!(
        "(({{ right, bottom, height }}) => [document.documentElement.clientWidth - right, innerHeight - bottom, height].map((it) => Math.round(it * 60) / 60))({LAUNCHER}.getBoundingClientRect())"
    );
    assert_eq!(
        jane.value(&place).await,
        json!([20, 20, 48]),
        "the launcher is not in its corner"
    );
    let link = jane.open_dialog().await;
    assert!(
        link.starts_with(&format!("{}/r/", site.program.edge.url)),
        "{link}"
    );
    looks_right(jane).await;
    jane.click(&copy_button()).await;
    jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
        .await;
    assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-launcher"));
    let channels = "[...document.querySelector('goodword-launcher').shadowRoot.querySelectorAll('.channels > *')].length";
    assert_eq!(jane.value(channels).await, 4);
    let wasm = jane.value(&format!("!!{}", in_dialog(IN_WASM_ALONE))).await;
    assert_eq!(wasm, views == Views::Wasm);
    jane.leaves_the_page_alone().await
}

/// The dialog looks as it does on any page.
async fn looks_right(jane: &Browser) {
    let style = |selector: &str, property: &str| {
        format!("getComputedStyle({}).{property}", in_dialog(selector))
    };
    for (selector, property, expected) in [
        ("dialog h2", "fontSize", "27px"),
        ("dialog .lead", "fontSize", "16px"),
        ("dialog .lead", "letterSpacing", "normal"),
        ("dialog .lead", "textTransform", "none"),
        ("dialog .link button", "color", "rgb(255, 255, 255)"),
        ("dialog .link", "display", "flex"),
        ("dialog", "display", "block"),
    ] {
        assert_eq!(
            jane.text(&style(selector, property)).await,
            expected,
            "{selector} {property}"
        );
    }
    let wide = format!("{0}.scrollWidth <= {0}.clientWidth", in_dialog("dialog"));
    assert_eq!(jane.value(&wide).await, true, "the dialog scrolls sideways");
}

#[tokio::test]
async fn a_plain_page() {
    for screen in Screen::ALL {
        assert!(
            shares(Site::new("plain"), screen, Views::Wasm)
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn loud_styles_stay_outside() {
    for screen in Screen::ALL {
        assert!(
            shares(Site::new("loud"), screen, Views::Wasm)
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn the_tag_twice_is_the_tag_once() {
    let site = Site::new("twice").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.open_dialog().await;
    let many = "document.querySelectorAll('goodword-launcher').length";
    assert_eq!(jane.value(many).await, 1);
    let lines = jane.console().await;
    assert!(
        lines
            .iter()
            .any(|line| line.is_ours() && line.message.contains("twice")),
        "{lines:?}"
    );
    assert!(jane.leaves_the_page_alone().await.is_empty());
}

#[tokio::test]
async fn a_policy_without_wasm_gets_plain_javascript() {
    let policy = "default-src 'none'; script-src 'nonce-own' EDGE; style-src 'self'; connect-src EDGE; img-src data:";
    for screen in Screen::ALL {
        let site = Site::new("plain").header("content-security-policy", policy);
        let remarks = shares(site, screen, Views::Plain).await;
        let about_us = remarks.iter().filter(|line| !line.message.contains("wasm"));
        assert_eq!(about_us.count(), 0, "{remarks:?}");
    }
}

#[tokio::test]
async fn a_policy_with_wasm_gets_the_whole_widget() {
    let policy = "default-src 'none'; script-src 'nonce-own' 'wasm-unsafe-eval' EDGE; style-src 'self'; \
        connect-src EDGE SOCKET; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'";
    let site = Site::new("plain").header("content-security-policy", policy);
    let site = site.open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    if jane.value("!window.trustedTypes").await == true {
        print_number("skipped: this browser has no Trusted Types; the rest of the policy holds");
    }
    let remarks = shares_here(&jane, &site, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn a_browser_without_webassembly_gets_plain_javascript() {
    for screen in Screen::ALL {
        let remarks = shares(Site::new("no-wasm"), screen, Views::Plain).await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn frozen_prototypes() {
    assert!(
        shares(Site::new("frozen"), Screen::Phone, Views::Wasm)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn polluted_prototypes() {
    for screen in Screen::ALL {
        let remarks = shares(Site::new("polluted"), screen, Views::Wasm).await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn webassembly_with_a_wrong_byte_is_not_run() {
    let edge = StandIn::start(Fails::InTheWasm).await;
    let site = Site::new("plain").edge(&edge.url).open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.open_dialog().await;
    jane.click(&copy_button()).await;
    jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
        .await;
    let lines = jane.console().await;
    let (ours, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(Line::is_ours);
    let [note] = ours.as_slice() else {
        panic!("not one line: {ours:?}");
    };
    assert!(note.message.contains("without WebAssembly"), "{note:?}");
    let about_it = |line: &Line| line.message.contains("widget.wasm");
    assert!(others.iter().all(about_it), "{others:?}");
    jane.leaves_the_page_alone().await;
}

#[tokio::test]
async fn a_pinned_loader_brings_the_whole_widget() {
    let policy = "default-src 'none'; script-src 'nonce-own' 'wasm-unsafe-eval' EDGE; style-src 'self'; \
        connect-src EDGE SOCKET; img-src data:";
    let site = Site::new("plain").header("content-security-policy", policy);
    let remarks = shares(site.pinned(), Screen::Phone, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn a_pinned_loader_with_a_wrong_byte_is_refused_and_not_missed() {
    let edge = StandIn::start(Fails::InTheLoader).await;
    let site = Site::new("plain").edge(&edge.url).pinned().open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    let remarks = jane.leaves_the_page_alone().await;
    let about_it = |line: &Line| line.message.contains("integrity");
    assert!(remarks.iter().any(about_it), "{remarks:?}");
    assert_eq!(jane.value("window.goodword === undefined").await, true);
}

#[tokio::test]
async fn a_base_that_leads_elsewhere() {
    let remarks = shares(Site::new("based"), Screen::Phone, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
    let site = Site::new("based").person(None).open().await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    assert_eq!(ann.address().await, site.url);
    assert!(ann.leaves_the_page_alone().await.is_empty());
}

#[tokio::test]
async fn a_shop_in_a_frame() {
    let site = Site::new("framed").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    jane.enter_frame().await;
    let remarks = shares_here(&jane, &site, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn a_shop_whose_addresses_are_hashes_is_led_nowhere_else() {
    let site = Site::new("hash").open().await;
    let token = site
        .program
        .click(&site.program.code(&Person::new("ann")).await)
        .await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&format!("{}#/shop&gw={token}", site.url)).await;
    jane.wait(&in_banner("strong")).await;
    assert_eq!(jane.address().await, format!("{}#/shop", site.url));
    jane.click(&in_banner(".close")).await;
    jane.value("location.hash = '#/cups'").await;
    let remarks = shares_here(&jane, &site, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
    assert_eq!(jane.value("window.unknown").await, json!([]));
    assert_eq!(jane.value("window.routes").await, 2);
    assert_eq!(jane.address().await, format!("{}#/cups", site.url));
}

#[tokio::test]
async fn of_two_versions_on_one_page_the_first_is_there_and_the_second_says_so() {
    let site = Site::new("versions").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.wait(LAUNCHER).await;
    let lines = jane.console().await;
    let told = |line: &&Line| line.is_ours() && line.message.contains("twice");
    assert_eq!(lines.iter().filter(told).count(), 1, "{lines:?}");
    let remarks = shares_here(&jane, &site, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
    let many = "document.querySelectorAll('goodword-launcher').length";
    assert_eq!(jane.value(many).await, 1);
}

/// Lets a page know whether it was kept for the way back.
const KEPT: &str = "addEventListener('pageshow', (event) => (window.kept = event.persisted))";

#[tokio::test]
async fn a_page_with_a_launcher_is_kept_for_the_way_back_and_shares_from_there() {
    let site = Site::new("plain").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.before_every_page(KEPT).await;
    jane.goto(&site.url).await;
    jane.wait(LAUNCHER).await;
    jane.goto(&format!("{}elsewhere", site.url)).await;
    jane.wait(LAUNCHER).await;
    jane.back().await;
    jane.wait("window.kept").await;
    let remarks = shares_here(&jane, &site, Views::Wasm).await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn whoever_comes_back_finds_the_dialog_as_it_was_and_it_goes_on_telling() {
    if firefox::is_this_run() {
        print_number(
            "skipped in Firefox: it keeps no page for the way back on which a socket is open, so that there is no dialog to find",
        );
        return;
    }
    let site = Site::new("plain").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.before_every_page(KEPT).await;
    jane.goto(&site.url).await;
    jane.open_dialog().await;
    let code = site.program.code(&Person::new("jane")).await;
    // As in a build that is shipped.
    jane.value(&format!("{}?.remove()", in_dialog("#trap")))
        .await;
    let claims = async || site.program.claim(&site.program.click(&code).await).await;
    claims().await;
    let progress = format!("{}?.textContent", in_dialog(".progress"));
    let before = jane.until(&progress).await;
    jane.goto(&format!("{}elsewhere", site.url)).await;
    jane.wait(LAUNCHER).await;
    jane.back().await;
    jane.wait(&in_dialog("dialog[open] .link input")).await;
    assert_eq!(jane.value("window.kept").await, true);
    claims().await;
    jane.wait(&format!("{progress} !== {before}")).await;
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn an_invitation_without_webassembly() {
    let site = Site::new("no-wasm").person(None).open().await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    ann.click(&in_banner("button.primary")).await;
    ann.banner_says("Your code for 15% off").await;
    let code = ann
        .text(&format!("{}.value", in_banner(".link input")))
        .await;
    assert_eq!(
        site.program.check_discount(&code, 2_000, None).await["amount"],
        300
    );
    assert!(ann.leaves_the_page_alone().await.is_empty());
}
