//! One invitation on one page: it does what the story says, and tells the story what came of it.

use std::rc::Rc;

use leptos::prelude::{ArcRwSignal, Set, Update, WithUntracked};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use crate::apply::hook;
use crate::client::{self, Failure};
use crate::config::Config;
use crate::host::{self, Page};
use crate::model::invite::{Event, Invite, Stage, Task};

/// The invitation that this visit came with.
pub(crate) struct Invitation {
    page: Page,
    pub(crate) invite: ArcRwSignal<Invite>,
    /// The key of what was just done; empty at first.
    pub(crate) said: ArcRwSignal<&'static str>,
}

impl Invitation {
    /// The invitation that the loader has asked for; nothing when what it got makes no sense.
    pub(crate) fn start(page: Page, config: &Config) -> Option<Rc<Self>> {
        let view = client::read(page.first("invitation")).ok()?;
        // How far it got on the page before: what was accepted there goes on here.
        let before = config.state.as_deref().unwrap_or_default();
        let invite = Invite::new(view, config.strict, before == "quiet");
        let accepted = !before.is_empty() && invite.stage == Stage::Offered;
        let invitation = Rc::new(Self {
            page,
            invite: ArcRwSignal::new(invite),
            said: ArcRwSignal::new(""),
        });
        invitation.page.report("shown", "");
        invitation.on(if accepted {
            Event::Accepted
        } else {
            Event::CartChanged
        });
        Some(invitation)
    }

    /// Something happened: moves the story on and does what it asks for.
    pub(crate) fn on(self: &Rc<Self>, event: Event) {
        let cart = hook::cart(&self.page);
        let mut task = Task::Nothing;
        self.invite.update(|invite| task = invite.on(event, cart));
        self.keep();
        let invitation = Rc::clone(self);
        match task {
            Task::Nothing => {}
            Task::Claim => spawn_local(async move { invitation.claim().await }),
            Task::Apply(code) => spawn_local(async move {
                let answer = hook::apply(&invitation.page, &code).await;
                if answer == crate::apply::Answer::Applied {
                    invitation.page.emit("applied", "code", &code);
                }
                invitation.on(Event::Answered(answer));
            }),
        }
    }

    /// The visitor has closed the banner.
    pub(crate) fn dismiss(self: &Rc<Self>) {
        self.page.report("dismissed", "");
        self.on(Event::Dismissed);
    }

    /// Whether the page knows who its visitor is.
    pub(crate) fn is_customers(&self) -> bool {
        self.page.customer().is_some()
    }

    /// They would rather invite friends themselves.
    pub(crate) fn invite_others(&self) {
        self.page.open();
    }

    /// Copies the code, from inside the click.
    pub(crate) fn copy(self: &Rc<Self>, field: &Element) {
        let code = self.invite.with_untracked(|invite| invite.code.clone());
        let copied = host::copy(&code.unwrap_or_default(), field);
        let invitation = Rc::clone(self);
        spawn_local(async move {
            let copied = host::is_true(copied).await;
            invitation
                .said
                .set(if copied { "copied" } else { "copyByHand" });
        });
    }

    async fn claim(self: Rc<Self>) {
        let claim = client::claim(&self.page).await;
        let event = match claim {
            Ok(claim) => {
                let code = claim.discount_code.as_deref().unwrap_or_default();
                self.page.emit("claimed", "code", code);
                Event::Claimed(claim)
            }
            Err(failure) => {
                self.page.emit("error", "code", failure.code());
                match failure {
                    Failure::Unreachable => Event::Unreachable,
                    Failure::Refused(code) => Event::Refused(code),
                }
            }
        };
        self.on(event);
    }

    /// Lets this tab remember what the next page has to know.
    fn keep(&self) {
        self.page
            .remember(self.invite.with_untracked(Invite::memory));
    }
}
