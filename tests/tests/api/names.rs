//! Names that people typed: markup, bidi marks, ten thousand characters.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "Jane\u{202e}enaJ",
    "Ja\u{200b}ne\u{2066}\u{feff}",
    "Jane\r\nSet-Cookie: a=b\u{0}",
    "   ",
    "https://evil.example/win",
    "Zoë 李 👩‍👩‍👧",
];

fn is_harmless(name: &Value) {
    let Some(name) = name.as_str() else {
        return assert!(name.is_null(), "{name}");
    };
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '<' | '>' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!name.chars().any(odd), "{name:?}");
    assert!((1..=40).contains(&name.chars().count()), "{name:?}");
    assert!(!name.contains("://"), "{name:?}");
}

#[tokio::test]
async fn a_customers_name_is_shown_without_markup_and_marks() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (n, name) in HOSTILE.iter().enumerate() {
        let jane = Person::new(&format!("jane{n}")).with_name(name);
        let view = shop.enrol(&jane).await;
        is_harmless(&view["referrer"]["name"]);
        let token = shop.click(&text(&view["code"])).await;
        is_harmless(&shop.invitation(&token).await.expect(200)["inviter"]);
    }
    // What joins the people of an emoji, or the letters of a word, is part of the name.
    let family = Person::new("zoe").with_name("Zoë 👩\u{200d}👩\u{200d}👧");
    let shown = shop.enrol(&family).await["referrer"]["name"].clone();
    assert_eq!(json!(family.name), shown);
    let jane = Person::new("jane").with_name("  Jane \t Canarydoe ");
    assert_eq!(
        shop.enrol(&jane).await["referrer"]["name"],
        "Jane Canarydoe"
    );
}

#[tokio::test]
async fn a_name_of_ten_thousand_characters_is_cut_and_never_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    let long = "n".repeat(10_000);
    let jane = Person::new("jane").with_name(&long);
    assert_eq!(
        shop.enrol(&jane).await["referrer"]["name"],
        json!("n".repeat(40))
    );
    let ann = Person::new("ann").with_name(&long);
    shop.order("1001", &ann).accepted().await;
    let mut known = ann;
    known.name = None;
    assert_eq!(
        shop.enrol(&known).await["referrer"]["name"],
        json!("n".repeat(40))
    );
    let guest = json!({ "email": "gus@example.com", "name": long });
    shop.call("POST", "/referrers")
        .json(&guest)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_guests_name_is_cleaned_like_any_other() {
    let shop = Program::fresh(&Edge::shared()).await;
    for (n, name) in HOSTILE.iter().enumerate() {
        let guest = json!({ "email": format!("gus{n}@example.com"), "name": name });
        let view = shop
            .call("POST", "/referrers")
            .json(&guest)
            .send()
            .await
            .expect(200);
        let token = shop.click(&text(&view["code"])).await;
        is_harmless(&shop.invitation(&token).await.expect(200)["inviter"]);
    }
}

#[tokio::test]
async fn a_shops_name_is_cleaned_like_any_other() {
    let edge = Edge::shared();
    for name in [
        "<b>Ember</b>",
        "Em\u{202e}ber",
        "Ember\u{0}\n & Oak",
        &"E".repeat(10_000),
    ] {
        let shop = Setup::default().set("name", name).create(&edge).await;
        let offer = shop.call("GET", "").send().await.expect(200);
        is_harmless(&offer["name"]);
        let message = text(&shop.enrol(&Person::new("jane")).await["message"]);
        assert!(
            !message.contains('<') && message.chars().count() < 300,
            "{message}"
        );
    }
}
