//! How many friends have come this way, where the merchant shows it.

use crate::dom::{El, el};
use crate::model::phrase::Phrase;

/// A line that says it; nothing where there is no number.
pub(crate) fn view(count: Option<u32>) -> Option<El> {
    let count = count?.to_string();
    let line = el("p").class("hint").attr("part", "so-far");
    Some(line.phrase(&Phrase::new("soFar", vec![count])))
}
