//! What a shop reports: orders, refunds, cancellations, disputes and edits, in one neutral form.
//!
//! A report is parsed from the raw body only after its signature has been verified. Unknown and repeated fields are
//! refused, because a report that says more than was understood may mean something else than was booked.

pub mod circumstances;
mod wire;

use serde::{Deserialize, Serialize};

use crate::cart::Line;
use crate::decide::order::Purchase;
use crate::email::Email;
use crate::event::Seen;
use crate::id::ExternalId;
use crate::json::{self, Read};
use crate::money::{Money, MoneyError};
use crate::rejection::Rejection;
use crate::time::Millis;

pub use self::circumstances::Circumstances;
pub use self::wire::parse;

/// Discount codes that are read of one order.
pub const DISCOUNT_CODES_MAX: usize = 20;

/// A report, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A paid order.
    Order(Box<Order>),
    /// An order that was placed and is not paid for yet.
    Placed(Box<Placed>),
    /// Something that takes an order back, in whole or in part.
    Undo(Undo),
}

/// What came with an order when it was placed, for when it is paid: then the buyer's browser is not there any more.
#[derive(Clone, Debug, PartialEq, Eq, Read)]
#[serde(rename = "~Placed")]
pub struct Placed {
    /// The shop's id.
    pub id: ExternalId,
    /// Click token that travelled with the cart.
    pub token: Option<String>,
    /// Discount codes on the order, the first [`DISCOUNT_CODES_MAX`].
    pub discount_codes: Vec<String>,
    /// Referral code that the buyer typed.
    pub referral_code: Option<String>,
    /// When its checkout began, if the shop says so.
    pub checkout_at: Option<Millis>,
}

/// A paid order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The shop's id.
    pub id: ExternalId,
    /// When it was paid; the time of the report when the shop did not say.
    pub at: Millis,
    /// When its checkout began, if the shop says so; never after `at`.
    pub checkout_at: Option<Millis>,
    /// When it was last changed, where a platform sends it again for that.
    pub changed_at: Option<Millis>,
    /// Who bought.
    pub buyer: Buyer,
    /// After discounts, without tax and shipping.
    pub subtotal: Money,
    /// What all discounts together took off.
    pub discount: Money,
    /// What was paid, tax and shipping included.
    pub total: Money,
    /// Discount codes on the order, the first [`DISCOUNT_CODES_MAX`].
    pub discount_codes: Vec<String>,
    /// Referral code that the buyer typed.
    pub referral_code: Option<String>,
    /// Click token that travelled with the cart.
    pub token: Option<String>,
    /// The subscription that it belongs to.
    pub subscription: Option<ExternalId>,
    /// What was bought, if the shop says so.
    pub lines: Vec<Line>,
    /// What else the shop tells of it, by which its referral is judged.
    pub circumstances: Circumstances,
    /// Events of the buyer, where those have converted and nothing was bought: all amounts are zero then.
    pub events: Option<Vec<Seen>>,
}

/// What an order comes to, all in its one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// After discounts, without tax and shipping.
    pub subtotal: Money,
    /// What all discounts together took off.
    pub discount: Money,
    /// What was paid, tax and shipping included.
    pub total: Money,
}

impl Amounts {
    /// The subtotal before discounts.
    pub fn before_discounts(self) -> Result<Money, MoneyError> {
        self.subtotal.plus(self.discount)
    }
}

/// The buyer as the shop knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buyer {
    /// The shop's customer id.
    pub id: Option<ExternalId>,
    /// E-mail, if it is one.
    pub email: Option<Email>,
    /// Display name, cleaned.
    pub name: Option<String>,
}

/// A fact that takes an order back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Which order.
    pub order: ExternalId,
    /// When.
    pub at: Millis,
    /// What happened.
    pub kind: UndoKind,
}

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum UndoKind {
    /// Money went back.
    Refund {
        /// The shop's id of the refund.
        id: ExternalId,
        /// How much.
        amount: Money,
    },
    /// The whole order was cancelled. Its amount is the order's own: platforms report odd ones here.
    Cancellation,
    /// The buyer's bank took a side.
    Dispute {
        /// The shop's id of the dispute.
        id: ExternalId,
        /// How it stands.
        state: DisputeState,
    },
    /// The order was given another total. The latest edit holds, by its own time.
    Edit {
        /// The shop's id of the edit.
        id: ExternalId,
        /// When it was edited.
        at: Millis,
        /// What the order comes to, refunds not taken off.
        total: Money,
    },
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// Undecided.
    Opened,
    /// For the merchant.
    Won,
    /// For the buyer.
    Lost,
}

impl Order {
    /// Whether nothing was bought, and no event converts in its place: a trial's first invoice, or a sample. It is no paid
    /// order, so that it counts as none, and uses nothing up.
    pub fn is_of_nothing(&self) -> bool {
        let bought = self.purchase().before_discount;
        bought.is_some_and(|amount| amount.minor() == 0)
    }

    /// Adds what came with it when it was placed, where the report that it is paid does not tell it.
    #[must_use]
    pub fn with(mut self, placed: Placed) -> Self {
        if self.discount_codes.is_empty() {
            self.discount_codes = placed.discount_codes;
        }
        self.token = self.token.or(placed.token);
        self.referral_code = self.referral_code.or(placed.referral_code);
        let began = placed.checkout_at.map(|began| began.min(self.at));
        self.checkout_at = self.checkout_at.or(began);
        self
    }

    /// What its attribution is decided by.
    pub fn purchase(&self) -> Purchase {
        Purchase {
            at: self.at,
            checkout_at: self.checkout_at,
            before_discount: self
                .events
                .is_none()
                .then(|| self.subtotal.plus(self.discount).unwrap_or(self.subtotal)),
        }
    }
}

impl UndoKind {
    /// The amount that it names, if it names one.
    pub const fn amount(&self) -> Option<Money> {
        match self {
            Self::Refund { amount, .. } | Self::Edit { total: amount, .. } => Some(*amount),
            Self::Cancellation | Self::Dispute { .. } => None,
        }
    }

    /// Whether it names an amount that is not of this money's currency.
    pub fn is_foreign(&self, money: Money) -> bool {
        let amount = self.amount();
        amount.is_some_and(|amount| amount.currency() != money.currency())
    }

    /// The business key within the order, unique for good.
    pub fn key(&self) -> String {
        match self {
            Self::Refund { id, .. } => format!("refund:{id}"),
            Self::Cancellation => "cancellation".into(),
            Self::Edit { id, .. } => format!("edit:{id}"),
            Self::Dispute { id, state } => match state {
                DisputeState::Opened => format!("dispute:opened:{id}"),
                DisputeState::Won => format!("dispute:won:{id}"),
                DisputeState::Lost => format!("dispute:lost:{id}"),
            },
        }
    }
}

/// A JSON error in the caller's words.
pub fn invalid_body(error: &json::Error) -> Rejection {
    Rejection::InvalidBody(format!("the body is not as documented: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Report, UndoKind, parse};
    use crate::id::ExternalId;
    use crate::money::{Currency, Money};
    use crate::rejection::Rejection;
    use crate::time::Millis;

    const NOW: Millis = Millis(1_000);

    fn read(body: &str) -> Result<Report, Rejection> {
        parse(body, NOW)
    }

    fn order(rest: &str) -> String {
        format!(
            r#"{{"kind":"order","order_id":"1","currency":"EUR","subtotal":100,"total":120{rest}}}"#
        )
    }

    #[test]
    fn a_fact_is_foreign_when_it_names_an_amount_of_another_currency() {
        let money = |code: &str| {
            let currency = Currency::parse(code).expect("a currency");
            Money::new(5, currency).expect("an amount")
        };
        let id = ExternalId::parse("x").expect("an id");
        let refund = UndoKind::Refund {
            id: id.clone(),
            amount: money("EUR"),
        };
        let edit = UndoKind::Edit {
            id,
            at: NOW,
            total: money("USD"),
        };
        assert_eq!(refund.amount(), Some(money("EUR")));
        assert!(refund.is_foreign(money("USD")) && !refund.is_foreign(money("EUR")));
        assert!(edit.is_foreign(money("EUR")) && !edit.is_foreign(money("USD")));
        assert!(!UndoKind::Cancellation.is_foreign(money("EUR")));
    }

    #[test]
    fn an_order_of_nothing_is_no_paid_order_but_one_that_a_discount_pays_for_is() {
        let is_of_nothing = |amounts: &str| {
            let body = format!(r#"{{"kind":"order","order_id":"1","currency":"EUR",{amounts}}}"#);
            match read(&body) {
                Ok(Report::Order(order)) => order.is_of_nothing(),
                other => panic!("an order, and not {other:?}"),
            }
        };
        assert!(is_of_nothing(r#""subtotal":0,"total":0"#));
        assert!(!is_of_nothing(r#""subtotal":0,"discount":100,"total":0"#));
        assert!(!is_of_nothing(r#""subtotal":100,"total":100"#));
    }

    #[test]
    fn an_order_needs_little() {
        let Ok(Report::Order(order)) = read(&order("")) else {
            panic!("an order")
        };
        assert_eq!(
            (order.subtotal.minor(), order.discount.minor(), order.at),
            (100, 0, NOW)
        );
    }

    #[test]
    fn a_time_ahead_of_ours_is_now() {
        let Ok(Report::Order(order)) = read(&order(r#","at":99999"#)) else {
            panic!("an order")
        };
        assert_eq!(order.at, NOW);
    }

    #[test]
    fn a_checkout_begins_before_its_order() {
        let began = |at: i64, checkout_at: i64| {
            let body = order(&format!(r#","at":{at},"checkout_at":{checkout_at}"#));
            let Ok(Report::Order(order)) = read(&body) else {
                panic!("an order")
            };
            order.checkout_at
        };
        assert_eq!(began(900, 800), Some(Millis(800)));
        assert_eq!(began(900, 950), Some(Millis(900)));
    }

    #[test]
    fn amounts_that_are_negative_huge_or_fractional_are_refused() {
        let refund = |amount: &str, currency: &str| {
            read(&format!(
                r#"{{"kind":"refund","order_id":"1","refund_id":"r","amount":{amount},"currency":"{currency}"}}"#
            ))
        };
        assert_eq!(refund("-1", "EUR"), Err(Rejection::InvalidAmount));
        assert_eq!(
            refund("9007199254740992", "EUR"),
            Err(Rejection::InvalidAmount)
        );
        assert!(refund("1", "USD").is_ok());
        assert_eq!(refund("1", "ZZZ"), Err(Rejection::WrongCurrency));
        assert!(matches!(
            refund("1.5", "EUR"),
            Err(Rejection::InvalidBody(_))
        ));
        assert!(matches!(
            refund("99999999999999999999", "EUR"),
            Err(Rejection::InvalidBody(_))
        ));
    }

    #[test]
    fn an_edit_says_when_it_was_made() {
        let edit = |at: &str| {
            read(&format!(
                r#"{{"kind":"order_edit","order_id":"1","edit_id":"e","total":5,"currency":"EUR"{at}}}"#
            ))
        };
        let Ok(Report::Undo(undo)) = edit(r#","at":900"#) else {
            panic!("an edit")
        };
        assert_eq!((undo.kind.key().as_str(), undo.at), ("edit:e", Millis(900)));
        for at in ["", r#","at":-1"#, r#","at":999999"#] {
            assert!(matches!(edit(at), Err(Rejection::InvalidBody(_))), "{at}");
        }
    }

    #[test]
    fn unknown_repeated_missing_and_deeply_nested_contents_are_refused() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "{\"kind\":\"gift\"}",
            &order(r#","x":1"#),
            &order(r#","total":1"#),
            &deep,
            &order(&format!(r#","token":{deep}"#)),
            r#"{"kind":"order","order_id":""}"#,
        ] {
            assert!(
                matches!(read(body), Err(Rejection::InvalidBody(_))),
                "{body:.80}"
            );
        }
    }

    #[test]
    fn an_error_never_repeats_the_body() {
        let body = order(r#","customer":"jane@example.com""#);
        let Err(Rejection::InvalidBody(text)) = read(&body) else {
            panic!("refused")
        };
        assert!(!text.contains("jane"), "{text}");
    }
}
