//! Following a share link: to the store with a token, to the store without one, and never anywhere else.

use futures_util::future::join_all;
use goodword_tests::harness::codes::{mistyped, unknown_code};
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::invitations::token_of;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network};
use goodword_tests::harness::setup::Setup;
use serde_json::json;

const STORE: &str = "https://shop.example/";

/// A value as it stands in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[tokio::test]
async fn a_click_leads_to_the_store_with_a_token_in_query_and_fragment() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let answer = shop.visit(&code).send().await;
        let location = answer.location();
        let token = token_of(location).expect("a token in both places");
        assert_eq!(location, format!("{STORE}?gw={token}#gw={token}"));
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        assert!(token.len() <= 120 && token.bytes().all(allowed), "{token}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        assert_eq!(answer.header("set-cookie"), None);
        tokens.push(token);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "every click has an id of its own");
}

#[tokio::test]
async fn query_and_fragment_of_the_destination_are_kept() {
    let setup = Setup::default().set("store_url", "https://shop.example/welcome?from=friend#old");
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let follow = async |query: &str| {
        let answer = shop.visit(&format!("{code}{query}")).send().await;
        let location = answer.location().to_owned();
        let token = token_of(&location).expect("a token");
        location.replace(&token, "T")
    };
    assert_eq!(
        follow("").await,
        "https://shop.example/welcome?from=friend&gw=T#gw=T"
    );
    let to = encoded("/beans?roast=dark#top");
    let expected = "https://shop.example/beans?roast=dark&gw=T#top&gw=T";
    assert_eq!(follow(&format!("?to={to}")).await, expected);
    assert_eq!(follow(&format!("?c=sms&to={to}")).await, expected);
}

#[tokio::test]
async fn a_code_is_read_however_it_is_written() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let dashed = format!("{}-{}-{}", &code[..3], &code[3..6], &code[6..]);
    for written in [
        code.to_lowercase(),
        dashed,
        code.replace('0', "o").replace('1', "i"),
        format!("{}%20{}%2D{}", &code[..3], &code[3..6], &code[6..]),
        format!("{code}%20"),
        format!("{code}/"),
        format!("{code}/?c=sms"),
    ] {
        shop.click(&written).await;
    }
}

#[tokio::test]
async fn channel_variant_and_placement_travel_with_the_click() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for (query, channel, variant, placement) in [
        ("", "link", 0, None),
        ("?c=whatsapp-2", "whatsapp", 2, None),
        ("?c=whatsapp-2-share", "whatsapp", 2, Some("share")),
        ("?c=linkedin-1-thanks", "linkedin", 1, Some("thanks")),
        ("?c=qr", "qr", 0, None),
        ("?c=sms-999", "sms", 0, None),
        ("?c=sms-1-somewhere", "sms", 1, None),
        ("?c=pigeon", "link", 0, None),
        (
            "?utm_source=x&c=email-255-thanks",
            "email",
            255,
            Some("thanks"),
        ),
    ] {
        let answer = shop
            .visit(&format!("{code}{query}"))
            .network(&fresh_network())
            .send()
            .await;
        let token = token_of(answer.location()).expect("a token");
        shop.claim_call(&token)
            .network(&fresh_network())
            .send()
            .await
            .expect(201);
        let facts = shop.merchant("GET", "/facts").send().await.expect(200);
        let claimed = facts["facts"].as_array().and_then(|facts| facts.last());
        let claimed = claimed.expect("a claim");
        assert_eq!(
            json!([claimed["channel"], claimed["variant"], claimed["placement"]]),
            json!([channel, variant, placement]),
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_unknown_code_leads_to_the_front_page_without_a_token() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for unknown in [
        unknown_code(),
        mistyped(&code, 0),
        mistyped(&code, 8),
        "WELCOME".into(),
        "%3Cb%3E".into(),
        "x".into(),
        "7".repeat(41),
        "x".repeat(1_000),
    ] {
        for query in ["", "?c=sms", "?to=%2Fbeans"] {
            let answer = shop.visit(&format!("{unknown}{query}")).send().await;
            assert_eq!(answer.location(), STORE, "{unknown}{query}");
        }
    }
}

/// The code of somebody who was enrolled by an order, so that KV does not know it: only the ledger can tell, and misses
/// that it is asked about are counted against the visitor's network.
async fn code_beyond_kv(shop: &Program, buyer: &str) -> String {
    let buyer = Person::new(buyer);
    shop.order(buyer.id.as_deref().unwrap_or_default(), &buyer)
        .accepted()
        .await;
    shop.code(&buyer).await
}

/// Follows links of these codes from one network, none of which leads anywhere but to the front page.
async fn follow_in_vain(shop: &Program, network: &str, codes: Vec<String>) {
    let visits = codes
        .iter()
        .map(|code| shop.visit(code).network(network).send());
    for answer in join_all(visits).await {
        assert_eq!(answer.location(), STORE);
    }
}

#[tokio::test]
async fn a_mistyped_code_is_never_looked_up() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = code_beyond_kv(&shop, "ann").await;
    let typist = fresh_network();
    let errors = (0..60).map(|n| mistyped(&ann, n % 9)).collect();
    follow_in_vain(&shop, &typist, errors).await;
    let answer = shop.visit(&ann).network(&typist).send().await;
    assert!(
        token_of(answer.location()).is_some(),
        "typing errors use no look-up up"
    );
}

#[tokio::test]
async fn guesses_are_looked_up_only_so_often() {
    let shop = Program::fresh(&Edge::shared()).await;
    let network = fresh_network();
    // Thirty a minute; when the minute turns just then, the next try finds them used up.
    for buyer in ["ann", "bob", "cem", "dan"] {
        let code = code_beyond_kv(&shop, buyer).await;
        let guesses = (0..60).map(|_| unknown_code()).collect();
        follow_in_vain(&shop, &network, guesses).await;
        let answer = shop.visit(&code).network(&network).send().await;
        if answer.location() == STORE {
            // That one network may not ask is not remembered of the code.
            let other = shop.visit(&code).network(&fresh_network());
            assert!(token_of(other.send().await.location()).is_some());
            return;
        }
    }
    panic!("guesses are never limited");
}

#[tokio::test]
async fn whoever_guesses_is_looked_up_nowhere_for_a_while() {
    let shop = Program::fresh(&Edge::shared()).await;
    let network = fresh_network();
    for sharer in ["ann", "bob", "cem", "dan"] {
        let guesses = (0..60).map(|_| unknown_code()).collect();
        follow_in_vain(&shop, &network, guesses).await;
        // KV knows this code, and no isolate remembers it yet.
        let code = shop.code(&Person::new(sharer)).await;
        let answer = shop.visit(&code).network(&network).send().await;
        if answer.location() == STORE {
            // What is remembered of a code needs no look-up: whoever shares a network with a guesser follows it.
            let other = shop.visit(&code).network(&fresh_network());
            assert!(token_of(other.send().await.location()).is_some());
            let again = shop.visit(&code).network(&network).send().await;
            assert!(token_of(again.location()).is_some());
            return;
        }
    }
    panic!("guesses are always looked up in KV");
}

#[tokio::test]
async fn a_link_leads_only_to_the_store_and_to_allowed_origins() {
    let setup = Setup::default().set("allowed_destinations", vec!["https://blog.example"]);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for (to, start) in [
        ("/beans", "https://shop.example/beans?gw="),
        ("beans", "https://shop.example/beans?gw="),
        ("", "https://shop.example/?gw="),
        ("?a=b", "https://shop.example/?a=b&gw="),
        ("https://shop.example/x", "https://shop.example/x?gw="),
        ("HTTPS://BLOG.example/post", "https://blog.example/post?gw="),
        (
            "https:evil.example",
            "https://shop.example/evil.example?gw=",
        ),
        ("/.//evil.example", "https://shop.example//evil.example?gw="),
    ] {
        let answer = shop
            .visit(&format!("{code}?to={}", encoded(to)))
            .send()
            .await;
        assert!(
            answer.location().starts_with(start),
            "{to}: {}",
            answer.location()
        );
    }
}

#[tokio::test]
async fn no_link_leads_astray() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    for to in [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "\n//evil.example",
        " //evil.example",
        "https://shop.example@evil.example/",
        "https://shop.example:pw@evil.example/",
        "https://user:pw@shop.example/",
        "https://shop.example.evil.example/",
        "https://sub.shop.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example:8443/",
        "http://shop.example/",
        "https://shop.example\u{3002}evil.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,hi",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://shop.example/",
        "blob:https://shop.example/x",
        "/x\u{202e}y",
        "/x\r\nSet-Cookie: a=b",
        "https://[::1]/",
        "http:evil.example",
    ] {
        let answer = shop
            .visit(&format!("{code}?to={}", encoded(to)))
            .send()
            .await;
        assert_eq!(
            answer.status,
            400,
            "{to:?} -> {:?}",
            answer.header("location")
        );
        let detail = answer.problem(400, "destination_not_allowed");
        assert!(!detail.contains("evil"), "{detail}");
    }
    let long = format!("/{}", "x".repeat(2_000));
    let answer = shop.visit(&format!("{code}?to={long}")).send().await;
    answer.problem(400, "destination_not_allowed");
}
