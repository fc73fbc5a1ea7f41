//! What is seen, one component a file. A component takes the state it shows and returns an element; it decides nothing.

mod channels;
mod close_button;
mod dialog;
mod link_field;
mod message_field;
mod progress;
mod said;
mod share_panel;
mod so_far;
mod unavailable;

use std::rc::Rc;

use web_sys::HtmlElement;

use crate::dom::El;
use crate::sharing::Sharing;

/// The view of a referrer's sharing, in a dialog or where the merchant has put it. `root` is where it is mounted, and where the
/// loader's words for it arrive as events.
pub(crate) fn view(sharing: &Rc<Sharing>, inline: bool, root: &HtmlElement) -> El {
    if inline {
        share_panel::inline(sharing)
    } else {
        dialog::view(sharing, root)
    }
}
