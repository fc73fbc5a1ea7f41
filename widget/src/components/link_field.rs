//! The link with the one button that matters, and the code for word of mouth.

use std::rc::Rc;

use leptos::prelude::Get;

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
    let (shown, button, heard) = (
        field.element().clone(),
        Rc::clone(sharing),
        Rc::clone(sharing),
    );
    let clicked = Rc::clone(sharing);
    el("div")
        .child(
            el("div").class("link").child(field).child(
                el("button")
                    .class("primary")
                    .attr("part", "copy")
                    .attr("autofocus", "")
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
        .child(
            // Read out always; seen only where it says more than the button.
            el("p")
                .class("said")
                .attr("role", "status")
                .live(move |line| {
                    let said = heard.said.get();
                    let seen = if said == "copyByHand" {
                        "said"
                    } else {
                        "said hush"
                    };
                    line.set_class_name(seen);
                    line.set_text_content(Some(&word(said)));
                }),
        )
}
