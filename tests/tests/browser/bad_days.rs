//! The edge on a bad day: the page has a good one.

use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::{Shop, reserved_port};
use goodword_tests::browser::widget::{LAUNCHER, in_dialog, says};
use goodword_tests::browser::window::Browser;

#[tokio::test]
async fn an_edge_that_is_down_is_not_noticed() {
    let closed = format!("http://127.0.0.1:{}", reserved_port());
    let site = Site::new("plain").edge(&closed).open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&format!("{}?gw=token", site.url)).await;
    let remarks = jane.leaves_the_page_alone().await;
    assert!(
        remarks
            .iter()
            .all(|line| line.message.contains("widget.js")),
        "{remarks:?}"
    );
}

#[tokio::test]
async fn a_shop_sells_while_the_edge_is_down() {
    let closed = format!("http://127.0.0.1:{}", reserved_port());
    let shop = Shop::open_with(|config| config.edge.clone_from(&closed)).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw=token", shop.store.url)).await;
    ann.put_in("house-beans").await;
    ann.pay_as("Ann", "ann@example.com").await;
    assert_eq!(shop.last_order().totals.total, 2_000);
    assert!(ann.probe().await.errors.is_empty());
}

/// A referrer asks for her link, and an invitee comes, while the edge fails like this.
async fn nothing_is_noticed(fails: Fails) {
    let edge = StandIn::start(fails).await;
    let site = Site::new("plain").edge(&edge.url).open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&format!("{}?gw=AAAAAAAAAAAAAAAAAAAA", site.url))
        .await;
    jane.click(LAUNCHER).await;
    let told = format!(
        "{} || {} === 'Not available right now. Try again?'",
        in_dialog("dialog[open] .unavailable"),
        says(LAUNCHER)
    );
    jane.wait(&told).await;
    let banner = "document.querySelector('goodword-invite')?.shadowRoot.querySelector('.banner')";
    assert_eq!(
        jane.value(&format!("!!{banner}")).await,
        false,
        "{fails:?}: a banner for nothing"
    );
    let remarks = jane.leaves_the_page_alone().await;
    let elsewhere = remarks
        .iter()
        .filter(|line| !line.message.contains(&edge.url));
    assert_eq!(elsewhere.count(), 0, "{remarks:?}");
}

#[tokio::test]
async fn an_edge_that_answers_500_is_not_noticed() {
    nothing_is_noticed(Fails::With500).await;
}

#[tokio::test]
async fn an_edge_that_answers_garbage_is_not_noticed() {
    nothing_is_noticed(Fails::WithGarbage).await;
}

#[tokio::test]
async fn an_edge_that_answers_with_pages_is_not_noticed() {
    nothing_is_noticed(Fails::WithHtml).await;
}

#[tokio::test]
async fn an_edge_that_answers_other_json_is_not_noticed() {
    nothing_is_noticed(Fails::WithOtherJson).await;
}

#[tokio::test]
async fn an_edge_that_has_pages_instead_of_files_is_not_noticed() {
    nothing_is_noticed(Fails::WithHtmlForTheFilesToo).await;
}
