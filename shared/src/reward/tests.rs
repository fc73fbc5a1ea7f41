//! A reward's life, step by step and in any order of facts.

use super::{Change, Remaining, RewardEvent, RewardState, StoredReward, earn, mature, reverse};
use crate::decide::testing::eur;
use crate::decide::undo::remaining;
use crate::id::{ExternalId, Pseudonym};
use crate::journal::Account;
use crate::money::Rounding;
use crate::order::{DisputeState, UndoKind};
use crate::time::Millis;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

const WHOLE: Remaining = Remaining {
    left: 2_000,
    whole: 2_000,
    frozen: false,
};

fn pending(payable_at: i64) -> StoredReward {
    StoredReward {
        id: Pseudonym("r".into()),
        owner: Pseudonym("jane".into()),
        amount: eur(500),
        reversed: eur(0),
        state: RewardState::Pending,
        payable_at: Millis(payable_at),
        frozen: false,
    }
}

fn left(left: i64) -> Remaining {
    Remaining { left, ..WHOLE }
}

fn balance(changes: &[Change], account: &Account) -> i64 {
    changes
        .iter()
        .flat_map(|change| &change.postings)
        .map(|p| {
            let credit = if p.credit == *account {
                p.amount.minor()
            } else {
                0
            };
            let debit = if p.debit == *account {
                p.amount.minor()
            } else {
                0
            };
            credit - debit
        })
        .sum()
}

#[test]
fn without_a_hold_it_is_earned_and_issued_in_one_step() {
    let change = earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits");
    assert_eq!(change.after.state, RewardState::Issued);
    assert_eq!(change.events, [RewardEvent::Earned, RewardEvent::Issued]);
    assert_eq!(
        balance(&[change], &Account::Issued(Pseudonym("jane".into()))),
        500
    );
}

#[test]
fn within_the_hold_it_waits() {
    let change = earn(pending(10), WHOLE, eur(0), Millis(9)).expect("fits");
    assert_eq!(
        (change.after.state, change.events),
        (RewardState::Pending, vec![RewardEvent::Earned])
    );
    let matured = mature(&change.after, eur(0), Millis(10))
        .expect("fits")
        .expect("due");
    assert_eq!(matured.events, [RewardEvent::Approved, RewardEvent::Issued]);
}

#[test]
fn a_partial_refund_takes_its_share_and_a_repeat_takes_nothing() {
    let adjusted = reverse(&pending(10), left(1_500))
        .expect("fits")
        .expect("a change");
    assert_eq!(
        (adjusted.after.reversed, adjusted.after.state),
        (eur(125), RewardState::Pending)
    );
    assert_eq!(reverse(&adjusted.after, left(1_500)), Ok(None));
}

#[test]
fn after_it_was_issued_a_full_refund_claws_it_back() {
    let issued = mature(&pending(0), eur(0), Millis(0))
        .expect("fits")
        .expect("due");
    let clawed = reverse(&issued.after, left(0))
        .expect("fits")
        .expect("a change");
    assert_eq!(clawed.after.state, RewardState::ClawedBack);
    let jane = Pseudonym("jane".into());
    assert_eq!(balance(&[clawed], &Account::Receivable(jane)), -500);
}

#[test]
fn what_is_owed_is_paid_off_by_the_next_reward() {
    let change = earn(pending(0), WHOLE, eur(200), Millis(0)).expect("fits");
    let jane = || Pseudonym("jane".into());
    assert_eq!(
        change.events,
        [
            RewardEvent::Earned,
            RewardEvent::Offset,
            RewardEvent::Issued
        ]
    );
    assert_eq!(
        balance(std::slice::from_ref(&change), &Account::Receivable(jane())),
        200
    );
    assert_eq!(balance(&[change], &Account::Issued(jane())), 300);
}

#[test]
fn an_order_undone_before_it_was_known_voids_its_reward() {
    let change = earn(pending(0), left(0), eur(0), Millis(0)).expect("fits");
    assert_eq!(
        (change.after.state, change.events),
        (RewardState::Voided, vec![RewardEvent::Voided])
    );
}

#[test]
fn an_open_dispute_freezes_and_a_won_one_releases() {
    let frozen = reverse(
        &pending(0),
        Remaining {
            frozen: true,
            ..WHOLE
        },
    )
    .expect("fits")
    .expect("a change");
    assert_eq!(mature(&frozen.after, eur(0), Millis(5)), Ok(None));
    let thawed = reverse(&frozen.after, WHOLE)
        .expect("fits")
        .expect("a change");
    assert!(
        mature(&thawed.after, eur(0), Millis(5))
            .expect("fits")
            .is_some()
    );
}

#[test]
fn a_dispute_won_after_it_was_lost_gives_back_what_refunds_have_not_taken() {
    let granted = earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits");
    let step = |reward: &StoredReward, remaining| {
        reverse(reward, remaining).expect("fits").expect("a change")
    };
    let jane = || Account::Receivable(Pseudonym("jane".into()));
    let lost = step(&granted.after, left(0));
    let won = step(&lost.after, WHOLE);
    assert_eq!(
        (won.after.state, won.after.reversed, &won.events),
        (RewardState::Issued, eur(0), &vec![RewardEvent::Reinstated])
    );
    assert_eq!(balance(&[lost, won.clone()], &jane()), 0);
    assert_eq!(reverse(&won.after, WHOLE), Ok(None));

    let refunded = step(&granted.after, left(1_500));
    let lost = step(&refunded.after, left(0));
    let won = step(&lost.after, left(1_500));
    assert_eq!(
        (won.after.state, won.after.reversed),
        (RewardState::ClawedBack, eur(125))
    );
    assert_eq!(balance(&[refunded, lost, won], &jane()), -125);
}

#[test]
fn a_reward_that_was_voided_before_it_was_granted_stays_voided() {
    let voided = reverse(&pending(10), left(0))
        .expect("fits")
        .expect("a change");
    assert_eq!(voided.after.state, RewardState::Voided);
    assert_eq!(reverse(&voided.after, WHOLE), Ok(None));
}

/// Everything that can take an order back, in few enough variants that they meet.
fn fact() -> impl Strategy<Value = UndoKind> {
    let id = |text: &str| ExternalId::parse(text).expect("an id");
    let states = [DisputeState::Opened, DisputeState::Won, DisputeState::Lost];
    prop_oneof![
        4 => (0_usize..3, 0_usize..2).prop_map(move |(state, dispute)| UndoKind::Dispute {
            id: id(["d1", "d2"][dispute]),
            state: states[state],
        }),
        2 => (0_i64..2_500, 0_usize..3).prop_map(move |(minor, refund)| UndoKind::Refund {
            id: id(["r1", "r2", "r3"][refund]),
            amount: eur(minor),
        }),
        1 => Just(UndoKind::Cancellation),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_to_an_order_the_books_balance(
        facts in vec((fact(), any::<bool>()), 0..14),
        payable_at in 0_i64..2,
    ) {
        let jane = || Pseudonym("jane".into());
        let mut known: Vec<UndoKind> = Vec::new();
        let mut changes = vec![earn(pending(payable_at), WHOLE, eur(0), Millis(0)).expect("fits")];
        for (fact, due) in facts {
            // As in the ledger: a fact counts once, by its key.
            if !known.iter().any(|other| other.key() == fact.key()) {
                known.push(fact);
            }
            let left = remaining(eur(2_000), &known).expect("fits");
            let reward = changes.last().expect("one").after.clone();
            changes.extend(reverse(&reward, left).expect("fits"));
            if due {
                let reward = changes.last().expect("one").after.clone();
                changes.extend(mature(&reward, eur(0), Millis(1)).expect("fits"));
            }
            let reward = changes.last().expect("one").after.clone();
            let net = reward.net().expect("fits").minor();
            prop_assert!((0..=500).contains(&net));
            prop_assert_eq!(-balance(&changes, &Account::ProgramExpense), net);
            let held = balance(&changes, &Account::Held(jane()));
            let payable = balance(&changes, &Account::Payable(jane()));
            let issued = balance(&changes, &Account::Issued(jane()));
            let receivable = balance(&changes, &Account::Receivable(jane()));
            prop_assert_eq!(payable, 0);
            match reward.state {
                RewardState::Pending => prop_assert_eq!((held, issued, receivable), (net, 0, 0)),
                RewardState::Voided => prop_assert_eq!((held, issued, net), (0, 0, 0)),
                _ => {
                    prop_assert_eq!((held, issued + receivable), (0, net));
                    let share = reward.amount.share(left.left, left.whole, Rounding::Down);
                    prop_assert_eq!(share.expect("fits").minor(), net);
                }
            }
            prop_assert_eq!(reverse(&reward, left), Ok(None));
        }
    }

    #[test]
    fn refunds_of_any_size_never_reverse_more_than_was_earned(cuts in vec(0_i64..2_500, 1..8)) {
        let mut changes = vec![earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits")];
        let mut gone = 0;
        for cut in cuts {
            gone = (gone + cut).min(2_000);
            let reward = changes.last().expect("one").after.clone();
            if let Some(change) = reverse(&reward, left(2_000 - gone)).expect("fits") {
                changes.push(change);
            }
        }
        let reward = changes.last().expect("one").after.clone();
        prop_assert!(reward.reversed.minor() <= reward.amount.minor());
        let cost = -balance(&changes, &Account::ProgramExpense);
        prop_assert_eq!(cost, reward.amount.minor() - reward.reversed.minor());
        if gone == 2_000 {
            prop_assert_eq!(cost, 0);
        }
    }
}
