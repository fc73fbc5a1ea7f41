//! The cross in the corner.

use crate::dom::{El, el, icon};
use crate::host::word;

const CROSS: &str = "M6 6l12 12M18 6L6 18";

/// A button that closes what it is in.
pub(crate) fn view(close: impl Fn() + 'static) -> El {
    el("button")
        .class("close")
        .attr("part", "close")
        .attr("aria-label", &word("close"))
        .child(icon(CROSS))
        .on("click", move |_| close())
}
