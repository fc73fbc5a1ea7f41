//! Where a platform's order has what: one table a platform, and one function that reads by it.

use super::TOKEN_NAME;
use super::amount::Unit;
use super::told::{Told, without};
use crate::cart::{LINES_MAX, Line};
use crate::email::Email;
use crate::id::ExternalId;
use crate::json::Tree;
use crate::money::{Currency, Money};
use crate::name::clean_name;
use crate::order::{Buyer, Circumstances, DISCOUNT_CODES_MAX, Order, Report};

/// The paths of an order. Of several the first counts that is there; what a platform does not tell has none.
pub(super) struct Form {
    /// Before each of the paths below, but for those of times.
    pub(super) within: &'static str,
    pub(super) id: &'static [&'static str],
    /// When it was paid, from the body's top.
    pub(super) at: &'static [&'static str],
    /// When it was last changed, from the body's top, where it is sent again for that.
    pub(super) changed: &'static [&'static str],
    pub(super) currency: &'static str,
    pub(super) unit: Unit,
    pub(super) customer: &'static str,
    pub(super) email: &'static [&'static str],
    pub(super) names: &'static [&'static str],
    /// After discounts, without tax and shipping: the first of these less all others.
    pub(super) subtotal: &'static [&'static str],
    pub(super) discount: &'static str,
    pub(super) total: &'static str,
    pub(super) codes: &'static str,
    pub(super) token: Token,
    pub(super) subscription: &'static [&'static str],
    pub(super) lines: Option<Lines>,
}

/// Where a click token travels.
pub(super) enum Token {
    /// At one of these paths, from the body's top.
    At(&'static [&'static str]),
    /// In a list of pairs: the list, and what its elements call their name; they call their value `value`.
    Among(&'static str, &'static str),
}

/// The lines of an order: the list, and what its elements call their subtotal, of all or of each.
pub(super) struct Lines {
    pub(super) list: &'static str,
    pub(super) price: &'static str,
    pub(super) is_of_each: bool,
}

/// What most platforms have.
pub(super) const FORM: Form = Form {
    within: "",
    id: &["id"],
    at: &[],
    changed: &[],
    currency: "currency",
    unit: Unit::Minor,
    customer: "",
    email: &[],
    names: &[],
    subtotal: &[],
    discount: "",
    total: "total",
    codes: "",
    token: Token::At(&[]),
    subscription: &[],
    lines: None,
};

/// The order that a body tells, and its id.
pub(super) fn order(told: &Told<'_>, form: &Form) -> (Report, ExternalId) {
    let top = told.body;
    let body = if form.within.is_empty() {
        top
    } else {
        top.at(form.within)
    };
    let inner = Told::new(told.platform, body, told.now);
    let id = inner.order_id(form.id);
    let currency = inner.currency(form.currency);
    let money = |path: &str| inner.money(body, path, form.unit, currency);
    let mut parts = form.subtotal.iter().map(|path| money(path));
    let subtotal = parts.next().unwrap_or(Money::zero(currency));
    let order = Order {
        id: id.clone(),
        at: told.at(top, form.at),
        checkout_at: None,
        changed_at: (!form.changed.is_empty()).then(|| told.at(top, form.changed)),
        buyer: buyer(body, form),
        subtotal: parts.fold(subtotal, without),
        discount: money(form.discount),
        total: money(form.total),
        discount_codes: codes(body, form),
        referral_code: None,
        token: token(top, &form.token),
        subscription: Told::word(body, form.subscription).and_then(|id| ExternalId::parse(id).ok()),
        lines: lines(&inner, form, currency),
        circumstances: Circumstances::default(),
        events: None,
    };
    told.as_wrong_as(&inner);
    (Report::Order(Box::new(order)), id)
}

/// Who bought. An id of zero is how some platforms say nobody.
fn buyer(body: &Tree, form: &Form) -> Buyer {
    let id = Told::word(body, &[form.customer]).filter(|id| *id != "0");
    let names: Vec<&str> = form
        .names
        .iter()
        .filter_map(|path| body.at(path).word())
        .collect();
    Buyer {
        id: id.and_then(|id| ExternalId::parse(id).ok()),
        email: Told::word(body, form.email).and_then(|email| Email::parse(email).ok()),
        name: clean_name(&names.join(" ")),
    }
}

fn codes(body: &Tree, form: &Form) -> Vec<String> {
    let mut found = Vec::new();
    Told::all(body, form.codes, &mut found);
    let codes = found.into_iter().filter_map(Tree::word);
    codes.take(DISCOUNT_CODES_MAX).map(str::to_owned).collect()
}

fn token(top: &Tree, token: &Token) -> Option<String> {
    let word = match token {
        Token::At(paths) => Told::word(top, paths),
        Token::Among(list, name) => {
            let mut pairs = top.at(list).elements().iter();
            let ours = pairs.find(|pair| pair.at(name).word() == Some(TOKEN_NAME));
            ours.and_then(|pair| pair.at("value").word())
        }
    };
    word.map(str::to_owned)
}

/// Lines, where the platform says what was bought; one of which that cannot be told is left out.
fn lines(told: &Told<'_>, form: &Form, currency: Currency) -> Vec<Line> {
    let Some(lines) = &form.lines else {
        return Vec::new();
    };
    let items = told.body.at(lines.list).elements().iter();
    let line = |item| {
        let price = told.money(item, lines.price, form.unit, currency).minor();
        let quantity: u32 = item.at("quantity").word()?.parse().ok()?;
        let times = if lines.is_of_each { quantity } else { 1 };
        let subtotal = price.checked_mul(i64::from(times))?;
        Some(Line {
            product: ExternalId::parse(item.at("product_id").word()?).ok()?,
            collections: Vec::new(),
            quantity: Some(quantity).filter(|quantity| *quantity > 0)?,
            subtotal: Money::new(subtotal, currency).ok()?.minor(),
        })
    };
    items.take(LINES_MAX).filter_map(line).collect()
}
