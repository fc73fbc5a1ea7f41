//! The way of one referral, as its two people see it.

use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::store::orders::ReportState;
use serde_json::{Value, json};

#[tokio::test]
async fn a_friend_buys_and_janes_open_dialog_tells_her_on_a_phone() {
    story(Screen::Phone).await;
}

#[tokio::test]
async fn a_friend_buys_and_janes_open_dialog_tells_her_on_a_desktop() {
    story(Screen::Desktop).await;
}

async fn story(screen: Screen) {
    let shop = Shop::open().await;
    let (jane, ann) = Browser::open_two(screen).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    let link = jane.open_dialog().await;
    listen(&jane).await;

    ann.goto(&format!("{link}?c=copy")).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    assert_eq!(ann.address().await, format!("{}/", shop.store.url));
    ann.put_in("house-beans").await;
    // 15 % of 20.00 EUR, typed by nobody.
    ann.taken_off("−€3.00").await;
    ann.banner_says("15% off is in your cart").await;
    let order = ann.pay_as("Ann", "ann@example.com").await;

    let heard = jane.until("window.heardAt").await.as_i64().expect("a time");
    let accepted = accepted_at(&shop).await;
    let late = heard - accepted;
    println!(
        "{}: {late} ms from the order's acceptance to Jane's dialog",
        screen.name()
    );
    assert!(late < 1_000, "{late} ms");
    let row = jane.text(&says(&in_dialog(".progress li"))).await;
    assert!(
        row.contains("A friend bought") && row.contains("€5 ready"),
        "{row}"
    );
    let loads = jane
        .value("performance.getEntriesByType('navigation').length + window.loads")
        .await;
    assert_eq!(loads, 2, "Jane's page was loaded again");

    let record = shop.program.record(&order, |_| true).await;
    assert_eq!(record["reason"], "claimed_discount");
    assert_eq!(record["evidence"][0]["evidence"], "discount_code");
    assert_eq!(record["evidence"][0]["verdict"], "chosen");
    for person in [&jane, &ann] {
        calm(person).await;
    }
}

/// Notes in Jane's page when her dialog tells of the reward.
async fn listen(jane: &Browser) {
    let shadow = "document.querySelector('goodword-launcher').shadowRoot";
    let script = format!(
        "(window.loads = 1, new MutationObserver(() => {{
            const news = {shadow}.querySelector('.news')?.textContent;
            if (!window.heardAt && news === 'A friend just bought. Your €5 is ready!') window.heardAt = Date.now();
        }}).observe({shadow}, {{ subtree: true, childList: true, characterData: true }}))"
    );
    jane.value(&script).await;
}

/// When the edge took the order's report, in Unix milliseconds.
async fn accepted_at(shop: &Shop) -> i64 {
    eventually("an accepted report", async || {
        let report = shop.last_order().reports.pop()?;
        assert_eq!(
            report.answer.as_ref().map(|answer| &answer["attributed"]),
            Some(&json!(true))
        );
        report
            .settled_at
            .filter(|_| report.state == ReportState::Accepted)
    })
    .await
}

/// The widget has let nothing escape into the store's page.
async fn calm(person: &Browser) {
    let probe = person.probe().await;
    assert!(
        probe.errors.is_empty() && probe.violations.is_empty(),
        "{probe:?}"
    );
    let lines = person.console().await;
    let strange: Vec<_> = lines.iter().filter(|line| !line.is_ours()).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let stored: Value = person.value("[localStorage.length, document.cookie]").await;
    assert_eq!(stored, json!([0, ""]));
}
