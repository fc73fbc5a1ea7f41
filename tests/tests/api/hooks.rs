//! What platforms send by their own webhooks: signed in their own way, understood, and kept when it is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network, text};
use goodword_tests::store::ids::hex;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "what-the-platform-signs-with";

/// A shop on a platform whose secret the program has been told.
async fn shop_on(platform: &str) -> Program {
    let shop = Program::fresh(&Edge::shared()).await;
    let key = json!({ "kind": platform, "secret": SECRET });
    let made = shop.merchant("POST", "/keys").json(&key).send().await;
    assert!(made.expect(201)["key"].is_null(), "it is never answered");
    assert!(!made.body.contains(SECRET));
    shop
}

fn hmac(secret: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Posts a body with a header.
async fn post(shop: &Program, platform: &str, header: (&str, &str), body: &str) -> Answer {
    let path = format!("/in/{}/{platform}", shop.id);
    let call = shop.edge.call("POST", &path).network(&fresh_network());
    call.header(header.0, header.1).body(body).send().await
}

/// What Shopify sends, signed as it does.
async fn shopify(shop: &Program, body: &Value) -> Answer {
    let body = body.to_string();
    let signature = STANDARD.encode(hmac(SECRET, &body));
    post(
        shop,
        "shopify",
        ("X-Shopify-Hmac-SHA256", &signature),
        &body,
    )
    .await
}

fn paid(id: u64, total: &str, token: &str) -> Value {
    json!({
        "id": id, "financial_status": "paid", "currency": "EUR", "subtotal_price": total, "total_price": total,
        "total_discounts": "3.00", "customer": { "id": 7, "email": "ann@mail.example" },
        "note_attributes": [{ "name": "goodword", "value": token }],
    })
}

#[tokio::test]
async fn a_paid_order_of_shopify_rewards_its_referrer_once_and_its_refund_takes_it_back() {
    let shop = shop_on("shopify").await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let order = paid(1, "17.00", &token);
    for _ in 0..3 {
        let answer = shopify(&shop, &order).await.expect(200);
        assert_eq!(answer, json!({ "outcome": "recorded", "reports": 1 }));
    }
    assert_eq!(shop.credit(&jane).await, 500);
    let recorded = shop.read_order("shopify:1").await;
    assert_eq!(
        (&recorded["reason"], &recorded["total"]),
        (&json!("signed_token"), &json!(1_700))
    );
    let sent =
        json!({ "kind": "refund", "status": "success", "amount": "17.00", "currency": "EUR" });
    let refund = json!({ "id": 9, "order_id": 1, "transactions": [sent] });
    shopify(&shop, &refund).await.expect(200);
    assert_eq!(shop.credit(&jane).await, 0);
}

#[tokio::test]
async fn an_order_that_is_sent_again_with_another_total_was_edited() {
    let shop = shop_on("shopify").await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let at = |minute: u32, total: &str| {
        let mut order = paid(1, total, &token);
        order["updated_at"] = json!(format!("2025-11-25T09:{minute:02}:00Z"));
        order
    };
    let all = [
        at(0, "20.00"),
        at(1, "10.00"),
        at(2, "20.00"),
        at(3, "10.00"),
    ];
    for (order, left) in all.iter().zip([500, 250, 500, 250]) {
        for _ in 0..2 {
            shopify(&shop, order).await.expect(200);
            assert_eq!(shop.credit(&jane).await, left, "{order}");
        }
    }
    for earlier in &all {
        shopify(&shop, earlier).await.expect(200);
    }
    assert_eq!(shop.credit(&jane).await, 250, "what was changed last holds");
}

#[tokio::test]
async fn stripe_and_woocommerce_sign_in_their_own_ways() {
    let shop = shop_on("stripe").await;
    let session = json!({
        "type": "checkout.session.completed", "created": 1_764_000_000,
        "data": { "object": { "id": "cs_1", "payment_intent": "pi_1", "payment_status": "paid", "currency": "eur", "amount_total": 1_700 } },
    });
    let body = session.to_string();
    let now = shop.now_ms() / 1_000;
    let digest = |seconds: i64| hex(&hmac(SECRET, &format!("{seconds}.{body}")));
    let stale = format!("t={},v1={}", now - 301, digest(now - 301));
    let answer = post(&shop, "stripe", ("Stripe-Signature", &stale), &body).await;
    answer.problem(401, "signature_stale");
    let good = format!("t={now},v1={}", digest(now));
    post(&shop, "stripe", ("Stripe-Signature", &good), &body)
        .await
        .expect(200);
    assert_eq!(shop.read_order("stripe:pi_1").await["total"], 1_700);
    let shop = shop_on("woocommerce").await;
    let order = json!({
        "id": 727, "status": "processing", "currency": "EUR", "total": "19.90", "line_items": [{ "total": "17.00" }],
        "date_paid_gmt": "2025-11-25T08:41:00",
    });
    let body = order.to_string();
    let signature = STANDARD.encode(hmac(SECRET, &body));
    post(
        &shop,
        "woocommerce",
        ("X-WC-Webhook-Signature", &signature),
        &body,
    )
    .await
    .expect(200);
    assert_eq!(shop.read_order("woocommerce:727").await["subtotal"], 1_700);
}

#[tokio::test]
async fn what_a_platform_has_not_signed_is_refused_and_changes_nothing() {
    let shop = shop_on("shopify").await;
    let body = paid(1, "17.00", "x").to_string();
    let good = STANDARD.encode(hmac(SECRET, &body));
    let other = STANDARD.encode(hmac("another-secret", &body));
    let header = "X-Shopify-Hmac-SHA256";
    post(&shop, "shopify", (header, &other), &body)
        .await
        .problem(401, "signature_invalid");
    post(&shop, "shopify", ("X-Other", &good), &body)
        .await
        .problem(401, "signature_missing");
    let changed = body.replace("17.00", "71.00");
    post(&shop, "shopify", (header, &good), &changed)
        .await
        .problem(401, "signature_invalid");
    // A platform of which no secret was told, one that nobody knows, and a program that is none.
    post(&shop, "paddle", ("Paddle-Signature", "ts=1;h1=00"), &body)
        .await
        .problem(401, "signature_stale");
    post(&shop, "etsy", (header, &good), &body)
        .await
        .problem(404, "not_found");
    let nobody = shop
        .edge
        .call("POST", "/in/nobody-has-this/shopify")
        .network(&fresh_network());
    nobody
        .header(header, &good)
        .body(body.as_str())
        .send()
        .await
        .problem(404, "unknown_program");
    let read = shop.merchant("GET", "/orders/shopify:1").send().await;
    read.problem(404, "not_found");
}

#[tokio::test]
async fn a_secret_may_be_rotated_and_taken_away() {
    let shop = shop_on("shopify").await;
    let order = |id| paid(id, "17.00", "x");
    let newer = json!({ "kind": "shopify", "secret": "what-it-signs-with-next" });
    shop.merchant("POST", "/keys")
        .json(&newer)
        .send()
        .await
        .expect(201);
    shopify(&shop, &order(1)).await.expect(200);
    let third = shop.merchant("POST", "/keys").json(&newer);
    third.send().await.problem(409, "too_many_keys");
    for id in shop.live_keys("shopify").await {
        let call = shop.merchant("DELETE", &format!("/keys/{id}"));
        call.send().await.expect(200);
    }
    shopify(&shop, &order(2))
        .await
        .problem(401, "signature_invalid");
    for body in [
        json!({ "kind": "shopify" }),
        json!({ "kind": "orders", "secret": SECRET }),
        json!({ "kind": "shopify", "secret": "short" }),
    ] {
        let refused = shop.merchant("POST", "/keys").json(&body).send().await;
        refused.problem(400, "invalid_body");
    }
}

#[tokio::test]
async fn what_is_no_business_of_ours_is_taken_and_nothing_is_made_of_it() {
    let shop = shop_on("shopify").await;
    let ignored = json!({ "outcome": "ignored", "reports": 0 });
    let product = json!({ "id": 1, "title": "Beans" });
    assert_eq!(shopify(&shop, &product).await.expect(200), ignored);
    let pending = json!({ "id": 1, "financial_status": "pending" });
    assert_eq!(shopify(&shop, &pending).await.expect(200), ignored);
    // How WooCommerce tries an address out.
    let ping = post(&shop, "woocommerce", ("X-Other", "x"), "webhook_id=3").await;
    assert_eq!(ping.expect(200), ignored);
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_read_and_dropped() {
    let shop = shop_on("shopify").await;
    let odd = paid(1, "many", "x");
    let kept = shopify(&shop, &odd).await.expect(202);
    assert_eq!(
        (&kept["outcome"], &kept["code"]),
        (&json!("kept"), &json!("delivery_unreadable"))
    );
    assert_eq!(
        shopify(&shop, &odd).await.expect(202)["delivery"],
        kept["delivery"]
    );
    let listed = shop.merchant("GET", "/quarantine").send().await.expect(200);
    let all = listed["deliveries"].as_array().expect("a list");
    assert_eq!((all.len(), &all[0]["platform"]), (1, &json!("shopify")));
    let path = format!("/quarantine/{}", text(&kept["delivery"]));
    let read = shop.merchant("GET", &path).send().await.expect(200);
    assert_eq!(read["body"], odd.to_string());
    // Nothing has changed, so it is as unreadable as before.
    let again = shop
        .merchant("POST", &format!("{path}/replay"))
        .send()
        .await;
    again.problem(422, "delivery_unreadable");
    shop.merchant("DELETE", &path).send().await.expect(200);
    shop.merchant("GET", &path)
        .send()
        .await
        .problem(404, "not_found");
    assert_eq!(shop.count_logged("delivery.kept").await, 1);
    shopify(&shop, &odd).await.expect(202);
    shop.advance_days(31).await;
    let left = shop.merchant("GET", "/quarantine").send().await.expect(200);
    assert_eq!(left["deliveries"], json!([]));
}

#[tokio::test]
async fn a_delivery_may_be_a_megabyte_long_and_no_more() {
    let shop = shop_on("shopify").await;
    let mut order = paid(1, "17.00", "x");
    order["note"] = Value::from("x".repeat(1_000_000));
    shopify(&shop, &order).await.expect(200);
    order["note"] = Value::from("x".repeat(1_050_000));
    shopify(&shop, &order).await.problem(413, "body_too_large");
}

#[tokio::test]
async fn an_order_that_comes_again_after_its_refund_stays_refunded() {
    let shop = shop_on("lemon-squeezy").await;
    let jane = Person::new("jane");
    let token = shop.click(&shop.code(&jane).await).await;
    let send = async |event: &str, status: &str| {
        let body = json!({
            "meta": { "event_name": event, "custom_data": { "goodword": token } },
            "data": { "id": "1", "attributes": { "status": status, "currency": "EUR", "subtotal": 2000, "total": 2000,
                "customer_id": 7, "user_email": "ann@mail.example", "refunded_amount": 2000 } },
        });
        let body = body.to_string();
        let signature = hex(&hmac(SECRET, &body));
        let answer = post(&shop, "lemon-squeezy", ("X-Signature", &signature), &body).await;
        answer.expect(200);
    };
    send("order_created", "paid").await;
    assert_eq!(shop.credit(&jane).await, 500);
    send("order_refunded", "refunded").await;
    assert_eq!(shop.credit(&jane).await, 0);
    send("order_created", "paid").await;
    assert_eq!(shop.credit(&jane).await, 0);
}

#[tokio::test]
async fn whoever_is_erased_is_in_nothing_that_is_kept_of_platforms() {
    let shop = shop_on("shopify").await;
    let order = shop.order("1", &Person::new("ann"));
    order.accepted().await;
    let mut odd = paid(2, "many", "x");
    odd["customer"] = json!({ "id": 8, "email": "Ann@example.com" });
    let other = paid(3, "many", "x");
    for body in [&odd, &other] {
        shopify(&shop, body).await.expect(202);
    }
    let named = json!({ "customer": { "id": "ann" } });
    let erase = shop.merchant("POST", "/people/erase").json(&named);
    erase.send().await.expect(200);
    let left = shop.merchant("GET", "/quarantine").send().await;
    let left = left.expect(200)["deliveries"].as_array().map(Vec::len);
    assert_eq!(left, Some(1));
}
