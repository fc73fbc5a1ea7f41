//! Names are whatever a shop's customers have typed.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{copy_button, in_banner, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

const MARKUP: &str = "<img src=x onerror=window.hacked=1><b>Jane</b>";
const BACKWARDS: &str = "Jane\u{202e}\u{2067}\u{200f}";
/// Each is one picture, of many characters.
const PICTURES: &str = "👩🏽‍👩🏻‍👧🏿‍👦🏼🏳️‍🌈👨‍❤️‍💋‍👨";

#[tokio::test]
async fn markup_in_a_name_is_text() {
    invited_by(MARKUP, Some("gave you 15% off your first order")).await;
}

#[tokio::test]
async fn a_name_that_turns_the_line_around_turns_only_itself() {
    invited_by(BACKWARDS, Some("gave you 15% off your first order")).await;
}

#[tokio::test]
async fn a_name_of_ten_thousand_letters_fits() {
    invited_by(&"W".repeat(10_000), None).await;
}

#[tokio::test]
async fn a_name_that_is_a_tower_of_accents_fits() {
    invited_by(&format!("Z{}", "\u{0301}".repeat(3_000)), None).await;
}

#[tokio::test]
async fn a_name_of_hundreds_of_pictures_fits() {
    invited_by(&PICTURES.repeat(100), None).await;
}

/// Jane, under this name, opens her dialog; a friend comes by her link. Where there is no WebAssembly the dialog is another one, and the
/// banner the same.
async fn invited_by(name: &str, ends: Option<&str>) {
    let person = Person::new("jane").with_name(name);
    for page in [WHOLE, FALLBACK] {
        shares(page, &person).await;
    }
    is_invited(&person, ends).await;
}

async fn shares(page: &str, person: &Person) {
    let site = Site::new(page).person(Some(person.clone())).open().await;
    let mut jane = Browser::open(Screen::Phone).await;
    for screen in Screen::ALL {
        jane.moves_to(screen).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.wait(&copy_button()).await;
        fits(&jane, &in_dialog("dialog[open]")).await;
    }
}

async fn is_invited(person: &Person, ends: Option<&str>) {
    // Where the friend comes by nobody is signed in.
    let site = Site::new(WHOLE).person(None).open().await;
    let code = site.program.code(person).await;
    let token = site.program.click(&code).await;
    let mut ann = Browser::open(Screen::Phone).await;
    for screen in Screen::ALL {
        ann.moves_to(screen).await;
        ann.goto(&format!("{}?gw={token}", site.url)).await;
        let title = ann.until(&says(&in_banner("strong"))).await;
        let title = title.as_str().unwrap_or_default();
        assert!(
            title.ends_with(ends.unwrap_or("off your first order")),
            "{title}"
        );
        fits(&ann, &in_banner(".banner")).await;
        let isolated = format!(
            "{}?.querySelector('bdi, [dir=auto]') !== null",
            in_banner("strong")
        );
        assert_eq!(
            ann.value(&isolated).await,
            true,
            "{title:?} is not isolated"
        );
    }
}

#[tokio::test]
async fn a_message_of_anything_fits_and_goes_out_as_it_was_written() {
    let site = Site::new(WHOLE).open().await;
    let long = "W".repeat(10_000);
    let pictures = PICTURES.repeat(400);
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.click(&in_dialog("details.message summary")).await;
        for text in [MARKUP, BACKWARDS, &long, &pictures, "half a pair: \u{fffd}"] {
            let typed = text.replace('\u{fffd}', "\\ud83d");
            let write = format!(
                "((field) => {{ field.value = '{typed}'; field.dispatchEvent(new InputEvent('input')) }})({})",
                in_dialog("details.message textarea")
            );
            jane.value(&write).await;
            // Where a channel leads is made in the click.
            jane.click(&in_dialog("a[data-channel=whatsapp]")).await;
            let sent = jane.channel("whatsapp").await;
            assert!(
                sent.starts_with(&format!("https://wa.me/?text={text}")),
                "{sent}"
            );
            fits(&jane, &in_dialog("dialog[open]")).await;
        }
    }
}

#[tokio::test]
async fn whatever_a_shop_is_called_is_text_in_every_message() {
    // The edge keeps no brackets, and of what cannot be seen only what joins.
    let (name, said) = ("<b>☕</b> & 👩🏽‍👩🏻 \"Co\"", "b☕/b & 👩🏽\u{200d}👩🏻 \"Co\"");
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).set("name", name).open().await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        let sent = jane.channel("whatsapp").await;
        assert!(sent.contains(&format!("I like {said}, and")), "{sent}");
        fits(&jane, &in_dialog("dialog[open]")).await;
    }
}

/// Nothing is wider or higher than the window, and nothing of a name has run.
pub(super) async fn fits(browser: &Browser, element: &str) {
    let inside = format!(
        "(await Promise.all({element}.getAnimations().map((it) => it.finished)), \
          (({{ left, top, right, bottom }}) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight)({element}.getBoundingClientRect()))"
    );
    assert_eq!(
        browser.value(&inside).await,
        true,
        "{element} is larger than the window"
    );
    let page = "document.documentElement.scrollWidth <= innerWidth && window.hacked === undefined";
    assert_eq!(browser.value(page).await, true);
    let wide = format!("{element}.scrollWidth <= {element}.clientWidth + 1");
    assert_eq!(
        browser.value(&wide).await,
        true,
        "{element} scrolls sideways"
    );
    browser.leaves_the_page_alone().await;
}
