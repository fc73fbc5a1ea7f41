//! The example pages that API.md names: they open, show what they are about, and nothing goes wrong.

use std::collections::BTreeSet;
use std::fs::read_to_string;

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{copy_button, in_code, in_dialog, in_lead, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

/// The pages that the tables of the documentation name.
fn pages() -> BTreeSet<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../API.md");
    let text = read_to_string(file).expect("the documentation");
    let (_, section) = text.split_once("\n## The page\n").expect("a section");
    let rows = section.lines().filter(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | "));
    let named = cells.filter_map(|(_, page)| page.strip_prefix('`')?.strip_suffix('`'));
    let is_page = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase());
    named.filter(is_page).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_page_that_is_named_opens_for_a_customer_and_for_a_friend() {
    let pages = pages();
    assert!(pages.len() > 8, "{pages:?}");
    let jane = Browser::open(Screen::Phone).await;
    for page in &pages {
        let site = Site::new(page).open().await;
        jane.goto(&site.url).await;
        jane.wait("window.goodword.program").await;
        // Everything that stands in the page has its view.
        let stands = "[...document.querySelectorAll('goodword-share, goodword-portal, goodword-code, goodword-lead')]";
        let there = "(it) => it.shadowRoot?.querySelector('.goodword')?.childElementCount";
        jane.wait(&format!("{stands}.every({there})")).await;
        jane.leaves_the_page_alone().await;
        let away = Site::new(page).person(None).open().await;
        jane.goto(&away.invitation().await).await;
        let shown = "document.querySelector('goodword-invite, goodword-lead')?.shadowRoot?.querySelector('.banner, form')";
        jane.wait(shown).await;
        jane.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn the_page_of_the_function_calls_all_of_it() {
    let site = Site::new("methods").open().await;
    let jane = Browser::open(Screen::Desktop).await;
    jane.goto(&site.url).await;
    jane.click("document.getElementById('open')").await;
    let link = format!("{}.value", in_dialog("dialog[open] .link input"));
    jane.until(&link).await;
    // It closes once the link has gone out.
    jane.click(&copy_button()).await;
    jane.wait(&format!("!{}", in_dialog("dialog[open]"))).await;
    jane.click("document.getElementById('out')").await;
    jane.click("document.getElementById('open')").await;
    jane.wait("document.getElementById('said').textContent == 'Nobody is signed in.'")
        .await;
    let away = Site::new("methods").person(None).open().await;
    let ann = jane;
    ann.goto(&away.invitation().await).await;
    ann.click("document.getElementById('add')").await;
    ann.wait("document.getElementById('said').textContent.startsWith('In the cart: ')")
        .await;
}

#[tokio::test]
async fn the_page_of_the_events_tells_them_as_they_happen() {
    let site = Site::new("events").person(None).open().await;
    let code = site.program.code(&Person::new("jane")).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.url).await;
    ann.wait(&in_code("input")).await;
    ann.type_into(&in_code("input"), &code).await;
    ann.click(&in_code("button")).await;
    ann.wait("document.getElementById('heard').textContent.includes('goodword:claimed')")
        .await;
    let ready = says("document.querySelector('#heard li')");
    assert!(ann.text(&ready).await.starts_with("goodword:ready"));
}

#[tokio::test]
async fn the_demo_store_has_them_all_for_who_wants_to_try() {
    let shop = Shop::open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    jane.goto(&format!("{}/examples/", shop.store.url)).await;
    let names = jane
        .text("[...document.querySelectorAll('li a')].map((it) => it.textContent).join(' ')")
        .await;
    for page in pages() {
        assert!(names.split(' ').any(|name| name == page), "{page}: {names}");
    }
    jane.click("document.querySelector('a[href=\"/examples/share\"]')")
        .await;
    let link =
        "document.querySelector('goodword-share')?.shadowRoot?.querySelector('.link input')?.value";
    jane.until(link).await;
    // An introduction is taken by the demo store as well.
    jane.goto(&format!("{}/examples/lead", shop.store.url))
        .await;
    for (field, value) in [
        ("#name", "Ann"),
        ("#email", "a@b.example"),
        ("#need", "Beans"),
    ] {
        jane.type_into(&in_lead(field), value).await;
    }
    jane.click(&in_lead("#consent")).await;
    jane.click(&in_lead("[part=send]")).await;
    jane.wait(&in_lead(".got")).await;
    jane.goto(&format!("{}/examples/nothing-here", shop.store.url))
        .await;
    let said = jane.text("document.body.textContent").await;
    assert_eq!(said, "There is no such example.");
}
