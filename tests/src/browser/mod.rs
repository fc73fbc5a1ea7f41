//! A real Chromium or Firefox, and what its tests need to see: what a buyer sees, and what the page must never notice.
//!
//! The browser is driven over WebDriver, whose protocol is JSON over HTTP and needs no library of its own. What a page
//! suffers (errors, layout shifts, blocked requests) is recorded by a probe that runs before the page's first script, so
//! that nothing escapes it. Nothing here sleeps: it waits for conditions, and says what it waited for when they do not
//! come.
#![expect(
    clippy::missing_panics_doc,
    reason = "tools of tests panic with what went wrong"
)]

pub mod barriers;
pub mod carrier;
pub mod console;
pub mod edge_stand_in;
pub mod firefox;
mod free_port;
pub mod guest_page;
pub mod hands;
pub mod network;
pub mod own_host;
pub mod probe;
pub mod scanner;
pub mod screen;
pub mod session;
pub mod shop;
pub mod widget;
pub mod window;
