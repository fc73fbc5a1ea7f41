//! Addresses that a program must not name: not public, not https, not what they seem.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::program::{Program, fresh_id};
use goodword_tests::harness::setup::Setup;
use serde_json::json;

/// No address of a store, an origin or an endpoint, in any build.
const NOWHERE: [&str; 41] = [
    "",
    "shop.example",
    "/hooks",
    "http://shop.example/",
    "ftp://shop.example/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "file:///etc/passwd",
    "blob:https://shop.example/x",
    "https://",
    "https://user@shop.example/",
    "https://user:pw@shop.example/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://8.8.8.8/",
    "https://0x0a000001/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[::127.0.0.1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[fc00::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[2001:db8::1]/",
    "https://intranet/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://db.lan/",
    "https://router.home.arpa/",
    "https://x.test/",
    "https://shop.example:99999/",
];

#[tokio::test]
async fn a_webhook_address_is_public_https() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    for address in NOWHERE {
        let setup = Setup::default().set("webhook_url", address);
        let put = shop.merchant("PUT", "/settings").json(&setup.json());
        let detail = put.send().await.problem(422, "invalid_settings");
        assert_eq!(
            detail, "webhook_url: expected a public https address",
            "{address}"
        );
    }
    let long = format!("https://hooks.example/{}", "x".repeat(2_000));
    let put = shop
        .merchant("PUT", "/settings")
        .json(&Setup::default().set("webhook_url", long).json());
    put.send().await.problem(422, "invalid_settings");
    assert_eq!(shop.settings().await["version"], 1);
    for address in [
        "https://hooks.example/goodword?x=1",
        "https://a.b.example:8443/",
        "http://127.0.0.1:9/x",
    ] {
        shop.change(&json!({ "webhook_url": address })).await;
    }
}

#[tokio::test]
async fn events_are_never_sent_to_the_worker_itself() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let own = edge.call("GET", "/hooks").send().await.asked;
    let own = own
        .strip_prefix("GET ")
        .expect("the address that was asked");
    let setup = Setup::default().set("webhook_url", own);
    let put = shop.merchant("PUT", "/settings").json(&setup.json());
    let detail = put.send().await.problem(422, "invalid_settings");
    assert_eq!(detail, "webhook_url: expected another server than this one");
    let create = edge
        .call("POST", "/v1/programs")
        .bearer(edge.admin_key())
        .json(&setup.creation(&fresh_id()));
    create.send().await.problem(422, "invalid_settings");
    assert_eq!(shop.settings().await["version"], 1);
}

#[tokio::test]
async fn a_store_lives_at_a_public_https_address() {
    let shop = Program::fresh(&Edge::shared()).await;
    for address in NOWHERE {
        let setup = Setup::default().set("store_url", address);
        let put = shop.merchant("PUT", "/settings").json(&setup.json());
        let answer = put.send().await;
        assert_eq!(answer.status, 422, "{address}: {}", answer.body);
        answer.problem(422, "invalid_settings");
    }
    assert_eq!(shop.settings().await["version"], 1);
}

#[tokio::test]
async fn origins_are_origins_and_nothing_more() {
    let shop = Program::fresh(&Edge::shared()).await;
    for field in ["allowed_origins", "allowed_destinations"] {
        for address in NOWHERE.into_iter().chain([
            "*",
            "null",
            "https://*.shop.example",
            "https://shop.example/path",
            "https://shop.example/?q",
            "https://shop.example/#f",
        ]) {
            let setup = Setup::default().set(field, vec![address]);
            let put = shop.merchant("PUT", "/settings").json(&setup.json());
            let answer = put.send().await;
            assert_eq!(answer.status, 422, "{field}: {address}: {}", answer.body);
            assert!(answer.problem(422, "invalid_settings").starts_with(field));
        }
    }
    let changed = shop
        .change(
            &json!({ "allowed_origins": ["HTTPS://Shop.Example:443/", "http://localhost:8080"] }),
        )
        .await;
    assert_eq!(
        changed["settings"]["allowed_origins"],
        json!(["https://shop.example", "http://localhost:8080"])
    );
}

#[tokio::test]
async fn a_program_is_not_created_with_a_bad_address() {
    let edge = Edge::shared();
    let id = fresh_id();
    let body = Setup::default()
        .set("webhook_url", "https://10.0.0.1/")
        .creation(&id);
    let create = edge
        .call("POST", "/v1/programs")
        .bearer(edge.admin_key())
        .json(&body);
    create.send().await.problem(422, "invalid_settings");
    let read = edge.call("GET", &format!("/v1/programs/{id}/settings"));
    read.bearer(edge.admin_key())
        .send()
        .await
        .problem(404, "unknown_program");
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take_is_answered_with_those_that_it_does() {
    let edge = Edge::shared();
    let shop = Program::fresh(&edge).await;
    let of_program = |tail: &str| format!("/v1/programs/{}{tail}", shop.id);
    for (path, allowed) in [
        ("/healthz".to_owned(), "GET"),
        ("/v1/programs".to_owned(), "GET, POST"),
        (format!("/r/{}/7K3M9QX2A", shop.id), "GET, HEAD"),
        (of_program(""), "GET, OPTIONS"),
        (of_program("/referrers"), "POST, GET, OPTIONS"),
        (of_program("/referrers/me"), "GET, OPTIONS"),
        (of_program("/exposures"), "POST, OPTIONS"),
        (of_program("/claims"), "POST, OPTIONS"),
        (of_program("/invitations/x"), "GET, OPTIONS"),
        (of_program("/live/x"), "GET, OPTIONS"),
        (of_program("/discounts/check"), "POST"),
        (of_program("/discounts/codes"), "POST, GET"),
        (of_program("/orders"), "POST"),
        (of_program("/orders/1"), "GET"),
        (of_program("/settings"), "GET, PUT"),
        (of_program("/keys"), "GET, POST"),
        (of_program("/keys/1"), "DELETE"),
        (of_program("/log"), "GET"),
        (of_program("/tally"), "GET"),
    ] {
        let answer = edge.call("PATCH", &path).send().await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
        for method in ["GET", "POST", "PUT", "DELETE"] {
            if !allowed.split(", ").any(|known| known == method) {
                let answer = edge.call(method, &path).send().await;
                answer.problem(405, "method_not_allowed");
            }
        }
    }
}
