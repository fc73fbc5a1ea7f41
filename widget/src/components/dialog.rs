//! The share panel in a native dialog: the browser keeps the focus inside, gives it back, and listens to Escape.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::components::{close_button, share_panel};
use crate::dom::{El, el, listen};
use crate::host::later;
use crate::sharing::Sharing;

/// A closed dialog. It opens and closes on the loader's `open` and `close`.
pub(crate) fn view(sharing: &Rc<Sharing>, root: &HtmlElement) -> El {
    let view = el("dialog")
        .attr("part", "dialog")
        .attr("aria-labelledby", "title");
    let dialog: HtmlDialogElement = view.element().clone().unchecked_into();

    let (shown, opened) = (dialog.clone(), Rc::clone(sharing));
    listen(
        root,
        "open",
        Box::new(move |_| {
            let (shown, opened) = (shown.clone(), Rc::clone(&opened));
            // After the answers that are here already: a slow phone would draw everything twice.
            later(0, move || show(&shown, &opened));
        }),
    );
    let shown = dialog.clone();
    listen(root, "close", Box::new(move |_| shown.close()));
    let (shown, closed) = (dialog.clone(), Rc::clone(sharing));

    let outside = dialog.clone();
    view.on("close", move |_| closed.closed())
        .on("click", move |event| {
            // The dialog itself is hit only beside its content.
            if event.target().as_ref() == Some(outside.as_ref()) {
                outside.close();
            }
        })
        .child(
            el("div")
                .class("sheet")
                .child(share_panel::view(sharing))
                .child(close_button::view(move || shown.close())),
        )
}

fn show(dialog: &HtmlDialogElement, sharing: &Rc<Sharing>) {
    // Here and not where it is made: a panel in a page takes no focus.
    if let Ok(Some(copy)) = dialog.query_selector("[part=copy]") {
        let _ = copy.set_attribute("autofocus", "");
    }
    // It fails only where it is open already, or no longer there.
    if !dialog.open() && dialog.show_modal().is_ok() {
        sharing.opened();
    }
}
