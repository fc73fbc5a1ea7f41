//! What a link preview gets: a page about the offer, and nothing about who shared it.

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;

async fn preview(shop: &Program, agent: &str) -> Answer {
    let code = shop.code(&Person::new("jane")).await;
    shop.visit(&code).header("user-agent", agent).send().await
}

/// The content of a meta tag, as it is written.
fn tag<'a>(page: &'a str, property: &str) -> &'a str {
    let start = format!("<meta property=\"{property}\" content=\"");
    let rest = page.split_once(&start).map_or("", |(_, rest)| rest);
    rest.split_once('"').map_or("", |(content, _)| content)
}

#[tokio::test]
async fn every_preview_gets_a_page_and_no_token() {
    let shop = Program::fresh(&Edge::shared()).await;
    for agent in [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.23.20.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "TelegramBot (like TwitterBot)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
        "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "SkypeUriPreview Preview/0.5",
        "Googlebot/2.1",
        "Pinterest/0.2",
        // None of these says that it is a program; the first is known by its name, the others are libraries.
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.130 Electron/7.3.2 Safari/537.36 PingdomTMS/2020.2",
        "node",
        "node-fetch",
        "axios/1.7.9",
        "python-requests/2.32.3",
        "Python-urllib/3.12",
        "python-httpx/0.28.1",
        "curl/8.5.0",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "Java/21.0.5",
        "PostmanRuntime/7.43.0",
    ] {
        let answer = preview(&shop, agent).await;
        assert_eq!(answer.status, 200, "{agent}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(answer.header("location"), None);
        assert!(!answer.body.contains("gw="), "{agent}");
    }
}

#[tokio::test]
async fn people_get_a_token_in_every_browser_and_inside_of_every_app() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let browsers = include_str!("../../../lists/browsers.txt");
    for agent in browsers.lines().filter(|line| !line.starts_with('#')) {
        let answer = shop.visit(&code).header("user-agent", agent).send().await;
        assert!(answer.location().contains("gw="), "{agent}");
    }
}

#[tokio::test]
async fn a_preview_says_what_is_offered_and_by_whom() {
    let shop = Program::fresh(&Edge::shared()).await;
    let answer = preview(&shop, "WhatsApp/2.23.20.0").await;
    let page = &answer.body;
    assert_eq!(
        tag(page, "og:title"),
        "15% off your first order at Ember &amp; Oak"
    );
    assert_eq!(tag(page, "og:site_name"), "Ember &amp; Oak");
    assert!(!tag(page, "og:description").is_empty());
    assert_eq!(format!("GET {}", tag(page, "og:url")), answer.asked);
    assert!(
        !page.contains("Jane") && !page.contains("Canarydoe"),
        "{page}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'"), "{policy}");
}

#[tokio::test]
async fn markup_in_the_shops_name_stays_text() {
    let name = "\"'><script>alert(1)</script>&amp; Co";
    let shop = Setup::default()
        .set("name", name)
        .create(&Edge::shared())
        .await;
    let page = preview(&shop, "Twitterbot/1.0").await.body;
    assert!(
        !page.contains("<script") && !page.contains("\"'>"),
        "{page}"
    );
    assert!(tag(&page, "og:site_name").contains("&quot;&#39;"), "{page}");
    assert!(
        tag(&page, "og:site_name").contains("&amp;amp; Co"),
        "{page}"
    );
}

#[tokio::test]
async fn markup_in_the_links_query_stays_text() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let visit = shop.visit(&format!("{code}?x=%22%3E%3Cscript%3E&y='&z=a&b"));
    let page = visit
        .header("user-agent", "Twitterbot/1.0")
        .send()
        .await
        .body;
    assert!(!page.contains("<script"), "{page}");
    assert!(tag(&page, "og:url").contains("&amp;z=a&amp;b"), "{page}");
}
