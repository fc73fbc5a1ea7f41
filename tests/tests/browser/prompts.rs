//! After a purchase the dialog may open by itself: once in a visit, and only where there is something to share.

use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{LAUNCHER, copy_button, in_dialog, says};
use goodword_tests::browser::window::Browser;
use serde_json::json;

const NO_WASM: &str = "delete window.WebAssembly";

async fn is_asked(browser: &Browser) {
    browser.wait(&in_dialog("dialog[open] .link input")).await;
}

/// Everything is there, and nothing has opened.
async fn is_not_asked(browser: &Browser) {
    browser.wait(&in_dialog("dialog:not([open])")).await;
    browser
        .value("new Promise((done) => setTimeout(done, 500))")
        .await;
    assert_eq!(browser.value(&in_dialog("dialog[open]")).await, json!(null));
}

#[tokio::test]
async fn whoever_has_bought_is_asked_once_in_a_visit() {
    for script in ["", NO_WASM] {
        for consent in ["balanced", "full"] {
            let site = Site::new("thanks").consent(consent).open().await;
            let jane = Browser::open(Screen::Phone).await;
            jane.before_every_page(script).await;
            jane.goto(&site.url).await;
            is_asked(&jane).await;
            jane.click(&copy_button()).await;
            jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
                .await;
            assert!(jane.clipboard().await.ends_with("?c=copy-0-thanks"));
            jane.click(&in_dialog("dialog[open] .close")).await;
            let remarks = jane.leaves_the_page_alone().await;
            assert!(remarks.is_empty(), "{remarks:?}");
            jane.reload().await;
            is_not_asked(&jane).await;
            // The button is there for whoever has changed their mind.
            jane.open_dialog().await;
            // The next visit finds no more than this.
            jane.value("sessionStorage.clear()").await;
            jane.reload().await;
            is_asked(&jane).await;
        }
    }
}

#[tokio::test]
async fn under_strict_consent_nothing_is_remembered() {
    let site = Site::new("thanks").consent("strict").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    is_asked(&jane).await;
    let stored = "[sessionStorage.length, localStorage.length, document.cookie]";
    assert_eq!(jane.value(stored).await, json!([0, 0, ""]));
    jane.reload().await;
    is_asked(&jane).await;
}

#[tokio::test]
async fn nobody_is_asked_where_there_is_nothing_to_share() {
    let edge = StandIn::start(Fails::With500).await;
    let failing = Site::new("thanks").edge(&edge.url).open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&failing.url).await;
    jane.wait(LAUNCHER).await;
    is_not_asked(&jane).await;
    let guest = Site::new("thanks").person(None).open().await;
    jane.goto(&guest.url).await;
    jane.wait("window.goodword.program").await;
    let shown = "document.querySelector('goodword-launcher').shadowRoot.childElementCount";
    assert_eq!(jane.value(shown).await, 0);
    assert!(jane.probe().await.errors.is_empty());
}
