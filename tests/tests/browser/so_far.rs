//! How many friends have come so far, as both sides see it.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_banner, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use serde_json::json;

use super::names::fits;

const SAID: &str = "Friends who have come this way so far: 1";

/// A site whose merchant shows the number from now on, when there is one referral.
async fn shown(site: Site) -> OpenSite {
    let site = site.open().await;
    let code = site.program.code(&Person::new("jane")).await;
    let order = site.program.order("1", &Person::new("ann"));
    order.with_code(&code).accepted().await;
    let from_now_on = json!({ "referrals_shown_from": 1 });
    site.program.change(&from_now_on).await;
    site
}

#[tokio::test]
async fn whoever_shares_and_whoever_is_invited_read_it_where_the_merchant_shows_it() {
    for page in [WHOLE, FALLBACK] {
        let site = shown(Site::new(page)).await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        assert_eq!(jane.text(&says(&in_dialog("[part=so-far]"))).await, SAID);
        let site = shown(Site::new(page).person(None)).await;
        let bob = Browser::open(Screen::Phone).await;
        bob.goto(&site.invitation().await).await;
        bob.banner_says("Jane gave you 15% off your first order")
            .await;
        assert_eq!(bob.text(&says(&in_banner("[part=so-far]"))).await, SAID);
        fits(&bob, &in_banner(".banner")).await;
        bob.click(&in_banner("[part=accept]")).await;
        bob.wait(&format!("!{}", in_banner("[part=so-far]"))).await;
    }
}
