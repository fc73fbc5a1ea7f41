//! All there is to sharing: the offer, the link, the ways to send it, and how it goes.

use std::rc::Rc;

use leptos::prelude::{Get, WithUntracked, document};

use crate::components::{channels, link_field, message_field, progress, so_far, unavailable};
use crate::dom::{El, el, listen};
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

/// The panel's content. Each face is made anew, so that nothing that is seen ever moves.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let seen = Rc::clone(sharing);
    let look = move |_| seen.live.seen();
    listen(&document(), "visibilitychange", Box::new(look));
    let sharing = Rc::clone(sharing);
    el("section")
        .class("panel")
        .attr("part", "panel")
        .live_children(move |place| face(place, &sharing))
}

fn face(place: El, sharing: &Rc<Sharing>) -> El {
    match sharing.phase.get() {
        Phase::Loading => place
            .child(title(&Phrase::plain("title")).class("hush"))
            .child(
                el("div")
                    .class("skeleton")
                    .attr("role", "status")
                    .child(el("span").class("hush").word("loading")),
            ),
        Phase::Failed => place
            .child(title(&Phrase::plain("title")))
            .child(unavailable::view(sharing)),
        Phase::Ready => {
            let ((give, lead), count) = sharing.share.with_untracked(|share| {
                let headline = headline(share.offer.as_ref(), share.earns(), FORMAT);
                let referrer = share.referrer.as_ref();
                (headline, referrer.and_then(|one| one.referrals_so_far))
            });
            let place = place
                .child(title(&give))
                .child(el("p").class("lead").phrase(&lead))
                .maybe(so_far::view(count))
                .child(link_field::view(sharing))
                .child(channels::view(sharing))
                .child(message_field::view(sharing))
                .child(progress::view(sharing));
            with_trap(place)
        }
    }
}

fn title(words: &Phrase) -> El {
    el("h2")
        .attr("id", "title")
        .attr("part", "title")
        .attr("tabindex", "-1")
        .phrase(words)
}

#[cfg(not(feature = "trap"))]
fn with_trap(place: El) -> El {
    place
}

/// Adds the button that ends this instance, for tests of what happens then.
#[cfg(feature = "trap")]
fn with_trap(place: El) -> El {
    // The mark by which a deployment is refused that has it.
    let button = el("button").attr("data-build", "goodword-widget-trap");
    let button = button.attr("id", "trap").attr("part", "trap");
    place.child(button.text("trap").on("click", |_| {
        #[cfg(target_arch = "wasm32")]
        core::arch::wasm32::unreachable();
    }))
}
