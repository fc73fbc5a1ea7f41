//! The live channel: an open page hears that there is news, and nothing else.

use std::time::{Duration, Instant};

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::live::LivePage;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};

const LONG: Duration = Duration::from_secs(20);

async fn open(shop: &Program, person: &Person) -> LivePage {
    let path = text(&shop.enrol(person).await["live"]);
    connect(shop, &path).await.expect("a socket")
}

async fn connect(shop: &Program, path: &str) -> Result<LivePage, (u16, String)> {
    LivePage::open(&shop.edge, path, &[("cf-connecting-ip", shop.network())]).await
}

#[tokio::test]
async fn an_open_page_hears_of_an_order_within_a_second() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let mut page = open(&shop, &jane).await;
    let code = shop.code(&jane).await;
    let mut fastest = LONG;
    // Every order is heard of; on a machine that is busy with other tests not every one within a second.
    for n in 0..5 {
        let buyer = Person::new(&format!("friend{n}"));
        shop.order(&format!("o{n}"), &buyer)
            .with_code(&code)
            .accepted()
            .await;
        let answered = Instant::now();
        assert_eq!(page.hears(LONG).await.as_deref(), Some("changed"));
        fastest = fastest.min(answered.elapsed());
    }
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

#[tokio::test]
async fn an_open_page_hears_of_a_claim_and_of_a_refund() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let mut page = open(&shop, &jane).await;
    let discount = shop.invite(&jane).await.discount_code;
    assert_eq!(page.hears(LONG).await.as_deref(), Some("changed"));
    let order = shop
        .order("1001", &Person::new("ann"))
        .with_discounts(&[&discount]);
    order.accepted().await;
    assert_eq!(page.hears(LONG).await.as_deref(), Some("changed"));
    shop.refund("1001", "r1", 100).send().await.expect(201);
    assert_eq!(page.hears(LONG).await.as_deref(), Some("changed"));
}

#[tokio::test]
async fn a_page_hears_only_of_its_own_referrer() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (jane, omar) = (Person::new("jane"), Person::new("omar"));
    let (mut janes, mut omars) = (open(&shop, &jane).await, open(&shop, &omar).await);
    for (id, referrer) in [("1001", &jane), ("1002", &omar)] {
        let code = shop.code(referrer).await;
        shop.order(id, &Person::new(id))
            .with_code(&code)
            .accepted()
            .await;
        let page = if referrer == &jane {
            &mut janes
        } else {
            &mut omars
        };
        assert_eq!(page.hears(LONG).await.as_deref(), Some("changed"));
    }
    for page in [&mut janes, &mut omars] {
        page.say("ping").await;
        assert_eq!(
            page.hears(LONG).await.as_deref(),
            Some("pong"),
            "nothing was heard before"
        );
    }
}

#[tokio::test]
async fn whatever_a_page_says_changes_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let mut page = open(&shop, &jane).await;
    let before = shop.last_seq().await;
    for text in ["", "changed", "{\"kind\":\"order\"}", &"x".repeat(100_000)] {
        page.say(text).await;
    }
    page.say("ping").await;
    assert_eq!(page.hears(LONG).await.as_deref(), Some("pong"));
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn a_channel_cannot_be_guessed() {
    let edge = Edge::shared();
    let (one, two) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    let jane = Person::new("jane");
    let mut channels = Vec::new();
    for shop in [&one, &two] {
        let view = shop.enrol(&jane).await;
        let path = text(&view["live"]);
        let channel = path.rsplit('/').next().unwrap_or_default().to_owned();
        assert!(
            channel.len() == 32 && channel.bytes().all(|b| b.is_ascii_hexdigit()),
            "{channel}"
        );
        assert_ne!(channel, text(&view["referrer"]["id"]));
        channels.push(channel);
    }
    assert_ne!(
        channels[0], channels[1],
        "the same customer of two programs"
    );
    for odd in ["x", "0123456789abcdef", &"g".repeat(32), &"a".repeat(33)] {
        let answer = one
            .call("GET", &format!("/live/{odd}"))
            .header("upgrade", "websocket");
        answer.send().await.problem(404, "no_route");
    }
}

#[tokio::test]
async fn the_channel_speaks_websocket_only() {
    let shop = Program::fresh(&Edge::shared()).await;
    let tail = format!("/live/{}", "a".repeat(32));
    shop.call("GET", &tail)
        .send()
        .await
        .problem(426, "upgrade_required");
    shop.call("POST", &tail)
        .send()
        .await
        .problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_channel() {
    let shop = Program::fresh(&Edge::shared()).await;
    let path = text(&shop.enrol(&Person::new("jane")).await["live"]);
    let open = |origin: &'static str| {
        let (edge, path, network) = (shop.edge.clone(), path.clone(), shop.network().to_owned());
        async move {
            let headers = [("origin", origin), ("cf-connecting-ip", network.as_str())];
            LivePage::open(&edge, &path, &headers).await.map(drop)
        }
    };
    assert_eq!(
        open("https://evil.example")
            .await
            .map_err(|(status, _)| status),
        Err(403)
    );
    assert!(open("https://shop.example").await.is_ok());
}

#[tokio::test]
async fn a_referrer_has_twenty_pages_open_at_most() {
    let shop = Program::fresh(&Edge::shared()).await;
    let path = text(&shop.enrol(&Person::new("jane")).await["live"]);
    let mut pages = Vec::new();
    for _ in 0..20 {
        pages.push(connect(&shop, &path).await.expect("a socket"));
    }
    let (status, body) = connect(&shop, &path).await.expect_err("one too many");
    assert_eq!(status, 429);
    assert!(
        body.is_empty() || body.contains("\"code\""),
        "an error like every other: {body}"
    );
}
