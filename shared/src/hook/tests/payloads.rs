use serde_json::{Value, json};

use crate::hook::{Platform, Unreadable};
use crate::money::Money;
use crate::order::{DisputeState, Order, Report, UndoKind};
use crate::time::Millis;

const NOW: Millis = Millis(1_800_000_000_000);

fn parse(platform: Platform, body: &Value) -> Result<Vec<Report>, Unreadable> {
    platform.parse(&body.to_string(), NOW)
}

/// The order that a body tells, and what else it tells.
fn bought(platform: Platform, body: &Value) -> (Order, Vec<(String, i64)>) {
    let mut reports = parse(platform, body).expect("reports").into_iter();
    let Some(Report::Order(order)) = reports.next() else {
        panic!("no order in {body}")
    };
    let undone = reports.map(|report| match report {
        Report::Undo(undo) => {
            assert_eq!(undo.order, order.id);
            (undo.kind.key(), undo.kind.amount().map_or(0, Money::minor))
        }
        Report::Order(_) | Report::Placed(_) => panic!("two orders in {body}"),
    });
    let undone = undone.collect();
    (*order, undone)
}

fn amounts(order: &Order) -> (i64, i64, i64) {
    (
        order.subtotal.minor(),
        order.discount.minor(),
        order.total.minor(),
    )
}

/// What a body takes back, and of which order.
fn undone(platform: Platform, body: &Value) -> Vec<(String, UndoKind)> {
    let reports = parse(platform, body).expect("reports").into_iter();
    let undone = reports.map(|report| match report {
        Report::Undo(undo) => (undo.order.to_string(), undo.kind),
        Report::Order(_) | Report::Placed(_) => panic!("an order in {body}"),
    });
    undone.collect()
}

fn shopify() -> Value {
    json!({
        "id": 450_789_469_i64, "currency": "EUR", "financial_status": "paid", "taxes_included": true,
        "subtotal_price": "17.00", "total_discounts": "3.00", "total_price": "21.90", "current_total_price": "0.00",
        "created_at": "2025-11-25T03:41:00-05:00", "cancelled_at": null, "email": "Ann@Mail.Example",
        "customer": { "id": 207_119_551, "first_name": "Ann", "last_name": "Lee" },
        "discount_codes": [{ "code": "FRIEND15", "amount": "3.00", "type": "percentage" }],
        "note_attributes": [{ "name": "gift", "value": "yes" }, { "name": "goodword", "value": "TOKEN" }],
        "line_items": [
            { "product_id": 7, "quantity": 2, "price": "10.00", "tax_lines": [{ "price": "2.71" }] },
            { "product_id": null, "quantity": 1, "price": "0.00", "tax_lines": [] },
        ],
    })
}

#[test]
fn an_order_of_shopify_counts_what_was_bought_without_taxes_and_shipping() {
    let (order, undone) = bought(Platform::Shopify, &shopify());
    assert_eq!(order.id.as_str(), "shopify:450789469");
    assert_eq!(amounts(&order), (1_429, 300, 2_190));
    assert_eq!(order.at, Millis(1_764_060_060_000));
    assert_eq!(
        order.buyer.id.map(|id| id.to_string()).as_deref(),
        Some("207119551")
    );
    assert_eq!(order.buyer.name.as_deref(), Some("Ann Lee"));
    assert!(order.buyer.email.is_some());
    assert_eq!(order.discount_codes, ["FRIEND15"]);
    assert_eq!(order.token.as_deref(), Some("TOKEN"));
    assert_eq!(order.lines.len(), 1);
    assert_eq!(
        (order.lines[0].quantity, order.lines[0].subtotal),
        (2, 2_000)
    );
    assert!(undone.is_empty());
}

#[test]
fn an_order_of_shopify_counts_when_it_is_paid_for_and_a_cancelled_one_is_taken_back() {
    let mut body = shopify();
    for status in ["pending", "authorized", "partially_paid", "voided"] {
        body["financial_status"] = json!(status);
        assert_eq!(parse(Platform::Shopify, &body), Ok(Vec::new()), "{status}");
    }
    body["financial_status"] = json!("refunded");
    body["cancelled_at"] = json!("2025-11-26T00:00:00Z");
    let (_, undone) = bought(Platform::Shopify, &body);
    assert_eq!(undone, [("cancellation".to_owned(), 0)]);
}

#[test]
fn a_refund_of_shopify_is_the_money_that_went_back() {
    let part = |kind: &str, status: &str, amount: &str| json!({ "kind": kind, "status": status, "amount": amount, "currency": "EUR" });
    let body = json!({
        "id": 929, "order_id": 450_789_469_i64, "created_at": "2025-11-26T00:00:00Z",
        "transactions": [part("refund", "success", "5.00"), part("refund", "success", "2.50"),
            part("refund", "failure", "9.00"), part("void", "success", "1.00")],
    });
    let undone = undone(Platform::Shopify, &body);
    assert_eq!(undone[0].0, "shopify:450789469");
    assert_eq!(undone[0].1.key(), "refund:929");
    assert_eq!(undone[0].1.amount().map(Money::minor), Some(750));
    let restocked = json!({ "id": 930, "order_id": 1, "transactions": [] });
    assert_eq!(parse(Platform::Shopify, &restocked), Ok(Vec::new()));
}

#[test]
fn an_order_of_woocommerce_is_told_with_all_that_was_sent_back() {
    let mut body = json!({
        "id": 727, "status": "refunded", "currency": "JPY", "date_paid_gmt": "2025-11-25T08:41:00",
        "date_modified_gmt": "2025-11-26T08:41:00", "discount_total": "150", "total": "980", "customer_id": 0,
        "billing": { "email": "ann@mail.example", "first_name": "Ann", "last_name": "" },
        "coupon_lines": [{ "code": "friend15" }],
        "meta_data": [{ "key": "_x", "value": { "deep": 1.5 } }, { "key": "goodword", "value": "TOKEN" }],
        "line_items": [{ "product_id": 93, "quantity": 2, "subtotal": "1000", "total": "850" }],
        "refunds": [{ "id": 1, "total": "-200" }, { "id": 2, "total": "-780" }],
    });
    let (order, undone) = bought(Platform::WooCommerce, &body);
    assert_eq!(amounts(&order), (850, 150, 980));
    assert_eq!(
        (order.id.as_str(), order.buyer.id.clone()),
        ("woocommerce:727", None)
    );
    assert_eq!(
        (order.discount_codes.as_slice(), order.token.as_deref()),
        (&["friend15".to_owned()][..], Some("TOKEN"))
    );
    assert_eq!(
        undone,
        [("refund:1".to_owned(), 200), ("refund:2".to_owned(), 780)]
    );
    body["status"] = json!("cancelled");
    body["refunds"] = json!([]);
    assert_eq!(
        bought(Platform::WooCommerce, &body).1,
        [("cancellation".to_owned(), 0)]
    );
    body["date_paid_gmt"] = Value::Null;
    for status in [
        "pending",
        "on-hold",
        "failed",
        "cancelled",
        "checkout-draft",
    ] {
        body["status"] = json!(status);
        assert_eq!(
            parse(Platform::WooCommerce, &body),
            Ok(Vec::new()),
            "{status}"
        );
    }
}

fn stripe(kind: &str, object: &Value) -> Value {
    json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_764_060_060, "data": { "object": object } })
}

fn session() -> Value {
    json!({
        "id": "cs_1", "mode": "payment", "payment_status": "paid", "currency": "eur", "amount_subtotal": 2_000,
        "amount_total": 2_190, "total_details": { "amount_discount": 300, "amount_shipping": 490, "amount_tax": 271 },
        "client_reference_id": "TOKEN", "customer": null, "payment_intent": "pi_1", "subscription": null,
        "customer_details": { "email": "ann@mail.example", "name": "Ann Lee" }, "metadata": {},
    })
}

#[test]
fn a_session_of_stripe_is_an_order_called_by_its_payment() {
    let body = stripe("checkout.session.completed", &session());
    let (order, _) = bought(Platform::Stripe, &body);
    assert_eq!(
        (order.id.as_str(), amounts(&order)),
        ("stripe:pi_1", (1_429, 300, 2_190))
    );
    assert_eq!(order.token.as_deref(), Some("TOKEN"));
    assert_eq!(order.at, Millis(1_764_060_060_000));
    let mut unpaid = session();
    unpaid["payment_status"] = json!("unpaid");
    assert_eq!(
        parse(
            Platform::Stripe,
            &stripe("checkout.session.completed", &unpaid)
        ),
        Ok(Vec::new())
    );
    let unknown = stripe("customer.created", &json!({ "id": "cus_1" }));
    assert_eq!(parse(Platform::Stripe, &unknown), Ok(Vec::new()));
}

#[test]
fn a_renewal_of_stripe_is_an_order_of_its_subscription_and_a_first_invoice_is_left_to_its_session()
{
    let invoice = |reason: &str, metadata: Value| {
        stripe(
            "invoice.paid",
            &json!({
                "id": "in_2", "billing_reason": reason, "currency": "usd", "subtotal": 1_000, "total": 990,
                "total_discount_amounts": [{ "amount": 100 }], "total_taxes": [{ "amount": 90 }], "customer": { "id": "cus_1" },
                "customer_email": "ann@mail.example", "status_transitions": { "paid_at": 1_764_060_060 },
                "parent": { "subscription_details": { "subscription": "sub_1", "metadata": metadata } },
            }),
        )
    };
    let (order, _) = bought(Platform::Stripe, &invoice("subscription_cycle", json!({})));
    assert_eq!(
        (order.id.as_str(), amounts(&order)),
        ("stripe:in_2", (900, 100, 990))
    );
    assert_eq!(
        order.subscription.map(|id| id.to_string()).as_deref(),
        Some("sub_1")
    );
    assert_eq!(
        order.buyer.id.map(|id| id.to_string()).as_deref(),
        Some("cus_1")
    );
    let first = invoice("subscription_create", json!({}));
    assert_eq!(parse(Platform::Stripe, &first), Ok(Vec::new()));
    let told = invoice("subscription_create", json!({ "goodword": "TOKEN" }));
    assert_eq!(
        bought(Platform::Stripe, &told).0.token.as_deref(),
        Some("TOKEN")
    );
}

#[test]
fn refunds_and_disputes_of_stripe_name_the_payment() {
    let refund = json!({ "id": "re_1", "status": "succeeded", "amount": 500, "currency": "eur", "payment_intent": "pi_1", "charge": "ch_1" });
    let found = undone(Platform::Stripe, &stripe("refund.created", &refund));
    assert_eq!(
        (found[0].0.as_str(), found[0].1.key().as_str()),
        ("stripe:pi_1", "refund:re_1")
    );
    let mut failed = refund;
    failed["status"] = json!("failed");
    assert_eq!(
        parse(Platform::Stripe, &stripe("refund.updated", &failed)),
        Ok(Vec::new())
    );
    for (status, state) in [
        ("needs_response", DisputeState::Opened),
        ("under_review", DisputeState::Opened),
        ("won", DisputeState::Won),
        ("lost", DisputeState::Lost),
    ] {
        let dispute = json!({ "id": "du_1", "status": status, "payment_intent": "pi_1" });
        let found = undone(Platform::Stripe, &stripe("charge.dispute.closed", &dispute));
        assert!(matches!(&found[0].1, UndoKind::Dispute { state: told, .. } if *told == state));
    }
}

#[test]
fn a_transaction_of_paddle_is_an_order_and_its_adjustments_take_it_back() {
    let body = json!({
        "event_type": "transaction.completed", "occurred_at": "2025-11-25T08:41:00.123Z",
        "data": { "id": "txn_1", "currency_code": "KWD", "customer_id": "ctm_1", "subscription_id": "sub_1",
            "custom_data": { "goodword": "TOKEN" }, "billed_at": null,
            "details": { "totals": { "subtotal": "2000", "discount": "300", "tax": "90", "total": "1790" } } },
    });
    let (order, _) = bought(Platform::Paddle, &body);
    assert_eq!(
        (order.id.as_str(), amounts(&order)),
        ("paddle:txn_1", (1_700, 300, 1_790))
    );
    assert_eq!(
        (order.token.as_deref(), order.at),
        (Some("TOKEN"), Millis(1_764_060_060_000))
    );
    let adjustment = |action: &str, status: &str| {
        json!({ "event_type": "adjustment.updated", "data": { "id": "adj_1", "action": action, "status": status,
            "transaction_id": "txn_1", "currency_code": "KWD", "totals": { "total": "1790" } } })
    };
    let refund = undone(Platform::Paddle, &adjustment("refund", "approved"));
    assert_eq!(refund[0].1.key(), "refund:adj_1");
    assert_eq!(refund[0].1.amount().map(Money::minor), Some(1_790));
    for waiting in ["pending_approval", "rejected", "reversed"] {
        assert_eq!(
            parse(Platform::Paddle, &adjustment("refund", waiting)),
            Ok(Vec::new())
        );
    }
    let back = undone(Platform::Paddle, &adjustment("chargeback", "approved"));
    let won = undone(
        Platform::Paddle,
        &adjustment("chargeback_reverse", "approved"),
    );
    assert_eq!(back[0].1.key(), "dispute:lost:paddle:txn_1");
    assert_eq!(won[0].1.key(), "dispute:won:paddle:txn_1");
}

#[test]
fn an_order_of_lemon_squeezy_comes_to_what_is_left_after_each_refund() {
    let body = |event: &str, more: Value| {
        let mut about = json!({
            "currency": "USD", "subtotal": 2_000, "discount_total": 300, "tax": 90, "total": 1_790, "status": "paid",
            "customer_id": 5, "user_email": "ann@mail.example", "user_name": "Ann", "created_at": "2025-11-25T08:41:00.000000Z",
        });
        for (name, value) in more.as_object().expect("an object") {
            about[name] = value.clone();
        }
        json!({ "meta": { "event_name": event, "custom_data": { "goodword": "TOKEN" } }, "data": { "id": "1", "attributes": about } })
    };
    let (order, _) = bought(Platform::LemonSqueezy, &body("order_created", json!({})));
    assert_eq!(
        (order.id.as_str(), amounts(&order)),
        ("lemon-squeezy:1", (1_700, 300, 1_790))
    );
    let refunded = |amount: Value| {
        let more = json!({ "status": "partial_refund", "refunded_amount": amount, "refunded_at": "2025-11-26T00:00:00Z" });
        let undone = undone(Platform::LemonSqueezy, &body("order_refunded", more));
        (undone[0].1.key(), undone[0].1.amount().map(Money::minor))
    };
    assert_eq!(
        refunded(json!(500)),
        ("edit:refunded-500".into(), Some(1_290))
    );
    assert_eq!(
        refunded(json!(800)),
        ("edit:refunded-800".into(), Some(990))
    );
    assert_eq!(
        refunded(Value::Null),
        ("edit:refunded-1790".into(), Some(0))
    );
    let renewal = body(
        "subscription_payment_success",
        json!({ "billing_reason": "renewal", "subscription_id": 9 }),
    );
    let (order, _) = bought(Platform::LemonSqueezy, &renewal);
    assert_eq!(order.id.as_str(), "lemon-squeezy:invoice-1");
    let first = body(
        "subscription_payment_success",
        json!({ "billing_reason": "initial", "subscription_id": 9 }),
    );
    assert_eq!(parse(Platform::LemonSqueezy, &first), Ok(Vec::new()));
}

#[test]
fn what_looks_like_an_order_and_cannot_be_read_is_an_error_that_repeats_nothing_of_it() {
    let mut body = shopify();
    body["total_price"] = json!("21.905 for ann@mail.example");
    let error = parse(Platform::Shopify, &body).expect_err("no amount");
    assert!(!error.0.contains("ann"), "{error:?}");
    for platform in Platform::ALL {
        for text in ["", "{", "nonsense", "\u{0}"] {
            assert!(platform.parse(text, NOW).is_err(), "{platform:?} {text}");
        }
        for other in ["{}", "[]", "1", "null", r#"{"id":1}"#] {
            assert_eq!(
                platform.parse(other, NOW),
                Ok(Vec::new()),
                "{platform:?} {other}"
            );
        }
    }
}
