//! The dialog as a dialog: where it is, how one gets out of it, and who can use it.

use goodword_tests::browser::hands::{ENTER, ESCAPE, SHIFT, TAB};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{LAUNCHER, in_dialog};
use goodword_tests::browser::window::Browser;
use serde_json::{Value, json};

const FOCUSED: &str = "document.querySelector('goodword-launcher').shadowRoot.activeElement";

async fn jane(screen: Screen) -> (Shop, Browser) {
    let shop = Shop::open().await;
    let jane = Browser::open(screen).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    (shop, jane)
}

#[tokio::test]
async fn escape_closes_it_and_the_focus_returns_to_the_launcher() {
    let (_shop, jane) = jane(Screen::Desktop).await;
    jane.value(&format!("{LAUNCHER}.focus()")).await;
    jane.press(&[], ENTER).await;
    jane.wait(&in_dialog("dialog[open] .link input")).await;
    jane.press(&[], ESCAPE).await;
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
    jane.wait(&format!("{FOCUSED} === {LAUNCHER}")).await;
    // And it opens again.
    jane.press(&[], ENTER).await;
    jane.wait(&in_dialog("dialog[open] .link input")).await;
}

#[tokio::test]
async fn the_cross_and_a_tap_beside_it_close_it() {
    let (_shop, jane) = jane(Screen::Phone).await;
    jane.open_dialog().await;
    jane.click(&in_dialog("dialog[open] .close")).await;
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
    jane.open_dialog().await;
    let beside =
        json!({ "type": "mousePressed", "x": 195, "y": 10, "button": "left", "clickCount": 1 });
    for kind in ["mousePressed", "mouseReleased"] {
        let mut event = beside.clone();
        event["type"] = json!(kind);
        jane.cdp("Input.dispatchMouseEvent", event).await;
    }
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
}

#[tokio::test]
async fn tab_never_leaves_it_for_the_page() {
    let (_shop, jane) = jane(Screen::Desktop).await;
    jane.open_dialog().await;
    let outside = format!(
        "document.activeElement !== document.body && !{}?.contains({FOCUSED})",
        in_dialog("dialog[open]")
    );
    let mut stops = Vec::new();
    for held in [&[][..], &[SHIFT][..]] {
        for _ in 0..14 {
            jane.press(held, TAB).await;
            assert_eq!(jane.value(&outside).await, false, "after {stops:?}");
            let stop = format!("({FOCUSED}?.part[0] || {FOCUSED}?.localName) ?? ''");
            stops.push(jane.text(&stop).await);
        }
    }
    for stop in ["link", "copy", "channel", "summary", "close"] {
        assert!(
            stops.iter().any(|one| one == stop),
            "{stop} is not among {stops:?}"
        );
    }
}

/// Left, top, right and bottom of the dialog, and width and height of the window, when nothing moves any more.
async fn place(jane: &Browser) -> Vec<f64> {
    let dialog = in_dialog("dialog[open]");
    let place = format!(
        "(await Promise.all({dialog}.getAnimations().map((it) => it.finished)), \
          (({{ left, top, right, bottom }}) => [left, top, right, bottom, document.documentElement.clientWidth, innerHeight])({dialog}.getBoundingClientRect()))"
    );
    serde_json::from_value(jane.value(&place).await).expect("six numbers")
}

#[tokio::test]
async fn it_is_a_bottom_sheet_on_a_phone() {
    let (_shop, jane) = jane(Screen::Phone).await;
    jane.open_dialog().await;
    let place = place(&jane).await;
    assert_eq!(
        (place[0], place[2], place[3]),
        (0.0, place[4], place[5]),
        "{place:?}"
    );
    assert!(place[1] > 0.0, "{place:?}");
    assert_eq!(place[4..], [390.0, 844.0]);
}

#[tokio::test]
async fn it_is_in_the_middle_of_a_desktop() {
    let (_shop, jane) = jane(Screen::Desktop).await;
    jane.open_dialog().await;
    let place = place(&jane).await;
    let off = place[0] - (place[4] - place[2]);
    assert!(off.abs() <= 1.0, "{place:?}");
    // It grows downwards when there is more to see, and stays inside.
    assert!(place[1] >= 24.0 && place[3] <= place[5] - 24.0, "{place:?}");
}

#[tokio::test]
async fn everything_in_it_has_a_name_and_room_for_a_thumb() {
    let (_shop, jane) = jane(Screen::Phone).await;
    jane.open_dialog().await;
    let controls = "[...document.querySelector('goodword-launcher').shadowRoot.querySelectorAll('button, a, input, textarea')]";
    let nameless = format!(
        "{controls}.filter((it) => !(it.ariaLabel || it.textContent.trim() || it.getAttribute('aria-labelledby'))).map((it) => it.outerHTML)"
    );
    assert_eq!(jane.value(&nameless).await, json!([]));
    let small = format!(
        "{controls}.filter((it) => it.id !== 'trap' && it.localName !== 'input' && it.getClientRects().length)
            .filter((it) => {{ const box = it.getBoundingClientRect(); return box.width < 44 || box.height < 44 }})
            .map((it) => it.outerHTML)"
    );
    assert_eq!(jane.value(&small).await, json!([]));
    // The offer may come a little later than the dialog.
    let name = format!("{}.textContent", in_dialog("#title"));
    jane.wait(&format!("{name} === 'Give 15%, get €5'")).await;
    let labelled: Value = jane
        .value(&format!(
            "{}.getAttribute('aria-labelledby')",
            in_dialog("dialog")
        ))
        .await;
    assert_eq!(labelled, "title");
}

#[tokio::test]
async fn nothing_moves_for_who_wants_no_movement() {
    let (_shop, jane) = jane(Screen::Phone).await;
    let calm = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    jane.cdp("Emulation.setEmulatedMedia", calm).await;
    jane.open_dialog().await;
    let moving = format!(
        "{}.getAnimations({{ subtree: true }}).length",
        in_dialog("dialog[open]")
    );
    assert_eq!(jane.value(&moving).await, 0);
}
