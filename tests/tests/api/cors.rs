//! Which pages may call: the origins on the program's list, each by its exact name.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::json;

const ALLOWED: [&str; 2] = ["https://shop.example", "https://www.shop.example"];

async fn shop() -> Program {
    let setup = Setup::default().set("allowed_origins", ALLOWED.to_vec());
    setup.create(&Edge::shared()).await
}

#[tokio::test]
async fn an_allowed_origin_is_echoed_alone() {
    let shop = shop().await;
    for origin in ALLOWED {
        let answer = shop.call("GET", "").origin(origin).send().await;
        answer.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("vary"), Some("Origin"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    let none = shop.call("GET", "").send().await;
    assert_eq!(none.header("access-control-allow-origin"), None);
    assert_eq!(none.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn a_claim_alone_may_be_kept_as_a_cookie_of_the_shops_own() {
    // Another server on the Worker's own host, which is of its site.
    let origin = Edge::shared().socket_url().replace("ws://", "http://");
    let setup = Setup::default().set("allowed_origins", vec![origin.clone()]);
    let shop = setup.create(&Edge::shared()).await;
    let token = shop.click(&shop.code(&Person::new("jane")).await).await;
    let claim = |keep: bool| {
        let body = json!({ "token": token, "keep": keep });
        shop.call("POST", "/claims").json(&body)
    };
    let plain = claim(false).origin(&origin).send().await;
    plain.expect(201);
    assert_eq!(plain.header("set-cookie"), None);
    let kept = claim(true).origin(&origin).send().await;
    kept.expect(200);
    assert_eq!(
        kept.header("access-control-allow-credentials"),
        Some("true")
    );
    let cookie = kept.header("set-cookie").expect("a cookie");
    let wanted = format!("__Secure-goodword-{}={token}; ", shop.id);
    assert!(cookie.starts_with(&wanted), "{cookie}");
    for word in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let asked = shop.call("OPTIONS", "/claims").origin(&origin).send().await;
    assert_eq!(
        asked.header("access-control-allow-credentials"),
        Some("true"),
        "what is no simple request is asked for first"
    );
    // No page, no cookie; nor for what was refused.
    let server = claim(true).send().await;
    server.expect(200);
    assert_eq!(server.header("set-cookie"), None);
    let forged = json!({ "token": format!("{token}x"), "keep": true });
    let forged = shop.call("POST", "/claims").json(&forged).origin(&origin);
    let forged = forged.send().await;
    assert!(forged.status >= 400 && forged.header("set-cookie").is_none());
    assert_eq!(forged.header("access-control-allow-origin"), Some(&*origin));
}

#[tokio::test]
async fn an_unknown_origin_is_refused_and_nothing_happens() {
    let shop = shop().await;
    let before = shop.last_seq().await;
    for origin in [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://SHOP.example",
        "null",
    ] {
        for call in [
            shop.call("GET", ""),
            shop.enrolment(&Person::new("jane")),
            shop.call("POST", "/exposures")
                .json(&json!({ "events": [] })),
            shop.call("OPTIONS", "/claims"),
        ] {
            let answer = call.origin(origin).send().await;
            answer.problem(403, "origin_not_allowed");
            // That it is refused, and what to do, may be read by the page; there is nothing else in it.
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{origin}"
            );
            assert_eq!(answer.header("vary"), Some("Origin"), "{origin}");
            assert!(!answer.body.contains("Ember"), "{}", answer.body);
        }
    }
    assert_eq!(shop.last_seq().await, before);
}

#[tokio::test]
async fn a_preflight_names_methods_and_headers_for_ten_minutes() {
    let shop = shop().await;
    for tail in ["", "/referrers", "/referrers/me", "/claims", "/exposures"] {
        let call = shop.call("OPTIONS", tail).origin(ALLOWED[0]);
        let call = call.header("access-control-request-method", "POST");
        let answer = call
            .header("access-control-request-headers", "authorization")
            .send()
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{tail}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some(ALLOWED[0])
        );
        assert_eq!(
            answer.header("access-control-allow-methods"),
            Some("GET, POST, PUT")
        );
        let headers = answer
            .header("access-control-allow-headers")
            .unwrap_or_default();
        for name in ["Authorization", "Content-Type", "Idempotency-Key"] {
            assert!(headers.contains(name), "{headers}");
        }
        assert_eq!(answer.header("access-control-max-age"), Some("600"));
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}

#[tokio::test]
async fn a_page_can_read_an_error_too() {
    let shop = shop().await;
    let call = shop
        .call("POST", "/claims")
        .body("nonsense")
        .origin(ALLOWED[0]);
    let answer = call.send().await;
    answer.problem(400, "invalid_body");
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some(ALLOWED[0])
    );
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("Retry-After")
    );
}

#[tokio::test]
async fn routes_for_servers_answer_no_page() {
    let shop = shop().await;
    for tail in ["/settings", "/log", "/keys", "/tally"] {
        let answer = shop.merchant("GET", tail).origin(ALLOWED[0]).send().await;
        answer.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{tail}");
        let preflight = shop.call("OPTIONS", tail).origin(ALLOWED[0]).send().await;
        preflight.problem(405, "method_not_allowed");
        assert_eq!(
            preflight.header("access-control-allow-origin"),
            None,
            "{tail}"
        );
    }
}
