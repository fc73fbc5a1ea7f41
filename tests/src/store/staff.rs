//! What the shop's staff does in the demo: look at the orders, give money back, report once more.
//!
//! A real shop would ask who is there. The list names no buyer.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;
use super::ids::{document_id, now_ms};
use super::orders::{Order, Report};
use super::problem::Problem;

/// As many as the panel shows.
const RECENT: usize = 20;

/// `GET /api/orders`: the latest orders, newest first, with their reports.
pub async fn orders(State(app): State<Arc<App>>) -> Json<Vec<Value>> {
    let recent = app.orders.all().into_iter().rev().take(RECENT);
    Json(recent.map(|order| summary(&order)).collect())
}

/// Body of a refund.
#[derive(Debug, Deserialize)]
pub struct Refund {
    /// Cents; without it, all that is left.
    amount: Option<i64>,
}

/// `POST /api/orders/{id}/refund`: gives money back and reports it.
pub async fn refund(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(body): Json<Refund>,
) -> Result<Json<Value>, Problem> {
    let at = now_ms();
    let given = app.orders.change(&id, |order| {
        let left = order.totals.total - order.refunded;
        let amount = body.amount.unwrap_or(left);
        let possible = (1..=left).contains(&amount);
        if possible {
            order.refunded += amount;
        }
        possible.then_some((amount, order.currency))
    });
    let Some((amount, currency)) = given.ok_or_else(unknown)? else {
        let message = "That is more than what is left of this order.";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not_refundable",
            message,
        ));
    };
    let refund_id = document_id("RF", at);
    let message = json!({
        "kind": "refund",
        "order_id": id,
        "refund_id": refund_id,
        "amount": amount,
        "currency": currency,
        "at": at,
    });
    let report = Report::new(
        "refund",
        format!("msg_refund_{refund_id}"),
        message.to_string(),
    );
    app.reporter.send(&app, &id, report);
    app.orders
        .find(&id)
        .map(|order| Json(summary(&order)))
        .ok_or_else(unknown)
}

/// `POST /api/orders/{id}/report`: sends the order's own report again, word for word.
pub async fn report_again(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    _: Json<Value>,
) -> Result<Json<Value>, Problem> {
    let order = app.orders.find(&id).ok_or_else(unknown)?;
    let first = order
        .reports
        .into_iter()
        .find(|report| report.kind == "order")
        .ok_or_else(unknown)?;
    app.reporter
        .send(&app, &id, Report::new(first.kind, first.id, first.body));
    app.orders
        .find(&id)
        .map(|order| Json(summary(&order)))
        .ok_or_else(unknown)
}

fn summary(order: &Order) -> Value {
    json!({
        "id": order.id,
        "at": order.at,
        "currency": order.currency,
        "total": order.totals.total,
        "discount": order.totals.discount,
        "refunded": order.refunded,
        "reports": order.reports,
    })
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_order",
        "There is no such order in this run.",
    )
}
