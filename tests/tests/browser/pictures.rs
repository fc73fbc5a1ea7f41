//! Pictures of what people see, for people to look at: in `target/screenshots`, and for the documentation on demand.

use std::env::var_os;
use std::path::{Path, PathBuf};

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{
    LAUNCHER, in_banner, in_code, in_dialog, in_lead, in_portal,
};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network, text};

use super::portals::with_goals;

const SCHEMES: [&str; 2] = ["light", "dark"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace")
}

/// Where a picture goes.
fn files(name: &str) -> Vec<PathBuf> {
    let shown = [
        "share-phone-light",
        "share-phone-dark",
        "invite-phone-light",
        "share-desktop-light",
        "share-ar-phone-light",
        "portal-en-desktop-light",
    ]
    .contains(&name);
    let mut folders = vec![root().join("target/screenshots")];
    if shown && var_os("GOODWORD_DOCS").is_some_and(|wanted| wanted == "1") {
        folders.push(root().join("docs"));
    }
    folders
        .iter()
        .map(|folder| folder.join(format!("{name}.png")))
        .collect()
}

async fn take(browser: &Browser, what: &str, scheme: &str, settled: &str) {
    let still = format!(
        "Promise.all({settled}.getAnimations({{ subtree: true }}).map((it) => it.finished)).then(() => true)"
    );
    browser.wait(&format!("await {still}")).await;
    for file in files(&format!("{what}-{}-{scheme}", browser.screen.name())) {
        browser.screenshot(&file).await;
        assert!(file.metadata().expect("a file").len() > 10_000);
    }
}

/// One friend has bought, another is about to.
async fn busy_week(shop: &Shop, jane: &Person) {
    let code = shop.program.code(jane).await;
    for (friend, buys) in [("ann", true), ("bob", false)] {
        let token = shop.program.click(&code).await;
        let claim = shop.program.claim(&token).await;
        if buys {
            let discount = text(&claim["discount_code"]);
            let order = shop.program.order("1001", &Person::new(friend));
            order.with_discounts(&[&discount]).accepted().await;
        }
    }
}

#[tokio::test]
async fn pictures_of_the_dialog_and_the_banner() {
    let shop = Shop::open().await;
    let person = Person::new("jane").with_name("Jane");
    busy_week(&shop, &person).await;
    let mut jane = Browser::open(Screen::Phone).await;
    jane.goto(&shop.store.url).await;
    jane.sign_in("jane").await;
    for screen in Screen::ALL {
        for scheme in SCHEMES {
            jane.moves_to(screen).await;
            jane.prefer(scheme).await;
            jane.goto(&shop.store.url).await;
            jane.wait(LAUNCHER).await;
            take(&jane, "launcher", scheme, "document").await;
            jane.open_dialog().await;
            jane.wait(&in_dialog(".progress li")).await;
            // For the picture, as it is in a build that is shipped.
            jane.value(&format!("{}?.remove()", in_dialog("#trap")))
                .await;
            take(&jane, "share", scheme, &in_dialog("dialog")).await;
        }
    }
    drop(jane);
    let mut ann = Browser::open(Screen::Phone).await;
    for screen in Screen::ALL {
        for scheme in SCHEMES {
            ann.moves_to(screen).await;
            ann.prefer(scheme).await;
            let token = shop.program.click(&shop.program.code(&person).await).await;
            ann.goto(&format!("{}/?gw={token}", shop.store.url)).await;
            ann.banner_says("Jane gave you 15% off your first order")
                .await;
            take(&ann, "invite", scheme, &in_banner(".banner")).await;
        }
    }
}

#[tokio::test]
async fn pictures_of_every_channel() {
    let channels = vec![
        "native", "whatsapp", "sms", "email", "telegram", "x", "facebook", "linkedin", "qr",
    ];
    let site = Site::new("plain").set("channels", channels).open().await;
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.value(&format!("{}?.remove()", in_dialog("#trap")))
            .await;
        take(&jane, "channels", "light", &in_dialog("dialog")).await;
        jane.click(&in_dialog("[data-channel=qr]")).await;
        jane.wait(&in_dialog("[part=qr] path")).await;
        take(&jane, "qr", "light", &in_dialog("dialog")).await;
    }
}

#[tokio::test]
async fn pictures_of_the_portal_the_field_for_a_code_and_the_introduction() {
    let mut jane = Browser::open(Screen::Phone).await;
    for (page, scheme, language) in [
        ("portal", "light", "en"),
        ("portal", "dark", "en"),
        ("portal", "light", "he"),
        ("code", "light", "en"),
        ("code", "dark", "ar"),
        ("lead", "light", "en"),
        ("lead", "dark", "he"),
    ] {
        let locale = format!(" data-placement=\"none\" data-locale=\"{language}\"");
        // Rewards that are there, for a page that has something to show.
        let site = with_goals(page).set("hold_days", 0);
        let site = match page {
            "lead" => site.person(None),
            _ => site,
        };
        let site = site.attributes(&locale).open().await;
        let code = site.program.code(&Person::new("jane")).await;
        busy_friends(&site.program).await;
        for screen in Screen::ALL {
            jane.moves_to(screen).await;
            jane.prefer(scheme).await;
            jane.goto(&site.url).await;
            if page == "portal" {
                jane.wait(&in_portal("[part=qr] path")).await;
            } else if page == "lead" {
                jane.goto(&site.invitation().await).await;
                jane.wait(&in_lead("form")).await;
            } else {
                jane.wait(&in_code("input")).await;
                jane.type_into(&in_code("input"), &code).await;
            }
            take(&jane, &format!("{page}-{language}"), scheme, "document").await;
            if page == "portal" {
                jane.value("(scrollTo(0, 1e6), 1)").await;
                take(
                    &jane,
                    &format!("{page}-{language}-below"),
                    scheme,
                    "document",
                )
                .await;
            }
        }
    }
}

/// Three friends, of whom two have bought.
async fn busy_friends(program: &Program) {
    let code = program.code(&Person::new("jane")).await;
    for friend in ["ann", "bob", "cid"] {
        let token = program.click(&code).await;
        let claim = program.claim_call(&token).network(&fresh_network());
        let claim = claim.send().await.expect(201);
        if friend < "cid" {
            let discount = text(&claim["discount_code"]);
            let order = program.order(friend, &Person::new(friend));
            order.with_discounts(&[&discount]).accepted().await;
        }
    }
}

#[tokio::test]
async fn pictures_from_the_right() {
    let (mut jane, mut ann) = Browser::open_two(Screen::Phone).await;
    for (language, scheme) in [
        ("ar", "light"),
        ("he", "dark"),
        ("de", "light"),
        ("ja", "light"),
    ] {
        let locale = format!(" data-locale=\"{language}\"");
        let site = Site::new("plain").attributes(&locale).open().await;
        busy_friends(&site.program).await;
        let away = Site::new("plain")
            .person(None)
            .attributes(&locale)
            .open()
            .await;
        for screen in Screen::ALL {
            jane.moves_to(screen).await;
            jane.prefer(scheme).await;
            jane.goto(&site.url).await;
            jane.open_dialog().await;
            jane.wait(&in_dialog(".progress li")).await;
            jane.value(&format!("{}?.remove()", in_dialog("#trap")))
                .await;
            take(
                &jane,
                &format!("share-{language}"),
                scheme,
                &in_dialog("dialog"),
            )
            .await;
            ann.moves_to(screen).await;
            ann.prefer(scheme).await;
            ann.goto(&away.invitation().await).await;
            ann.wait(&in_banner(".banner")).await;
            take(
                &ann,
                &format!("invite-{language}"),
                scheme,
                &in_banner(".banner"),
            )
            .await;
        }
    }
}
