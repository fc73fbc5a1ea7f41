//! All there is to sharing: the offer, the link, the ways to send it, and how it goes.

use std::rc::Rc;

use leptos::prelude::{Get, With, document};

use crate::components::{channels, link_field, message_field, progress, unavailable};
use crate::dom::{El, el, listen_meanwhile};
use crate::model::offer::headline;
use crate::model::phrase::Phrase;
use crate::model::share::Phase;
use crate::sharing::{FORMAT, Sharing};

/// The panel where the merchant has put it: it is open as long as it is there.
pub(crate) fn inline(sharing: &Rc<Sharing>) -> El {
    sharing.opened();
    el("div")
        .class("sheet inline")
        .attr("part", "inline")
        .child(view(sharing))
}

/// The panel's content.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let seen = Rc::clone(sharing);
    listen_meanwhile(document().into(), "visibilitychange", move || {
        seen.live.seen();
    });
    let (title, lead, news) = (Rc::clone(sharing), Rc::clone(sharing), Rc::clone(sharing));
    let faces = Rc::clone(sharing);
    el("section")
        .class("panel")
        .attr("part", "panel")
        .child(
            el("h2")
                .attr("id", "title")
                .attr("part", "title")
                .live_phrase(move || {
                    title
                        .share
                        .with(|share| headline(share.offer.as_ref(), FORMAT).0)
                }),
        )
        .child(el("p").class("lead").live_phrase(move || {
            lead.share
                .with(|share| headline(share.offer.as_ref(), FORMAT).1)
        }))
        .child(
            el("p")
                .class("news")
                .attr("part", "news")
                .attr("role", "status")
                .live_phrase(move || {
                    news.share
                        .with(|share| share.news.clone())
                        .unwrap_or_else(|| Phrase::plain(""))
                }),
        )
        .child(el("div").live_children(move |place| face(place, &faces)))
}

fn face(place: El, sharing: &Rc<Sharing>) -> El {
    match sharing.phase.get() {
        Phase::Loading => place.child(
            el("div")
                .class("skeleton")
                .attr("role", "status")
                .child(el("span").class("hush").word("loading")),
        ),
        Phase::Failed => place.child(unavailable::view(sharing)),
        Phase::Ready => place
            .child(link_field::view(sharing))
            .child(channels::view(sharing))
            .child(message_field::view(sharing))
            .child(progress::view(sharing))
            .maybe(trap()),
    }
}

#[cfg(not(feature = "trap"))]
fn trap() -> Option<El> {
    None
}

/// The button that ends this instance, for tests of what happens then.
#[cfg(feature = "trap")]
fn trap() -> Option<El> {
    let button = el("button").attr("id", "trap").attr("part", "trap");
    Some(button.text("trap").on("click", |_| {
        #[cfg(target_arch = "wasm32")]
        core::arch::wasm32::unreachable();
    }))
}
