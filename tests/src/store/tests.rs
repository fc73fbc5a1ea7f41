//! The whole store over HTTP, against a stand-in for the edge that says what it is told and can be down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::ids::{lock, now_ms};
use super::keys::Keys;
use super::orders::ReportState;
use super::signing::sign;
use super::{Store, StoreConfig, start};

const ORDERS_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WEBHOOKS_KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What the stand-in was asked, and how it answers.
#[derive(Default)]
struct Edge {
    checks: Mutex<Vec<Value>>,
    /// `webhook-id` and body of every report with a good signature.
    reports: Mutex<Vec<(String, Value)>>,
    /// The next answers to a check; when they run out, 15 % off.
    says: Mutex<VecDeque<Value>>,
    /// How many reports are still answered with 503.
    down_for: Mutex<u32>,
}

async fn check(State(edge): State<Arc<Edge>>, headers: HeaderMap, body: String) -> String {
    assert_eq!(headers["authorization"], "Bearer gw_api_test");
    let question: Value = serde_json::from_str(&body).unwrap();
    let amount = question["subtotal"].as_i64().unwrap() * 15 / 100;
    lock(&edge.checks).push(question);
    let usual = json!({ "valid": true, "amount": amount, "currency": "EUR", "reason": null });
    lock(&edge.says).pop_front().unwrap_or(usual).to_string()
}

async fn orders(
    State(edge): State<Arc<Edge>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    let mut down_for = lock(&edge.down_for);
    if *down_for > 0 {
        *down_for -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let verifier = Webhook::new(ORDERS_KEY).unwrap();
    verifier.verify(body.as_bytes(), &headers).unwrap();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    lock(&edge.reports).push((id, serde_json::from_str(&body).unwrap()));
    (StatusCode::CREATED, r#"{"outcome":"created"}"#.to_owned())
}

async fn edge() -> (Arc<Edge>, String) {
    let edge = Arc::new(Edge::default());
    let routes = Router::new()
        .route("/v1/programs/demo/discounts/check", post(check))
        .route("/v1/programs/demo/orders", post(orders))
        .with_state(Arc::clone(&edge));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (edge, url)
}

fn config(edge: &str) -> StoreConfig {
    let keys = Keys {
        program: String::new(),
        api: "gw_api_test".to_owned(),
        orders: ORDERS_KEY.to_owned(),
        customers: "gw_cust_test".to_owned(),
        webhooks: WEBHOOKS_KEY.to_owned(),
    };
    StoreConfig::new(edge, "demo", keys)
}

async fn shop() -> (Arc<Edge>, Store, Buyer) {
    let (edge, url) = edge().await;
    let store = start(config(&url)).await.unwrap();
    let buyer = Buyer::at(&store);
    (edge, store, buyer)
}

/// An address where nothing answers.
fn nowhere() -> StoreConfig {
    config("http://127.0.0.1:9")
}

/// One browser: it sends its cookie back and follows nothing by itself.
struct Buyer {
    http: Client,
    url: String,
    cookie: Mutex<String>,
}

impl Buyer {
    fn at(store: &Store) -> Self {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        let cookie = Mutex::default();
        let http = http.build().unwrap();
        Self {
            http,
            url: store.url.clone(),
            cookie,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header("cookie", lock(&self.cookie).clone())
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            pair.clone_into(&mut lock(&self.cookie));
        }
        answer
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.send(self.request(method, path).json(&body)).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn put_in(&self, product: &str) -> Value {
        let body = json!({ "product": product });
        self.call(Method::POST, "/api/cart/items", body).await.1
    }

    async fn apply(&self, code: &str, typed: bool) -> Value {
        let body = json!({ "code": code, "typed": typed });
        self.call(Method::POST, "/api/cart/discount", body).await.1
    }

    async fn pay(&self, email: &str, total: i64) -> (u16, Value) {
        let form =
            json!({ "name": "Bob", "email": email, "referral_code": "7k3 m9q", "total": total });
        self.call(Method::POST, "/api/checkout", form).await
    }
}

async fn until(what: impl Fn() -> bool) {
    for _ in 0..500 {
        if what() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it never happened");
}

#[tokio::test]
async fn a_look_around_sets_no_cookie_and_an_act_sets_one() {
    let (_, _store, buyer) = shop().await;
    let page = buyer.send(buyer.request(Method::GET, "/?gw=token")).await;
    assert_eq!(
        (page.status().as_u16(), page.headers().get("set-cookie")),
        (200, None)
    );
    buyer.put_in("mug").await;
    assert!(lock(&buyer.cookie).starts_with("ember_oak="));
    let (_, cart) = buyer.call(Method::GET, "/api/cart", json!({})).await;
    assert_eq!(cart["count"], 1);
}

#[tokio::test]
async fn a_code_waits_for_the_cart_and_then_takes_its_worth_off() {
    let (edge, _store, buyer) = shop().await;
    assert_eq!(
        buyer.apply("GW4T7K2M9QXA", false).await["outcome"],
        "pending"
    );
    assert!(lock(&edge.checks).is_empty());
    buyer.put_in("house-beans").await;
    let answer = buyer.apply("gw4t7k2m9qxa", false).await;
    assert_eq!(answer["outcome"], "applied");
    assert_eq!(
        answer["cart"]["code"],
        json!({ "code": "GW4T7K2M9QXA", "amount": 300, "from_friend": true })
    );
    // A percentage follows the cart.
    let cart = buyer.put_in("mug").await;
    assert_eq!(
        cart["totals"],
        json!({ "subtotal": 3600, "discount": 540, "total": 3060 })
    );
}

#[tokio::test]
async fn the_buyers_own_code_is_not_pushed_out_and_a_removed_one_stays_out() {
    let (_, _store, buyer) = shop().await;
    buyer.put_in("house-beans").await;
    assert_eq!(
        buyer.apply("sunday", true).await["cart"]["totals"]["discount"],
        100
    );
    let ours = buyer.apply("GW4T7K2M9QXA", false).await;
    assert_eq!(
        (&ours["outcome"], &ours["reason"]),
        (&json!("rejected"), &json!("another_code"))
    );
    assert_eq!(
        buyer.apply("GW4T7K2M9QXA", true).await["outcome"],
        "applied"
    );
    buyer
        .call(Method::DELETE, "/api/cart/discount", json!({}))
        .await;
    assert_eq!(
        buyer.apply("GW4T7K2M9QXA", false).await["reason"],
        "removed_by_buyer"
    );
    assert_eq!(
        buyer.apply("GW4T7K2M9QXA", true).await["outcome"],
        "applied"
    );
}

#[tokio::test]
async fn an_order_is_reported_once_signed_under_one_id_through_an_outage() {
    let (edge, store, buyer) = shop().await;
    *lock(&edge.down_for) = 2;
    buyer.put_in("house-beans").await;
    buyer.apply("GW4T7K2M9QXA", false).await;
    let (status, order) = buyer.pay("bob@example.com", 1700).await;
    assert_eq!(status, 201);
    until(|| !lock(&edge.reports).is_empty()).await;
    let (id, report) = lock(&edge.reports)[0].clone();
    assert_eq!(id, format!("msg_order_{}", order["id"].as_str().unwrap()));
    let expected = json!({
        "kind": "order", "order_id": order["id"], "at": order["at"], "customer": order["customer"],
        "currency": "EUR", "subtotal": 1700, "discount": 300, "total": 1700,
        "discount_codes": ["GW4T7K2M9QXA"], "referral_code": "7k3 m9q", "token": null,
    });
    assert_eq!(report, expected);
    until(|| store.orders()[0].reports[0].state == ReportState::Accepted).await;
    assert_eq!(store.orders()[0].reports[0].tries, 3);
    // The till asked once more, with the buyer it now knew.
    let asked = lock(&edge.checks).last().cloned().unwrap();
    assert_eq!(asked["customer"]["email"], "bob@example.com");
    store.stop().await;
    assert_eq!(lock(&edge.reports).len(), 1);
}

#[tokio::test]
async fn buying_works_while_the_program_is_unreachable() {
    let store = start(nowhere()).await.unwrap();
    let buyer = Buyer::at(&store);
    buyer.put_in("mug").await;
    let pending = buyer.apply("GW4T7K2M9QXA", false).await;
    assert_eq!(
        (&pending["outcome"], &pending["reason"]),
        (&json!("pending"), &json!("unverified"))
    );
    let (status, order) = buyer.pay("bob@example.com", 1600).await;
    assert_eq!((status, &order["totals"]["total"]), (201, &json!(1600)));
}

#[tokio::test]
async fn no_price_comes_from_the_browser() {
    let (edge, store, buyer) = shop().await;
    buyer.put_in("house-beans").await;
    buyer.apply("GW4T7K2M9QXA", false).await;
    assert_eq!(
        buyer.pay("bob@example.com", 1).await.1["error"],
        "total_changed"
    );
    // At the till the code turns out to be for new customers: the buyer is asked again, with the reason.
    let refusal = json!({ "valid": false, "amount": 0, "currency": "EUR", "reason": "not_for_existing_customers" });
    lock(&edge.says).push_back(refusal);
    let (status, answer) = buyer.pay("bob@example.com", 1700).await;
    assert_eq!(
        (status, &answer["cart"]["totals"]["total"]),
        (409, &json!(2000))
    );
    assert_eq!(
        answer["cart"]["notice"]["reason"],
        "not_for_existing_customers"
    );
    assert_eq!(buyer.pay("bob@example.com", 2000).await.0, 201);
    assert_eq!(
        buyer.pay("bob@example.com", 2000).await.1["error"],
        "empty_cart"
    );
    assert_eq!(store.orders().len(), 1);
}

#[tokio::test]
async fn the_same_address_is_the_same_customer_but_signs_nobody_in() {
    let (_, store, buyer) = shop().await;
    buyer.put_in("mug").await;
    buyer.pay("bob@example.com", 1600).await;
    let (_, me) = buyer.call(Method::GET, "/api/me", json!({})).await;
    assert_eq!(me["customer"]["email"], "bob@example.com");
    let other = Buyer::at(&store);
    other.put_in("mug").await;
    other.pay("Bob@example.com", 1600).await;
    let orders = store.orders();
    assert_eq!(orders[0].customer.id, orders[1].customer.id);
    let (_, stranger) = other.call(Method::GET, "/api/me", json!({})).await;
    assert_eq!(
        (&stranger["customer"], &stranger["token"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn the_page_carries_a_token_only_for_who_is_signed_in_and_no_secret() {
    let (_, _store, buyer) = shop().await;
    let page = async || {
        buyer
            .send(buyer.request(Method::GET, "/"))
            .await
            .text()
            .await
            .unwrap()
    };
    assert!(page().await.contains("data-customer=\"\""));
    let before = lock(&buyer.cookie).clone();
    buyer
        .call(Method::POST, "/api/sign-in", json!({ "customer": "jane" }))
        .await;
    assert_ne!(*lock(&buyer.cookie), before);
    let (_, me) = buyer.call(Method::GET, "/api/me", json!({})).await;
    assert_eq!(me["customer"]["id"], "jane");
    let html = page().await;
    assert!(html.contains("data-customer=\"eyJ"));
    for secret in ["gw_cust", "gw_api", "whsec_"] {
        assert!(
            !html.contains(secret) && !me.to_string().contains(secret),
            "{secret}"
        );
    }
    buyer.call(Method::POST, "/api/sign-out", json!({})).await;
    assert!(page().await.contains("data-customer=\"\""));
}

#[tokio::test]
async fn refunds_stop_at_what_was_paid_and_a_repeated_report_is_word_for_word() {
    let (edge, _store, buyer) = shop().await;
    buyer.put_in("mug").await;
    let (_, order) = buyer.pay("bob@example.com", 1600).await;
    let path = |act: &str| format!("/api/orders/{}/{act}", order["id"].as_str().unwrap());
    let refund = async |body| buyer.call(Method::POST, &path("refund"), body).await;
    assert_eq!(
        refund(json!({ "amount": 1601 })).await.1["error"],
        "not_refundable"
    );
    assert_eq!(refund(json!({ "amount": 500 })).await.1["refunded"], 500);
    assert_eq!(refund(json!({})).await.1["refunded"], 1600);
    assert_eq!(refund(json!({})).await.0, 409);
    buyer.call(Method::POST, &path("report"), json!({})).await;
    until(|| lock(&edge.reports).len() == 4).await;
    let reports = lock(&edge.reports).clone();
    let of = |kind: &str| {
        reports
            .iter()
            .filter(|(_, body)| body["kind"] == kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("order")[0], of("order")[1]);
    let given: i64 = of("refund")
        .iter()
        .map(|(_, body)| body["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(given, 1600);
}

#[tokio::test]
async fn a_webhook_is_kept_only_with_a_good_signature() {
    let (_, store, buyer) = shop().await;
    let deliver = async |key: &str, at: i64| {
        let body = r#"{"type":"reward.earned"}"#;
        let request = buyer.request(Method::POST, "/webhooks/goodword");
        let signature = sign(key, "msg_1", at, body).unwrap();
        let request = request
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", at);
        let answer = buyer
            .send(request.header("webhook-signature", signature).body(body))
            .await;
        answer.status().as_u16()
    };
    let now = now_ms() / 1000;
    assert_eq!(deliver(ORDERS_KEY, now).await, 401);
    assert_eq!(deliver(WEBHOOKS_KEY, now - 301).await, 401);
    assert_eq!(deliver(WEBHOOKS_KEY, now).await, 204);
    let kept = store.received_webhooks();
    assert_eq!((kept.len(), kept[0].id.as_str()), (1, "msg_1"));
    assert_eq!(kept[0].body["type"], "reward.earned");
}

#[tokio::test]
async fn a_shop_with_another_front_page_drops_the_query() {
    let redirecting = StoreConfig {
        home_redirect: true,
        ..nowhere()
    };
    let store = start(redirecting).await.unwrap();
    let buyer = Buyer::at(&store);
    let home = buyer.send(buyer.request(Method::GET, "/?gw=token")).await;
    assert_eq!(
        (home.status().as_u16(), &home.headers()["location"]),
        (302, &"/shop".parse().unwrap())
    );
    let shop = buyer.send(buyer.request(Method::GET, "/shop")).await;
    assert_eq!(shop.status().as_u16(), 200);
}

#[tokio::test]
async fn a_store_does_not_open_on_a_configuration_that_cannot_work() {
    for edge in [
        "localhost:8787",
        "https://edge.example",
        "http://localhost:8787/",
    ] {
        assert!(start(config(edge)).await.is_err(), "{edge}");
    }
    let program = StoreConfig {
        program: "De mo".to_owned(),
        ..nowhere()
    };
    assert!(start(program).await.is_err());
}
