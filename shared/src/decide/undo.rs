//! An order is taken back: how much of it is left?

use crate::id::ExternalId;
use crate::money::{Money, MoneyError};
use crate::order::{DisputeState, UndoKind};
use crate::rejection::Rejection;
use crate::reward::Remaining;

/// How much of an order is left after all facts about it, whatever the order in which they arrived. A refund of more than
/// is left leaves nothing, and nothing is left twice. An edit to more than was paid at first adds nothing. What came before
/// its order and names another currency is not of this order's money.
pub fn remaining(total: Money, facts: &[UndoKind]) -> Result<Remaining, MoneyError> {
    let mut refunded = Money::zero(total.currency());
    let (mut cancelled, mut lost) = (false, false);
    for fact in facts {
        match fact {
            // No more than is left, so that no sum of refunds is too large to count.
            UndoKind::Refund { amount, .. } if amount.currency() == total.currency() => {
                refunded = refunded.plus(amount.at_most(total.minus(refunded)?)?)?;
            }
            UndoKind::Cancellation => cancelled = true,
            UndoKind::Dispute { id, state } => {
                lost |= *state == DisputeState::Lost && !has(facts, id, DisputeState::Won);
            }
            UndoKind::Refund { .. } | UndoKind::Edit { .. } => {}
        }
    }
    let kept = edited(total, facts)?;
    let left = kept.minus(refunded.at_most(kept)?)?;
    let at_best = total.minus(refunded)?;
    // An order of nothing has all of itself left until it is undone; `whole` of 1 says so without dividing by zero.
    let free = total.minor() == 0;
    let share = |gone: bool, money: Money| match (gone, free) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => money.minor(),
    };
    Ok(Remaining {
        left: share(cancelled || lost, left),
        at_best: share(cancelled, at_best),
        whole: total.minor().max(1),
        frozen: facts.iter().any(|fact| match fact {
            UndoKind::Dispute { id, state } => {
                *state == DisputeState::Opened && !settled(facts, id)
            }
            _ => false,
        }),
    })
}

/// What the order comes to after its latest edit, and no more than at first. Of two edits at the same time the one with the
/// greater id holds, so that no order of arrival decides.
fn edited(total: Money, facts: &[UndoKind]) -> Result<Money, MoneyError> {
    let edits = facts.iter().filter_map(|fact| match fact {
        UndoKind::Edit {
            id,
            at,
            total: edited,
        } if edited.currency() == total.currency() => Some((*at, id, *edited)),
        _ => None,
    });
    match edits.max_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1))) {
        Some((_, _, edited)) => edited.at_most(total),
        None => Ok(total),
    }
}

/// Whether a fact is the one stored under its key: the same again, or another of the same name.
pub fn same_fact(stored: &UndoKind, reported: &UndoKind) -> Result<(), Rejection> {
    if stored == reported {
        Ok(())
    } else {
        Err(Rejection::ExistsWithDifferentFact)
    }
}

fn settled(facts: &[UndoKind], dispute: &ExternalId) -> bool {
    has(facts, dispute, DisputeState::Won) || has(facts, dispute, DisputeState::Lost)
}

fn has(facts: &[UndoKind], dispute: &ExternalId, wanted: DisputeState) -> bool {
    facts.iter().any(|fact| match fact {
        UndoKind::Dispute { id, state } => id == dispute && *state == wanted,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{remaining, same_fact};
    use crate::decide::testing::eur;
    use crate::id::ExternalId;
    use crate::money::{Currency, Money};
    use crate::order::{DisputeState, UndoKind};
    use crate::rejection::Rejection;
    use crate::time::Millis;

    fn refund(id: &str, minor: i64) -> UndoKind {
        UndoKind::Refund {
            id: ExternalId::parse(id).expect("id"),
            amount: eur(minor),
        }
    }

    fn dispute(state: DisputeState) -> UndoKind {
        UndoKind::Dispute {
            id: ExternalId::parse("d").expect("id"),
            state,
        }
    }

    fn left(facts: &[UndoKind]) -> (i64, bool) {
        let remaining = remaining(eur(2_000), facts).expect("fits");
        (remaining.left, remaining.frozen)
    }

    #[test]
    fn refunds_add_up_and_never_below_nothing() {
        assert_eq!(left(&[]), (2_000, false));
        assert_eq!(left(&[refund("a", 500), refund("b", 300)]), (1_200, false));
        assert_eq!(left(&[refund("a", 1_500), refund("b", 1_500)]), (0, false));
        let most = crate::money::MINOR_UNITS_MAX;
        assert_eq!(left(&[refund("a", most), refund("b", most)]), (0, false));
    }

    fn edit(id: &str, at: i64, minor: i64) -> UndoKind {
        UndoKind::Edit {
            id: ExternalId::parse(id).expect("id"),
            at: Millis(at),
            total: eur(minor),
        }
    }

    #[test]
    fn the_latest_edit_holds_and_more_adds_nothing() {
        assert_eq!(
            left(&[edit("a", 2, 1_500), edit("b", 1, 100)]),
            (1_500, false)
        );
        assert_eq!(
            left(&[edit("b", 1, 100), edit("a", 1, 1_500)]),
            (100, false)
        );
        assert_eq!(
            left(&[edit("a", 1, 1_500), refund("r", 500)]),
            (1_000, false)
        );
        assert_eq!(
            left(&[edit("a", 1, 9_000), refund("r", 500)]),
            (1_500, false)
        );
        assert_eq!(left(&[edit("a", 1, 300), refund("r", 500)]), (0, false));
    }

    #[test]
    fn what_names_another_currency_is_not_of_this_order() {
        let yen = Money::new(500, Currency::parse("JPY").expect("JPY")).expect("fits");
        let id = || ExternalId::parse("x").expect("id");
        let refund = UndoKind::Refund {
            id: id(),
            amount: yen,
        };
        let edit = UndoKind::Edit {
            id: id(),
            at: Millis(1),
            total: yen,
        };
        assert_eq!(left(&[refund, edit]), (2_000, false));
    }

    #[test]
    fn only_refunds_and_a_cancellation_are_for_good() {
        let at_best = |facts: &[UndoKind]| remaining(eur(2_000), facts).expect("fits").at_best;
        assert_eq!(
            at_best(&[dispute(DisputeState::Lost), edit("a", 1, 0)]),
            2_000
        );
        assert_eq!(at_best(&[refund("r", 500), edit("a", 1, 100)]), 1_500);
        assert_eq!(at_best(&[UndoKind::Cancellation]), 0);
    }

    #[test]
    fn an_order_of_nothing_is_whole_until_it_is_undone() {
        let of_nothing = |facts: &[UndoKind]| remaining(eur(0), facts).expect("fits").left;
        assert_eq!(of_nothing(&[refund("r", 5), edit("a", 1, 0)]), 1);
        assert_eq!(of_nothing(&[UndoKind::Cancellation]), 0);
    }

    #[test]
    fn a_cancellation_leaves_nothing_whatever_its_amount() {
        assert_eq!(
            left(&[UndoKind::Cancellation, refund("a", 500)]),
            (0, false)
        );
    }

    #[test]
    fn a_dispute_freezes_and_its_end_decides_in_any_order() {
        assert_eq!(left(&[dispute(DisputeState::Opened)]), (2_000, true));
        assert_eq!(
            left(&[dispute(DisputeState::Lost), dispute(DisputeState::Opened)]),
            (0, false)
        );
        assert_eq!(
            left(&[dispute(DisputeState::Won), dispute(DisputeState::Opened)]),
            (2_000, false)
        );
    }

    #[test]
    fn a_fact_is_the_same_again_or_another_of_its_name() {
        let refund = |amount| UndoKind::Refund {
            id: ExternalId::parse("r1").expect("an id"),
            amount: eur(amount),
        };
        assert_eq!(same_fact(&refund(1), &refund(1)), Ok(()));
        assert_eq!(
            same_fact(&refund(1), &refund(2)),
            Err(Rejection::ExistsWithDifferentFact)
        );
    }
}
