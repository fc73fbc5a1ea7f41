//! The referrer's own page: everything there is to know, in one place that follows what happens.

use std::collections::BTreeSet;

use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::scanner::scanned;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{fresh_network, text};
use serde_json::{Value, json};

fn credit(amount: i64) -> Value {
    json!({ "kind": "credit", "value": { "rule": "fixed", "amount": amount, "currency": "EUR" } })
}

/// A program in which much is still ahead.
pub(crate) fn with_goals(page: &str) -> Site {
    let tiers = json!([{ "from": 3, "reward": credit(800) }]);
    let milestones = json!([{ "at": 10, "reward": credit(5_000) }]);
    Site::new(page)
        .attributes(" data-placement=\"none\"")
        .set("tiers", tiers)
        .set("milestones", milestones)
        .set("hold_days", 14)
}

/// Two friends have bought, and one of them long ago; a third has the offer.
async fn busy_month(site: &OpenSite) {
    let code = site.program.code(&Person::new("jane")).await;
    for friend in ["ann", "bob", "cid"] {
        let token = site.program.click(&code).await;
        let claim = site.program.claim_call(&token).network(&fresh_network());
        let claim = claim.send().await.expect(201);
        if friend < "cid" {
            let discount = text(&claim["discount_code"]);
            let order = site.program.order(friend, &Person::new(friend));
            order.with_discounts(&[&discount]).accepted().await;
        }
        if friend == "ann" {
            site.program.advance_days(15).await;
        }
    }
}

/// A token as the shop mints it now, which is not when the page was made.
async fn signs_in(site: &OpenSite, jane: &Browser) {
    let token = site.program.customer_token(&Person::new("jane"));
    jane.goto(&site.url).await;
    jane.wait("window.goodword.program").await;
    jane.value(&format!("goodword('customer', '{token}')"))
        .await;
    jane.wait(&in_portal(".summary dl")).await;
}

#[tokio::test]
async fn it_shows_link_code_picture_goals_and_every_friend() {
    let site = with_goals("portal").person(None).open().await;
    busy_month(&site).await;
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        signs_in(&site, &jane).await;
        let code = site.program.code(&Person::new("jane")).await;
        let link = jane
            .text(&format!("{}.value", in_portal("[part=link]")))
            .await;
        assert!(
            link.ends_with(&format!("/r/{}/{code}", site.program.id)),
            "{link}"
        );
        let shown = jane
            .text(&format!("{}.value", in_portal("[part=code]")))
            .await;
        assert_eq!(shown, code);
        jane.wait(&in_portal("[part=qr] path")).await;
        let picture = format!("{}.outerHTML", in_portal("[part=qr] svg"));
        let read = scanned(&jane.text(&picture).await);
        assert_eq!(read, format!("{link}?c=qr-0-portal"));
        let file = jane
            .text(&format!("{}.download", in_portal(".scan a")))
            .await;
        assert_eq!(file, format!("{code}.svg"));
        let goals = jane.text(&says(&in_portal(".goals ul"))).await;
        assert_eq!(
            goals,
            "2 more friends, and you get €8 for each9 more friends, and you get €50 on top"
        );
        let friends = jane.text(&says(&in_portal(".friends ul"))).await;
        assert!(friends.contains("€5 ready"), "{friends}");
        assert!(friends.contains("€5 on "), "{friends}");
        assert!(friends.contains("Until "), "{friends}");
        let totals = jane.text(&says(&in_portal(".summary dl"))).await;
        assert_eq!(totals, "Accepted3Bought2Your credit€5");
        jane.click(&in_portal(".past summary")).await;
        let past = jane.text(&says(&in_portal(".past ul"))).await;
        assert_eq!(past.matches("A friend bought").count(), 2, "{past}");
        assert!(past.contains("€5 ready"), "{past}");
        jane.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn it_follows_what_happens_and_says_so() {
    let site = Site::new("portal")
        .attributes(" data-placement=\"none\"")
        .open()
        .await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    let friends = says(&in_portal(".friends"));
    jane.wait(&format!("{friends}.includes('Nobody has come yet')"))
        .await;
    let code = site.program.code(&Person::new("jane")).await;
    let token = site.program.click(&code).await;
    let claim = site.program.claim(&token).await;
    let news = says(&in_portal("[role=status].news"));
    jane.wait(&format!("{news} === 'A friend just took your offer.'"))
        .await;
    let discount = text(&claim["discount_code"]);
    let order = site.program.order("1001", &Person::new("ann"));
    order.with_discounts(&[&discount]).accepted().await;
    jane.wait(&format!(
        "{news} === 'A friend just bought. Your €5 is ready!'"
    ))
    .await;
    jane.wait(&format!("{friends}.includes('€5 ready')")).await;
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn where_there_is_no_webassembly_only_the_picture_is_missing() {
    let site = Site::new("portal")
        .attributes(" data-placement=\"none\"")
        .open()
        .await;
    let jane = Browser::open(Screen::Phone).await;
    jane.before_every_page("delete window.WebAssembly").await;
    jane.goto(&site.url).await;
    jane.wait(&in_portal("[part=code]")).await;
    jane.wait(&in_portal(".summary dl")).await;
    assert_eq!(
        jane.value(&format!("{} === null", in_portal(".qr"))).await,
        true
    );
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn a_page_with_it_loads_neither_the_dialog_nor_another_language() {
    let site = Site::new("portal")
        .attributes(" data-placement=\"none\"")
        .open()
        .await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.wait(&in_portal("[part=qr] path")).await;
    let fetched = jane.fetched_from(&site.program.edge.url).await;
    let files: BTreeSet<_> = fetched
        .iter()
        .map(|(name, _)| name.rsplit('/').next().unwrap_or(name))
        .filter(|name| {
            [".js", ".json", ".wasm"]
                .iter()
                .any(|end| name.ends_with(end))
        })
        .collect();
    // The loader, the element, its picture, and its style sheet, which is asked for ahead of the element that names it.
    let needed = BTreeSet::from(["portal.js", "qr.wasm", "style.js", "widget.js"]);
    assert_eq!(files, needed);
}
