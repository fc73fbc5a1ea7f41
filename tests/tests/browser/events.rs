//! What the page hears of the widget, and what the widget's requests tell of the page's visitor.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{copy_button, in_banner, in_code, in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use serde_json::{Value, json};

/// Listens in both ways, and takes every code into a cart that is full.
const LISTENS: &str = r#"
    window.heard = { events: [], calls: [] };
    window.goodword = function () { (goodword.q = goodword.q || []).push(arguments); };
    for (const name of ["ready", "shared", "claimed", "applied", "error"]) {
        document.addEventListener("goodword:" + name, ({ target, bubbles, detail }) =>
            heard.events.push([name, target.localName, bubbles, Object.keys(detail)[0]]));
        goodword("on", name, () => heard.calls.push(name));
    }
    goodword("shop", { hasCart: () => true, apply: async () => "applied" });
"#;

/// What was heard up to the last of these, each by both ways.
async fn heard(browser: &Browser, names: &[&str]) -> Value {
    let last = names.last().expect("a name");
    browser
        .wait(&format!("heard.calls.includes({last:?})"))
        .await;
    assert_eq!(browser.value("heard.calls").await, json!(names));
    browser.value("heard.events").await
}

#[tokio::test]
async fn every_event_bubbles_to_the_document_and_reaches_who_asked_for_it() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).open().await;
        let jane = Browser::open(Screen::Desktop).await;
        jane.before_every_page(LISTENS).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.click(&copy_button()).await;
        let told = json!([
            ["ready", "goodword-launcher", true, "kind"],
            ["shared", "goodword-launcher", true, "channel"],
        ]);
        assert_eq!(heard(&jane, &["ready", "shared"]).await, told, "{page}");
        drop(jane);

        let site = Site::new(page).person(None).open().await;
        let ann = Browser::open(Screen::Desktop).await;
        ann.before_every_page(LISTENS).await;
        ann.goto(&site.invitation().await).await;
        let told = json!([
            ["ready", "goodword-invite", true, "kind"],
            ["claimed", "goodword-invite", true, "code"],
            ["applied", "goodword-invite", true, "code"],
        ]);
        let names = ["ready", "claimed", "applied"];
        assert_eq!(heard(&ann, &names).await, told, "{page}");

        ann.value("document.body.append(document.createElement('goodword-code'))")
            .await;
        ann.wait(&in_code("input")).await;
        ann.type_into(&in_code("input"), "NOBODYS99").await;
        ann.click(&in_code("button")).await;
        let names = ["ready", "claimed", "applied", "ready", "error"];
        let told = heard(&ann, &names).await;
        assert_eq!(told[4], json!(["error", "goodword-code", true, "code"]));
        assert!(ann.probe().await.errors.is_empty());
    }
}

/// Notes of each request of a script where it goes and what it takes along.
const WITNESS: &str = "{
    const ask = fetch;
    window.asked = [];
    window.fetch = (...how) => {
        const { url, credentials } = how[0].credentials ? how[0] : new Request(...how);
        asked.push([new URL(url).pathname.split('/').pop(), credentials]);
        return ask(...how);
    };
}";

#[tokio::test]
async fn no_request_takes_along_what_a_browser_keeps_for_the_edge() {
    let asked = async |browser: &Browser, some: &[&str]| {
        let asked = browser.value("asked").await;
        let asked: Vec<(String, String)> = serde_json::from_value(asked).expect("requests");
        for name in some {
            assert!(asked.iter().any(|(to, _)| to == name), "{name}: {asked:?}");
        }
        assert!(asked.iter().all(|(_, how)| how == "omit"), "{asked:?}");
    };
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page)
            .attributes(" data-locale=\"de\"")
            .open()
            .await;
        let jane = Browser::open(Screen::Desktop).await;
        jane.before_every_page(WITNESS).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.click(&copy_button()).await;
        jane.value("document.body.append(document.createElement('goodword-portal'))")
            .await;
        jane.wait(&in_portal(".summary dl")).await;
        asked(&jane, &["referrers", "exposures", "de.json"]).await;
        drop(jane);

        let site = Site::new(page).person(None).open().await;
        let ann = Browser::open(Screen::Desktop).await;
        ann.before_every_page(WITNESS).await;
        ann.goto(&site.invitation().await).await;
        ann.banner_says("Jane gave you 15% off your first order")
            .await;
        ann.click(&in_banner("button.primary")).await;
        ann.banner_says("Your code for 15% off").await;
        asked(&ann, &["claims", "exposures"]).await;
        drop(ann);
    }
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&Person::new("jane")).await;
    let ann = Browser::open(Screen::Desktop).await;
    ann.before_every_page(WITNESS).await;
    ann.goto(&site.url).await;
    ann.wait(&in_code("input")).await;
    ann.type_into(&in_code("input"), &code).await;
    ann.click(&in_code("button")).await;
    let said = says(&in_code("[role=status]"));
    ann.wait(&format!("{said}.startsWith('Your code')")).await;
    asked(&ann, &["claims"]).await;
}
