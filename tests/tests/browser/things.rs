//! A reward that is a thing, or points of a name of their own, is told as what it is, and never as what it costs the merchant.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_dialog, in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::text;
use serde_json::{Value, json};

/// Rewards that cost two euros each, with what a customer is told.
fn rewards() -> [(Value, &'static str); 3] {
    let value = json!({ "rule": "fixed", "amount": 200, "currency": "EUR" });
    [
        (
            json!({ "kind": "free_product", "value": value, "description": "a coffee" }),
            "a coffee",
        ),
        (
            json!({ "kind": "points", "value": value, "quantity": 300, "description": "beans" }),
            "300 beans",
        ),
        (
            json!({ "kind": "points", "value": value, "quantity": 300 }),
            "300 points",
        ),
    ]
}

/// A friend of Jane's buys.
async fn a_friend_buys(site: &OpenSite) {
    let code = site.program.code(&Person::new("jane")).await;
    let claim = site.program.claim(&site.program.click(&code).await).await;
    let discount = text(&claim["discount_code"]);
    let order = site.program.order("1001", &Person::new("ann"));
    order.with_discounts(&[&discount]).accepted().await;
}

#[tokio::test]
async fn in_the_dialog() {
    for (reward, thing) in rewards() {
        for page in [WHOLE, FALLBACK] {
            let site = Site::new(page).set("reward", reward.clone()).open().await;
            a_friend_buys(&site).await;
            let jane = Browser::open(Screen::Phone).await;
            jane.goto(&site.url).await;
            jane.open_dialog().await;
            let title = jane.text(&says(&in_dialog("[part=title]"))).await;
            assert_eq!(title, format!("Give 15%, get {thing}"), "{page}");
            if page == WHOLE {
                let how = says(&in_dialog("[part=progress] ul"));
                jane.wait(&format!("{how}.includes('{thing} ready')")).await;
                assert!(!jane.text(&how).await.contains('€'));
            }
        }
    }
}

#[tokio::test]
async fn in_the_portal() {
    for (reward, thing) in rewards() {
        let site = Site::new("portal").attributes(" data-placement=\"none\"");
        let site = site.set("reward", reward).open().await;
        a_friend_buys(&site).await;
        let jane = Browser::open(Screen::Desktop).await;
        jane.goto(&site.url).await;
        let friends = says(&in_portal(".friends"));
        jane.wait(&format!("{friends}.includes('{thing} ready')"))
            .await;
        assert!(!jane.text(&friends).await.contains('€'));
    }
}
