//! The whole way without a mouse: real keys only, a focus that is never lost, and a way out of everything.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::hands::{ENTER, ESCAPE, SHIFT, TAB};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{LAUNCHER, in_banner, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

/// What has the focus, through all shadow roots.
const FOCUSED: &str = "(() => { let at = document.activeElement; \
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return at })()";

/// Presses Tab until an expression of the focused element `it` is true.
async fn tab_to(person: &Browser, wanted: &str) {
    let there = format!("((it) => !!({wanted}))({FOCUSED})");
    let mut stops = Vec::new();
    for _ in 0..25 {
        person.press(&[], TAB).await;
        if person.value(&there).await == true {
            // Whoever steers by keys sees where they are.
            let ring = format!(
                "((it) => getComputedStyle(it).outlineStyle !== 'none' || getComputedStyle(it.parentElement).outlineStyle !== 'none')({FOCUSED})"
            );
            assert_eq!(person.value(&ring).await, true, "{wanted} shows no focus");
            return;
        }
        stops.push(
            person
                .text(&format!("{FOCUSED}.outerHTML.slice(0, 60)"))
                .await,
        );
    }
    panic!("Tab never came to {wanted}: {stops:#?}");
}

#[tokio::test]
async fn the_whole_share() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).open().await;
        let jane = Browser::open(Screen::Desktop).await;
        jane.goto(&site.url).await;
        jane.wait("document.querySelector('goodword-launcher')")
            .await;
        tab_to(&jane, "it.part.contains('launcher')").await;
        jane.press(&[], ENTER).await;
        let link = jane
            .until(&format!("{}.value", in_dialog("dialog[open] .link input")))
            .await;
        let link = link.as_str().expect("a link");
        for stop in [
            "it.localName == 'input'",
            "it.dataset.channel == 'whatsapp'",
            "it.className == 'close'",
        ] {
            tab_to(&jane, stop).await;
        }
        tab_to(&jane, "it.part.contains('copy')").await;
        jane.press(&[], ENTER).await;
        jane.wait(&format!(
            "{} === 'Copied'",
            says(&in_dialog("dialog .said[role=status]"))
        ))
        .await;
        assert_eq!(jane.clipboard().await, format!("{link}?c=copy-0-launcher"));
        jane.press(&[], ESCAPE).await;
        jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
        jane.wait(&format!("{FOCUSED}.part.contains('launcher')"))
            .await;
        // On from there into the page, both ways.
        jane.press(&[SHIFT], TAB).await;
        jane.wait("document.activeElement.id === 'own'").await;
    }
}

#[tokio::test]
async fn a_button_of_the_page_that_opens_the_dialog_gets_the_focus_back() {
    let site = Site::new(WHOLE).open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    jane.wait("document.querySelector('goodword-launcher')")
        .await;
    jane.value("document.getElementById('own').addEventListener('click', () => goodword('open'))")
        .await;
    tab_to(&jane, "it.id == 'own'").await;
    jane.press(&[], ENTER).await;
    jane.wait(&in_dialog("dialog[open] .link input")).await;
    jane.press(&[], ESCAPE).await;
    jane.wait("document.activeElement.id === 'own'").await;
}

#[tokio::test]
async fn the_whole_claim() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).person(None).open().await;
        let ann = Browser::open(Screen::Desktop).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says("Jane gave you 15% off your first order")
            .await;
        let body = ann.text("document.activeElement.localName").await;
        assert_eq!(body, "body", "the banner has taken the focus");
        tab_to(&ann, "it.part.contains('accept')").await;
        ann.press(&[], ENTER).await;
        ann.banner_says("Your code for 15% off").await;
        // The button is gone, and the focus is where it was.
        ann.wait(&format!("{FOCUSED}.className === 'banner'")).await;
        tab_to(&ann, "it.localName == 'input'").await;
        let shown = ann
            .text(&format!("{}.value", in_banner(".link input")))
            .await;
        tab_to(&ann, "it.part.contains('copy')").await;
        ann.press(&[], ENTER).await;
        ann.wait(&format!("{} === 'Copied'", says(&in_banner(".said"))))
            .await;
        assert_eq!(ann.clipboard().await, shown);
        // On into the page and back: nothing holds the focus.
        tab_to(&ann, "it.id == 'own'").await;
        tab_to(&ann, "it.className == 'close'").await;
        ann.press(&[], ENTER).await;
        ann.wait(&format!(
            "!{}?.getClientRects().length",
            in_banner(".banner")
        ))
        .await;
    }
}

#[tokio::test]
async fn a_launcher_that_a_banner_lies_on_is_seen_while_it_has_the_focus() {
    for page in [WHOLE, FALLBACK] {
        let ann = Person::new("ann");
        let site = Site::new(page).person(Some(ann)).open().await;
        let ann = Browser::open(Screen::Phone).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says("Jane gave you 15% off your first order")
            .await;
        let on_top = format!(
            "(({{ left, top, width, height }}) => document.elementFromPoint(left + width / 2, top + height / 2).localName)({LAUNCHER}.getBoundingClientRect())"
        );
        assert_eq!(ann.text(&on_top).await, "goodword-invite");
        tab_to(&ann, "it.part.contains('launcher')").await;
        assert_eq!(ann.text(&on_top).await, "goodword-launcher");
    }
}
