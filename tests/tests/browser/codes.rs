//! "Were you referred?": a code that was said and not clicked, at registration or at checkout.

use goodword_tests::browser::guest_page::{OpenSite, Site};
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{in_code, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::person::Person;

const FIELD: &str = "new FormData(document.getElementById('registration')).get('referral_code')";
const CART: &str =
    "goodword('shop', { hasCart: () => window.items > 0, apply: async () => 'applied' })";

fn jane() -> Person {
    Person::new("jane").with_name("Jane")
}

async fn visitor(site: &OpenSite) -> Browser {
    let ann = Browser::open(Screen::Phone).await;
    ann.goto(&site.url).await;
    ann.wait(&in_code("input")).await;
    ann
}

async fn types(ann: &Browser, code: &str) {
    ann.value(&format!("({}.value = '', 1)", in_code("input")))
        .await;
    ann.type_into(&in_code("input"), code).await;
    ann.click(&in_code("button")).await;
}

async fn hears(ann: &Browser, what: &str) {
    let said = says(&in_code("[role=status]"));
    ann.wait(&format!("{said}.startsWith({what:?})")).await;
}

#[tokio::test]
async fn a_typed_code_becomes_a_discount_and_goes_along_with_the_form() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&jane()).await;
    let ann = visitor(&site).await;
    hears(&ann, "With it you get 15% off").await;
    // However it is written.
    types(&ann, &format!(" {}", code.to_lowercase())).await;
    hears(&ann, "Your code for 15% off").await;
    let discount = ann.text(&format!("{}.value", in_code(".link input"))).await;
    assert_eq!(ann.text("window.claimed").await, discount);
    let check = site.program.check_discount(&discount, 2_000, None).await;
    assert_eq!(check["amount"], 300);
    assert_eq!(ann.text(FIELD).await, code.to_lowercase());
    let remarks = ann.leaves_the_page_alone().await;
    assert!(remarks.is_empty(), "{remarks:?}");
    // The next page of the visit asks again, and the same code is the same claim.
    ann.reload().await;
    ann.wait(&in_code("input")).await;
    types(&ann, &code).await;
    hears(&ann, "Your code for 15% off").await;
    let again = format!("{}.value", in_code(".link input"));
    assert_eq!(ann.text(&again).await, discount);
}

#[tokio::test]
async fn a_cart_takes_the_discount_at_once_or_as_soon_as_there_is_something_in_it() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&jane()).await;
    for items in [1, 0] {
        let ann = visitor(&site).await;
        ann.value(&format!("(window.items = {items}, {CART})"))
            .await;
        types(&ann, &code).await;
        if items == 0 {
            hears(&ann, "Your 15% off is saved").await;
            ann.value("(window.items = 1, goodword('cart'))").await;
        }
        hears(&ann, "15% off is in your cart").await;
        ann.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn a_code_of_their_own_stays_and_they_are_told() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&jane()).await;
    for (answer, told) in [
        ("kept", "You have a better code already"),
        ("conflict", "Two codes do not go together"),
    ] {
        let ann = visitor(&site).await;
        let shop = format!(
            "(window.answer = '{answer}', goodword('shop', {{ hasCart: () => true, apply: async () => answer }}))"
        );
        ann.value(&shop).await;
        types(&ann, &code).await;
        hears(&ann, told).await;
        ann.wait(&in_code(".link input")).await;
        ann.value("(window.answer = 'applied', goodword('cart'))")
            .await;
        hears(&ann, "15% off is in your cart").await;
        ann.leaves_the_page_alone().await;
    }
}

#[tokio::test]
async fn what_is_no_code_and_what_is_nothing_for_them_is_told_in_words() {
    let site = Site::new("code").person(Some(jane())).open().await;
    let own = site.program.code(&jane()).await;
    let visitor = visitor(&site).await;
    for (typed, told) in [
        ("NOBODYS99", "We do not know this code"),
        ("<b>x</b>", "We do not know this code"),
        (own.as_str(), "This is your own link"),
    ] {
        types(&visitor, typed).await;
        hears(&visitor, told).await;
        assert_eq!(visitor.text(FIELD).await, "", "{typed}");
        let invalid = format!("{}.ariaInvalid", in_code("input"));
        assert_eq!(visitor.text(&invalid).await, "true");
    }
    // Whoever goes on typing is not told off any longer.
    visitor.type_into(&in_code("input"), "A").await;
    let invalid = format!("{}.hasAttribute('aria-invalid')", in_code("input"));
    assert_eq!(visitor.value(&invalid).await, false);
    visitor.leaves_the_page_alone().await;
}

#[tokio::test]
async fn a_customer_who_is_known_is_told_that_it_is_for_new_ones() {
    let ann = Person::new("ann");
    let site = Site::new("code").person(Some(ann.clone())).open().await;
    let code = site.program.code(&jane()).await;
    site.program.order("1001", &ann).accepted().await;
    let visitor = visitor(&site).await;
    types(&visitor, &code).await;
    hears(&visitor, "This one is for new customers").await;
}

#[tokio::test]
async fn where_the_edge_is_not_reached_the_code_still_goes_along() {
    let site = Site::new("code").person(None).open().await;
    let code = site.program.code(&jane()).await;
    let ann = visitor(&site).await;
    ann.value("(window.fetch = () => Promise.reject(new TypeError('lost')), 1)")
        .await;
    types(&ann, &code).await;
    hears(&ann, "That did not work").await;
    assert_eq!(ann.text(FIELD).await, code);
    ann.leaves_the_page_alone().await;
}
