//! What the banner says at each stage of the story.

use crate::model::invite::{Ending, Invite, Stage};
use crate::model::offer::{Format, discount, is_free};
use crate::model::phrase::Phrase;

/// What the visitor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Take the offer.
    Accept,
    /// Try once more.
    Retry,
    /// Copy the code.
    Copy,
    /// Invite friends of their own, where the page knows who they are.
    Invite,
    /// Wait, or nothing but close the banner.
    Nothing,
}

/// The banner's words. The values are the inviter's name and the discount.
pub(crate) struct Face {
    pub(crate) title: Phrase,
    pub(crate) hint: Phrase,
    pub(crate) action: Action,
}

/// The face of this stage.
pub(crate) fn face(invite: &Invite, format: Format) -> Face {
    let named = invite.inviter.is_some();
    let free = is_free(&invite.discount);
    let (title, hint, action) = match invite.stage {
        Stage::Offered if named && free => ("offerFree", "offerHint", Action::Accept),
        Stage::Offered if named => ("offer", "offerHint", Action::Accept),
        Stage::Offered if free => ("offerUnnamedFree", "offerHint", Action::Accept),
        Stage::Offered => ("offerUnnamed", "offerHint", Action::Accept),
        Stage::Claiming | Stage::Applying => ("claiming", "claimingHint", Action::Nothing),
        Stage::Waiting if free => ("waitingFree", "waitingHint", Action::Nothing),
        Stage::Applied if free => ("appliedFree", "appliedHint", Action::Nothing),
        Stage::Shown if free => ("showFree", "showHint", Action::Copy),
        Stage::Waiting => ("waiting", "waitingHint", Action::Nothing),
        Stage::Applied => ("applied", "appliedHint", Action::Nothing),
        Stage::Shown => ("show", "showHint", Action::Copy),
        Stage::Kept => ("kept", "keptHint", Action::Copy),
        Stage::Conflict => ("conflict", "conflictHint", Action::Copy),
        Stage::Failed => ("failed", "failedHint", Action::Retry),
        Stage::Over(ending) => {
            let (title, hint) = over(ending);
            let is_customer = matches!(ending, Ending::Existing | Ending::Own);
            let action = if is_customer {
                Action::Invite
            } else {
                Action::Nothing
            };
            (title, hint, action)
        }
    };
    let values = || {
        let name = invite.inviter.clone().unwrap_or_default();
        vec![name, discount(&invite.discount, format)]
    };
    Face {
        title: Phrase::new(title, values()),
        hint: Phrase::new(hint, values()),
        action,
    }
}

fn over(ending: Ending) -> (&'static str, &'static str) {
    match ending {
        Ending::Used => ("used", "usedHint"),
        Ending::Expired => ("expired", "expiredHint"),
        Ending::Existing => ("existing", "existingHint"),
        Ending::Own => ("own", "ownHint"),
        Ending::Full => ("full", "fullHint"),
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::api::InvitationView;

    use super::{Action, face};
    use crate::model::invite::{Ending, Invite, Stage};
    use crate::model::offer::testing::{format, program};
    use crate::model::phrase::testing::is_said;

    fn invite(inviter: Option<&str>) -> Invite {
        let invitation = InvitationView {
            state: "available".into(),
            inviter: inviter.map(Into::into),
            note: None,
            referrals_so_far: None,
            discount: program(r#"{"rule":"match_discount"}"#).discount,
            expires_at: 0,
        };
        Invite::new(invitation, false, false)
    }

    #[test]
    fn the_offer_names_who_made_it() {
        let offer = face(&invite(Some("Jane")), format());
        assert_eq!(offer.title.key, "offer");
        assert_eq!(offer.title.values, ["Jane", "1500bp"]);
        assert_eq!(offer.action, Action::Accept);
        assert_eq!(face(&invite(None), format()).title.key, "offerUnnamed");
    }

    #[test]
    fn every_stage_has_words() {
        let stages = [
            Stage::Offered,
            Stage::Claiming,
            Stage::Waiting,
            Stage::Applying,
            Stage::Applied,
            Stage::Shown,
            Stage::Kept,
            Stage::Conflict,
            Stage::Failed,
            Stage::Over(Ending::Used),
            Stage::Over(Ending::Expired),
            Stage::Over(Ending::Existing),
            Stage::Over(Ending::Own),
            Stage::Over(Ending::Full),
        ];
        for (name, kind) in [
            (None, "percent"),
            (Some("Jane"), "percent"),
            (None, "free_item"),
            (Some("Jane"), "free_item"),
        ] {
            let mut invite = invite(name);
            invite.discount.kind = kind.into();
            for stage in stages {
                invite.stage = stage;
                let face = face(&invite, format());
                for key in [face.title.key, face.hint.key] {
                    assert!(is_said(key), "{key}");
                }
            }
        }
    }
}
