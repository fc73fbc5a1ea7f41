//! Which visits count as clicks: those of people, by channel and variant, and nothing that draws previews or prefetches.

use goodword_tests::harness::codes::mistyped;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::invitations::token_of;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};

#[tokio::test]
async fn only_people_are_counted() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for agent in ["WhatsApp/2.23.20.0", "Twitterbot/1.0", "curl/8.5.0"] {
        shop.visit(&code).header("user-agent", agent).send().await;
    }
    shop.visit(&code).without_header("user-agent").send().await;
    shop.visit(&code)
        .header("sec-purpose", "prefetch")
        .send()
        .await;
    shop.visit_as("HEAD", &code).send().await;
    shop.visit(&mistyped(&code, 3)).send().await;
    shop.click(&code).await;
    let counted = eventually("the click counted", async || {
        let counted = shop.counted("clicked", None).await;
        (counted > 0).then_some(counted)
    })
    .await;
    assert_eq!(counted, 1);
}

/// What a browser tells of a request (`Sec-Fetch-Dest`, `Sec-Fetch-Mode`), and whether a person follows a link by it.
const TOLD: [(Option<&str>, Option<&str>, bool); 11] = [
    (Some("document"), Some("navigate"), true),
    (Some("document"), None, true),
    (None, Some("navigate"), true),
    (None, None, true),
    (Some("image"), Some("no-cors"), false),
    (Some("iframe"), Some("navigate"), false),
    (Some("embed"), Some("navigate"), false),
    (Some("script"), Some("no-cors"), false),
    (Some("empty"), Some("cors"), false),
    (Some("empty"), Some("no-cors"), false),
    (None, Some("cors"), false),
];

#[tokio::test]
async fn what_a_page_loads_by_itself_gets_no_token_on_any_way() {
    let shop = Program::fresh(&Edge::shared()).await;
    let known = shop.code(&Person::new("jane")).await;
    // The program is in memory from here on, and this code.
    shop.click(&known).await;
    let mut people = 1;
    for (number, (destination, mode, is_person)) in TOLD.into_iter().enumerate() {
        let only_in_kv = shop.code(&Person::new(&format!("sharer-{number}"))).await;
        let slow = format!("{known}?utm_source=x");
        for tail in [&known, &only_in_kv, &slow] {
            let mut visit = shop.visit(tail);
            for (name, value) in [("sec-fetch-dest", destination), ("sec-fetch-mode", mode)] {
                if let Some(value) = value {
                    visit = visit.header(name, value);
                }
            }
            let answer = visit.send().await;
            let told = format!("{destination:?} {mode:?} {tail}: {}", answer.location());
            if is_person {
                people += 1;
                assert!(token_of(answer.location()).is_some(), "{told}");
            } else {
                assert_eq!(answer.location(), "https://shop.example/", "{told}");
            }
        }
    }
    let counted = eventually("every click of a person counted", async || {
        let counted = shop.counted("clicked", None).await;
        (counted >= people).then_some(counted)
    });
    assert_eq!(counted.await, people);
}

#[tokio::test]
async fn a_preview_that_tells_how_it_asks_is_a_preview() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let preview = shop
        .visit(&code)
        .header("user-agent", "Slackbot-LinkExpanding 1.0");
    let answer = preview.header("sec-fetch-mode", "cors").send().await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_prefetch_is_not_answered_with_a_page_to_be_shown_later() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for purpose in ["prefetch", "prefetch;prerender"] {
        let answer = shop
            .visit(&code)
            .header("sec-purpose", purpose)
            .send()
            .await;
        // A browser shows a prefetched page when the person taps the link: a success here would swallow the click.
        assert!(answer.status >= 300, "{} {}", answer.status, answer.body);
    }
}

#[tokio::test]
async fn clicks_are_counted_by_channel_and_variant() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for query in ["?c=copy", "?c=copy", "?c=whatsapp-3", ""] {
        shop.visit(&format!("{code}{query}")).send().await;
    }
    let tally = eventually("four clicks", async || {
        let clicked = shop.counted("clicked", None).await;
        (clicked == 4).then_some(())?;
        Some(shop.merchant("GET", "/tally").send().await.expect(200))
    })
    .await;
    assert_eq!(shop.counted("clicked", Some("copy")).await, 2);
    let counts = tally["counts"].as_array().expect("counts");
    let whatsapp = counts
        .iter()
        .find(|count| count["channel"] == "whatsapp")
        .expect("a count");
    assert_eq!(
        (&whatsapp["variant"], text(&whatsapp["placement"]).as_str()),
        (&3.into(), "link")
    );
}

#[tokio::test]
async fn a_click_is_one_persons_claimed_or_not() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let code = shop.code(&jane).await;
    let unclaimed = shop.click(&code).await;
    let claimed = shop.invite(&jane).await.token;
    for (token, first) in [(&unclaimed, "ann"), (&claimed, "bob")] {
        let order = |buyer: &str| shop.order(buyer, &Person::new(buyer)).with_token(token);
        assert_eq!(order(first).accepted().await["reason"], "signed_token");
        let second = order(&format!("{first}s-friend")).accepted().await;
        assert_eq!(second["reason"], "unresolved_evidence");
        assert_eq!(second["evidence"][0]["verdict"], "used");
        assert_eq!(second["evidence"][0]["referrer"], serde_json::Value::Null);
        // What else is on the order still counts.
        let third = order(&format!("{first}s-neighbour")).with_code(&code);
        assert_eq!(third.accepted().await["reason"], "typed_code");
        assert_eq!(shop.invitation(token).await.expect(200)["state"], "used");
    }
    assert_eq!(shop.credit(&jane).await, 2_000);
}

#[tokio::test]
async fn a_click_that_an_order_used_mints_no_discount() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    shop.order("1001", &Person::new("ann"))
        .with_token(&token)
        .accepted()
        .await;
    let claim = shop.claim_call(&token).send().await;
    claim.problem(410, "click_token_used");
    let view = shop.enrol(&jane).await;
    assert_eq!(
        (&view["progress"]["claimed"], &view["progress"]["bought"]),
        (&0.into(), &1.into())
    );
    assert_eq!(view["referrals"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_click_that_earned_nothing_is_not_used_up() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let order = |id: &str, buyer: &Person| shop.order(id, buyer).with_token(&token);
    let own = order("1001", &jane).accepted().await;
    assert_eq!(own["reason"], "self_referral");
    let ann = Person::new("ann");
    assert_eq!(
        order("1002", &ann).accepted().await["reason"],
        "signed_token"
    );
}
