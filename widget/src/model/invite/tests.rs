//! The invitee's story, told through each of its turns.

use goodword_shared::api::{ClaimView, InvitationView};

use super::{Ending, Event, Invite, Stage, Task};
use crate::apply::{Answer, Cart};
use crate::model::offer::testing::program;

fn invitation(state: &str) -> InvitationView {
    InvitationView {
        state: state.into(),
        inviter: Some("Jane".into()),
        note: None,
        referrals_so_far: None,
        discount: program(r#"{"rule":"match_discount"}"#).discount,
        expires_at: 0,
    }
}

fn claim(state: &str) -> Event {
    Event::Claimed(ClaimView {
        outcome: "created".into(),
        discount_code: Some("GW4T7K2M9QXA".into()),
        state: state.into(),
        inviter: None,
        discount: program(r#"{"rule":"match_discount"}"#).discount,
        expires_at: 0,
    })
}

fn offered() -> Invite {
    Invite::new(invitation("available"), false, false)
}

fn code() -> Task {
    Task::Apply("GW4T7K2M9QXA".into())
}

/// An invitation whose code the cart was asked to take once.
fn applying() -> Invite {
    let mut invite = offered();
    invite.on(Event::Accepted, Cart::Full);
    assert_eq!(invite.on(claim("available"), Cart::Full), code());
    invite
}

#[test]
fn accepting_with_a_cart_puts_the_discount_into_it() {
    let mut invite = offered();
    assert_eq!(invite.on(Event::Accepted, Cart::Full), Task::Claim);
    assert_eq!(invite.stage, Stage::Claiming);
    assert_eq!(invite.on(claim("available"), Cart::Full), code());
    assert_eq!(
        invite.on(Event::Answered(Answer::Applied), Cart::Full),
        Task::Nothing
    );
    assert_eq!(invite.stage, Stage::Applied);
    assert_eq!(invite.memory(), "done");
}

#[test]
fn accepting_twice_claims_once() {
    let mut invite = offered();
    assert_eq!(invite.on(Event::Accepted, Cart::Empty), Task::Claim);
    assert_eq!(invite.on(Event::Accepted, Cart::Empty), Task::Nothing);
}

#[test]
fn a_cart_claims_by_itself_and_an_empty_one_does_not() {
    let mut invite = offered();
    assert_eq!(invite.on(Event::CartChanged, Cart::Empty), Task::Nothing);
    assert_eq!(invite.on(Event::CartChanged, Cart::None), Task::Nothing);
    assert_eq!(invite.stage, Stage::Offered);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), Task::Claim);
}

#[test]
fn without_a_cart_the_discount_waits_for_one() {
    let mut invite = offered();
    invite.on(Event::Accepted, Cart::Empty);
    assert_eq!(invite.on(claim("available"), Cart::Empty), Task::Nothing);
    assert_eq!(invite.stage, Stage::Waiting);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), code());
}

#[test]
fn a_page_without_a_hook_shows_the_code() {
    let mut invite = offered();
    invite.on(Event::Accepted, Cart::None);
    invite.on(claim("available"), Cart::None);
    assert_eq!(invite.stage, Stage::Shown);
    assert_eq!(invite.code.as_deref(), Some("GW4T7K2M9QXA"));
}

#[test]
fn where_nothing_may_be_stored_the_code_is_shown_instead_of_waiting() {
    let mut invite = Invite::new(invitation("available"), true, false);
    invite.on(Event::Accepted, Cart::Empty);
    invite.on(claim("available"), Cart::Empty);
    assert_eq!(invite.stage, Stage::Shown);
}

#[test]
fn a_code_that_the_buyer_removed_is_not_applied_again() {
    let mut invite = applying();
    invite.on(Event::Answered(Answer::Applied), Cart::Full);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), Task::Nothing);
    assert_eq!(invite.stage, Stage::Applied);
}

#[test]
fn a_pending_code_is_tried_once_for_each_change_of_the_cart() {
    let mut invite = applying();
    assert_eq!(
        invite.on(Event::Answered(Answer::Pending), Cart::Full),
        Task::Nothing,
        "the same cart is not asked twice"
    );
    assert_eq!(invite.stage, Stage::Waiting);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), code());
    assert_eq!(
        invite.on(Event::CartChanged, Cart::Full),
        Task::Nothing,
        "one attempt at a time"
    );
    assert_eq!(
        invite.on(Event::Answered(Answer::Pending), Cart::Full),
        code(),
        "the cart changed during the attempt"
    );
}

#[test]
fn a_rejected_code_is_shown_and_may_fit_another_cart() {
    let mut invite = applying();
    invite.on(Event::Answered(Answer::Rejected), Cart::Full);
    assert_eq!(invite.stage, Stage::Shown);
    assert_eq!(invite.on(Event::CartChanged, Cart::Empty), Task::Nothing);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), code());
}

#[test]
fn the_buyers_own_code_stays_and_ours_may_fit_once_it_is_out() {
    for (answer, stage) in [
        (Answer::Kept, Stage::Kept),
        (Answer::Conflict, Stage::Conflict),
    ] {
        let mut invite = applying();
        invite.on(Event::Answered(answer), Cart::Full);
        assert_eq!(invite.stage, stage);
        assert_eq!(invite.memory(), "accepted");
        assert_eq!(invite.on(Event::CartChanged, Cart::Full), code());
        invite.on(Event::Answered(Answer::Applied), Cart::Full);
        assert_eq!(invite.stage, Stage::Applied);
    }
}

#[test]
fn a_page_that_cannot_apply_is_not_asked_again() {
    let mut invite = applying();
    invite.on(Event::Answered(Answer::Unsupported), Cart::Full);
    assert_eq!(invite.stage, Stage::Shown);
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), Task::Nothing);
}

#[test]
fn every_refusal_has_its_own_ending() {
    for (code, stage) in [
        ("click_token_expired", Stage::Over(Ending::Expired)),
        ("click_token_used", Stage::Over(Ending::Used)),
        ("existing_customer", Stage::Over(Ending::Existing)),
        ("already_referred", Stage::Over(Ending::Existing)),
        ("self_referral", Stage::Over(Ending::Own)),
        ("too_many_discounts_for_code", Stage::Over(Ending::Full)),
        ("too_many_discounts_for_source", Stage::Over(Ending::Full)),
        ("overloaded", Stage::Failed),
    ] {
        let mut invite = offered();
        invite.on(Event::Accepted, Cart::Empty);
        invite.on(Event::Refused(code.into()), Cart::Empty);
        assert_eq!(invite.stage, stage, "{code}");
    }
}

#[test]
fn what_failed_can_be_tried_again() {
    let mut invite = offered();
    invite.on(Event::Accepted, Cart::Empty);
    invite.on(Event::Unreachable, Cart::Empty);
    assert_eq!(invite.stage, Stage::Failed);
    assert_eq!(invite.on(Event::Accepted, Cart::Empty), Task::Claim);
}

#[test]
fn a_used_or_expired_invitation_says_so_and_claims_nothing() {
    for (state, ending) in [
        ("used", Ending::Used),
        ("expired", Ending::Expired),
        ("own", Ending::Own),
        ("existing", Ending::Existing),
    ] {
        let mut invite = Invite::new(invitation(state), false, false);
        assert_eq!(invite.stage, Stage::Over(ending));
        assert_eq!(invite.on(Event::CartChanged, Cart::Full), Task::Nothing);
        assert_eq!(invite.on(Event::Accepted, Cart::Full), Task::Nothing);
    }
    let mut invite = offered();
    invite.on(Event::Accepted, Cart::Full);
    assert_eq!(invite.on(claim("used"), Cart::Full), Task::Nothing);
    assert_eq!(invite.stage, Stage::Over(Ending::Used));
}

#[test]
fn a_dismissed_banner_stays_away_until_the_discount_is_in_the_cart() {
    let mut invite = offered();
    assert!(invite.visible());
    invite.on(Event::Dismissed, Cart::Empty);
    assert!(!invite.visible());
    invite.on(Event::CartChanged, Cart::Full);
    invite.on(claim("available"), Cart::Full);
    assert!(!invite.visible());
    invite.on(Event::Answered(Answer::Applied), Cart::Full);
    assert!(invite.visible());
    invite.on(Event::Dismissed, Cart::Full);
    assert!(!invite.visible(), "what is done can be closed as well");
}

#[test]
fn once_the_cart_is_paid_for_the_banner_goes() {
    let mut invite = applying();
    invite.on(Event::Answered(Answer::Applied), Cart::Full);
    assert!(invite.visible());
    assert_eq!(invite.on(Event::CartChanged, Cart::Empty), Task::Nothing);
    assert!(!invite.visible());
    assert_eq!(invite.on(Event::CartChanged, Cart::Full), Task::Nothing);
    assert!(!invite.visible());
    assert_eq!(invite.memory(), "done");
}

#[test]
fn the_next_page_knows_what_was_accepted_closed_or_done() {
    let mut invite = offered();
    assert_eq!(invite.memory(), "");
    invite.on(Event::Accepted, Cart::Empty);
    invite.on(claim("available"), Cart::Empty);
    assert_eq!(invite.memory(), "accepted");
    invite.on(Event::Dismissed, Cart::Empty);
    assert_eq!(invite.memory(), "quiet");

    let mut declined = offered();
    declined.on(Event::Dismissed, Cart::Empty);
    assert_eq!(declined.memory(), "done");
}
