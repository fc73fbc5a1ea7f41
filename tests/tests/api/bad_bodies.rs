//! Bodies that are empty, too large, no JSON, too deep, or say more than is documented; on every route that takes one.

use goodword_tests::harness::call::Call;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, fresh_network};
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

const LIMIT: usize = 65_536;

/// Every route that takes a body, with a good one.
const ROUTES: [&str; 8] = [
    "programs",
    "referrers",
    "guests",
    "exposures",
    "claims",
    "check",
    "settings",
    "keys",
];

/// A good body for a route.
async fn good(shop: &Program, route: &str) -> Value {
    match route {
        "programs" => Setup::default().creation(&fresh_id()),
        "referrers" => json!({ "customer_token": shop.customer_token(&Person::new("jane")) }),
        "guests" => json!({ "email": "gus@example.com" }),
        "exposures" => json!({ "events": [{ "kind": "shown", "placement": "launcher" }] }),
        "claims" => json!({ "token": shop.click(&shop.code(&Person::new("omar")).await).await }),
        "check" => json!({ "discount_code": "GW0000000000", "currency": "EUR", "subtotal": 1 }),
        "settings" => shop.setup.json(),
        _ => json!({ "kind": "webhooks" }),
    }
}

/// The call of a route, without a body, from a network that nobody else comes from. Orders are signed over their body, and
/// are tested where they are.
fn call(shop: &Program, route: &str) -> Call {
    let call = match route {
        "programs" => shop
            .edge
            .call("POST", "/v1/programs")
            .bearer(shop.edge.admin_key()),
        "referrers" | "guests" => shop.call("POST", "/referrers"),
        "exposures" | "claims" => shop.call("POST", &format!("/{route}")),
        "check" => shop.merchant("POST", "/discounts/check"),
        "settings" => shop.merchant("PUT", "/settings"),
        _ => shop.merchant("POST", "/keys"),
    };
    call.network(&fresh_network())
}

/// Sends each of these texts to a route, which refuses them all and writes nothing.
async fn all_refused(shop: &Program, route: &str, texts: &[String]) {
    let before = shop.last_seq().await;
    for text in texts {
        let answer = call(shop, route).body(text.clone()).send().await;
        let start: String = text.chars().take(80).collect();
        assert_eq!(answer.status, 400, "{route}: {start} -> {}", answer.body);
        let detail = answer.problem(400, "invalid_body");
        for private in ["gus@", "example.com", "eyJ", "private"] {
            assert!(!detail.contains(private), "{route}: {detail}");
        }
        assert!(detail.len() < 400, "{route}: {detail}");
    }
    assert_eq!(shop.last_seq().await, before, "{route}");
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        let whole = good(&shop, route).await.to_string();
        let texts = [
            String::new(),
            " ".into(),
            "gus@example.com".into(),
            "null".into(),
            "[]".into(),
            "7".into(),
            "\"private\"".into(),
            "{".into(),
            whole[..whole.len() - 1].into(),
            format!("{whole}{whole}"),
            format!("{whole} private"),
            format!("\u{feff}{whole}"),
            whole.replace('"', "'"),
        ];
        all_refused(&shop, route, &texts).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        for bytes in [
            vec![0xff, 0xfe],
            b"{\"a\":\"\xc3\x28\"}".to_vec(),
            vec![0; 10],
        ] {
            let answer = call(&shop, route).body(bytes).send().await;
            answer.problem(400, "invalid_body");
        }
    }
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        let texts: Vec<String> = [200, 30_000]
            .iter()
            .flat_map(|depth| {
                [
                    "[".repeat(*depth) + &"]".repeat(*depth),
                    "[".repeat(*depth),
                    "{\"a\":".repeat(depth / 3) + "1" + &"}".repeat(depth / 3),
                    format!("{{\"email\":{}", "[".repeat(*depth)),
                    format!("{{\"program\":\"x\",\"name\":{}", "[".repeat(*depth)),
                ]
            })
            .collect();
        all_refused(&shop, route, &texts).await;
    }
}

#[tokio::test]
async fn an_unknown_field_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        let mut body = good(&shop, route).await;
        body["surprise"] = json!("private");
        all_refused(&shop, route, &[body.to_string()]).await;
    }
    let mut body = good(&shop, "exposures").await;
    body["events"][0]["surprise"] = json!(1);
    all_refused(&shop, "exposures", &[body.to_string()]).await;
    let mut body = good(&shop, "check").await;
    body["customer"] = json!({ "id": "a", "surprise": 1 });
    all_refused(&shop, "check", &[body.to_string()]).await;
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        let body = good(&shop, route).await;
        let fields = body.as_object().expect("an object");
        let texts: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                let whole = body.to_string();
                format!("{{\"{name}\":{value},{}", &whole[1..])
            })
            .collect();
        all_refused(&shop, route, &texts).await;
    }
}

#[tokio::test]
async fn a_nested_field_that_comes_twice_is_refused() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ["programs", "settings"] {
        let whole = good(&shop, route).await.to_string();
        let twice = |field: &str| whole.replacen(field, &format!("{field},{field}"), 1);
        let texts = [
            twice("\"basis_points\":1500"),
            twice("\"amount\":500"),
            twice("\"rule\":\"fixed\""),
        ];
        all_refused(&shop, route, &texts).await;
    }
}

#[tokio::test]
async fn a_body_of_64_kilobytes_is_read_and_one_byte_more_is_not() {
    let shop = Program::fresh(&Edge::shared()).await;
    for route in ROUTES {
        let fits = call(&shop, route).body(" ".repeat(LIMIT)).send().await;
        fits.problem(400, "invalid_body");
        let detail = call(&shop, route).body(" ".repeat(LIMIT + 1)).send().await;
        let detail = detail.problem(413, "body_too_large");
        assert!(detail.contains("65536"), "{detail}");
    }
    let order = shop.report_text(" ".repeat(LIMIT + 1)).send().await;
    order.problem(413, "body_too_large");
}

#[tokio::test]
async fn an_address_of_more_than_8_kilobytes_is_refused_on_every_way_but_a_share_link_leads_on() {
    let shop = Program::fresh(&Edge::shared()).await;
    let tail = |length: usize| {
        let path = format!("{}/v1/programs/{}/log?x=", shop.edge.url, shop.id);
        format!("/log?x={}", "y".repeat(length - path.len()))
    };
    shop.merchant("GET", &tail(8_192)).send().await.expect(200);
    let refused = shop.merchant("GET", &tail(8_193)).send().await;
    refused.problem(414, "url_too_long");
    let order = format!("/orders?x={}", "y".repeat(9_000));
    let order = shop
        .call("POST", &order)
        .header("webhook-signature", "v1,AAAA");
    order
        .json(&json!({}))
        .send()
        .await
        .problem(414, "url_too_long");
    let link = format!("/r/{}/COFFEE?x={}", shop.id, "y".repeat(9_000));
    let link = shop.edge.call("GET", &link).network(shop.network());
    assert_eq!(link.send().await.status, 302);
}

#[tokio::test]
async fn headers_are_looked_at_no_further_than_they_can_be_good() {
    let shop = Program::fresh(&Edge::shared()).await;
    let long = "x".repeat(6_000);
    let get = |key: &str| shop.call("GET", "/log").bearer(key);
    get(&format!("{}{long}", shop.keys.api))
        .send()
        .await
        .problem(401, "unauthorized");
    let keyed = shop
        .merchant("POST", "/keys")
        .json(&json!({ "kind": "customers" }));
    let keyed = keyed.header("idempotency-key", &long);
    keyed.send().await.problem(400, "idempotency_key_invalid");
    let order = shop.order("1", &Person::new("ann")).report().id(&long);
    order.send().await.problem(401, "signature_missing");
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_measured() {
    let shop = Program::fresh(&Edge::shared()).await;
    let pieces = |more: usize| {
        let sizes = [16_384, 16_384, 16_384, 16_384, more];
        let sizes = sizes.into_iter().filter(|size| *size > 0);
        sizes.map(|size| vec![b' '; size]).collect::<Vec<_>>()
    };
    for route in ROUTES {
        let fits = call(&shop, route).pieces(pieces(0)).send().await;
        fits.problem(400, "invalid_body");
        for more in [1, 100_000] {
            let larger = call(&shop, route).pieces(pieces(more)).send().await;
            larger.problem(413, "body_too_large");
        }
    }
}

#[tokio::test]
async fn a_body_is_json_whatever_it_calls_itself() {
    let shop = Program::fresh(&Edge::shared()).await;
    for kind in ["text/plain;charset=UTF-8", "application/json", "image/png"] {
        let call = shop
            .enrolment(&Person::new("jane"))
            .header("content-type", kind);
        let answer = call.send().await;
        assert!(
            matches!(answer.status, 200 | 201),
            "{kind}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_costs_the_next_request_nothing() {
    let shop = Program::fresh(&Edge::shared()).await;
    let body = good(&shop, "check").await;
    for pieces in [5, 20, 60] {
        for _ in 0..5 {
            let long = vec![vec![b' '; 16_384]; pieces];
            let refused = call(&shop, "check").pieces(long).send_once().await;
            refused.problem(413, "body_too_large");
            let next = call(&shop, "check").json(&body).send_once().await;
            next.expect(200);
        }
    }
}
