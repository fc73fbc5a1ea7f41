//! The ways to send the link, each in the referrer's own hands.

use std::rc::Rc;

use leptos::prelude::WithUntracked;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::dom::{El, el, icon};
use crate::host::{can_share, channel_url, word};
use crate::sharing::Sharing;

const SHEET: &str = "M12 15V4M8 7.5L12 3.5l4 4M6 11H5v9.5h14V11h-1";
const BUBBLE: &str = "M4 20l1.3-3.9A8.2 8.2 0 1 1 8 18.8zM9.2 8.4c-.6 3 2.9 6.9 6 6.6l.7-1.6-2-1.2-1 .8c-1-.5-1.6-1.2-2-2.1l.9-.9-1-2.1z";
const LINES: &str = "M4.5 5h15a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H12l-4.5 4v-4h-3a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9.3h8M8 12.5h5";
const LETTER: &str = "M4 6h16v12.5H4zM4 6.5l8 6.5 8-6.5";
const PLANE: &str = "M21 4L3 11.2l5.6 2.2L18 7l-7.2 7.4 6.4 4.8zM8.6 13.4v6l3.4-3.6";
const CROSSED: &str = "M4.5 4h4l11 16h-4zM19 4l-6.4 7M11.4 13.1L5 20";
const DOTS: &str = "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v2M14 20h2M19 19h1v1h-1zM7 7h0M17 7h0M7 17h0";
const SMALL_F: &str = "M15.5 4H14c-2.2 0-3.5 1.4-3.5 3.6V20M7.5 11.5h7";
const SMALL_IN: &str = "M5.5 10v9.5M5.5 5v.8M10.5 19.5V10M10.5 14c0-2.4 1.7-4 4-4s4 1.6 4 4v5.5";

/// A row of channels: the program's choice and order.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let row = el("div").class("channels").attr("part", "channels");
    sharing.share.with_untracked(|share| {
        share
            .channels()
            .iter()
            .filter_map(|channel| tile(channel, sharing))
            .fold(row, El::child)
    })
}

/// One channel; nothing for one that this device or this version does not have.
fn tile(channel: &str, sharing: &Rc<Sharing>) -> Option<El> {
    let (name, picture) = match channel {
        "native" if can_share() => ("native", SHEET),
        "whatsapp" => ("whatsapp", BUBBLE),
        "sms" => ("sms", LINES),
        "email" => ("email", LETTER),
        "telegram" => ("telegram", PLANE),
        "x" => ("x", CROSSED),
        "facebook" => ("facebook", SMALL_F),
        "linkedin" => ("linkedin", SMALL_IN),
        "qr" => ("qr", DOTS),
        _ => return None,
    };
    let sharing = Rc::clone(sharing);
    let mut label = name;
    let tile = if name == "native" {
        el("button").on("click", move |_| sharing.native())
    } else if name == "qr" {
        label = "qrShow";
        let show = move |event| with_target(&event, |tile| sharing.qr(tile));
        el("button")
            .attr("aria-expanded", "false")
            .on("click", show)
    } else {
        let href = url(&sharing, name);
        el("a")
            .attr("href", &href)
            .attr("target", "_blank")
            .attr("rel", "noopener")
            .on("click", move |event| follow(&event, &sharing, name))
    };
    Some(
        tile.class("channel")
            .attr("part", "channel")
            .attr("data-channel", name)
            .child(icon(picture))
            .child(el("span").word(label)),
    )
}

/// Sends the link's click where the message, as it is now, is in it.
fn follow(event: &Event, sharing: &Rc<Sharing>, channel: &str) {
    with_target(event, |link| {
        let _ = link.set_attribute("href", &url(sharing, channel));
    });
    sharing.shared(channel);
}

/// Does something with the element that listens.
fn with_target(event: &Event, run: impl FnOnce(&Element)) {
    let target = event.current_target();
    if let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
        run(&element);
    }
}

fn url(sharing: &Rc<Sharing>, channel: &str) -> String {
    channel_url(
        channel,
        &sharing.outgoing(channel),
        &sharing.channel_link(channel),
        &word("subject"),
    )
}
