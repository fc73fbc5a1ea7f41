//! How it goes: what the friends did, and what it brought.

use std::rc::Rc;

use goodword_shared::api::{Progress, ReferralView};
use leptos::prelude::With;

use crate::dom::{El, el};
use crate::host::{day, money};
use crate::model::progress::line;
use crate::sharing::{FORMAT, Sharing};

/// Totals and the list of referrals; it follows what happens.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let sharing = Rc::clone(sharing);
    el("div")
        .class("progress")
        .attr("part", "progress")
        .live_children(move |place| {
            sharing.share.with(|share| match &share.referrer {
                // A guest has no live channel, and nothing to see here.
                Some(referrer) if referrer.live.is_some() => {
                    content(place, &referrer.progress, &referrer.referrals)
                }
                _ => place,
            })
        })
}

fn content(place: El, progress: &Progress, referrals: &[ReferralView]) -> El {
    let place = place.child(el("h3").word("friends"));
    if referrals.is_empty() {
        return place.child(el("p").class("hint").word("none"));
    }
    let credit: Vec<String> = progress
        .credit
        .iter()
        .map(|credit| money(credit.amount, &credit.currency))
        .collect();
    place
        .child(
            el("dl")
                .child(total("claimed", &progress.claimed.to_string()))
                .child(total("bought", &progress.bought.to_string()))
                .maybe((!credit.is_empty()).then(|| total("credit", &credit.join(" + ")))),
        )
        .child(referrals.iter().map(row).fold(el("ul"), El::child))
}

fn total(name: &str, value: &str) -> El {
    el("div")
        .child(el("dt").word(name))
        .child(el("dd").text(value))
}

fn row(referral: &ReferralView) -> El {
    let line = line(referral, FORMAT, day);
    let tone = if line.ready { "reward ready" } else { "reward" };
    let what = el("span")
        .phrase(&line.stage)
        .child(el("small").text(&day(referral.at)));
    el("li").child(what).maybe(
        line.reward
            .map(|reward| el("span").class(tone).phrase(&reward)),
    )
}
