//! The share widget: what a referrer shares with, and what an invitee is greeted by.
//!
//! It lives in a shop's page as a guest. So it owns one `<div>` inside a shadow root, asks the page for nothing that it
//! can do without, and has no code path that panics; if it should trap all the same, `js/guard.js` ends it quietly and
//! plain JavaScript takes over. Every byte is paid for by a shopper on a phone: see [`dom`], [`decode`] and [`heap`] for
//! what that decided.
//!
//! Reading order: [`config`], [`host`], [`model`], [`client`], [`sharing`], [`live`], [`invitation`],
//! [`components`].
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

mod apply;
mod client;
mod components;
mod config;
mod decode;
mod dom;
#[cfg(target_arch = "wasm32")]
mod heap;
mod host;
mod invitation;
mod live;
mod model;
mod sharing;

use std::cell::{Cell, RefCell};

use leptos::mount::{UnmountHandle, mount_to};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

use crate::config::Config;
use crate::dom::El;
use crate::host::Page;

type Mounted = (u32, UnmountHandle<El>);

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(1) };
    static MOUNTED: RefCell<Vec<Mounted>> = const { RefCell::new(Vec::new()) };
}

/// Mounts the view that `page.kind` names into `root`, and returns the handle for [`unmount`].
#[wasm_bindgen]
pub fn mount(root: HtmlElement, page: Page) -> u32 {
    let Some(config) = Config::read(&page) else {
        return 0;
    };
    host::set_locale(config.locale.as_deref().unwrap_or_default());
    let anchor = root.clone();
    let handle = mount_to(root, move || components::view(page, config, &anchor));
    let id = NEXT.get();
    NEXT.set(id.wrapping_add(1));
    MOUNTED.with(|mounted| {
        if let Ok(mut mounted) = mounted.try_borrow_mut() {
            mounted.push((id, handle));
        }
    });
    id
}

/// Takes a view away, with its listeners, effects and sockets.
#[wasm_bindgen]
pub fn unmount(view: u32) {
    let gone = MOUNTED.with(|mounted| {
        let mut mounted = mounted.try_borrow_mut().ok()?;
        let at = mounted.iter().position(|(id, _)| *id == view)?;
        Some(mounted.swap_remove(at))
    });
    // Dropped outside the borrow: cleaning up may run anything.
    drop(gone);
}
