//! What is said when there is nothing to share: politely, and with a way on.

use std::rc::Rc;

use crate::dom::{El, el};
use crate::sharing::Sharing;

/// An apology and another try.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let sharing = Rc::clone(sharing);
    el("div")
        .class("unavailable")
        .attr("role", "status")
        .child(el("strong").word("unavailable"))
        .child(el("p").class("hint").word("unavailableHint"))
        .child(
            el("button")
                .class("primary")
                .attr("part", "retry")
                .word("retry")
                .on("click", move |_| sharing.retry()),
        )
}
