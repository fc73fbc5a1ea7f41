//! The invitee's story, from the offer to the discount in the cart.
//!
//! One function moves it: [`Invite::on`] takes what happened and answers what to do. It promises that a code is tried at
//! most once for each state of the cart, and never again once the cart has taken it, because a buyer who removes a code
//! has decided.

pub(crate) mod words;

use goodword_shared::api::{ClaimView, DiscountOffer, InvitationView};

use crate::apply::{Answer, Cart};
use crate::model::phrase::short;

/// Where the story is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The offer is on the table.
    Offered,
    /// The discount is being minted.
    Claiming,
    /// There is a code, and no cart to put it into.
    Waiting,
    /// The code is on its way into the cart.
    Applying,
    /// The cart has it.
    Applied,
    /// The visitor has to type it.
    Shown,
    /// The buyer's own code is better, and stays.
    Kept,
    /// The cart has another code, and takes one.
    Conflict,
    /// The story is over, for this reason.
    Over(Ending),
    /// Something did not work and may work the next time.
    Failed,
}

/// Why there is nothing to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Used,
    Expired,
    /// Not a new customer.
    Existing,
    /// The visitor's own link.
    Own,
    /// Too many live discounts.
    Full,
}

/// What happened.
pub(crate) enum Event {
    /// The visitor took the offer, or asked to try again.
    Accepted,
    /// The page says that its cart has changed.
    CartChanged,
    /// The edge has minted the discount.
    Claimed(ClaimView),
    /// The edge has said no, with this code.
    Refused(String),
    /// The edge has not answered.
    Unreachable,
    /// The page's answer to an attempt to apply.
    Answered(Answer),
    /// The visitor has closed the banner.
    Dismissed,
}

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Nothing,
    /// Ask the edge for the discount.
    Claim,
    /// Put this code into the cart.
    Apply(String),
}

/// One invitation and what became of it.
pub(crate) struct Invite {
    pub(crate) inviter: Option<String>,
    /// What the inviter says.
    pub(crate) note: Option<String>,
    /// How many friends have come this way.
    pub(crate) so_far: Option<u32>,
    pub(crate) discount: DiscountOffer,
    pub(crate) stage: Stage,
    pub(crate) code: Option<String>,
    /// Nothing may be kept for later pages.
    strict: bool,
    /// The visitor wants to see no more of it until it is done.
    hidden: bool,
    next: Next,
}

/// When the code is worth another attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// As soon as the cart changes.
    Change,
    /// As soon as this attempt is over, because the cart has changed meanwhile.
    AtOnce,
    /// Not any more.
    Never,
}

impl Invite {
    /// Whether the offer is there to be taken: what else speaks for it is shown with it alone.
    pub(crate) fn is_offered(&self) -> bool {
        self.stage == Stage::Offered
    }

    /// An invitation as the edge describes it. One that was accepted on an earlier page goes on quietly.
    pub(crate) fn new(invitation: InvitationView, strict: bool, hidden: bool) -> Self {
        Self {
            inviter: invitation.inviter.as_deref().map(short),
            note: invitation.note,
            so_far: invitation.referrals_so_far,
            discount: invitation.discount,
            stage: match invitation.state.as_str() {
                "available" => Stage::Offered,
                "used" => Stage::Over(Ending::Used),
                "own" => Stage::Over(Ending::Own),
                "existing" => Stage::Over(Ending::Existing),
                _ => Stage::Over(Ending::Expired),
            },
            code: None,
            strict,
            hidden,
            next: Next::Change,
        }
    }

    /// Moves the story on; `cart` is the page's cart at this moment.
    pub(crate) fn on(&mut self, event: Event, cart: Cart) -> Task {
        match event {
            Event::Accepted => self.claim(),
            Event::CartChanged => self.cart_changed(cart),
            Event::Claimed(claim) => self.claimed(claim, cart),
            Event::Refused(code) => self.to(refusal(&code)),
            Event::Unreachable => self.to(Stage::Failed),
            Event::Answered(answer) => self.answered(answer, cart),
            Event::Dismissed => {
                self.hidden = true;
                Task::Nothing
            }
        }
    }

    /// True while there is something to see.
    pub(crate) fn visible(&self) -> bool {
        !self.hidden
    }

    /// What the next page of this visit has to know: nothing yet, `accepted`, `quiet` (accepted and closed), or `done`.
    pub(crate) fn memory(&self) -> &'static str {
        match self.stage {
            Stage::Applied | Stage::Over(_) => "done",
            Stage::Offered if self.hidden => "done",
            Stage::Offered | Stage::Failed => "",
            _ if self.hidden => "quiet",
            _ => "accepted",
        }
    }

    fn claim(&mut self) -> Task {
        match self.stage {
            Stage::Offered | Stage::Failed => {
                self.stage = Stage::Claiming;
                Task::Claim
            }
            _ => Task::Nothing,
        }
    }

    fn cart_changed(&mut self, cart: Cart) -> Task {
        match self.stage {
            Stage::Offered if cart == Cart::Full => self.claim(),
            Stage::Applying => {
                self.next = Next::AtOnce;
                Task::Nothing
            }
            // It was paid for, or the cart was emptied: what the banner says is past.
            Stage::Applied if cart == Cart::Empty => {
                self.hidden = true;
                Task::Nothing
            }
            Stage::Waiting | Stage::Shown | Stage::Kept | Stage::Conflict
                if self.next != Next::Never && cart == Cart::Full =>
            {
                self.apply()
            }
            _ => Task::Nothing,
        }
    }

    fn claimed(&mut self, claim: ClaimView, cart: Cart) -> Task {
        self.discount = claim.discount;
        self.code = claim.discount_code;
        match claim.state.as_str() {
            "used" => self.to(Stage::Over(Ending::Used)),
            "expired" => self.to(Stage::Over(Ending::Expired)),
            _ if cart == Cart::Full => self.apply(),
            _ if cart == Cart::Empty && !self.strict => self.to(Stage::Waiting),
            _ => self.to(Stage::Shown),
        }
    }

    fn apply(&mut self) -> Task {
        let Some(code) = self.code.clone() else {
            return Task::Nothing;
        };
        self.next = Next::Change;
        self.stage = Stage::Applying;
        Task::Apply(code)
    }

    fn answered(&mut self, answer: Answer, cart: Cart) -> Task {
        self.stage = match answer {
            Answer::Applied => Stage::Applied,
            Answer::Pending => Stage::Waiting,
            Answer::Kept => Stage::Kept,
            Answer::Conflict => Stage::Conflict,
            Answer::Rejected | Answer::Unsupported => Stage::Shown,
        };
        // Whoever has closed the banner still hears that it is done, and may close that as well.
        if answer == Answer::Applied {
            self.hidden = false;
        }
        match answer {
            Answer::Applied | Answer::Unsupported => self.next = Next::Never,
            _ if self.next == Next::AtOnce && cart == Cart::Full => return self.apply(),
            _ => {}
        }
        Task::Nothing
    }

    fn to(&mut self, stage: Stage) -> Task {
        self.stage = stage;
        Task::Nothing
    }
}

/// What a problem of the edge means for the visitor.
fn refusal(code: &str) -> Stage {
    Stage::Over(match code {
        "click_token_expired" | "click_token_invalid" | "unknown_code" | "program_ended" => {
            Ending::Expired
        }
        "click_token_used" => Ending::Used,
        "existing_customer" | "already_referred" => Ending::Existing,
        "self_referral" => Ending::Own,
        "too_many_discounts_for_code" | "too_many_discounts_for_source" => Ending::Full,
        _ => return Stage::Failed,
    })
}

#[cfg(test)]
mod tests;
