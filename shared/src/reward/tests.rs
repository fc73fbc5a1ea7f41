//! A reward's life, step by step and in any order of facts.

use super::{
    Change, MerchantStep, Remaining, Review, RewardEvent, RewardState, Stepped, StoredReward, earn,
    expire, mature, merchant_step, reverse,
};
use crate::decide::testing::eur;
use crate::id::Pseudonym;
use crate::journal::Account;
use crate::program::reward::RewardKind;
use crate::time::{DAY_MS, Millis};

pub(super) const WHOLE: Remaining = Remaining {
    left: 2_000,
    at_best: 2_000,
    whole: 2_000,
    frozen: false,
};

pub(super) fn jane() -> Pseudonym {
    Pseudonym("jane".into())
}

pub(super) fn pending(payable_at: i64) -> StoredReward {
    StoredReward {
        id: Pseudonym("r".into()),
        owner: jane(),
        kind: RewardKind::Credit,
        amount: eur(500),
        reversed: eur(0),
        lost: eur(0),
        granted: eur(0),
        due: eur(0),
        state: RewardState::Pending,
        payable_at: Millis(payable_at),
        frozen: false,
        review: Review::None,
        redeemed: false,
        collect_days: Some(10),
        expires_at: None,
    }
}

/// The same as a thing that the merchant hands over.
pub(super) fn gift(payable_at: i64) -> StoredReward {
    StoredReward {
        kind: RewardKind::GiftCard,
        ..pending(payable_at)
    }
}

/// So much is left, and no more can be.
pub(super) fn left(left: i64) -> Remaining {
    Remaining {
        left,
        at_best: left,
        ..WHOLE
    }
}

/// Nothing is left until a dispute is won.
pub(super) const DISPUTED: Remaining = Remaining { left: 0, ..WHOLE };

pub(super) fn undone(reward: &StoredReward, remaining: Remaining, owed: i64) -> Change {
    reverse(reward, remaining, eur(owed), Millis(0))
        .expect("fits")
        .expect("a change")
}

pub(super) fn step(reward: &StoredReward, step: MerchantStep, now: i64) -> Option<Change> {
    match merchant_step(reward, step, eur(0), Millis(now)).expect("fits") {
        Ok(Stepped::Changed(change)) => Some(*change),
        _ => None,
    }
}

pub(super) fn balance(changes: &[Change], account: &Account) -> i64 {
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
    let adjusted = undone(&pending(10), left(1_500), 0);
    assert_eq!(
        (adjusted.after.reversed, adjusted.after.state),
        (eur(125), RewardState::Pending)
    );
    assert_eq!(
        reverse(&adjusted.after, left(1_500), eur(0), Millis(0)),
        Ok(None)
    );
}

#[test]
fn after_it_was_issued_a_full_refund_claws_it_back() {
    let issued = mature(&pending(0), eur(0), Millis(0))
        .expect("fits")
        .expect("due");
    let clawed = undone(&issued.after, left(0), 0);
    assert_eq!(clawed.after.state, RewardState::ClawedBack);
    assert!(clawed.after.is_lost());
    assert_eq!(balance(&[clawed], &Account::Receivable(jane())), -500);
}

#[test]
fn what_is_owed_is_paid_off_by_the_next_reward() {
    let change = earn(pending(0), WHOLE, eur(200), Millis(0)).expect("fits");
    assert_eq!(
        change.events,
        [
            RewardEvent::Earned,
            RewardEvent::Offset,
            RewardEvent::Issued
        ]
    );
    let (owed, granted) = (Account::Receivable(jane()), Account::Issued(jane()));
    assert_eq!(balance(std::slice::from_ref(&change), &owed), 200);
    assert_eq!(balance(&[change], &granted), 300);
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
    let open = Remaining {
        frozen: true,
        ..WHOLE
    };
    let frozen = undone(&pending(0), open, 0);
    assert_eq!(mature(&frozen.after, eur(0), Millis(5)), Ok(None));
    let thawed = undone(&frozen.after, WHOLE, 0);
    assert!(
        mature(&thawed.after, eur(0), Millis(5))
            .expect("fits")
            .is_some()
    );
}

#[test]
fn a_dispute_won_after_it_was_lost_gives_back_what_refunds_have_not_taken() {
    let granted = earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits");
    let owes = Account::Receivable(jane());
    let lost = undone(&granted.after, DISPUTED, 0);
    assert!(!lost.after.is_lost(), "it may yet be won");
    let won = undone(&lost.after, WHOLE, 500);
    assert_eq!(
        (won.after.state, won.after.reversed, &won.events),
        (RewardState::Issued, eur(0), &vec![RewardEvent::Reinstated])
    );
    assert_eq!(balance(&[lost, won.clone()], &owes), 0);
    assert_eq!(reverse(&won.after, WHOLE, eur(0), Millis(0)), Ok(None));

    let refunded = undone(&granted.after, left(1_500), 0);
    let disputed = Remaining {
        left: 0,
        ..left(1_500)
    };
    let lost = undone(&refunded.after, disputed, 125);
    let won = undone(&lost.after, left(1_500), 500);
    assert_eq!(
        (won.after.state, won.after.reversed),
        (RewardState::ClawedBack, eur(125))
    );
    assert_eq!(balance(&[refunded, lost, won], &owes), -125);
}

#[test]
fn what_is_no_longer_owed_is_granted_again() {
    let granted = earn(pending(0), WHOLE, eur(0), Millis(0)).expect("fits");
    let lost = undone(&granted.after, DISPUTED, 0);
    // Another reward has paid off 400 of it meanwhile.
    let won = undone(&lost.after, WHOLE, 100);
    let (owes, has) = (Account::Receivable(jane()), Account::Issued(jane()));
    assert_eq!(balance(std::slice::from_ref(&won), &owes), 100);
    assert_eq!(balance(std::slice::from_ref(&won), &has), 400);
    assert_eq!(won.after.state, RewardState::Issued);

    let mut given = earn(gift(0), WHOLE, eur(0), Millis(0)).expect("fits").after;
    given = step(&given, MerchantStep::Fulfil, 0)
        .expect("handed over")
        .after;
    let lost = undone(&given, DISPUTED, 0);
    let won = undone(&lost.after, WHOLE, 100).after;
    assert_eq!((won.state, won.due), (RewardState::Approved, eur(400)));
    let again = step(&won, MerchantStep::Fulfil, 0)
        .expect("handed over")
        .after;
    assert_eq!((again.state, again.due), (RewardState::Issued, eur(0)));
}

#[test]
fn a_reward_that_a_lost_dispute_voided_waits_again_once_it_is_won() {
    let voided = undone(&pending(10), DISPUTED, 0);
    assert_eq!(voided.after.state, RewardState::Voided);
    let back = undone(&voided.after, WHOLE, 0);
    assert_eq!(
        (back.after.state, &back.events),
        (RewardState::Pending, &vec![RewardEvent::Reinstated])
    );
    assert_eq!(balance(&[voided, back.clone()], &Account::Held(jane())), 0);
    let due = mature(&back.after, eur(0), Millis(10)).expect("fits");
    assert_eq!(due.expect("due").after.state, RewardState::Issued);
}

#[test]
fn what_a_merchant_has_vetoed_stays_gone() {
    let vetoed = step(&pending(10), MerchantStep::Void, 0).expect("a change");
    assert!(vetoed.after.is_lost());
    for remaining in [DISPUTED, left(700), WHOLE] {
        assert_eq!(
            reverse(&vetoed.after, remaining, eur(0), Millis(0)),
            Ok(None)
        );
    }
    let disputed = undone(&pending(10), DISPUTED, 0).after;
    let vetoed = step(&disputed, MerchantStep::Void, 0).expect("for good");
    assert!(vetoed.postings.is_empty());
    assert_eq!(reverse(&vetoed.after, WHOLE, eur(0), Millis(0)), Ok(None));
}

#[test]
fn a_thing_waits_for_the_merchant_and_its_order_takes_back_what_waits() {
    let approved = earn(gift(0), WHOLE, eur(200), Millis(0)).expect("fits");
    let reward = &approved.after;
    assert_eq!(
        (reward.state, reward.due),
        (RewardState::Approved, eur(300))
    );
    assert_eq!(approved.events, [RewardEvent::Earned, RewardEvent::Offset]);
    let (waits, owes) = (Account::Payable(jane()), Account::Receivable(jane()));
    let half = undone(reward, left(1_000), 0);
    assert_eq!(balance(std::slice::from_ref(&half), &waits), -250);
    let rest = undone(&half.after, left(0), 0);
    assert_eq!(balance(std::slice::from_ref(&rest), &waits), -50);
    assert_eq!(
        balance(std::slice::from_ref(&rest), &owes),
        -200,
        "the debt is back"
    );
    assert_eq!(rest.after.state, RewardState::Voided);

    let taken = undone(reward, left(800), 0);
    assert_eq!(
        (taken.after.state, taken.after.due),
        (RewardState::Issued, eur(0))
    );
    let given = step(reward, MerchantStep::Fulfil, 0).expect("handed over");
    assert_eq!(balance(&[given], &Account::HandedOver(jane())), 300);
}

#[test]
fn what_is_not_collected_in_time_expires_but_for_what_paid_off_debts() {
    let approved = earn(gift(0), WHOLE, eur(200), Millis(0))
        .expect("fits")
        .after;
    let (early, late) = (Millis(10 * DAY_MS - 1), Millis(10 * DAY_MS));
    assert_eq!(expire(&approved, early), Ok(None));
    let expired = expire(&approved, late).expect("fits").expect("over");
    assert_eq!(
        (expired.after.state, expired.after.net()),
        (RewardState::Expired, Ok(eur(200)))
    );
    let refunded = undone(&expired.after, left(0), 0);
    assert_eq!(balance(&[refunded], &Account::Receivable(jane())), -200);
    assert!(step(&expired.after, MerchantStep::Fulfil, 0).is_none());
}

#[test]
fn a_review_keeps_a_reward_until_the_merchant_has_spoken() {
    let reviewed = StoredReward {
        review: Review::Waits,
        ..pending(10)
    };
    assert_eq!(mature(&reviewed, eur(0), Millis(99)), Ok(None));
    let early = step(&reviewed, MerchantStep::Approve, 9)
        .expect("a change")
        .after;
    assert_eq!(
        (early.state, early.review),
        (RewardState::Pending, Review::Passed)
    );
    let late = step(&reviewed, MerchantStep::Approve, 10).expect("a change");
    assert_eq!(late.after.state, RewardState::Issued);
    let rejected = step(&reviewed, MerchantStep::Reject, 9)
        .expect("a change")
        .after;
    assert!(rejected.is_lost());
}

#[test]
fn a_reward_stays_approved_as_long_as_something_is_left_of_it() {
    let stands = |state, reversed| {
        let reversed = eur(reversed);
        let reward = StoredReward {
            reversed,
            state,
            ..pending(0)
        };
        reward.is_approved()
    };
    assert!(!stands(RewardState::Pending, 0) && !stands(RewardState::Voided, 500));
    for state in [
        RewardState::Approved,
        RewardState::Issued,
        RewardState::Redeemed,
        RewardState::Expired,
    ] {
        assert!(stands(state, 0), "{state:?}");
    }
    assert!(stands(RewardState::ClawedBack, 1) && stands(RewardState::ClawedBack, 499));
    assert!(!stands(RewardState::ClawedBack, 500));
}

#[test]
fn a_step_approves_when_the_reward_is_approved_or_issued_after_it() {
    let reversed = reverse(&pending(9), left(1_000), eur(0), Millis(0));
    let reversed = reversed.expect("money").expect("a change");
    assert_eq!(reversed.after.state, RewardState::Pending);
    assert!(!reversed.approves());
    for reward in [pending(0), gift(0)] {
        let approved = mature(&reward, eur(0), Millis(1));
        assert!(approved.expect("money").expect("a change").approves());
    }
}

#[test]
fn a_thing_that_is_wholly_offset_is_issued_and_nobody_waits_for_it() {
    let change = mature(&gift(0), eur(500), Millis(1));
    let change = change.expect("money").expect("a change");
    assert_eq!(change.after.state, RewardState::Issued);
    assert_eq!(change.after.due, eur(0));
    let told = [
        RewardEvent::Approved,
        RewardEvent::Offset,
        RewardEvent::Issued,
    ];
    assert_eq!(change.events, told);
}

#[test]
fn events_have_the_names_that_are_documented() {
    for (event, name) in [
        (RewardEvent::Earned, "reward.earned"),
        (RewardEvent::Approved, "reward.approved"),
        (RewardEvent::FulfilmentFailed, "reward.fulfilment_failed"),
        (RewardEvent::ClawedBack, "reward.clawed_back"),
    ] {
        assert_eq!(event.name(), name);
    }
}

#[test]
fn a_state_is_known_by_its_name_and_by_no_other() {
    for state in RewardState::ALL {
        assert_eq!(RewardState::from_name(state.name()), Some(state));
    }
    assert_eq!(RewardState::from_name("Pending"), None);
}
