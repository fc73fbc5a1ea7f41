//! Nobody is shut out of what stands in a page either: the panel, the portal, the field for a code, while they wait, when they
//! fail, and when they have done what they are for; and nobody who reads from the right.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::widget::{in_banner, in_code, in_dialog, in_lead, in_portal, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

use super::barriers::{busy_week, hold, judge};

const NO_WASM: &str = "delete window.WebAssembly";

fn in_share(selector: &str) -> String {
    format!("document.querySelector('goodword-share').shadowRoot?.querySelector(`{selector}`)")
}

/// The button of the builds for the tests, which is in none that is shipped.
async fn without_trap(browser: &Browser, element: &str) {
    let trap =
        format!("document.querySelector('{element}').shadowRoot.querySelector('#trap')?.remove()");
    browser.value(&trap).await;
}

#[tokio::test]
async fn the_panel_in_a_page_while_it_waits_and_after_a_copy() {
    for script in ["", NO_WASM] {
        let site = Site::new("share").open().await;
        let jane = judge(&[script, &hold("/referrers")]).await;
        jane.goto(&site.url).await;
        jane.wait(&in_share(".skeleton")).await;
        jane.has_no_barriers("goodword-share", "loading").await;
        jane.value("release()").await;
        jane.wait(&in_share("[part=copy]")).await;
        without_trap(&jane, "goodword-share").await;
        jane.click(&in_share("[part=copy]")).await;
        jane.wait(&format!(
            "{} === 'Copied'",
            says(&in_share(".said[role=status]"))
        ))
        .await;
        jane.has_no_barriers("goodword-share", "copied").await;
    }
}

#[tokio::test]
async fn panel_and_portal_when_there_is_nothing_to_show() {
    for script in ["", NO_WASM] {
        for (page, element) in [("share", "goodword-share"), ("portal", "goodword-portal")] {
            let edge = StandIn::start(Fails::With500).await;
            let site = Site::new(page).edge(&edge.url).open().await;
            let jane = judge(&[script]).await;
            jane.goto(&site.url).await;
            let sorry = format!(
                "document.querySelector('{element}').shadowRoot?.querySelector('.unavailable')"
            );
            jane.wait(&sorry).await;
            jane.has_no_barriers(element, "unavailable").await;
        }
    }
}

#[tokio::test]
async fn the_portal_while_it_waits_after_a_copy_and_without_a_picture() {
    for script in ["", NO_WASM] {
        let site = Site::new("portal").open().await;
        busy_week(&site).await;
        let jane = judge(&[script, &hold("/referrers")]).await;
        jane.goto(&site.url).await;
        jane.wait(&in_portal(".skeleton")).await;
        jane.has_no_barriers("goodword-portal", "loading").await;
        jane.value("release()").await;
        jane.wait(&in_portal(".friends li")).await;
        if script.is_empty() {
            jane.wait(&in_portal("[part=qr] path")).await;
        }
        jane.click(&in_portal("[part=copy]")).await;
        jane.wait(&format!(
            "{} === 'Copied'",
            says(&in_portal(".said[role=status]"))
        ))
        .await;
        jane.has_no_barriers("goodword-portal", "copied").await;
    }
}

/// Somebody types a code of Jane's.
async fn types(browser: &Browser, code: &str) {
    browser.wait(&in_code("input")).await;
    browser.type_into(&in_code("input"), code).await;
    browser.click(&in_code("button")).await;
}

async fn hears(browser: &Browser, what: &str) {
    let said = says(&in_code("[role=status]"));
    browser.wait(&format!("{said}.startsWith({what:?})")).await;
}

#[tokio::test]
async fn the_field_for_a_code_from_the_claim_to_the_cart() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&Person::new("jane")).await;
    let ann = judge(&[&hold("/claims")]).await;
    ann.goto(&site.url).await;
    ann.wait(&in_code("input")).await;
    let shop = "(window.items = 0, goodword('shop', { hasCart: () => window.items > 0, apply: async () => 'applied' }))";
    ann.value(shop).await;
    types(&ann, &code).await;
    ann.wait("window.release").await;
    ann.has_no_barriers("goodword-code", "claiming").await;
    ann.value("release()").await;
    hears(&ann, "Your 15% off is saved").await;
    ann.has_no_barriers("goodword-code", "saved").await;
    ann.value("(window.items = 1, goodword('cart'))").await;
    hears(&ann, "15% off is in your cart").await;
    ann.has_no_barriers("goodword-code", "applied").await;
}

#[tokio::test]
async fn the_field_for_a_code_when_it_is_not_for_them() {
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    for (who, told) in [
        (&jane, "This is your own link"),
        (&ann, "This one is for new customers"),
    ] {
        let site = Site::new("code").person(Some(who.clone())).open().await;
        let code = site.program.code(&jane).await;
        site.program.order("1001", &ann).accepted().await;
        let visitor = judge(&[]).await;
        visitor.goto(&site.url).await;
        types(&visitor, &code).await;
        hears(&visitor, told).await;
        visitor.has_no_barriers("goodword-code", told).await;
    }
}

#[tokio::test]
async fn the_introduction_from_the_question_to_the_thanks() {
    let site = Site::new("lead").person(None).open().await;
    let ann = judge(&[&hold("/leads")]).await;
    ann.goto(&site.invitation().await).await;
    let greeted = format!("{}.startsWith('Jane')", says(&in_lead("#title")));
    ann.wait(&greeted).await;
    ann.has_no_barriers("goodword-lead", "asked").await;
    for (field, value) in [
        ("#name", "Ann"),
        ("#email", "a@b.example"),
        ("#need", "Stairs"),
    ] {
        ann.type_into(&in_lead(field), value).await;
    }
    ann.click(&in_lead("#consent")).await;
    ann.click(&in_lead("[part=send]")).await;
    ann.wait("window.release").await;
    ann.has_no_barriers("goodword-lead", "on its way").await;
    ann.value("release()").await;
    ann.wait(&in_lead(".got")).await;
    ann.has_no_barriers("goodword-lead", "thanked").await;
    ann.reload().await;
    let element = "document.querySelector('goodword-lead')";
    // Before that the fields still move.
    ann.wait(&greeted).await;
    ann.value(&format!("{element}.dataset.action = '/refuses'"))
        .await;
    for (field, value) in [
        ("#name", "Ann"),
        ("#email", "a@b.example"),
        ("#need", "Stairs"),
    ] {
        ann.type_into(&in_lead(field), value).await;
    }
    ann.click(&in_lead("#consent")).await;
    ann.click(&in_lead("[part=send]")).await;
    ann.wait(&in_lead(".wrong")).await;
    ann.has_no_barriers("goodword-lead", "refused").await;
}

#[tokio::test]
async fn the_banner_of_somebody_without_a_name() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).person(None).open().await;
        let jane = Person {
            name: None,
            ..Person::new("jane")
        };
        let token = site.program.click(&site.program.code(&jane).await).await;
        let ann = judge(&[]).await;
        ann.goto(&format!("{}?gw={token}", site.url)).await;
        ann.banner_says("A friend gave you 15% off your first order")
            .await;
        ann.has_no_barriers("goodword-invite", "of somebody without a name")
            .await;
    }
}

#[tokio::test]
async fn everything_from_the_right() {
    for page in [WHOLE, FALLBACK] {
        let locale = " data-locale=\"ar\"";
        let site = Site::new(page).attributes(locale).open().await;
        busy_week(&site).await;
        let jane = judge(&[]).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        without_trap(&jane, "goodword-launcher").await;
        jane.has_no_barriers("goodword-launcher", "from the right")
            .await;
        jane.click(&in_dialog("dialog[open] .close")).await;
        for (element, there) in [
            ("goodword-portal", ".friends li"),
            ("goodword-code", "input"),
            ("goodword-lead", "form"),
        ] {
            let put = format!(
                "((it) => {{ it.dataset.action = '/leads'; document.body.prepend(it) }})(document.createElement('{element}'))"
            );
            jane.value(&put).await;
            let there =
                format!("document.querySelector('{element}').shadowRoot?.querySelector('{there}')");
            jane.wait(&there).await;
            jane.value("document.querySelector('goodword-launcher')?.remove()")
                .await;
            jane.has_no_barriers(element, "from the right").await;
            jane.value(&format!("document.querySelector('{element}').remove()"))
                .await;
        }
        drop(jane);
        let away = Site::new(page).person(None).attributes(locale).open().await;
        let ann = judge(&[]).await;
        ann.goto(&away.invitation().await).await;
        ann.wait(&in_banner(".banner")).await;
        ann.has_no_barriers("goodword-invite", "from the right")
            .await;
    }
}
