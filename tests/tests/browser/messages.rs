//! The message that is prefilled: what it says on each channel, in each language, and of whom.

use goodword_tests::browser::barriers::{FALLBACK, WHOLE};
use goodword_tests::browser::guest_page::Site;
use goodword_tests::browser::screen::Screen;
use goodword_tests::browser::widget::{copy_button, in_dialog, says};
use goodword_tests::browser::window::Browser;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use serde_json::json;

/// Jane, with her dialog open on a page; and her link.
async fn open(site: Site, path: &str) -> (String, Browser) {
    let site = site.person(Some(Person::new("jane").with_name("Jane")));
    let site = site.open().await;
    let jane = Browser::open(Screen::Phone).await;
    jane.goto(&format!("{}{path}", site.url)).await;
    (jane.open_dialog().await, jane)
}

#[tokio::test]
async fn each_channel_has_its_own_length_and_all_of_them_the_disclosure() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).set("channels", json!(["whatsapp", "sms", "x", "email"]));
        let (link, jane) = open(site, "").await;
        let at = |channel: &str| format!("{link}?c={channel}-0-launcher");
        let (offer, gets) = (
            "Here is 15% off your first order:",
            "(I get €5 credit if you buy.)",
        );
        let why = "I like Ember & Oak, and I think you would too.";
        let brief = "15% off your first order at Ember & Oak:";
        let long = format!("{why} {offer} {} {gets}", at("whatsapp"));
        let letter = format!("{why}\n\n{offer} {}\n\n{gets}\n\nJane", at("email"));
        let short = |channel| format!("{brief} {} {gets}", at(channel));
        assert_eq!(
            jane.channel("whatsapp").await,
            format!("https://wa.me/?text={long}")
        );
        assert_eq!(
            jane.channel("sms").await,
            format!("sms:?&body={}", short("sms"))
        );
        assert_eq!(
            jane.channel("x").await,
            format!("https://x.com/intent/post?text={}", short("x"))
        );
        let sent = jane.channel("email").await;
        assert!(sent.ends_with(&format!("&body={letter}")), "{sent}");
    }
}

#[tokio::test]
async fn it_is_in_the_language_of_the_page() {
    // The second page forbids WebAssembly by the policy that it brings.
    for policy in [None, Some("script-src 'unsafe-inline' EDGE")] {
        for (language, why, gets) in [
            (
                "de",
                "Ich mag Ember & Oak, und ich glaube, dir würde es auch gefallen. Hier sind 15",
                "(Ich bekomme 5 € Guthaben, wenn du kaufst.)",
            ),
            (
                "ja",
                "Ember & Oakが気に入っています。",
                "（ご購入があると、私は€5分のクレジットをもらえます。）",
            ),
        ] {
            let mut site = Site::new("language");
            if let Some(policy) = policy {
                site = site.header("content-security-policy", policy);
            }
            let (_, jane) = open(site, &format!("?lang={language}")).await;
            let sent = jane.channel("whatsapp").await.replace('\u{a0}', " ");
            let text = sent.trim_start_matches("https://wa.me/?text=");
            assert!(text.starts_with(why), "{text}");
            assert!(text.ends_with(gets), "{text}");
        }
    }
}

#[tokio::test]
async fn what_the_customer_has_achieved_comes_first_where_the_page_tells_it() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).attributes(
            " data-achievement=\"A hundred cups &amp; counting: I got my golden bean today!\"",
        );
        let (link, jane) = open(site, "").await;
        let sent = jane.channel("whatsapp").await;
        let said = "A hundred cups & counting: I got my golden bean today! Here is 15% off your first order:";
        assert!(
            sent.starts_with(&format!("https://wa.me/?text={said} {link}")),
            "{sent}"
        );
        assert!(sent.ends_with("(I get €5 credit if you buy.)"), "{sent}");
    }
}

#[tokio::test]
async fn a_wording_of_the_shops_own_is_counted_by_its_number() {
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page)
            .attributes(" data-variant=\"3\"")
            .open()
            .await;
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        let link = jane.open_dialog().await;
        jane.click(&copy_button()).await;
        let copied = format!("{link}?c=copy-3-launcher");
        eventually("the link copied", async || {
            (jane.clipboard().await == copied).then_some(())
        })
        .await;
        let tally = async || {
            site.program
                .merchant("GET", "/tally")
                .send()
                .await
                .expect(200)
        };
        eventually("the share counted", async || {
            let tally = tally().await;
            let counts = tally["counts"].as_array().expect("counts");
            let counted = counts.iter().any(|count| {
                count["kind"] == "shared" && count["channel"] == "copy" && count["variant"] == 3
            });
            counted.then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn headline_and_message_promise_what_this_customer_has_chosen() {
    let cash =
        json!({ "kind": "cash", "value": { "rule": "fixed", "amount": 1_000, "currency": "EUR" } });
    for page in [WHOLE, FALLBACK] {
        let site = Site::new(page).set("reward_choices", json!([cash]));
        let site = site.open().await;
        let token = site.program.customer_token(&Person::new("jane"));
        let choose = site.program.call("PUT", "/referrers/me/reward");
        let choose = choose.bearer(&token).json(&json!({ "reward": cash }));
        choose.send().await.expect(200);
        let jane = Browser::open(Screen::Phone).await;
        jane.goto(&site.url).await;
        jane.open_dialog().await;
        let title = jane.text(&says(&in_dialog("h2"))).await;
        assert_eq!(title, "Give 15%, get €10", "{page}");
        let sent = jane.channel("whatsapp").await;
        assert!(sent.ends_with("(I get €10 if you buy.)"), "{sent}");
    }
}
