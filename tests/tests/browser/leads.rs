//! An introduction: a friend writes what they need, and the shop's server reports who sent them.

use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_lead, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::text;
use serde_json::{Value, json};

/// A joiner's site, who pays for leads that turn out to be good ones.
async fn joiner() -> OpenSite {
    let by = json!({ "events": ["lead_qualified"] });
    let site = Site::new("lead").person(None).set("qualifies_by", by);
    site.open().await
}

async fn visitor(address: &str) -> Browser {
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(address).await;
    ann.wait(&in_lead("form")).await;
    ann
}

async fn fills_in(ann: &Browser) {
    for (field, value) in [
        ("#name", "Ann"),
        ("#email", "ann@example.com"),
        ("#need", "A staircase"),
    ] {
        ann.type_into(&in_lead(field), value).await;
    }
    ann.click(&in_lead("#consent")).await;
}

async fn sends(ann: &Browser) {
    ann.click(&in_lead("[part=send]")).await;
}

async fn hears(ann: &Browser, what: &str) {
    let said = says(&in_lead("[role=status]"));
    ann.wait(&format!("{said}.startsWith({what:?})")).await;
}

/// The shop reports the lead that it has got, once somebody of its own has talked to Ann.
async fn qualifies(site: &OpenSite, lead: &Value) -> Value {
    let ann = Person::new("ann");
    let mut event = site
        .program
        .event(&text(&lead["id"]), "lead_qualified", &ann);
    for field in ["token", "referral_code"] {
        if !lead[field].is_null() {
            event = event.set(field, lead[field].clone());
        }
    }
    event.send().await.expect(201)
}

#[tokio::test]
async fn a_friend_who_follows_a_link_is_introduced_and_brings_the_referrer_a_reward() {
    let site = joiner().await;
    let ann = visitor(&site.invitation().await).await;
    ann.wait(&format!(
        "{} === 'Jane sent you. Welcome!'",
        says(&in_lead("#title"))
    ))
    .await;
    let hint = ann.text(&says(&in_lead(".head p"))).await;
    assert!(hint.contains("15% off your first order"), "{hint}");
    let seen = format!("{}.offsetParent === null", in_lead("#code"));
    assert_eq!(ann.value(&seen).await, true);
    fills_in(&ann).await;
    sends(&ann).await;
    hears(&ann, "Thank you, Ann!").await;
    let posted = site.posted();
    let lead = &posted[0];
    assert_eq!(posted.len(), 1);
    assert_eq!(
        json!([lead["name"], lead["email"], lead["need"], lead["consent"]]),
        json!(["Ann", "ann@example.com", "A staircase", true])
    );
    // Scripts of others hear that there was one, and not of whom.
    assert_eq!(ann.value("window.lead").await, json!({ "id": lead["id"] }));
    let off = text(&lead["discount_code"]);
    let check = site.program.check_discount(&off, 2_000, None).await;
    assert_eq!(check["amount"], 300);
    assert_eq!(qualifies(&site, lead).await["converted"], true);
    assert_eq!(site.program.credit(&Person::new("jane")).await, 500);
    let remarks = ann.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn whoever_comes_by_themselves_may_say_who_sent_them_by_a_code() {
    let site = joiner().await;
    let code = site.program.code(&Person::new("jane")).await;
    let ann = visitor(&site.url).await;
    assert_eq!(
        ann.text(&says(&in_lead("#title"))).await,
        "Tell us what you need"
    );
    fills_in(&ann).await;
    ann.type_into(&in_lead("#code"), &code).await;
    sends(&ann).await;
    hears(&ann, "Thank you, Ann!").await;
    let posted = site.posted();
    assert_eq!(posted[0]["referral_code"], code);
    assert_eq!(qualifies(&site, &posted[0]).await["converted"], true);
    assert_eq!(site.program.credit(&Person::new("jane")).await, 500);
}

#[tokio::test]
async fn nothing_is_sent_without_consent_and_nothing_is_lost_when_the_shop_does_not_answer() {
    let site = joiner().await;
    let ann = visitor(&site.url).await;
    let element = "document.querySelector('goodword-lead')";
    ann.value(&format!("{element}.dataset.action = '/refuses'"))
        .await;
    fills_in(&ann).await;
    ann.click(&in_lead("#consent")).await;
    sends(&ann).await;
    // The browser itself says what is missing.
    let missing = format!("{}.validity.valueMissing", in_lead("#consent"));
    assert_eq!(ann.value(&missing).await, true);
    assert_eq!(ann.text(&says(&in_lead("[role=status]"))).await, "");
    assert_eq!(site.posted(), Vec::<Value>::new());
    ann.click(&in_lead("#consent")).await;
    sends(&ann).await;
    hears(&ann, "That did not work").await;
    let first = site.posted().remove(0);
    assert_eq!(ann.value("window.lead ?? null").await, Value::Null);
    ann.value(&format!("{element}.dataset.action = '/leads'"))
        .await;
    sends(&ann).await;
    hears(&ann, "Thank you, Ann!").await;
    // The second time is the same introduction.
    assert_eq!(site.posted(), [first.clone(), first]);
    let remarks = ann.leaves_the_page_alone().await;
    let told = remarks.iter().all(|line| line.message.contains("/refuses"));
    assert!(told, "{remarks:?}");
}

#[tokio::test]
async fn two_introductions_in_one_tab_are_two_and_nothing_is_stored_before_anybody_acts() {
    let site = joiner().await;
    let ann = visitor(&site.url).await;
    let stored = "[sessionStorage.length, localStorage.length, document.cookie]";
    assert_eq!(ann.value(stored).await, json!([0, 0, ""]));
    for _ in 0..2 {
        fills_in(&ann).await;
        sends(&ann).await;
        hears(&ann, "Thank you, Ann!").await;
        ann.reload().await;
        ann.wait(&in_lead("form")).await;
    }
    let posted = site.posted();
    assert_ne!(posted[0]["id"], posted[1]["id"]);
}

#[tokio::test]
async fn a_link_that_is_good_for_nothing_leaves_room_for_a_code() {
    let site = joiner().await;
    let dead = format!(
        "{}?gw=AQEBoixjhhPiqHbmQHY8F_RjlD4AAAkSHSjBijgeMTkD",
        site.url
    );
    let ann = visitor(&dead).await;
    ann.wait(&format!("{}.offsetParent", in_lead("#code")))
        .await;
    // Jane has followed her own.
    let own = Site::new("lead").open().await;
    let jane = visitor(&own.invitation().await).await;
    jane.wait(&format!("{}.offsetParent", in_lead("#code")))
        .await;
    let title = jane.text(&says(&in_lead("#title"))).await;
    assert_eq!(title, "Tell us what you need");
}

#[tokio::test]
async fn no_banner_comes_by_itself_where_the_introduction_is_parsed_later_than_the_tag_runs() {
    let site = Site::new("lead").slow().person(None).open().await;
    let ann = visitor(&site.invitation().await).await;
    ann.wait(&format!(
        "{} === 'Jane sent you. Welcome!'",
        says(&in_lead("#title"))
    ))
    .await;
    ann.wait("document.readyState === 'complete'").await;
    let banners = ann
        .value("document.querySelectorAll('goodword-invite').length")
        .await;
    assert_eq!(banners, json!(0));
}
