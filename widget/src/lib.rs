//! The share widget: what a referrer shares with.
//!
//! It lives in a shop's page as a guest. So it owns one `<div>` inside a shadow root, asks the page for nothing that it
//! can do without, and has no code path that panics; if it should trap all the same, `js/guard.js` ends it quietly and
//! plain JavaScript takes over. Every byte is paid for by a shopper on a phone: see `dom`, `decode` and `heap` for
//! what that decided.
//!
//! Reading order: `config`, `host`, `model`, `client`, `sharing`, `live`, `components`.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod client;
mod components;
mod config;
mod decode;
mod dom;
#[cfg(target_arch = "wasm32")]
mod heap;
mod host;
mod live;
mod local;
mod model;
mod sharing;

use std::cell::Cell;
use std::rc::Rc;

use leptos::mount::{UnmountHandle, mount_to};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

use crate::config::Config;
use crate::dom::El;
use crate::host::Page;
use crate::sharing::Sharing;

/// A view that is in the page.
struct Mounted {
    id: u32,
    sharing: Rc<Sharing>,
    view: UnmountHandle<El>,
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(1) };
    static MOUNTED: Cell<Vec<Mounted>> = const { Cell::new(Vec::new()) };
}

/// Mounts the view that `page.kind` names into `root`, and returns the handle for [`unmount`]; 0 when there is nothing to
/// show.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, page: Page) -> u32 {
    let Some(config) = Config::read(&page) else {
        return 0;
    };
    host::set_locale(config.locale.as_deref().unwrap_or_default());
    host::speak(&page.first("language"), &page.first("words"));
    let inline = config.kind == "share";
    let sharing = Sharing::start(page, config);
    let (place, shown) = (root.clone(), Rc::clone(&sharing));
    let view = mount_to(root, move || components::view(&shown, inline, &place));
    let id = NEXT.get();
    NEXT.set(id.wrapping_add(1));
    let mut mounted = MOUNTED.take();
    mounted.push(Mounted { id, sharing, view });
    MOUNTED.set(mounted);
    id
}

/// Takes a view away, with its listeners, effects and sockets.
#[wasm_bindgen]
pub fn unmount(view: u32) {
    let mut mounted = MOUNTED.take();
    let at = mounted.iter().position(|mounted| mounted.id == view);
    let gone = at.map(|at| mounted.swap_remove(at));
    MOUNTED.set(mounted);
    if let Some(gone) = gone {
        gone.sharing.end();
        drop(gone.view);
    }
}
