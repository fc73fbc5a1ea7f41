//! What is in a cart or on an order, as far as a discount asks for it.

use serde::{Deserialize, Serialize};

use crate::id::ExternalId;
use crate::json::Read;
use crate::money::{MINOR_UNITS_MAX, Money};
use crate::rejection::Rejection;

/// Lines of one cart: more than anybody buys at once, little enough to be kept with the order.
pub const LINES_MAX: usize = 200;

/// Collections of one product.
const COLLECTIONS_MAX: usize = 20;

/// A line of a cart or order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The shop's id of the product.
    pub product: ExternalId,
    /// The shop's ids of the collections it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<ExternalId>,
    /// How many of it.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quantity: u32,
    /// What all of them cost before discounts, minor units.
    pub subtotal: i64,
}

/// A cart on which a discount is tried.
#[derive(Clone, Copy, Debug)]
pub struct Cart<'a> {
    /// Before discounts, without tax and shipping.
    pub subtotal: Money,
    /// What is in it, if the shop says so.
    pub lines: &'a [Line],
}

impl Line {
    /// What one of them costs, rounded down.
    pub fn price(&self) -> i64 {
        self.subtotal
            .checked_div(i64::from(self.quantity))
            .unwrap_or_default()
    }
}

/// Lines as a shop may report them.
pub fn check_lines(lines: &[Line]) -> Result<(), Rejection> {
    if lines.len() > LINES_MAX
        || lines
            .iter()
            .any(|line| line.collections.len() > COLLECTIONS_MAX)
    {
        let text = "lines: at most 200, each in at most 20 collections";
        return Err(Rejection::InvalidBody(text.into()));
    }
    let amounts = 0..=MINOR_UNITS_MAX;
    if lines
        .iter()
        .any(|line| line.quantity == 0 || !amounts.contains(&line.subtotal))
    {
        return Err(Rejection::InvalidAmount);
    }
    Ok(())
}

const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
const fn is_one(quantity: &u32) -> bool {
    *quantity == 1
}

#[cfg(test)]
pub(crate) mod testing {
    //! Lines for tests.

    use super::Line;

    /// So many of a product in a collection, for so much in all.
    pub(crate) fn line(product: &str, collection: &str, quantity: u32, subtotal: i64) -> Line {
        serde_json::from_value(serde_json::json!({
            "product": product, "collections": [collection], "quantity": quantity, "subtotal": subtotal,
        }))
        .expect("a line")
    }
}

#[cfg(test)]
mod tests {
    use super::testing::line;
    use super::{COLLECTIONS_MAX, LINES_MAX, Line, check_lines};
    use crate::rejection::Rejection;

    #[test]
    fn a_line_needs_a_product_and_what_it_costs() {
        let line: Line =
            serde_json::from_str(r#"{"product":"mug","subtotal":1200}"#).expect("a line");
        assert_eq!((line.quantity, line.price()), (1, 1_200));
        assert!(serde_json::from_str::<Line>(r#"{"product":"mug"}"#).is_err());
        assert!(serde_json::from_str::<Line>(r#"{"product":"mug","subtotal":1,"x":1}"#).is_err());
    }

    #[test]
    fn lines_that_cannot_be_are_refused() {
        assert_eq!(check_lines(&[line("mug", "home", 3, 1_000)]), Ok(()));
        for bad in [line("mug", "home", 0, 1_000), line("mug", "home", 1, -1)] {
            assert_eq!(check_lines(&[bad]), Err(Rejection::InvalidAmount));
        }
        let many = |lines: usize, collections: usize| {
            let mut one = line("mug", "home", 1, 1);
            one.collections = vec![one.collections[0].clone(); collections];
            check_lines(&vec![one; lines])
        };
        assert_eq!(many(LINES_MAX, 0), Ok(()));
        assert_eq!(many(1, COLLECTIONS_MAX), Ok(()));
        for refused in [many(LINES_MAX + 1, 0), many(1, COLLECTIONS_MAX + 1)] {
            assert!(matches!(refused, Err(Rejection::InvalidBody(_))));
        }
    }

    #[test]
    fn one_of_a_thing_is_not_worth_saying() {
        let stored = |quantity| {
            let line = line("mug", "home", quantity, 5);
            serde_json::to_value(line).expect("json")["quantity"].clone()
        };
        assert_eq!(stored(1), serde_json::Value::Null);
        assert_eq!(stored(2), 2);
    }
}
