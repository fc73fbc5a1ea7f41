//! May this visitor have a discount for this click?

use crate::attribution::{Identity, is_among};
use crate::id::Pseudonym;
use crate::program::Program;
use crate::rejection::Rejection;
use crate::time::Millis;

/// What the ledger knows when a claim arrives.
#[derive(Clone, Debug)]
pub struct ClaimSnapshot<'a> {
    /// The terms in force.
    pub program: &'a Program,
    /// The referrer whose link was clicked.
    pub referrer: (&'a Pseudonym, &'a Identity),
    /// The visitor: what the shop said of them, and what was known before; empty for a stranger.
    pub visitor: &'a [Identity],
    /// Orders of the visitor.
    pub visitor_orders: u32,
    /// The referrer whose the visitor is already.
    pub visitor_referrer: Option<&'a Pseudonym>,
    /// Live unused discounts of this code.
    pub live_for_code: u32,
    /// Live unused discounts of this code from this network.
    pub live_for_source: u32,
}

/// A discount to mint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Until when it is valid.
    pub expires_at: Millis,
}

/// Decides on a claim that has not been made before.
pub fn claim(snapshot: &ClaimSnapshot<'_>, now: Millis) -> Result<Mint, Rejection> {
    let settings = &snapshot.program.settings;
    if !settings.active {
        return Err(Rejection::ProgramEnded);
    }
    let (referrer, identity) = snapshot.referrer;
    if !settings.is_for(snapshot.visitor_orders) {
        return Err(Rejection::ExistingCustomer);
    }
    if snapshot.visitor_referrer.is_some_and(|own| own != referrer) {
        return Err(Rejection::AlreadyReferred);
    }
    if is_among(snapshot.visitor, identity) {
        return Err(Rejection::SelfReferral);
    }
    if snapshot.live_for_code >= settings.live_discounts_per_code_max {
        return Err(Rejection::TooManyDiscountsForCode);
    }
    if snapshot.live_for_source >= settings.live_discounts_per_source_max {
        return Err(Rejection::TooManyDiscountsForSource);
    }
    Ok(Mint {
        expires_at: now.plus_days(settings.discount_valid_days),
    })
}

/// What an offer that nobody has claimed is to this visitor: `available`, or else `own` or `existing`. Whoever has a link has
/// mostly bought as well: that it is their own says more.
pub fn prospect(snapshot: &ClaimSnapshot<'_>) -> &'static str {
    let (referrer, identity) = snapshot.referrer;
    if is_among(snapshot.visitor, identity) {
        return "own";
    }
    let others = snapshot.visitor_referrer.is_some_and(|own| own != referrer);
    if others || !snapshot.program.settings.is_for(snapshot.visitor_orders) {
        "existing"
    } else {
        "available"
    }
}

#[cfg(test)]
mod tests {
    use super::{ClaimSnapshot, claim, prospect};
    use crate::attribution::Identity;
    use crate::decide::testing::{identity, program};
    use crate::id::Pseudonym;
    use crate::program::Program;
    use crate::rejection::Rejection;
    use crate::time::Millis;

    fn snapshot<'a>(
        program: &'a Program,
        referrer: (&'a Pseudonym, &'a Identity),
    ) -> ClaimSnapshot<'a> {
        ClaimSnapshot {
            program,
            referrer,
            visitor: &[],
            visitor_orders: 0,
            visitor_referrer: None,
            live_for_code: 199,
            live_for_source: 2,
        }
    }

    #[test]
    fn a_stranger_gets_a_discount_for_thirty_days() {
        let (program, jane) = (program(), identity("jane"));
        let id = Pseudonym("jane".into());
        let mint = claim(&snapshot(&program, (&id, &jane)), Millis(7)).expect("a discount");
        assert_eq!(mint.expires_at, Millis(7).plus_days(30));
    }

    #[test]
    fn a_visitor_is_told_at_once_what_a_claim_would_be_refused_for() {
        let (program, jane, ann) = (program(), identity("jane"), identity("ann"));
        let (id, omar) = (Pseudonym("jane".into()), Pseudonym("omar".into()));
        let offer = |visitor: &[_], orders, referrer| {
            prospect(&ClaimSnapshot {
                visitor,
                visitor_orders: orders,
                visitor_referrer: referrer,
                ..snapshot(&program, (&id, &jane))
            })
        };
        let (own, other) = ([jane.clone()], [ann]);
        assert_eq!(offer(&[], 0, None), "available");
        assert_eq!(offer(&other, 0, None), "available");
        assert_eq!(offer(&other, 0, Some(&id)), "available");
        assert_eq!(offer(&other, 0, Some(&omar)), "existing");
        assert_eq!(offer(&other, 1, None), "existing");
        assert_eq!(offer(&own, 0, None), "own");
        assert_eq!(offer(&own, 1, Some(&omar)), "own");
    }

    #[test]
    fn reasons_are_answered_by_precedence() {
        let (mut program, jane) = (program(), identity("jane"));
        let (id, omar) = (Pseudonym("jane".into()), Pseudonym("omar".into()));
        program.settings.active = false;
        let mut snapshot = ClaimSnapshot {
            visitor: std::slice::from_ref(&jane),
            visitor_orders: 1,
            visitor_referrer: Some(&omar),
            live_for_code: 200,
            live_for_source: 3,
            ..snapshot(&program, (&id, &jane))
        };
        assert_eq!(claim(&snapshot, Millis(0)), Err(Rejection::ProgramEnded));
        let mut open = program.clone();
        open.settings.active = true;
        snapshot.program = &open;
        assert_eq!(
            claim(&snapshot, Millis(0)),
            Err(Rejection::ExistingCustomer)
        );
        snapshot.visitor_orders = 0;
        assert_eq!(claim(&snapshot, Millis(0)), Err(Rejection::AlreadyReferred));
        snapshot.visitor_referrer = Some(&id);
        assert_eq!(claim(&snapshot, Millis(0)), Err(Rejection::SelfReferral));
        snapshot.visitor = &[];
        assert_eq!(
            claim(&snapshot, Millis(0)),
            Err(Rejection::TooManyDiscountsForCode)
        );
        snapshot.live_for_code = 199;
        assert_eq!(
            claim(&snapshot, Millis(0)),
            Err(Rejection::TooManyDiscountsForSource)
        );
        snapshot.live_for_source = 2;
        assert!(claim(&snapshot, Millis(0)).is_ok());
    }
}
