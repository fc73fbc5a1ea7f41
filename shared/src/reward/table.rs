//! Every pair of a state and a cause: what is defined ends as it must, and everything else is refused or finds nothing to do.

use super::tests::{DISPUTED, WHOLE, gift, left, pending, undone};
use super::{
    MerchantStep, Remaining, Review, RewardState, Stepped, StoredReward, expire, mature,
    merchant_step, reverse,
};
use crate::decide::testing::eur;
use crate::rejection::Rejection;
use crate::time::{DAY_MS, Millis};

/// When holds are over, and rewards that were not collected have expired.
const LATE: Millis = Millis(50 * DAY_MS);

/// What may befall a reward.
enum Cause {
    HoldOver,
    Step(MerchantStep),
    Expiry,
    /// The order is brought to what is left of it.
    Left(Remaining),
}

/// Every cause by its name, in the order of the rows.
fn causes() -> Vec<(&'static str, Cause)> {
    let steps = MerchantStep::ALL.map(|step| (step.name(), Cause::Step(step)));
    let before = [("hold over", Cause::HoldOver)];
    let after = [
        ("expiry", Cause::Expiry),
        ("half refunded", Cause::Left(left(1_000))),
        ("wholly refunded", Cause::Left(left(0))),
        ("dispute opened", Cause::Left(FROZEN)),
        ("dispute lost", Cause::Left(DISPUTED)),
        ("all won", Cause::Left(WHOLE)),
    ];
    before.into_iter().chain(steps).chain(after).collect()
}

/// What a cause makes of a state: the state after it, `same` with a change in it, `nothing`, or `refused`.
fn outcome(reward: &StoredReward, cause: &Cause) -> &'static str {
    let change = match cause {
        Cause::HoldOver => mature(reward, eur(0), LATE).expect("fits"),
        Cause::Expiry => expire(reward, LATE).expect("fits"),
        Cause::Left(remaining) => reverse(reward, *remaining, eur(0), LATE).expect("fits"),
        Cause::Step(step) => match merchant_step(reward, *step, eur(0), LATE).expect("fits") {
            Ok(Stepped::Changed(change)) => Some(*change),
            Ok(Stepped::Repeated) => None,
            Err(rejection) => {
                assert_eq!(rejection, Rejection::RewardStepNotAllowed);
                return "refused";
            }
        },
    };
    match change.map(|change| change.after.state) {
        None => "nothing",
        Some(after) if after == reward.state => "same",
        Some(after) => after.name(),
    }
}

fn stepped(reward: &StoredReward, step: MerchantStep) -> StoredReward {
    match merchant_step(reward, step, eur(0), LATE).expect("fits") {
        Ok(Stepped::Changed(change)) => change.after,
        other => panic!("{other:?}"),
    }
}

/// A state in one of its forms, and what each cause makes of it, in their order.
type Row = (&'static str, StoredReward, &'static str);

/// Every state in every form that makes a difference, and what each cause makes of it.
fn table() -> Vec<Row> {
    [waiting(), reviewed(), granted(), ended()].concat()
}

const FROZEN: Remaining = Remaining {
    frozen: true,
    ..WHOLE
};

fn approved() -> StoredReward {
    let due = mature(&gift(0), eur(0), Millis(0)).expect("fits");
    due.expect("due").after
}

fn under_review(reward: StoredReward) -> StoredReward {
    StoredReward {
        review: Review::Waits,
        ..reward
    }
}

fn waiting() -> Vec<Row> {
    vec![
        (
            "pending",
            gift(0),
            "approved refused refused voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "pending credit",
            pending(0),
            "issued refused refused voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "pending, frozen",
            undone(&gift(0), FROZEN, 0).after,
            "nothing refused refused voided refused refused refused nothing same voided nothing voided same",
        ),
    ]
}

fn reviewed() -> Vec<Row> {
    let held = under_review(gift(LATE.0 + 1));
    vec![
        (
            "under review",
            under_review(gift(0)),
            "nothing approved voided voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "reviewed before its hold is over",
            stepped(&held, MerchantStep::Approve),
            "nothing nothing refused voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "approved after a review",
            stepped(&under_review(gift(0)), MerchantStep::Approve),
            "nothing nothing refused voided issued same refused nothing same voided same voided nothing",
        ),
        (
            "issued after a review",
            stepped(&under_review(pending(0)), MerchantStep::Approve),
            "nothing nothing refused refused nothing refused redeemed nothing clawed_back clawed_back same clawed_back nothing",
        ),
    ]
}

fn granted() -> Vec<Row> {
    let issued = stepped(&approved(), MerchantStep::Fulfil);
    let lost = undone(&issued, DISPUTED, 0).after;
    vec![
        (
            "approved",
            approved(),
            "nothing refused refused voided issued same refused expired same voided same voided nothing",
        ),
        (
            "approved, frozen",
            undone(&approved(), FROZEN, 0).after,
            "nothing refused refused voided refused refused refused nothing same voided nothing voided same",
        ),
        (
            "approved again",
            undone(&lost, WHOLE, 0).after,
            "nothing refused refused refused issued same refused expired same clawed_back same clawed_back nothing",
        ),
        (
            "issued",
            issued.clone(),
            "nothing refused refused refused nothing refused redeemed nothing clawed_back clawed_back same clawed_back nothing",
        ),
        (
            "redeemed",
            stepped(&issued, MerchantStep::Redeem),
            "nothing refused refused refused nothing refused nothing nothing clawed_back clawed_back same clawed_back nothing",
        ),
    ]
}

fn ended() -> Vec<Row> {
    let issued = stepped(&approved(), MerchantStep::Fulfil);
    let redeemed = stepped(&issued, MerchantStep::Redeem);
    vec![
        (
            "voided by a dispute",
            undone(&gift(0), DISPUTED, 0).after,
            "nothing refused refused same refused refused refused nothing pending same pending nothing pending",
        ),
        (
            "voided for good",
            undone(&gift(0), left(0), 0).after,
            "nothing refused nothing nothing refused refused refused nothing nothing nothing nothing nothing nothing",
        ),
        (
            "vetoed",
            stepped(&gift(0), MerchantStep::Void),
            "nothing refused nothing nothing refused refused refused nothing nothing nothing nothing nothing nothing",
        ),
        (
            "expired",
            expire(&approved(), LATE)
                .expect("fits")
                .expect("over")
                .after,
            "nothing refused refused refused refused refused refused nothing nothing nothing nothing nothing nothing",
        ),
        (
            "clawed back in part",
            undone(&issued, left(1_000), 0).after,
            "nothing refused refused refused nothing refused same nothing nothing same same same nothing",
        ),
        (
            "clawed back by a dispute",
            undone(&issued, DISPUTED, 0).after,
            "nothing refused refused refused nothing refused refused nothing approved same approved nothing approved",
        ),
        (
            "used, and clawed back by a dispute",
            undone(&redeemed, DISPUTED, 0).after,
            "nothing refused refused refused nothing refused nothing nothing approved same approved nothing approved",
        ),
    ]
}

#[test]
fn every_pair_of_state_and_cause_is_defined_refused_or_without_effect() {
    let (table, causes) = (table(), causes());
    for (name, reward, wanted) in &table {
        let found: Vec<String> = causes
            .iter()
            .map(|(cause, what)| format!("{cause}: {}", outcome(reward, what)))
            .collect();
        let wanted: Vec<String> = causes
            .iter()
            .zip(wanted.split(' '))
            .map(|((cause, _), wanted)| format!("{cause}: {wanted}"))
            .collect();
        assert_eq!(found, wanted, "{name}");
    }
    for state in RewardState::ALL {
        let is_there = table.iter().any(|(_, reward, _)| reward.state == state);
        assert!(is_there, "{state:?} is in no row");
    }
}

#[test]
fn what_is_owed_still_is_forgiven_before_anything_is_handed_over_again() {
    let approved = mature(&gift(0), eur(0), Millis(0))
        .expect("fits")
        .expect("due")
        .after;
    let used = stepped(
        &stepped(&approved, MerchantStep::Fulfil),
        MerchantStep::Redeem,
    );
    let lost = undone(&used, DISPUTED, 0).after;
    assert_eq!(undone(&lost, WHOLE, 500).after.state, RewardState::Redeemed);
}
