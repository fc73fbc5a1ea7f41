//! How the link goes out: one tap, and a message that says what Jane gets.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::scanner::scanned;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{copy_button, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use serde_json::json;

/// What a friend reads, whatever way it comes.
fn message(link: &str, channel: &str) -> String {
    format!(
        "I like Ember & Oak, and I think you would too. Here is 15% off your first order: {link}?c={channel}-0-launcher \
         (I get €5 credit if you buy.)"
    )
}

async fn jane(screen: Screen) -> (Shop, Browser, String) {
    let shop = Shop::open().await;
    let jane = Browser::open(screen).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    let link = jane.open_dialog().await;
    (shop, jane, link)
}

#[tokio::test]
async fn one_tap_copies_the_link_and_says_so() {
    for screen in Screen::ALL {
        let (shop, jane, link) = jane(screen).await;
        assert!(
            link.starts_with(&format!("{}/r/", shop.program.edge.url)),
            "{link}"
        );
        jane.click(&copy_button()).await;
        // Seen on the button, and read out.
        jane.wait(&format!("{} === 'Copied'", says(&copy_button())))
            .await;
        jane.wait(&format!(
            "{} === 'Copied'",
            says(&in_dialog("dialog .said[role=status]"))
        ))
        .await;
        assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-launcher"));
        eventually("the share counted", async || {
            (shop.program.counted("shared", Some("copy")).await == 1).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn every_channel_carries_its_link_and_the_disclosure() {
    let (_shop, jane, link) = jane(Screen::Phone).await;
    assert_eq!(
        jane.channel("whatsapp").await,
        format!("https://wa.me/?text={}", message(&link, "whatsapp"))
    );
    for (channel, leads) in [("sms", "sms:?&body="), ("email", "mailto:?subject=")] {
        let sent = jane.channel(channel).await;
        assert!(sent.starts_with(leads), "{sent}");
        let own = format!("{link}?c={channel}-0-launcher");
        assert!(sent.contains(&own), "{sent}");
        assert!(sent.contains("(I get €5 credit if you buy.)"), "{sent}");
    }
}

#[tokio::test]
async fn the_program_chooses_the_channels_and_their_order() {
    let order = ["linkedin", "telegram", "facebook", "x", "email"];
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).set("channels", order.to_vec()).open().await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        let link = jane.open_dialog().await;
        let tiles = "[...document.querySelector('goodword-launcher').shadowRoot.querySelectorAll('.channels > *')]";
        let shown = format!("{tiles}.map((it) => it.dataset.channel)");
        assert_eq!(jane.value(&shown).await, json!(order), "{page}");
        let said =
            "I like Ember & Oak, and I think you would too. Here is 15% off your first order:";
        let rest = format!("{said} (I get €5 credit if you buy.)");
        let told = |channel| message(&link, channel);
        let sent = |channel| format!("{link}?c={channel}-0-launcher");
        for (channel, leads) in [
            (
                "telegram",
                format!(
                    "https://t.me/share/url?url={}&text={rest}",
                    sent("telegram")
                ),
            ),
            (
                "x",
                format!(
                    "https://x.com/intent/post?text=15% off your first order at Ember & Oak: {} (I get €5 credit if you buy.)",
                    sent("x")
                ),
            ),
            (
                "facebook",
                format!(
                    "https://www.facebook.com/sharer/sharer.php?u={}&quote={rest}",
                    sent("facebook")
                ),
            ),
            (
                "linkedin",
                format!(
                    "https://www.linkedin.com/feed/?shareActive=true&text={}",
                    told("linkedin")
                ),
            ),
        ] {
            assert_eq!(jane.channel(channel).await, leads, "{page}");
        }
        jane.click(&in_dialog("dialog[open] a[data-channel=x]"))
            .await;
        eventually("the share counted", async || {
            (site.program.counted("shared", Some("x")).await == 1).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_tap_on_a_channel_leaves_with_the_message() {
    let (_shop, jane, link) = jane(Screen::Phone).await;
    jane.click(&in_dialog("dialog[open] a[data-channel=whatsapp]"))
        .await;
    jane.wait("window.__probe.opened.length").await;
    let opened = jane
        .text("decodeURIComponent(window.__probe.opened[0])")
        .await;
    assert_eq!(
        opened,
        format!("https://wa.me/?text={}", message(&link, "whatsapp"))
    );
}

#[tokio::test]
async fn the_share_sheet_opens_inside_the_tap() {
    let (_shop, jane, link) = jane(Screen::Phone).await;
    jane.click(&in_dialog("dialog[open] button[data-channel=native]"))
        .await;
    jane.wait("window.__probe.shares.length").await;
    let shares = jane.probe().await.shares;
    assert_eq!(shares[0].data["text"], message(&link, "native"));
    assert!(shares[0].active, "a browser would have refused");
}

#[tokio::test]
async fn a_message_in_janes_own_words_goes_out_with_her_link() {
    let (_shop, jane, link) = jane(Screen::Phone).await;
    jane.click(&in_dialog("dialog[open] details.message summary"))
        .await;
    let field = in_dialog("dialog[open] textarea");
    jane.value(&format!("{field}.select()")).await;
    jane.type_into(&field, "Try the beans & a mug").await;
    jane.click(&in_dialog("dialog[open] a[data-channel=whatsapp]"))
        .await;
    jane.wait("window.__probe.opened.length").await;
    let opened = jane
        .text("decodeURIComponent(window.__probe.opened[0])")
        .await;
    assert!(opened.contains("Try the beans & a mug"), "{opened}");
    assert!(
        opened.contains(&format!("{link}?c=whatsapp-0-launcher")),
        "{opened}"
    );
}

#[tokio::test]
async fn a_friend_who_stands_beside_scans_the_link() {
    // All of them, so that on a phone the picture has to be scrolled to.
    let channels = json!([
        "native", "whatsapp", "sms", "email", "telegram", "x", "facebook", "linkedin", "qr",
    ]);
    let site = Site::new(WHOLE).set("channels", channels).open().await;
    let tile = in_dialog("dialog[open] [data-channel=qr]");
    let picture = in_dialog("dialog[open] [part=qr] path");
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        let link = jane.open_dialog().await;
        assert_eq!(jane.text(&says(&tile)).await, "QR code");
        jane.click(&tile).await;
        jane.wait(&format!(
            "(({{ top, bottom }}) => top >= 0 && bottom <= innerHeight)({picture}.parentNode.getBoundingClientRect())"
        ))
        .await;
        let svg = jane.text(&format!("{picture}.parentNode.outerHTML")).await;
        assert_eq!(scanned(&svg), format!("{link}?c=qr-0-launcher"));
        jane.click(&tile).await;
        jane.wait(&format!("!{picture}")).await;
        let remarks = jane.leaves_the_page_alone().await;
        assert!(remarks.is_empty(), "{remarks:?}");
    }
    eventually("each counted once", async || {
        (site.program.counted("shared", Some("qr")).await == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn where_the_picture_cannot_be_had_they_are_told() {
    let site = Site::new(WHOLE).set("channels", json!(["qr"])).open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&site.url).await;
    jane.open_dialog().await;
    jane.value("(window.real = WebAssembly.instantiate, WebAssembly.instantiate = () => Promise.reject(1), 1)")
        .await;
    let tile = in_dialog("dialog[open] [data-channel=qr]");
    jane.click(&tile).await;
    let told = says(&in_dialog("dialog[open] .shown"));
    jane.wait(&format!("{told}.startsWith('It is us')")).await;
    // And when it can be had again, they have it.
    jane.value("(WebAssembly.instantiate = real, 1)").await;
    jane.click(&tile).await;
    jane.click(&tile).await;
    jane.wait(&in_dialog("dialog[open] [part=qr] path")).await;
    eventually("only what was seen is counted", async || {
        (site.program.counted("shared", Some("qr")).await == 1).then_some(())
    })
    .await;
    let remarks = jane.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
}
