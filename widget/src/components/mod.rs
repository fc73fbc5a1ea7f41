//! What is seen, one component a file. A component takes the state it shows and returns an element; it decides nothing.

mod channels;
mod dialog;
mod invite_banner;
mod link_field;
mod message_field;
mod progress;
mod share_panel;
mod unavailable;

use web_sys::HtmlElement;

use crate::config::Config;
use crate::dom::{El, el};
use crate::host::Page;
use crate::invitation::Invitation;
use crate::sharing::Sharing;

/// The view of this kind. `root` is where it is mounted, and where the loader's words for it arrive as events.
pub(crate) fn view(page: Page, config: Config, root: &HtmlElement) -> El {
    match config.kind.as_str() {
        "invite" => match Invitation::start(page, config) {
            Some(invitation) => invite_banner::view(&invitation, root),
            None => el("div"),
        },
        "share" => share_panel::inline(&Sharing::start(page, config)),
        _ => dialog::view(&Sharing::start(page, config), root),
    }
}
