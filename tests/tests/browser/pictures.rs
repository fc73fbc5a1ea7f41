//! Pictures of what people see, for people to look at: in `target/screenshots`, and for the documentation on demand.

use std::env::var_os;
use std::path::{Path, PathBuf};

use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::shop::Shop;
use goodword_tests::browser::widget::{in_banner, in_dialog};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::text;

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
    for screen in Screen::ALL {
        for scheme in SCHEMES {
            let jane = Browser::open(screen).await;
            jane.prefer(scheme).await;
            jane.goto(&shop.store.url).await;
            jane.sign_in("jane").await;
            take(&jane, "launcher", scheme, "document").await;
            jane.open_dialog().await;
            jane.wait(&in_dialog(".progress li")).await;
            // For the picture, as it is in a build that is shipped.
            jane.value(&format!("{}?.remove()", in_dialog("#trap")))
                .await;
            take(&jane, "share", scheme, &in_dialog("dialog")).await;
            drop(jane);

            let ann = Browser::open(screen).await;
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
        "native", "whatsapp", "sms", "email", "telegram", "x", "facebook", "linkedin",
    ];
    let site = Site::new("plain").set("channels", channels).open().await;
    for screen in Screen::ALL {
        let jane = Browser::open(screen).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.value(&format!("{}?.remove()", in_dialog("#trap")))
            .await;
        take(&jane, "channels", "light", &in_dialog("dialog")).await;
    }
}
