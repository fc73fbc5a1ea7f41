//! Every pair of a state and a cause: what is defined ends as it must, and everything else is refused or finds nothing to do.

use super::tests::{DISPUTED, WHOLE, gift, left, pending, undone};
use super::{
    MerchantStep, Remaining, RewardState, Stepped, StoredReward, expire, mature, merchant_step,
    reverse,
};
use crate::decide::testing::eur;
use crate::rejection::Rejection;
use crate::time::{DAY_MS, Millis};

/// When holds are over, and rewards that were not collected have expired.
const LATE: Millis = Millis(50 * DAY_MS);

const CAUSES: [&str; 13] = [
    "hold over",
    "approve",
    "reject",
    "void",
    "fulfil",
    "fail",
    "redeem",
    "expiry",
    "half refunded",
    "wholly refunded",
    "dispute opened",
    "dispute lost",
    "all won",
];

/// What a cause makes of a state: the state after it, `same` with a change in it, `nothing`, or `refused`.
fn outcome(reward: &StoredReward, cause: &str) -> String {
    let merchant = |step| match merchant_step(reward, step, eur(0), LATE).expect("fits") {
        Ok(Stepped::Changed(change)) => Some(change.after),
        Ok(Stepped::Repeated) => None,
        Err(rejection) => {
            assert_eq!(rejection, Rejection::RewardStepNotAllowed);
            Some(StoredReward {
                id: crate::id::Pseudonym("refused".into()),
                ..reward.clone()
            })
        }
    };
    let undo = |remaining| {
        reverse(reward, remaining, eur(0))
            .expect("fits")
            .map(|c| c.after)
    };
    let after = match cause {
        "hold over" => mature(reward, eur(0), LATE).expect("fits").map(|c| c.after),
        "approve" => merchant(MerchantStep::Approve),
        "reject" => merchant(MerchantStep::Reject),
        "void" => merchant(MerchantStep::Void),
        "fulfil" => merchant(MerchantStep::Fulfil),
        "fail" => merchant(MerchantStep::Fail),
        "redeem" => merchant(MerchantStep::Redeem),
        "expiry" => expire(reward, LATE).expect("fits").map(|c| c.after),
        "half refunded" => undo(left(1_000)),
        "wholly refunded" => undo(left(0)),
        "dispute opened" => undo(Remaining {
            frozen: true,
            ..WHOLE
        }),
        "dispute lost" => undo(DISPUTED),
        "all won" => undo(WHOLE),
        other => panic!("no cause {other}"),
    };
    match after {
        None => "nothing".into(),
        Some(after) if after.id.0 == "refused" => "refused".into(),
        Some(after) if after.state == reward.state => "same".into(),
        Some(after) => after.state.name().into(),
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
    let approved = mature(&gift(0), eur(0), Millis(0))
        .expect("fits")
        .expect("due")
        .after;
    let issued = stepped(&approved, MerchantStep::Fulfil);
    let redeemed = stepped(&issued, MerchantStep::Redeem);
    let frozen = Remaining {
        frozen: true,
        ..WHOLE
    };
    let in_part = undone(&issued, left(1_000), 0).after;
    let lost = undone(&issued, DISPUTED, 0).after;
    let review = StoredReward {
        review: true,
        ..gift(0)
    };
    vec![
        (
            "pending",
            gift(0),
            "approved nothing refused voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "pending credit",
            pending(0),
            "issued nothing refused voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "pending, frozen",
            undone(&gift(0), frozen, 0).after,
            "nothing nothing refused voided refused refused refused nothing same voided nothing voided same",
        ),
        (
            "under review",
            review,
            "nothing approved voided voided refused refused refused nothing same voided same voided nothing",
        ),
        (
            "approved",
            approved.clone(),
            "nothing nothing refused voided issued same refused expired same voided same voided nothing",
        ),
        (
            "approved, frozen",
            undone(&approved, frozen, 0).after,
            "nothing nothing refused voided refused refused refused nothing same voided nothing voided same",
        ),
        (
            "approved again",
            undone(&lost, WHOLE, 0).after,
            "nothing nothing refused refused issued same refused nothing same clawed_back same clawed_back nothing",
        ),
        (
            "issued",
            issued,
            "nothing nothing refused refused nothing refused redeemed nothing clawed_back clawed_back same clawed_back nothing",
        ),
        (
            "redeemed",
            redeemed.clone(),
            "nothing nothing refused refused nothing refused nothing nothing clawed_back clawed_back same clawed_back nothing",
        ),
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
            expire(&approved, LATE).expect("fits").expect("over").after,
            "nothing refused refused refused refused refused refused nothing nothing nothing nothing nothing nothing",
        ),
        (
            "clawed back in part",
            in_part,
            "nothing refused refused refused refused refused same nothing nothing same same same nothing",
        ),
        (
            "clawed back by a dispute",
            lost,
            "nothing refused refused refused refused refused refused nothing approved same approved nothing approved",
        ),
        (
            "used, and clawed back by a dispute",
            undone(&redeemed, DISPUTED, 0).after,
            "nothing refused refused refused refused refused nothing nothing approved same approved nothing approved",
        ),
    ]
}

#[test]
fn every_pair_of_state_and_cause_is_defined_refused_or_without_effect() {
    let table = table();
    for (name, reward, wanted) in &table {
        let wanted: Vec<&str> = wanted.split(' ').collect();
        assert_eq!(wanted.len(), CAUSES.len(), "{name}");
        for (cause, wanted) in CAUSES.iter().zip(wanted) {
            assert_eq!(outcome(reward, cause), wanted, "{name}, {cause}");
        }
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
