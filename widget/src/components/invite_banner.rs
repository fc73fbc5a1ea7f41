//! The invitee's banner: who gave them what, and one thing to do about it.

use std::rc::Rc;

use leptos::prelude::{Get, With};
use web_sys::HtmlElement;

use crate::components::{close_button, said, so_far};
use crate::dom::{El, el, icon, listen};
use crate::host::word;
use crate::invitation::Invitation;
use crate::model::invite::words::{Action, face};
use crate::model::invite::{Event, Invite};
use crate::model::offer::is_free;
use crate::model::phrase::Phrase;
use crate::sharing::FORMAT;

const GIFT: &str = "M4 11.5h16V20H4zM3 7.5h18v4H3zM12 7.5V20M12 7.5C9 7.5 7 6 7.5 4.5S11 3.5 12 7.5c1-4 4-4.5 4.5-3S15 7.5 12 7.5z";

/// The banner, which stays out of the way: it covers a corner, moves nothing, and can be closed.
pub(crate) fn view(invitation: &Rc<Invitation>, root: &HtmlElement) -> El {
    let cart = Rc::clone(invitation);
    listen(root, "cart", Box::new(move |_| cart.on(Event::CartChanged)));
    let invitation = Rc::clone(invitation);
    el("aside")
        .class("corner")
        .attr("aria-live", "polite")
        .live_children(move |place| {
            invitation
                .invite
                .with(|invite| content(place, invite, &invitation))
        })
}

fn content(place: El, invite: &Invite, invitation: &Rc<Invitation>) -> El {
    if !invite.visible() {
        return place;
    }
    let face = face(invite, FORMAT);
    let dismissed = Rc::clone(invitation);
    let close = close_button::view(move || dismissed.dismiss());
    // A new element for each face: what is seen never moves.
    let banner = el("div")
        .class("banner")
        .attr("part", "invite")
        .attr("tabindex", "-1")
        .child(el("span").class("gift").child(icon(GIFT)))
        .child(
            el("div")
                .class("says")
                .child(el("strong").phrase(&face.title))
                .maybe(note(invite))
                .child(el("p").phrase(&face.hint))
                .maybe(so_far::view(invite.so_far.filter(|_| invite.is_offered())))
                .maybe(action(face.action, invite, &face.title, invitation))
                .child(said::view(&invitation.said)),
        )
        .child(close);
    place.child(banner)
}

/// What the inviter says, with the offer.
fn note(invite: &Invite) -> Option<El> {
    let note = invite.note.as_deref().filter(|_| invite.is_offered())?;
    Some(el("q").attr("dir", "auto").text(note))
}

fn action(
    action: Action,
    invite: &Invite,
    title: &Phrase,
    invitation: &Rc<Invitation>,
) -> Option<El> {
    let clicked = Rc::clone(invitation);
    let button = el("button").class("primary").attr("part", "accept");
    match action {
        Action::Nothing => None,
        Action::Accept => {
            let key = if is_free(&invite.discount) {
                "acceptFree"
            } else {
                "accept"
            };
            let accept = Phrase::new(key, title.values.clone());
            Some(
                button
                    .phrase(&accept)
                    .on("click", move |_| clicked.on(Event::Accepted)),
            )
        }
        Action::Retry => Some(
            button
                .word("retry")
                .on("click", move |_| clicked.on(Event::Accepted)),
        ),
        Action::Invite => invitation.is_customers().then(|| {
            button
                .word("launcher")
                .on("click", move |_| clicked.invite_others())
        }),
        Action::Copy => Some(code(invite.code.as_deref().unwrap_or_default(), invitation)),
    }
}

fn code(code: &str, invitation: &Rc<Invitation>) -> El {
    let field = el("input")
        .class("code")
        .attr("part", "code")
        .attr("readonly", "")
        .attr("aria-label", &word("show"))
        .attr("value", code);
    let shown = field.element().clone();
    let (clicked, button) = (Rc::clone(invitation), Rc::clone(invitation));
    el("div").class("link").child(field).child(
        el("button")
            .class("primary")
            .attr("part", "copy")
            .on("click", move |_| clicked.copy(&shown))
            .live_phrase(move || {
                Phrase::plain(match button.said.get() {
                    "copied" => "copied",
                    _ => "copyCode",
                })
            }),
    )
}
