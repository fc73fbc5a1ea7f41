//! What is seen, one component a file. A component takes the state it shows and returns an element; it decides nothing.

mod channels;
mod close_button;
mod dialog;
mod invite_banner;
mod link_field;
mod message_field;
mod progress;
mod said;
mod share_panel;
pub(crate) mod so_far;
mod unavailable;

use std::rc::Rc;

use web_sys::HtmlElement;

use crate::config::Config;
use crate::dom::El;
use crate::host::Page;
use crate::invitation::Invitation;
use crate::sharing::Sharing;

/// What one mounted view is about.
#[derive(Clone)]
pub(crate) enum Subject {
    /// A referrer's sharing, in a dialog or where the merchant has put it.
    Sharing { sharing: Rc<Sharing>, inline: bool },
    /// An invitee's discount.
    Invitation(Rc<Invitation>),
}

impl Subject {
    /// Starts what `config.kind` names; nothing when there is nothing to show.
    pub(crate) fn start(page: Page, config: Config) -> Option<Self> {
        if config.kind == "invite" {
            return Invitation::start(page, &config).map(Self::Invitation);
        }
        Some(Self::Sharing {
            inline: config.kind == "share",
            sharing: Sharing::start(page, config),
        })
    }

    /// The view. `root` is where it is mounted, and where the loader's words for it arrive as events.
    pub(crate) fn view(&self, root: &HtmlElement) -> El {
        match self {
            Self::Sharing {
                sharing,
                inline: true,
            } => share_panel::inline(sharing),
            Self::Sharing { sharing, .. } => dialog::view(sharing, root),
            Self::Invitation(invitation) => invite_banner::view(invitation, root),
        }
    }

    /// Lets go of what would outlive the view.
    pub(crate) fn end(&self) {
        if let Self::Sharing { sharing, .. } = self {
            sharing.end();
        }
    }
}
