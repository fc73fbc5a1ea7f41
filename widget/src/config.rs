//! What the script tag says, as the loader hands it over. One place for every attribute:
//!
//! | attribute | means |
//! |---|---|
//! | `src` | where the edge is: origin and base path |
//! | `data-program` | the program's id; the only one that is required |
//! | `data-customer` | the signed-in customer, as a JWT of the shop's server; empty for nobody |
//! | `data-placement` | `launcher` (a floating button, the default) or `none` (the page opens the dialog itself) |
//! | `data-label` | what is written on the launcher |
//! | `data-theme` | `auto` (as the system says, the default), `light` or `dark` |
//! | `data-consent` | `strict` stores nothing and leaves the address bar alone; `balanced` (the default) keeps the invitation, and a random id once the visitor acts, for this tab (session storage); `full` keeps them for the browser (local storage), so that an invitation is found again in a later tab. A visitor whose browser says so to all pages (Global Privacy Control) is treated as under `strict`, unless the page says `full` because they have told it so |
//! | `data-achievement` | what this customer may say of themselves with their link, in place of our praise |
//! | `data-variant` | a number from 0 to 9: which of the shop's wordings this page has, as links and counts name it |
//! | `data-locale` | BCP 47 tag of the language, also of numbers and dates; the page's own by default |

use serde::Deserialize;

use crate::decode::Decoder;
use crate::host::Page;

/// The part of the configuration that views need.
#[derive(Clone, Deserialize)]
pub(crate) struct Config {
    /// `launcher` or `share`.
    pub(crate) kind: String,
    /// The same as share links and counts name it, unless the element says otherwise.
    pub(crate) place: String,
    /// Address of the program's resources, without a slash at the end.
    pub(crate) api: String,
    /// Address of the edge, with a slash at the end.
    pub(crate) base: String,
    /// What this customer may say of themselves; empty for nothing.
    pub(crate) achievement: String,
    /// Which wording of the message this page has: a digit.
    pub(crate) variant: String,
    /// Language for numbers and dates.
    pub(crate) locale: Option<String>,
}

impl Config {
    /// The configuration of this page, or nothing when the loader is not ours.
    pub(crate) fn read(page: &Page) -> Option<Self> {
        Self::deserialize(Decoder::new(page.clone().into())).ok()
    }
}
