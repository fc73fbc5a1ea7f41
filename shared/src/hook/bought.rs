//! The parts that every platform's order is put together from.

use super::{Platform, TOKEN_NAME, Unreadable};
use crate::cart::Line;
use crate::email::Email;
use crate::id::ExternalId;
use crate::json::Tree;
use crate::money::Money;
use crate::name::clean_name;
use crate::order::{Buyer, Circumstances, DISCOUNT_CODES_MAX, Order, Report, Undo, UndoKind};
use crate::time::Millis;

/// An order, as far as platforms tell.
pub(super) struct Bought {
    pub(super) id: ExternalId,
    pub(super) at: Millis,
    pub(super) buyer: Buyer,
    /// After discounts, without tax and shipping.
    pub(super) subtotal: Money,
    pub(super) discount: Money,
    pub(super) total: Money,
    pub(super) codes: Vec<String>,
    pub(super) token: Option<String>,
    pub(super) subscription: Option<ExternalId>,
    pub(super) lines: Vec<Line>,
}

impl Bought {
    /// As it is reported.
    pub(super) fn report(self) -> Report {
        let codes = self.codes.into_iter().filter(|code| !code.is_empty());
        Report::Order(Box::new(Order {
            id: self.id,
            at: self.at,
            checkout_at: None,
            buyer: self.buyer,
            subtotal: self.subtotal,
            discount: self.discount,
            total: self.total,
            discount_codes: codes.take(DISCOUNT_CODES_MAX).collect(),
            referral_code: None,
            token: self.token,
            subscription: self.subscription,
            lines: self.lines,
            events: None,
            circumstances: Circumstances::default(),
        }))
    }
}

/// A fact that takes an order back.
pub(super) fn undo(order: &ExternalId, at: Millis, kind: UndoKind) -> Report {
    Report::Undo(Undo {
        order: order.clone(),
        at,
        kind,
    })
}

/// An order's id, with the name of its platform before it: two platforms of one program may count from one.
pub(super) fn order_id(platform: Platform, id: &Tree) -> Result<ExternalId, Unreadable> {
    let id = id
        .word()
        .ok_or_else(|| Unreadable("no id of the order".into()))?;
    let id = ExternalId::parse(&format!("{}:{id}", platform.name()));
    id.map_err(|_| Unreadable("an id of the order that is none".into()))
}

/// Any other id, as it is.
pub(super) fn id(id: &Tree) -> Result<ExternalId, Unreadable> {
    let id = id.word().map(ExternalId::parse);
    match id {
        Some(Ok(id)) => Ok(id),
        _ => Err(Unreadable("no id of what happened".into())),
    }
}

/// Who bought. An id of zero is how some platforms say nobody.
pub(super) fn buyer(id: &Tree, email: &Tree, names: &[&Tree]) -> Buyer {
    let known = id.word().filter(|id| *id != "0");
    let names: Vec<&str> = names.iter().filter_map(|name| name.word()).collect();
    Buyer {
        id: known.and_then(|id| ExternalId::parse(id).ok()),
        email: email.word().and_then(|email| Email::parse(email).ok()),
        name: clean_name(&names.join(" ")),
    }
}

/// The click token among named values, such as `[{ "name": "goodword", "value": "..." }]`.
pub(super) fn token_among(list: &Tree, name: &str) -> Option<String> {
    let mut elements = list.elements().iter();
    let found = elements.find(|element| element.at(name).word() == Some(TOKEN_NAME))?;
    found.at("value").word().map(str::to_owned)
}

/// The click token in an object of names and values.
pub(super) fn token_in(object: &Tree) -> Option<String> {
    object.at(TOKEN_NAME).word().map(str::to_owned)
}

/// One text of each element.
pub(super) fn words(list: &Tree, name: &str) -> Vec<String> {
    let words = list.elements().iter().filter_map(|one| one.at(name).word());
    words.map(str::to_owned).collect()
}

/// A line, where the platform says what was bought; nothing where it cannot be told.
pub(super) fn line(product: &Tree, quantity: &Tree, subtotal: Money) -> Option<Line> {
    Some(Line {
        product: ExternalId::parse(product.word()?).ok()?,
        collections: Vec::new(),
        quantity: quantity
            .word()?
            .parse()
            .ok()
            .filter(|quantity| *quantity > 0)?,
        subtotal: subtotal.minor(),
    })
}
