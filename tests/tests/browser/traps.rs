//! The widget dies inside a click: nobody notices, and sharing goes on.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{IN_WASM_ALONE, copy_button, in_code, in_dialog, says};
use goodword_tests::browser::window::Browser;

/// The plain views are in place of the ones that died, with the dialog as open as it was.
async fn fallen_back(jane: &Browser) {
    let plain = format!("dialog[open] .panel:not(:has({IN_WASM_ALONE}))");
    jane.wait(&in_dialog(&plain)).await;
    let link = jane
        .until(&format!("{}?.value", in_dialog("dialog[open] .link input")))
        .await;
    jane.click(&copy_button()).await;
    jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
        .await;
    assert_eq!(
        jane.clipboard().await,
        format!("{}?c=copy-0-launcher", link.as_str().expect("a link"))
    );
}

#[tokio::test]
async fn a_trap_in_a_click_shows_nothing_to_the_page() {
    for screen in Screen::ALL {
        let site = Site::new("plain").open().await;
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.click(&in_dialog("#trap")).await;
        fallen_back(&jane).await;
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn a_trap_leaves_the_shop_open() {
    let shop = Shop::open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    jane.open_dialog().await;
    jane.click(&in_dialog("#trap")).await;
    fallen_back(&jane).await;
    jane.click(&in_dialog("dialog[open] .close")).await;
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
    jane.put_in("mug").await;
    assert!(jane.probe().await.errors.is_empty());
}

#[tokio::test]
async fn what_was_typed_into_a_field_without_webassembly_stays() {
    let site = Site::new("code").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    let field = in_code("input");
    jane.wait(&field).await;
    jane.type_into(&field, "HALF A CODE").await;
    jane.value(&format!("(window.before = {field}, 1)")).await;
    jane.open_dialog().await;
    jane.click(&in_dialog("#trap")).await;
    fallen_back(&jane).await;
    assert_eq!(jane.value(&format!("{field} === before")).await, true);
    assert_eq!(jane.text(&format!("{field}.value")).await, "HALF A CODE");
}
