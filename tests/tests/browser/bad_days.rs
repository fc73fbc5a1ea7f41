//! The edge on a bad day: the page has a good one.

use std::time::{Duration, Instant};

use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::network::Line;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::{Shop, reserved_port};
use goodword_tests::browser::widget::{
    LAUNCHER, copy_button, in_code, in_dialog, in_lead, in_portal, says,
};
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

/// Jane copies her link: all that matters works.
async fn shares(jane: &Browser) {
    let link = jane.open_dialog().await;
    jane.click(&copy_button()).await;
    jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
        .await;
    assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-launcher"));
}

#[tokio::test]
async fn an_edge_that_never_answers_is_given_up_after_a_while() {
    for page in ["plain", "no-wasm"] {
        let edge = StandIn::start(Fails::ByHanging).await;
        let site = Site::new(page).edge(&edge.url).open().await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&format!("{}?gw=AAAAAAAAAAAAAAAAAAAA", site.url))
            .await;
        let began = Instant::now();
        jane.click(LAUNCHER).await;
        jane.wait(&in_dialog("dialog[open] .unavailable")).await;
        assert!(began.elapsed() < Duration::from_secs(12), "{page}");
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn a_line_that_is_gone_for_a_while_is_missed_for_as_long() {
    for page in ["plain", "no-wasm"] {
        let site = Site::new(page).open().await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        jane.wait(LAUNCHER).await;
        jane.line_is(Line::Gone).await;
        jane.click(LAUNCHER).await;
        jane.wait(&format!("{}.startsWith('Not available')", says(LAUNCHER)))
            .await;
        // Slow enough that what the button says next is no direct answer to the tap, and must not move it.
        jane.line_is(Line::Slow).await;
        shares(&jane).await;
        let remarks = jane.leaves_the_page_alone().await;
        let lost = remarks.iter().all(|line| {
            line.message.contains("ERR_INTERNET_DISCONNECTED")
                || line.message.contains(&site.program.edge.url)
        });
        assert!(lost, "{remarks:?}");
    }
}

#[tokio::test]
async fn whoever_has_the_dialog_open_can_share_without_a_line() {
    let site = Site::new("plain").open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    let link = jane.open_dialog().await;
    jane.line_is(Line::Gone).await;
    jane.click(&copy_button()).await;
    jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
        .await;
    assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-launcher"));
    jane.line_is(Line::Fast).await;
    jane.leaves_the_page_alone().await;
}

#[tokio::test]
async fn a_slow_line_moves_nothing_on_the_page() {
    for screen in Screen::ALL {
        let site = Site::new("plain").open().await;
        let jane = Browser::open(screen).await;
        jane.line_is(Line::Slow).await;
        jane.goto(&site.url).await;
        jane.wait(LAUNCHER).await;
        shares(&jane).await;
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
}

#[tokio::test]
async fn what_stands_in_a_page_fills_the_room_that_was_kept_for_it_however_late() {
    for (page, there) in [
        (
            "share",
            "document.querySelector('goodword-share').shadowRoot.querySelector('.link input')"
                .to_owned(),
        ),
        ("portal", in_portal("[part=qr] path")),
        ("code", says(&in_code("[role=status]"))),
        ("lead", in_lead("form")),
    ] {
        for screen in Screen::ALL {
            let site = Site::new(page).open().await;
            let jane = Browser::open(screen).await;
            jane.line_is(Line::Slow).await;
            jane.goto(&site.url).await;
            jane.wait(&there).await;
            if page == "code" {
                jane.type_into(&in_code("input"), "NOBODYS99").await;
                jane.click(&in_code("button")).await;
                jane.wait(&in_code(".wrong")).await;
            }
            // That nobody has this code is no secret either.
            let remarks = jane.leaves_the_page_alone().await;
            let told = remarks.iter().all(|line| line.message.contains("/claims"));
            assert!(told, "{remarks:?}");
        }
    }
}
