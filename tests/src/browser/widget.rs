//! Ways into the widget: expressions that reach through its open shadow roots, and what is asked of it most.

use super::window::Browser;

/// The launcher's button.
pub const LAUNCHER: &str =
    "document.querySelector('goodword-launcher').shadowRoot.querySelector('button[part=launcher]')";

/// What the dialog has in the whole widget, and not in plain JavaScript.
pub const IN_WASM_ALONE: &str = "details.message";

/// An element in the launcher's shadow.
pub fn in_dialog(selector: &str) -> String {
    format!("document.querySelector('goodword-launcher').shadowRoot.querySelector(`{selector}`)")
}

/// An element in the invitation's shadow.
pub fn in_banner(selector: &str) -> String {
    format!("document.querySelector('goodword-invite').shadowRoot.querySelector(`{selector}`)")
}

/// An element in the shadow of the field for a code.
pub fn in_code(selector: &str) -> String {
    format!("document.querySelector('goodword-code').shadowRoot.querySelector(`{selector}`)")
}

/// An element in the shadow of the introduction.
pub fn in_lead(selector: &str) -> String {
    format!("document.querySelector('goodword-lead').shadowRoot.querySelector(`{selector}`)")
}

/// An element in the shadow of the referrer's own page.
pub fn in_portal(selector: &str) -> String {
    format!("document.querySelector('goodword-portal').shadowRoot.querySelector(`{selector}`)")
}

/// What an element says.
pub fn says(element: &str) -> String {
    format!("{element}?.textContent.trim()")
}

/// The dialog's copy button.
pub fn copy_button() -> String {
    in_dialog("dialog[open] .link button")
}

impl Browser {
    /// Opens the share dialog by its launcher, and waits for the link. Returns the link. Where the edge takes longer than
    /// anybody is kept waiting, because all of it runs on a machine that is busy, the person tries again as they are told.
    pub async fn open_dialog(&self) -> String {
        self.click(LAUNCHER).await;
        let link = in_dialog("dialog[open] .link input");
        let again = in_dialog("dialog[open] .unavailable button");
        for _ in 0..4 {
            let seen = self
                .until(&format!("{link}?.value || ({again} && 'again')"))
                .await;
            let seen = seen.as_str().expect("a link").to_owned();
            if seen != "again" {
                return seen;
            }
            eprintln!("the edge took too long, and is asked again");
            self.click(&again).await;
        }
        panic!("the edge is not to be had");
    }

    /// Waits until the banner's title is this.
    pub async fn banner_says(&self, title: &str) {
        let strong = says(&in_banner("strong"));
        self.wait(&format!("{strong} === {title:?}")).await;
    }

    /// Where a channel's link leads, percent-decoded.
    pub async fn channel(&self, name: &str) -> String {
        let href = in_dialog(&format!("dialog[open] a[data-channel={name}]"));
        let href = self
            .until(&format!("decodeURIComponent({href}.href)"))
            .await;
        href.as_str().expect("an address").to_owned()
    }
}
