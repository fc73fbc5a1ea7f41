//! What came of a copy, for those who do not see the button.

use leptos::prelude::{ArcRwSignal, Get};

use crate::dom::{El, el};
use crate::host::word;

/// A line that is read out always, and seen only where it says more than the button.
pub(crate) fn view(said: &ArcRwSignal<&'static str>) -> El {
    let said = said.clone();
    el("p").attr("role", "status").live(move |line| {
        let said = said.get();
        let seen = if said == "copyByHand" {
            "said"
        } else {
            "said hush"
        };
        line.set_class_name(seen);
        line.set_text_content(Some(&word(said)));
    })
}
