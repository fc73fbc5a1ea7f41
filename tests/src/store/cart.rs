//! A cart and its totals: integer cents, computed here and never taken from a browser.

use std::collections::BTreeMap;

use serde::Serialize;

use super::catalog::{CURRENCY, PRODUCTS, Product};

/// A small shop: more of one thing than this is a wholesale order, by e-mail.
pub const MOST_OF_ONE: u32 = 20;

/// What is in a cart, with at most one discount code.
#[derive(Debug, Clone, Default)]
pub struct Cart {
    quantities: BTreeMap<&'static str, u32>,
    code: Option<CodeInCart>,
    notice: Option<Notice>,
}

/// A discount code that was accepted, with its worth on the cart as it is.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct CodeInCart {
    /// The code in capitals.
    pub code: String,
    /// Cents off; zero while its worth is not known.
    pub amount: i64,
    /// From a friend, or one of the shop's own.
    pub from_friend: bool,
}

/// Why a code gives less than the buyer may expect.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Notice {
    /// The code it is about.
    pub code: String,
    /// A stable reason, such as `used`, `expired` or `unverified`.
    pub reason: String,
}

/// One line of a cart or an order.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Line {
    /// The product's id.
    pub product: &'static str,
    /// The product's name.
    pub name: &'static str,
    /// Cents for one.
    pub price: i64,
    /// How many.
    pub quantity: u32,
    /// Cents for all of them.
    pub amount: i64,
}

/// The sums of a cart, in cents: `total` = `subtotal` - `discount`, and the discount never exceeds the subtotal.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
pub struct Totals {
    /// Before the discount.
    pub subtotal: i64,
    /// Taken off.
    pub discount: i64,
    /// To pay.
    pub total: i64,
}

/// A cart as the page sees it.
#[derive(Debug, Clone, Serialize)]
pub struct CartView {
    currency: &'static str,
    count: u32,
    lines: Vec<Line>,
    code: Option<CodeInCart>,
    notice: Option<Notice>,
    totals: Totals,
}

impl Cart {
    /// Puts more of a product in, up to [`MOST_OF_ONE`].
    pub fn add(&mut self, product: &'static Product, quantity: u32) {
        let before = self.quantities.get(product.id).copied().unwrap_or(0);
        self.set(product, before.saturating_add(quantity));
    }

    /// Sets how many of a product are in, up to [`MOST_OF_ONE`]; zero takes it out.
    pub fn set(&mut self, product: &'static Product, quantity: u32) {
        self.notice = None;
        if quantity == 0 {
            self.quantities.remove(product.id);
        } else {
            self.quantities
                .insert(product.id, quantity.min(MOST_OF_ONE));
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.quantities.is_empty()
    }

    /// The accepted code, if there is one.
    pub fn code(&self) -> Option<&CodeInCart> {
        self.code.as_ref()
    }

    /// Puts a code in, in place of any other.
    pub fn put_code(&mut self, code: CodeInCart) {
        self.notice = None;
        self.code = Some(code);
    }

    /// Takes the code out and gives it back.
    pub fn take_code(&mut self) -> Option<CodeInCart> {
        self.notice = None;
        self.code.take()
    }

    /// Leaves a word for the buyer, until the next change.
    pub fn notify(&mut self, code: &str, reason: &str) {
        self.notice = Some(Notice {
            code: code.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// The lines in the order of the shelf.
    pub fn lines(&self) -> Vec<Line> {
        let line = |product: &'static Product| {
            let quantity = *self.quantities.get(product.id)?;
            Some(Line {
                product: product.id,
                name: product.name,
                price: product.price,
                quantity,
                amount: product.price * i64::from(quantity),
            })
        };
        PRODUCTS.iter().filter_map(line).collect()
    }

    /// The sums as of now.
    pub fn totals(&self) -> Totals {
        let subtotal = self.lines().iter().map(|line| line.amount).sum();
        let off = self.code.as_ref().map_or(0, |code| code.amount);
        let discount = off.clamp(0, subtotal);
        Totals {
            subtotal,
            discount,
            total: subtotal - discount,
        }
    }

    /// What the page shows.
    pub fn view(&self) -> CartView {
        CartView {
            currency: CURRENCY,
            count: self.quantities.values().sum(),
            lines: self.lines(),
            code: self.code.clone(),
            notice: self.notice.clone(),
            totals: self.totals(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cart, CodeInCart, MOST_OF_ONE, Totals};
    use crate::store::catalog::product;

    fn code(amount: i64) -> CodeInCart {
        CodeInCart {
            code: "GW4T7K2M9QXA".to_owned(),
            amount,
            from_friend: true,
        }
    }

    #[test]
    fn totals_are_the_sum_of_the_lines_less_the_discount() {
        let mut cart = Cart::default();
        cart.add(product("house-beans").unwrap(), 1);
        cart.add(product("filter-papers").unwrap(), 2);
        cart.put_code(code(435));
        let expected = Totals {
            subtotal: 2900,
            discount: 435,
            total: 2465,
        };
        assert_eq!(cart.totals(), expected);
    }

    #[test]
    fn a_discount_never_pays_out() {
        let mut cart = Cart::default();
        cart.add(product("filter-papers").unwrap(), 1);
        for (amount, discount) in [(451, 450), (i64::MAX, 450), (-100, 0)] {
            cart.put_code(code(amount));
            assert_eq!(cart.totals().discount, discount);
            assert_eq!(cart.totals().total, 450 - discount);
        }
    }

    #[test]
    fn quantities_add_up_to_a_limit_and_zero_takes_out() {
        let mut cart = Cart::default();
        let mug = product("mug").unwrap();
        cart.add(mug, 2);
        cart.add(mug, u32::MAX);
        assert_eq!(cart.lines()[0].quantity, MOST_OF_ONE);
        cart.set(mug, 0);
        assert!(cart.is_empty());
        assert_eq!(
            cart.totals(),
            Totals {
                subtotal: 0,
                discount: 0,
                total: 0
            }
        );
    }

    #[test]
    fn lines_keep_the_order_of_the_shelf() {
        let mut cart = Cart::default();
        for id in ["mug", "decaf", "house-beans"] {
            cart.add(product(id).unwrap(), 1);
        }
        let names: Vec<&str> = cart.lines().iter().map(|line| line.product).collect();
        assert_eq!(names, ["house-beans", "decaf", "mug"]);
    }

    #[test]
    fn a_notice_lasts_until_the_next_change() {
        let mut cart = Cart::default();
        cart.notify("GW1", "used");
        assert!(cart.view().notice.is_some());
        cart.add(product("mug").unwrap(), 1);
        assert!(cart.view().notice.is_none());
    }
}
