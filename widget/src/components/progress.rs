//! How it goes: what the friends did, and what it brought.

use std::rc::Rc;

use goodword_shared::api::{Progress, ReferralView};
use leptos::prelude::With;

use crate::dom::{El, el, show};
use crate::host::{day, money};
use crate::model::phrase::Phrase;
use crate::model::progress::line;
use crate::sharing::{FORMAT, Sharing};

/// What was heard last, totals, and the list of referrals; it follows what happens.
pub(crate) fn view(sharing: &Rc<Sharing>) -> El {
    let (heard, counted) = (Rc::clone(sharing), Rc::clone(sharing));
    el("div")
        .class("progress")
        .attr("part", "progress")
        .child(el("h3").attr("id", "friends").word("friends"))
        .child(
            // There is always something to read in it, so that news push nothing aside.
            el("p")
                .attr("part", "news")
                .attr("role", "status")
                .live(move |line| {
                    let news = heard.share.with(|share| share.news.clone());
                    line.set_class_name(if news.is_some() { "news ready" } else { "news" });
                    show(line, &news.unwrap_or_else(|| Phrase::plain("watching")));
                }),
        )
        .child(el("div").live_children(move |place| {
            counted.share.with(|share| match &share.referrer {
                Some(referrer) if !referrer.referrals.is_empty() => {
                    content(place, &referrer.progress, &referrer.referrals)
                }
                _ => place,
            })
        }))
}

fn content(place: El, progress: &Progress, referrals: &[ReferralView]) -> El {
    let totals = el("dl")
        .child(total("claimed", &progress.claimed.to_string()))
        .child(total("bought", &progress.bought.to_string()));
    // One for each currency, and nearly always there is one.
    let credits = progress
        .credit
        .iter()
        .map(|credit| total("credit", &money(credit.amount, &credit.currency)));
    // A long list is scrolled, by keyboard too.
    let list = el("ul")
        .attr("tabindex", "0")
        .attr("aria-labelledby", "friends");
    place
        .child(credits.fold(totals, El::child))
        .child(referrals.iter().map(row).fold(list, El::child))
}

fn total(name: &str, value: &str) -> El {
    el("div")
        .child(el("dt").word(name))
        .child(el("dd").text(value))
}

fn row(referral: &ReferralView) -> El {
    let line = line(referral, FORMAT, day);
    let tone = if line.ready { "reward ready" } else { "reward" };
    el("li")
        .child(el("span").phrase(&line.stage))
        .child(el("small").text(&day(referral.at)))
        .maybe(
            line.reward
                .map(|reward| el("span").class(tone).phrase(&reward)),
        )
}
