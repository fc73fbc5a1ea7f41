//! What brings nothing twice, and nothing to oneself, with pages that stay whole.

use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{in_banner, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::store::orders::ReportState;
use serde_json::Value;

fn jane() -> Person {
    Person::new("jane").with_name("Jane")
}

/// What the program answered to the report of the last order.
async fn answered(shop: &Shop) -> Value {
    eventually("an accepted report", async || {
        let report = shop.last_order().reports.pop()?;
        report
            .answer
            .filter(|_| report.state == ReportState::Accepted)
    })
    .await
}

#[tokio::test]
async fn a_second_order_of_the_same_friend_earns_nothing() {
    let shop = Shop::open().await;
    let code = shop.program.code(&jane()).await;
    let token = shop.program.click(&code).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    ann.put_in("house-beans").await;
    ann.taken_off("−€3.00").await;
    ann.pay_as("Ann", "ann@example.com").await;
    assert_eq!(answered(&shop).await["attributed"], true);
    assert_eq!(shop.program.credit(&jane()).await, 500);

    // The link once more.
    let token = shop.program.click(&code).await;
    ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
    ann.put_in("mug").await;
    ann.pay_as("Ann", "ann@example.com").await;
    let answer = answered(&shop).await;
    assert_eq!(answer["attributed"], false, "{answer}");
    assert_eq!(shop.last_order().totals.discount, 0);
    assert_eq!(shop.program.credit(&jane()).await, 500);
    assert!(ann.probe().await.errors.is_empty());
}

#[tokio::test]
async fn jane_gets_nothing_through_her_own_link() {
    let shop = Shop::open().await;
    let browser = Browser::open(Screen::Phone).await;
    browser.goto(&shop.store.url).await;
    browser.sign_in("jane").await;
    let token = shop.program.click(&shop.program.code(&jane()).await).await;
    browser
        .goto(&format!("{}/?gw={token}", shop.store.url))
        .await;
    browser.banner_says("This is your own link").await;
    browser.put_in("house-beans").await;
    browser.pay_as("Jane", "jane@example.com").await;
    let answer = answered(&shop).await;
    assert_eq!(answer["attributed"], false, "{answer}");
    assert_eq!(shop.last_order().totals.discount, 0);
    assert_eq!(shop.program.credit(&jane()).await, 0);
    assert!(browser.probe().await.errors.is_empty());
    let title = browser.text(&says(&in_banner("strong"))).await;
    assert!(!title.contains("Jane gave you"), "{title}");
}
