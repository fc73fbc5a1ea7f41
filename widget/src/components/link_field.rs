//! The link with the one button that matters, and the code for word of mouth.

use std::rc::Rc;

use leptos::prelude::Get;

use crate::components::said;
use crate::dom::{El, el};
use crate::host::word;
use crate::model::phrase::Phrase;
use crate::sharing::Sharing;

/// The share link with its copy button, which says that it has copied.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let field = el("input")
        .attr("part", "link")
        .attr("readonly", "")
        .attr("aria-label", &word("link"))
        .attr("value", &sharing.link());
    let shown = field.element().clone();
    let (button, clicked) = (Rc::clone(sharing), Rc::clone(sharing));
    el("div")
        .child(
            el("div").class("link").child(field).child(
                el("button")
                    .class("primary")
                    .attr("part", "copy")
                    .on("click", move |_| clicked.copy(&shown))
                    .live_phrase(move || {
                        Phrase::plain(match button.said.get() {
                            "copied" => "copied",
                            _ => "copy",
                        })
                    }),
            ),
        )
        .child(
            el("p")
                .class("said")
                .attr("part", "yours")
                .phrase(&Phrase::new("yours", vec![sharing.code()])),
        )
        .child(said::view(&sharing.said))
}
