//! Nobody is shut out: every element in every state, in both kinds of views, judged for every way of looking.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::edge_stand_in::{Fails, StandIn};
use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{
    LAUNCHER, copy_button, in_banner, in_code, in_dialog, in_portal, says,
};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{fresh_network, text};

use super::portals::with_goals;

/// Answers of the edge that end in this wait for `release()`.
pub(super) fn hold(path: &str) -> String {
    format!(
        "{{ const ask = fetch; window.fetch = async (url, ...rest) => {{
            if (String(url.url || url).endsWith('{path}')) await new Promise((go) => window.release = go);
            return ask(url, ...rest);
        }} }}"
    )
}

/// No claim succeeds: the edge's answer is this problem.
fn refuse(code: &str) -> String {
    format!(
        "{{ const ask = fetch; window.fetch = async (url, ...rest) => String(url.url || url).endsWith('/claims')
            ? new Response('{{\"code\":\"{code}\",\"detail\":\"\"}}', {{ status: 409 }})
            : ask(url, ...rest) }}"
    )
}

const NO_CLIPBOARD: &str =
    "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false;";

pub(super) async fn judge(scripts: &[&str]) -> Browser {
    let browser = Browser::open(Screen::Desktop).await;
    browser.judge_barriers().await;
    for script in scripts {
        browser.before_every_page(script).await;
    }
    browser
}

/// Six friends, of whom two have bought: a list that is long enough to be scrolled.
pub(super) async fn busy_week(site: &OpenSite) {
    let code = site.program.code(&Person::new("jane")).await;
    for friend in ["ann", "bob", "cid", "dan", "eve", "fay"] {
        let token = site.program.click(&code).await;
        let claim = site.program.claim_call(&token).network(&fresh_network());
        let claim = claim.send().await.expect(201);
        if friend < "cid" {
            let discount = text(&claim["discount_code"]);
            let order = site.program.order(friend, &Person::new(friend));
            order.with_discounts(&[&discount]).accepted().await;
        }
    }
}

#[tokio::test]
async fn the_button_and_the_dialog() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).open().await;
        busy_week(&site).await;
        let jane = judge(&[&hold("/referrers")]).await;
        jane.goto(&site.url).await;
        jane.wait(LAUNCHER).await;
        jane.has_no_barriers("goodword-launcher", "the button")
            .await;
        jane.click(LAUNCHER).await;
        jane.wait(&in_dialog("dialog[open] .skeleton")).await;
        jane.has_no_barriers("goodword-launcher", "loading").await;
        jane.value("release()").await;
        jane.wait(&in_dialog("dialog[open] .link input")).await;
        if page == WHOLE {
            jane.wait(&in_dialog(".progress li")).await;
            jane.value(&format!("{}?.remove()", in_dialog("#trap")))
                .await;
            jane.click(&in_dialog("details.message summary")).await;
        }
        jane.has_no_barriers("goodword-launcher", "with progress")
            .await;
        jane.click(&copy_button()).await;
        jane.wait(&format!(
            "{} === 'Copied'",
            says(&in_dialog("dialog .said[role=status]"))
        ))
        .await;
        jane.has_no_barriers("goodword-launcher", "copied").await;
    }
}

#[tokio::test]
async fn the_dialog_of_somebody_new_where_nothing_can_be_copied() {
    for page in [WHOLE, FALLBACK] {
        let channels = vec![
            "native", "whatsapp", "sms", "email", "telegram", "x", "facebook", "linkedin", "qr",
        ];
        let site = Site::new(page).set("channels", channels).open().await;
        let jane = judge(&[NO_CLIPBOARD]).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        jane.value(&format!("{}?.remove()", in_dialog("#trap")))
            .await;
        jane.has_no_barriers("goodword-launcher", "nobody has come yet")
            .await;
        jane.click(&copy_button()).await;
        let told = says(&in_dialog("dialog .said[role=status]"));
        jane.wait(&format!("{told}.startsWith('Selected')")).await;
        jane.has_no_barriers("goodword-launcher", "copied by hand")
            .await;
        if page == WHOLE {
            jane.click(&in_dialog("[data-channel=qr]")).await;
            jane.wait(&in_dialog("[part=qr] path")).await;
            jane.has_no_barriers("goodword-launcher", "shown to a camera")
                .await;
        }
    }
}

#[tokio::test]
async fn what_is_said_when_there_is_nothing_to_share() {
    for page in [WHOLE, FALLBACK] {
        let edge = StandIn::start(Fails::With500).await;
        let site = Site::new(page).edge(&edge.url).open().await;
        let jane = judge(&[]).await;
        jane.goto(&site.url).await;
        jane.click(LAUNCHER).await;
        jane.wait(&in_dialog("dialog[open] .unavailable")).await;
        jane.has_no_barriers("goodword-launcher", "unavailable")
            .await;
    }
    let edge = StandIn::start(Fails::WithHtmlForTheFilesToo).await;
    let site = Site::new(WHOLE).edge(&edge.url).open().await;
    let jane = judge(&[]).await;
    jane.goto(&site.url).await;
    jane.click(LAUNCHER).await;
    jane.wait(&format!("{}.startsWith('Not available')", says(LAUNCHER)))
        .await;
    jane.has_no_barriers("goodword-launcher", "a button without a dialog")
        .await;
}

#[tokio::test]
async fn the_panel_in_a_page_takes_no_focus_and_shows_nothing_to_nobody() {
    // Not at the very end, where the launcher floats.
    let put = "document.body.prepend(document.createElement('goodword-share'))";
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).open().await;
        busy_week(&site).await;
        let jane = judge(&[]).await;
        jane.goto(&site.url).await;
        jane.wait(LAUNCHER).await;
        jane.value(put).await;
        let shadow = "document.querySelector('goodword-share').shadowRoot";
        jane.wait(&format!("{shadow}.querySelector('.link input')"))
            .await;
        jane.value(&format!("{shadow}.querySelector('#trap')?.remove()"))
            .await;
        let focused = jane.text("document.activeElement.localName").await;
        assert_eq!(focused, "body");
        jane.has_no_barriers("goodword-share", "in a page").await;
        let shown = format!("{shadow}.textContent.trim()");
        jane.value("goodword('customer')").await;
        jane.wait(&format!("{shown} === ''")).await;
    }
}

/// Ann has followed Jane's link. With and without WebAssembly the banner is one and the same.
async fn ann(scripts: &[&str]) -> (OpenSite, Browser) {
    let site = Site::new(WHOLE).person(None).open().await;
    let ann = judge(scripts).await;
    ann.goto(&site.invitation().await).await;
    ann.banner_says("Jane gave you 15% off your first order")
        .await;
    (site, ann)
}

#[tokio::test]
async fn the_banner_from_the_offer_to_the_code() {
    let (_site, ann) = ann(&[&hold("/claims"), NO_CLIPBOARD]).await;
    ann.has_no_barriers("goodword-invite", "offered").await;
    ann.click(&in_banner("button.primary")).await;
    ann.banner_says("One moment").await;
    ann.has_no_barriers("goodword-invite", "claiming").await;
    ann.value("release()").await;
    ann.banner_says("Your code for 15% off").await;
    ann.has_no_barriers("goodword-invite", "a code to copy")
        .await;
    ann.click(&in_banner(".link button")).await;
    let told = says(&in_banner(".said"));
    ann.wait(&format!("{told}.startsWith('Selected')")).await;
    ann.has_no_barriers("goodword-invite", "copied by hand")
        .await;
}

#[tokio::test]
async fn the_banner_where_the_cart_takes_the_code() {
    let (_site, ann) = ann(&[]).await;
    let shop = "(window.items = 0, goodword('shop', { hasCart: () => window.items > 0, apply: async () => 'applied' }))";
    ann.value(shop).await;
    ann.click(&in_banner("button.primary")).await;
    ann.banner_says("Your 15% off is saved").await;
    ann.has_no_barriers("goodword-invite", "saved").await;
    ann.value("(window.items = 1, goodword('cart'))").await;
    ann.banner_says("15% off is in your cart").await;
    ann.has_no_barriers("goodword-invite", "applied").await;
}

#[tokio::test]
async fn the_banner_where_the_buyers_own_code_stays() {
    for (answer, title) in [
        ("kept", "You have a better code already"),
        ("conflict", "Two codes do not go together"),
    ] {
        let (_site, ann) = ann(&[]).await;
        let shop = format!(
            "(window.answer = '{answer}', window.tried = 0, goodword('shop', {{ hasCart: () => true, apply: async () => (tried += 1, answer) }}))"
        );
        ann.value(&shop).await;
        ann.banner_says(title).await;
        ann.wait(&in_banner("[part=code]")).await;
        ann.has_no_barriers("goodword-invite", answer).await;
        // The other one is taken out.
        ann.value("(window.answer = 'applied', goodword('cart'))")
            .await;
        ann.banner_says("15% off is in your cart").await;
        assert_eq!(ann.value("window.tried").await, 2, "{answer}");
    }
}

#[tokio::test]
async fn the_banner_when_there_is_nothing_to_get() {
    for (code, title) in [
        ("click_token_used", "This invitation has been used"),
        ("click_token_expired", "This invitation has expired"),
        ("existing_customer", "This one is for new customers"),
        ("self_referral", "This is your own link"),
        (
            "too_many_discounts_for_code",
            "This invitation is very popular",
        ),
        ("overloaded", "That did not work"),
    ] {
        let (_site, ann) = ann(&[&refuse(code)]).await;
        ann.click(&in_banner("button.primary")).await;
        ann.banner_says(title).await;
        ann.has_no_barriers("goodword-invite", code).await;
    }
}

#[tokio::test]
async fn the_field_for_a_code_from_the_question_to_the_discount() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&Person::new("jane")).await;
    let ann = judge(&[]).await;
    ann.goto(&site.url).await;
    let said = says(&in_code("[role=status]"));
    ann.wait(&format!("{said}.startsWith('With it')")).await;
    ann.has_no_barriers("goodword-code", "asked").await;
    ann.type_into(&in_code("input"), "NOBODYS99").await;
    ann.click(&in_code("button")).await;
    ann.wait(&format!("{said}.startsWith('We do not know')"))
        .await;
    ann.has_no_barriers("goodword-code", "unknown").await;
    ann.value(&format!("({}.value = '', 1)", in_code("input")))
        .await;
    ann.type_into(&in_code("input"), &code).await;
    ann.click(&in_code("button")).await;
    ann.wait(&format!("{said}.startsWith('Your code')")).await;
    ann.has_no_barriers("goodword-code", "a discount").await;
}

#[tokio::test]
async fn the_portal_of_somebody_new_and_of_somebody_busy() {
    let site = with_goals("portal").open().await;
    let jane = judge(&[]).await;
    jane.goto(&site.url).await;
    jane.wait(&in_portal("[part=qr] path")).await;
    jane.has_no_barriers("goodword-portal", "nobody yet").await;
    busy_week(&site).await;
    jane.reload().await;
    jane.wait(&in_portal("[part=qr] path")).await;
    jane.wait(&in_portal(".friends li")).await;
    jane.has_no_barriers("goodword-portal", "busy").await;
}
