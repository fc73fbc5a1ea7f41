//! The message that goes with the link, for those who like to say it in their own words.

use std::rc::Rc;

use leptos::prelude::event_target_value;

use crate::dom::{El, el};
use crate::sharing::Sharing;

/// The message, folded away until somebody wants to change it.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let edited = Rc::clone(sharing);
    el("details")
        .class("message")
        .attr("part", "message")
        .child(el("summary").word("message"))
        .child(
            el("textarea")
                .attr("rows", "4")
                .attr("aria-labelledby", "hint")
                .text(&sharing.draft())
                .on("input", move |event| {
                    edited.edited(event_target_value(&event));
                }),
        )
        .child(el("p").class("hint").attr("id", "hint").word("messageHint"))
}
