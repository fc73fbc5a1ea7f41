//! django-oscar's pages with our tag on them: an invitation comes through, and nothing else changes.

use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::shops::oscar::{BEANS, Opening, Oscar};

/// Nothing listens there.
const NOBODY: &str = "http://127.0.0.1:9";

/// Everybody whom the page has asked for something.
const ASKED: &str = "[...new Set(performance.getEntriesByType('resource').map((it) => new URL(it.name).origin))].join(' ')";

#[tokio::test]
async fn an_invitation_comes_through_the_redirect_that_drops_the_query() {
    let shop = Oscar::open().await;
    let jane = Person::new("jane").with_name("Jane");
    let code = shop.program.code(&jane).await;
    let ann = Browser::open(Screen::Phone).await;
    let edge = &shop.program.edge.url;
    ann.goto(&format!("{edge}/r/{}/{code}", shop.program.id))
        .await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    assert_eq!(ann.address().await, format!("{}/catalogue/", shop.url));
    let probe = ann.probe().await;
    assert!(probe.errors.is_empty(), "{probe:?}");
    let asked = ann.text(ASKED).await;
    let known = [shop.url.as_str(), edge, "https://ajax.googleapis.com"];
    let strange = asked.split(' ').find(|origin| !known.contains(origin));
    assert_eq!(strange, None, "the last of these is what Oscar itself asks");
    // Elsewhere in the shop the invitation is still there.
    ann.goto(&format!("{}/basket/", shop.url)).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
}

#[tokio::test]
async fn a_shop_whose_tag_leads_nowhere_sells_as_before() {
    let shop = Opening::default().reports_to(NOBODY).open().await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.oscar_put_in(&shop.url, BEANS).await;
    let order = ann.oscar_buy_as(&shop.url, "ann@example.com").await;
    let probe = ann.probe().await;
    assert!(probe.errors.is_empty(), "{probe:?}");
    let reports = shop.reports().await;
    assert_eq!(reports[0]["order_id"], order);
}
