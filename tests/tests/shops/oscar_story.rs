//! One referral at a shop of django-oscar, as its people see it: nobody types a code, and the shop is as it always was.
//!
//! Friends get the shop's own single-use vouchers, out of the pool that its merchant has uploaded. The widget finds the form
//! for vouchers by itself.

use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::in_banner;
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::text;
use goodword_tests::harness::sink::WebhookSink;
use goodword_tests::shops::oscar::{BEANS, FRIENDS, Opening, Oscar, SPRING};
use serde_json::Value;

const OFFER: &str = "Jane gave you 15% off your first order";
const APPLIED: &str = "15% off is in your cart";
const WAITING: &str = "Your 15% off is saved";
const CONFLICT: &str = "Two codes do not go together";
const SHOWN: &str = "Your code for 15% off";

/// What the shop's log has of a code that is put into a basket.
const POSTED: &str = "\"POST /basket/vouchers/add/";

/// What the shop says on top of a page.
const MESSAGES: &str = "[...document.querySelectorAll('#messages .alert')].map((it) => it.textContent.trim()).join('\\n')";

#[tokio::test]
async fn a_friend_buys_with_a_voucher_that_nobody_typed_and_jane_is_rewarded_until_the_refund() {
    let sink = WebhookSink::open().await;
    let shop = shop(Opening::default().set("webhook_url", sink.url.as_str())).await;
    let ann = lands(&shop).await;
    accepts(&ann).await;
    ann.oscar_put_in(&shop.url, BEANS).await;
    ann.banner_says(APPLIED).await;
    let codes = codes_in_basket(&shop, &ann).await;
    assert!(FRIENDS.contains(&codes[0].as_str()), "{codes:?}");
    assert_eq!(ann.text(TOTAL).await, "€17.00");
    let order = ann.oscar_buy_as(&shop.url, "ann@example.com").await;
    // A code that is posted twice would say so here.
    assert_eq!(ann.text(MESSAGES).await, "");
    assert_eq!(shop.count_logged(POSTED), 1);

    assert_eq!(shop.program.count_logged("reward.earned").await, 0);
    shop.staff_says(&order, "Paid").await;
    sink.event("reward.earned", &order).await;
    let decided = shop.decision(&order).await;
    assert_eq!(decided["reason"], "claimed_discount", "{decided}");
    assert_eq!(shop.program.credit(&Person::new("jane")).await, 500);
    // Told thrice in all, it is one conversion.
    let mut told = shop.reports().await;
    told.retain(|report| report["kind"] == "order");
    for answer in shop
        .tell(&shop.program, &[told[0].clone(), told[0].clone()])
        .await
    {
        assert_eq!(answer.expect(200)["outcome"], "exists");
    }
    assert_eq!(shop.program.count_logged("reward.earned").await, 1);
    shop.staff_says(&order, "Refunded").await;
    sink.event("reward.clawed_back", &order).await;
    assert_eq!(shop.program.credit(&Person::new("jane")).await, 0);
}

#[tokio::test]
async fn a_code_waits_for_the_basket_and_goes_into_it_once() {
    let shop = shop(Opening::default()).await;
    let ann = lands(&shop).await;
    accepts(&ann).await;
    ann.banner_says(WAITING).await;
    for path in ["/basket/", "/catalogue/"] {
        ann.goto(&format!("{}{path}", shop.url)).await;
        ann.banner_says(WAITING).await;
    }
    assert_eq!(shop.count_logged(POSTED), 0, "{}", shop.log_text());
    ann.oscar_put_in(&shop.url, BEANS).await;
    ann.banner_says(APPLIED).await;
    let pages = ["/catalogue/", "/basket/", "/basket/", "/checkout/"];
    let before = shop.count_logged("\"GET /basket/ ");
    for path in pages {
        ann.goto(&format!("{}{path}", shop.url)).await;
        ann.wait("document.readyState === 'complete'").await;
    }
    assert_eq!(shop.count_logged(POSTED), 1, "{}", shop.log_text());
    // A page that loads itself again and again asks for many more than one basket a page.
    let asked = shop.count_logged("\"GET /basket/ ") - before;
    assert!(asked <= 2 * pages.len(), "{asked} baskets for {pages:?}");
}

#[tokio::test]
async fn the_buyers_own_code_stays_in_the_basket() {
    let shop = shop(Opening::default()).await;
    let ann = Browser::open(Screen::Phone).await;
    ann.oscar_put_in(&shop.url, BEANS).await;
    types_voucher(&shop, &ann, SPRING).await;
    // There is a basket, so that the offer is taken without a word.
    ann.goto(&link(&shop).await).await;
    ann.banner_says(CONFLICT).await;
    assert_eq!(codes_in_basket(&shop, &ann).await, [SPRING]);
    assert_eq!(shop.count_logged(POSTED), 1, "{}", shop.log_text());
}

#[tokio::test]
async fn a_code_that_the_buyer_takes_out_stays_out() {
    let shop = shop(Opening::default()).await;
    let ann = lands(&shop).await;
    accepts(&ann).await;
    ann.oscar_put_in(&shop.url, BEANS).await;
    ann.banner_says(APPLIED).await;
    ann.goto(&format!("{}/basket/", shop.url)).await;
    ann.click("document.querySelector('form[action*=\"/vouchers/\"][action*=\"/remove/\"] [type=submit]')")
        .await;
    ann.wait("!document.querySelector('form[action*=\"/remove/\"]')")
        .await;
    for path in ["/catalogue/", "/basket/"] {
        ann.goto(&format!("{}{path}", shop.url)).await;
        ann.wait("document.readyState === 'complete'").await;
    }
    assert_eq!(codes_in_basket(&shop, &ann).await, Vec::<String>::new());
    assert_eq!(shop.count_logged(POSTED), 1, "{}", shop.log_text());
}

#[tokio::test]
async fn a_voucher_that_somebody_else_has_used_is_shown_and_never_called_applied() {
    let shop = shop(Opening::default()).await;
    let ann = lands(&shop).await;
    accepts(&ann).await;
    ann.banner_says(WAITING).await;
    let claimed = shop.program.logged("discount.claimed").await;
    let code = text(&claimed[0]["discount_code"]);
    // The merchant has given it away by hand as well.
    let mut bob = shop.visitor();
    bob.put_in(BEANS).await;
    bob.use_voucher(&code).await;
    bob.buy_as("bob@example.com").await;
    ann.oscar_put_in(&shop.url, BEANS).await;
    ann.banner_says(SHOWN).await;
    assert_eq!(codes_in_basket(&shop, &ann).await, Vec::<String>::new());
}

/// What the whole basket costs, on its page.
const TOTAL: &str = "[...document.querySelectorAll('tr')].find((it) => it.textContent.includes('Order total'))\
    .textContent.match(/€[\\d.]+/)[0]";

/// A shop whose friends get its own vouchers.
async fn shop(opening: Opening) -> Oscar {
    opening.hands_out(&FRIENDS).open().await
}

/// Jane's link.
async fn link(shop: &Oscar) -> String {
    let jane = Person::new("jane").with_name("Jane");
    let code = shop.program.code(&jane).await;
    format!("{}/r/{}/{code}", shop.program.edge.url, shop.program.id)
}

/// A friend of Jane's who has followed her link.
async fn lands(shop: &Oscar) -> Browser {
    let friend = Browser::open(Screen::Phone).await;
    friend.goto(&link(shop).await).await;
    friend.banner_says(OFFER).await;
    friend
}

async fn accepts(friend: &Browser) {
    friend.click(&in_banner("[part=accept]")).await;
}

async fn types_voucher(shop: &Oscar, friend: &Browser, code: &str) {
    friend.goto(&format!("{}/basket/", shop.url)).await;
    friend
        .click("document.querySelector('#voucher_form_link a')")
        .await;
    friend
        .type_into("document.querySelector('#voucher_form [name=code]')", code)
        .await;
    friend
        .click("document.querySelector('#voucher_form [type=submit]')")
        .await;
    friend
        .wait("document.querySelector('form[action*=\"/remove/\"]')")
        .await;
}

/// The vouchers that the basket's own page names.
async fn codes_in_basket(shop: &Oscar, friend: &Browser) -> Vec<String> {
    friend.goto(&format!("{}/basket/", shop.url)).await;
    let named = "[...document.querySelectorAll('form[action*=\"/remove/\"]')].map((it) => \
        it.closest('td').textContent.match(/FRIEND\\d|SPRING/)?.[0]).filter(Boolean)";
    let codes: Value = friend.value(named).await;
    serde_json::from_value(codes).expect("codes")
}
