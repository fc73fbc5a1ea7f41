//! Shops of one page: they swap what is on it, and the widget stays.

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{LAUNCHER, copy_button, in_banner, in_dialog, says};
use goodword_tests::browser::window::Browser;

const BANNERS: &str = "document.querySelectorAll('goodword-invite').length";
const LAUNCHERS: &str = "document.querySelectorAll('goodword-launcher').length";

/// The ways to the next page, with its address where it has one.
const WAYS: [(&str, &str); 4] = [
    ("/coffee", "swap"),
    ("/cups", "draw"),
    ("", "swap"),
    ("/coffee", "restore"),
];

async fn goes(browser: &Browser, (path, how): (&str, &str)) {
    browser.value(&format!("go('{path}', '{how}')")).await;
    // What was taken away is put back in the next turn.
    browser
        .value("new Promise((done) => setTimeout(done, 50))")
        .await;
}

#[tokio::test]
async fn the_launcher_stays_and_shares_on_every_page() {
    let site = Site::new("single").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    for way in WAYS {
        jane.wait(LAUNCHER).await;
        goes(&jane, way).await;
        let link = jane.open_dialog().await;
        jane.click(&copy_button()).await;
        jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
            .await;
        assert_eq!(
            jane.clipboard().await,
            format!("{link}?c=copy-0-launcher"),
            "{way:?}"
        );
        jane.click(&in_dialog("dialog[open] .close")).await;
        assert_eq!(jane.value(LAUNCHERS).await, 1, "{way:?}");
    }
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn the_banner_stays_as_far_as_it_has_come_until_it_is_closed() {
    let site = Site::new("single").person(None).open().await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    goes(&ann, WAYS[0]).await;
    ann.click(&in_banner("button.primary")).await;
    for way in WAYS {
        ann.banner_says("Your code for 15% off").await;
        goes(&ann, way).await;
        assert_eq!(ann.value(BANNERS).await, 1, "{way:?}");
    }
    ann.banner_says("Your code for 15% off").await;
    ann.click(&in_banner(".close")).await;
    for way in WAYS {
        goes(&ann, way).await;
        let seen = format!("{}?.getClientRects().length", in_banner(".banner"));
        assert_eq!(ann.value(&format!("!({seen})")).await, true, "{way:?}");
    }
    let remarks = ann.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[tokio::test]
async fn what_a_page_takes_away_by_itself_is_gone() {
    let site = Site::new("single").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.wait(LAUNCHER).await;
    jane.value("document.querySelector('goodword-launcher').remove()")
        .await;
    jane.value("new Promise((done) => setTimeout(done, 50))")
        .await;
    assert_eq!(jane.value(LAUNCHERS).await, 0);
    // One that the page itself has put there is the page's, wherever it goes.
    jane.value("document.body.append(document.createElement('goodword-launcher'))")
        .await;
    jane.wait(LAUNCHER).await;
    jane.value("history.pushState({}, '', '/elsewhere'), document.querySelector('goodword-launcher').remove()")
        .await;
    jane.value("new Promise((done) => setTimeout(done, 50))")
        .await;
    assert_eq!(jane.value(LAUNCHERS).await, 0);
    jane.leaves_the_page_alone().await;
}
