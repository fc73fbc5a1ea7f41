//! A shop's own looks: every property and every part does what the documentation says, in both kinds of views.

use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::LAUNCHER;
use goodword_tests::browser::window::Browser;
use serde_json::json;

const ACCENT: &str = "rgb(0, 70, 140)";
const ON_ACCENT: &str = "rgb(255, 255, 240)";
const SURFACE: &str = "rgb(250, 245, 255)";
const TEXT: &str = "rgb(20, 0, 40)";
const MUTED: &str = "rgb(80, 60, 100)";
const LINE: &str = "rgb(200, 190, 220)";
const SOFT: &str = "rgb(240, 230, 250)";
const GOOD: &str = "rgb(0, 90, 40)";
const BAD: &str = "rgb(160, 0, 20)";

/// Asserts what is computed for the first match of each selector in the shadow of this element.
async fn looks(browser: &Browser, element: &str, expected: &[(&str, &str, &str)]) {
    for (selector, property, value) in expected {
        let (selector, pseudo) = selector.split_once("::").unwrap_or((selector, ""));
        let computed = format!(
            "getComputedStyle(document.querySelector('{element}').shadowRoot.querySelector(`{selector}`), '{pseudo}').{property}"
        );
        let what = format!("{element} {selector} {property}");
        assert_eq!(browser.text(&computed).await, *value, "{what}");
    }
}

/// Asserts that the page's style has reached these parts.
async fn reaches(browser: &Browser, element: &str, parts: &[&str]) {
    let parts = parts.iter().map(|part| format!("[part={part}]"));
    let parts: Vec<_> = parts.collect();
    let expected: Vec<_> = parts
        .iter()
        .map(|part| (part.as_str(), "scrollMarginTop", "7px"))
        .collect();
    looks(browser, element, &expected).await;
}

/// With WebAssembly, and without.
async fn visitors() -> Vec<Browser> {
    let (whole, plain) = Browser::open_two(Screen::Desktop).await;
    plain.before_every_page("delete window.WebAssembly").await;
    vec![whole, plain]
}

async fn put(browser: &Browser, element: &str, there: &str) {
    let put = format!(
        "((it) => {{ it.dataset.action = '/leads'; document.body.append(it) }})(document.createElement('{element}'))"
    );
    browser.value(&put).await;
    let there = format!("document.querySelector('{element}').shadowRoot?.querySelector(`{there}`)");
    browser.wait(&there).await;
}

async fn site() -> OpenSite {
    Site::new("theme").open().await
}

#[tokio::test]
async fn the_button_and_the_dialog_wear_the_shops_colours() {
    let site = site().await;
    for jane in visitors().await {
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        looks(
            &jane,
            "goodword-launcher",
            &[
                ("[part=launcher]", "backgroundColor", ACCENT),
                ("[part=launcher]", "color", ON_ACCENT),
                ("[part=launcher]", "borderRadius", "6px"),
                ("[part=launcher]", "fontFamily", "Georgia, serif"),
                ("dialog", "color", TEXT),
                ("dialog", "borderTopColor", LINE),
                ("dialog", "borderRadius", "8px"),
                ("dialog", "fontFamily", "Georgia, serif"),
                (".sheet", "backgroundColor", SURFACE),
                (".lead", "color", MUTED),
                (".link", "backgroundColor", SOFT),
                (".link button", "backgroundColor", ACCENT),
                (".link button", "color", ON_ACCENT),
                (".panel::before", "height", "32px"),
            ],
        )
        .await;
        let logo = "getComputedStyle(document.querySelector('goodword-launcher').shadowRoot.querySelector('.panel'), '::before').backgroundImage.startsWith('url')";
        assert_eq!(jane.value(logo).await, true);
        let place = format!(
            "(({{ left, bottom }}) => [left, innerHeight - bottom])({LAUNCHER}.getBoundingClientRect())"
        );
        assert_eq!(jane.value(&place).await, json!([14, 12]));
        let parts = [
            "launcher", "dialog", "panel", "title", "link", "copy", "channels", "channel", "close",
        ];
        reaches(&jane, "goodword-launcher", &parts).await;
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn so_do_the_panel_the_portal_the_field_for_a_code_and_the_introduction() {
    let site = site().await;
    for jane in visitors().await {
        jane.goto(&site.url).await;
        jane.wait(LAUNCHER).await;
        put(&jane, "goodword-share", "[part=copy]").await;
        reaches(&jane, "goodword-share", &["inline"]).await;
        put(&jane, "goodword-portal", ".summary dl").await;
        reaches(&jane, "goodword-portal", &["portal", "link", "code"]).await;
        looks(
            &jane,
            "goodword-portal",
            &[
                (".portal", "backgroundColor", SURFACE),
                (".portal", "color", TEXT),
            ],
        )
        .await;
        put(&jane, "goodword-code", "input").await;
        reaches(&jane, "goodword-code", &["asked", "typed", "use"]).await;
        let field = "document.querySelector('goodword-code').shadowRoot.querySelector";
        jane.type_into(&format!("{field}('input')"), "NOBODYS99")
            .await;
        jane.click(&format!("{field}('button')")).await;
        jane.wait(&format!("{field}('.wrong')")).await;
        looks(&jane, "goodword-code", &[(".wrong", "color", BAD)]).await;
        put(&jane, "goodword-lead", "form").await;
        reaches(&jane, "goodword-lead", &["lead", "send"]).await;
        let lead = [
            (".introduction", "backgroundColor", SURFACE),
            (".introduction", "color", TEXT),
        ];
        looks(&jane, "goodword-lead", &lead).await;
    }
}

#[tokio::test]
async fn so_does_the_banner() {
    let site = Site::new("theme").person(None).open().await;
    for ann in visitors().await {
        ann.goto(&site.invitation().await).await;
        ann.banner_says("Jane gave you 15% off your first order")
            .await;
        looks(
            &ann,
            "goodword-invite",
            &[
                (".corner", "padding", "30px"),
                (".banner", "backgroundColor", SURFACE),
                (".banner", "borderTopColor", LINE),
                (".banner .primary", "backgroundColor", ACCENT),
                (".says p", "color", MUTED),
            ],
        )
        .await;
        reaches(&ann, "goodword-invite", &["invite", "accept", "close"]).await;
        let soft = (".gift", "backgroundColor", "rgb(220, 250, 230)");
        looks(&ann, "goodword-invite", &[(".gift", "color", GOOD), soft]).await;
        let remarks = ann.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn the_tag_or_an_element_says_light_or_dark_whatever_the_system_says() {
    for (tag, element, scheme) in [
        ("dark", "", "dark"),
        ("light", "", "light"),
        ("dark", "light", "light"),
        ("light", "dark", "dark"),
        ("auto", "", "system"),
    ] {
        let site = Site::new("plain")
            .attributes(&format!(" data-theme=\"{tag}\" data-placement=\"none\""))
            .open()
            .await;
        for jane in visitors().await {
            for system in ["light", "dark"] {
                jane.prefer(system).await;
                jane.goto(&site.url).await;
                jane.wait("window.goodword.program").await;
                let put = format!(
                    "((it) => {{ if ('{element}') it.dataset.theme = '{element}'; document.body.append(it) }})(document.createElement('goodword-share'))"
                );
                jane.value(&put).await;
                let panel = "document.querySelector('goodword-share').shadowRoot.querySelector";
                jane.wait(&format!("{panel}('[part=copy]')")).await;
                let scheme = if scheme == "system" { system } else { scheme };
                let color = if scheme == "dark" {
                    "rgb(30, 29, 27)"
                } else {
                    "rgb(255, 255, 255)"
                };
                let expected = [
                    (".goodword", "colorScheme", scheme),
                    (".sheet", "backgroundColor", color),
                ];
                looks(&jane, "goodword-share", &expected).await;
            }
        }
    }
}
