//! What is a discount code worth on this cart? Asked by the shop's server, answered without changing anything.

use std::rc::Rc;

use serde::Serialize;

use crate::attribution::{Identity, is_among};
use crate::cart::Cart;
use crate::id::Pseudonym;
use crate::program::Program;
use crate::program::offer::{Benefit, NoBenefit};
use crate::time::Millis;

/// A minted discount as the ledger knows it.
#[derive(Clone, Debug)]
pub struct DiscountSnapshot<'a> {
    /// The terms of its claim.
    pub terms: &'a Rc<Program>,
    /// Whether the program is still running.
    pub program_active: bool,
    /// The referrer.
    pub referrer: (&'a Pseudonym, &'a Identity),
    /// Until when it is valid.
    pub expires_at: Millis,
    /// Whether an order has used it.
    pub used: bool,
    /// Orders of the buyer, as far as the shop named them.
    pub buyer_orders: u32,
    /// The referrer whose the buyer is already.
    pub buyer_referrer: Option<&'a Pseudonym>,
}

/// Why a discount code is not valid on this cart, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotValid {
    /// No such code.
    Unknown,
    /// An order has used it.
    Used,
    /// Its days are over.
    Expired,
    /// The merchant has stopped the program.
    ProgramEnded,
    /// The terms have no amounts in the cart's currency.
    WrongCurrency,
    /// The buyer has bought before.
    NotForExistingCustomers,
    /// The buyer is another referrer's already.
    AlreadyReferred,
    /// The buyer is the referrer.
    SelfReferral,
    /// The cart is below the smallest order that qualifies.
    BelowMinimum,
    /// Nothing in the cart is what the discount is for.
    NothingMatches,
    /// What is free is not in the cart.
    ItemMissing,
}

/// What a discount takes off this cart, or why it is not valid.
pub fn check(
    discount: &DiscountSnapshot<'_>,
    cart: &Cart<'_>,
    buyer: &[Identity],
    now: Millis,
) -> Result<Benefit, NotValid> {
    let (referrer, identity) = discount.referrer;
    if discount.used {
        return Err(NotValid::Used);
    }
    if now > discount.expires_at {
        return Err(NotValid::Expired);
    }
    if !discount.program_active {
        return Err(NotValid::ProgramEnded);
    }
    let terms = discount.terms.in_currency(cart.subtotal.currency());
    let settings = &terms.as_ref().ok_or(NotValid::WrongCurrency)?.settings;
    if !settings.is_for(discount.buyer_orders) {
        return Err(NotValid::NotForExistingCustomers);
    }
    if discount.buyer_referrer.is_some_and(|own| own != referrer) {
        return Err(NotValid::AlreadyReferred);
    }
    if is_among(buyer, identity) {
        return Err(NotValid::SelfReferral);
    }
    if cart.subtotal.minor() < settings.minimum_order {
        return Err(NotValid::BelowMinimum);
    }
    settings.benefit(cart).map_err(|none| match none {
        NoBenefit::NothingMatches => NotValid::NothingMatches,
        NoBenefit::ItemMissing => NotValid::ItemMissing,
        NoBenefit::Money(_) => NotValid::WrongCurrency,
    })
}

#[cfg(test)]
mod tests {
    use super::{DiscountSnapshot, NotValid, check};
    use std::rc::Rc;

    use crate::attribution::Identity;
    use crate::cart::Cart;
    use crate::decide::testing::{eur, identity, program};
    use crate::id::{ExternalId, Pseudonym};
    use crate::money::{Currency, Money};
    use crate::time::Millis;

    #[test]
    fn each_reason_is_answered_by_precedence_until_the_code_is_good() {
        let (terms, jane) = (Rc::new(program()), identity("jane"));
        let (id, omar) = (Pseudonym("jane".into()), Pseudonym("omar".into()));
        let yen = Money::zero(Currency::parse("JPY").expect("JPY"));
        let mut discount = DiscountSnapshot {
            terms: &terms,
            program_active: false,
            referrer: (&id, &jane),
            expires_at: Millis(10),
            used: true,
            buyer_orders: 1,
            buyer_referrer: Some(&omar),
        };
        let ask = |d: &DiscountSnapshot<'_>, subtotal, buyer: &Identity, now| {
            let lines = &[];
            let cart = Cart { subtotal, lines };
            let benefit = check(d, &cart, std::slice::from_ref(buyer), Millis(now));
            benefit.map(|benefit| benefit.amount)
        };
        assert_eq!(ask(&discount, yen, &jane, 11), Err(NotValid::Used));
        discount.used = false;
        assert_eq!(ask(&discount, yen, &jane, 11), Err(NotValid::Expired));
        assert_eq!(ask(&discount, yen, &jane, 10), Err(NotValid::ProgramEnded));
        discount.program_active = true;
        assert_eq!(ask(&discount, yen, &jane, 10), Err(NotValid::WrongCurrency));
        assert_eq!(
            ask(&discount, eur(999), &jane, 10),
            Err(NotValid::NotForExistingCustomers)
        );
        discount.buyer_orders = 0;
        assert_eq!(
            ask(&discount, eur(999), &jane, 10),
            Err(NotValid::AlreadyReferred)
        );
        discount.buyer_referrer = Some(&id);
        assert_eq!(
            ask(&discount, eur(999), &jane, 10),
            Err(NotValid::SelfReferral)
        );
        let ann = identity("ann");
        assert_eq!(
            ask(&discount, eur(999), &ann, 10),
            Err(NotValid::BelowMinimum)
        );
        assert_eq!(ask(&discount, eur(1_000), &ann, 10), Ok(eur(150)));
        assert_eq!(ask(&discount, eur(2_000), &ann, 10), Ok(eur(300)));
        let mug = ExternalId::parse("mug").expect("an id");
        let mut terms = program();
        terms.settings.discount_products = vec![mug];
        let terms = Rc::new(terms);
        let discount = DiscountSnapshot {
            terms: &terms,
            ..discount
        };
        assert_eq!(
            ask(&discount, eur(2_000), &ann, 10),
            Err(NotValid::NothingMatches)
        );
    }
}
