//! An order is taken back: how much of it is left, and what becomes of its rewards?

use crate::id::ExternalId;
use crate::money::{Money, MoneyError};
use crate::order::{DisputeState, UndoKind};
use crate::rejection::Rejection;
use crate::reward::{Change, Remaining, StoredReward, reverse};

/// How much of an order is left after all facts about it, in whatever order they arrived. A refund of more than is left
/// leaves nothing, and nothing is left twice.
pub fn remaining(total: Money, facts: &[UndoKind]) -> Result<Remaining, MoneyError> {
    let mut refunded = Money::zero(total.currency());
    let mut wholly = false;
    for fact in facts {
        match fact {
            // No more than is left, so that no sum of refunds is too large to count.
            UndoKind::Refund { amount, .. } => {
                refunded = refunded.plus(amount.at_most(total.minus(refunded)?)?)?;
            }
            UndoKind::Cancellation => wholly = true,
            UndoKind::Dispute { id, state } => {
                wholly |= *state == DisputeState::Lost && !won(facts, id);
            }
        }
    }
    let left = if wholly {
        0
    } else {
        total.minus(refunded)?.minor()
    };
    // An order of nothing that was undone has nothing left; `whole` of 1 says so without dividing by zero.
    let whole = total.minor().max(1);
    let left = if total.minor() == 0 && !wholly {
        whole
    } else {
        left
    };
    Ok(Remaining {
        left,
        whole,
        frozen: facts.iter().any(|fact| match fact {
            UndoKind::Dispute { id, state } => {
                *state == DisputeState::Opened && !settled(facts, id)
            }
            _ => false,
        }),
    })
}

/// What becomes of the rewards of an order of which so much is left.
pub fn undo(rewards: &[StoredReward], remaining: Remaining) -> Result<Vec<Change>, MoneyError> {
    let changes: Result<Vec<Option<Change>>, MoneyError> = rewards
        .iter()
        .map(|reward| reverse(reward, remaining))
        .collect();
    Ok(changes?.into_iter().flatten().collect())
}

/// Whether a fact is the one stored under its key: the same again, or another of the same name.
pub fn same_fact(stored: &UndoKind, reported: &UndoKind) -> Result<(), Rejection> {
    if stored == reported {
        Ok(())
    } else {
        Err(Rejection::ExistsWithDifferentFact)
    }
}

fn won(facts: &[UndoKind], dispute: &ExternalId) -> bool {
    has(facts, dispute, DisputeState::Won)
}

fn settled(facts: &[UndoKind], dispute: &ExternalId) -> bool {
    won(facts, dispute) || has(facts, dispute, DisputeState::Lost)
}

fn has(facts: &[UndoKind], dispute: &ExternalId, wanted: DisputeState) -> bool {
    facts.iter().any(|fact| match fact {
        UndoKind::Dispute { id, state } => id == dispute && *state == wanted,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::remaining;
    use crate::decide::testing::eur;
    use crate::id::ExternalId;
    use crate::order::{DisputeState, UndoKind};

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
}
