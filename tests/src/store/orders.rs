//! The order book: what was sold, what was given back, and what the referral program was told of it.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::Serialize;
use serde_json::Value;

use super::account::Customer;
use super::cart::{CodeInCart, Line, Totals};
use super::catalog::CURRENCY;
use super::ids::lock;

/// Memory is bounded; a demo does not sell more in a run.
const MOST_ORDERS: usize = 1_000;

/// One order. All amounts in cents.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    /// Unique for good.
    pub id: String,
    /// Unix milliseconds.
    pub at: i64,
    /// Who bought.
    pub customer: Customer,
    /// What was bought.
    pub lines: Vec<Line>,
    /// For how much.
    pub totals: Totals,
    /// ISO 4217.
    pub currency: &'static str,
    /// The discount code, if one took something off.
    pub code: Option<CodeInCart>,
    /// Given back so far.
    pub refunded: i64,
    /// What the referral program was told, in order.
    pub reports: Vec<Report>,
}

/// One report to the referral program.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The `webhook-id`: the same for every try, and for the same report sent again.
    pub id: String,
    /// `order` or `refund`.
    pub kind: &'static str,
    /// The exact text that is signed.
    #[serde(skip)]
    pub body: String,
    /// Where it stands.
    pub state: ReportState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was settled, in Unix milliseconds.
    pub settled_at: Option<i64>,
    /// What the program said to it.
    pub answer: Option<Value>,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// On its way, or waiting for the next try.
    Sending,
    /// The program has it.
    Accepted,
    /// The program does not want it.
    Refused,
    /// Given up after the last try.
    Unreachable,
}

impl Report {
    /// A report that was not tried yet.
    pub fn new(kind: &'static str, id: String, body: String) -> Self {
        Self {
            id,
            kind,
            body,
            state: ReportState::Sending,
            tries: 0,
            settled_at: None,
            answer: None,
        }
    }
}

impl Order {
    /// A new order, paid in full and not reported yet.
    pub fn new(id: String, at: i64, customer: Customer, lines: Vec<Line>, totals: Totals) -> Self {
        Self {
            id,
            at,
            customer,
            lines,
            totals,
            currency: CURRENCY,
            code: None,
            refunded: 0,
            reports: Vec::new(),
        }
    }
}

/// The orders of this run.
#[derive(Debug, Default)]
pub struct OrderBook {
    orders: Mutex<VecDeque<Order>>,
}

impl OrderBook {
    /// Writes an order down.
    pub fn add(&self, order: Order) {
        let mut orders = lock(&self.orders);
        if orders.len() >= MOST_ORDERS {
            orders.pop_front();
        }
        orders.push_back(order);
    }

    /// A copy of one order.
    pub fn find(&self, id: &str) -> Option<Order> {
        lock(&self.orders)
            .iter()
            .find(|order| order.id == id)
            .cloned()
    }

    /// Copies of all orders, oldest first.
    pub fn all(&self) -> Vec<Order> {
        lock(&self.orders).iter().cloned().collect()
    }

    /// Changes an order in place; `None` when there is no such order.
    pub fn change<T>(&self, id: &str, with: impl FnOnce(&mut Order) -> T) -> Option<T> {
        lock(&self.orders)
            .iter_mut()
            .find(|order| order.id == id)
            .map(with)
    }
}
