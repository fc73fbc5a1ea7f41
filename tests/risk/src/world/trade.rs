//! Abuse as a trade: by many orders, of strangers or of people who do not exist.

use std::collections::HashSet;

use super::event::{By, DAY, HOUR, MINUTE, Order, What};
use super::label::{Abuse, Label};
use super::mail;
use super::people::{self, Person};
use super::stage::{Link, Sale, Stage, Way};
use super::ways;
use crate::rng::Rng;

fn sell(stage: &mut Stage, label: Label, code: &str, buyer: &Person, at: i64, way: Way) -> u64 {
    stage.sell(Sale {
        code,
        buyer,
        at,
        way,
        label,
    })
}

/// Strangers, who do not know that they are led, come by such links within some days.
fn strangers(
    stage: &mut Stage,
    kind: Abuse,
    at: i64,
    (count, days): (i64, i64),
    link: fn(&mut Rng) -> Link,
) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..count {
        let buyer = Person::new(&mut stage.rng);
        let clicked = at + stage.rng.between(0, days * DAY);
        let way = Way::Link(link(&mut stage.rng));
        sell(stage, Label::Abuse(kind), &code, &buyer, clicked, way);
    }
}

/// The share link is opened over other pages, and counts for whoever buys.
pub(super) fn forced_clicks(stage: &mut Stage, at: i64) {
    let count = stage.rng.between(30, 70);
    let days = stage.rng.between(2, 5);
    strangers(stage, Abuse::ForcedClicks, at, (count, days), ways::forced);
}

/// A program in the browser clicks the share link when its owner is about to pay.
pub(super) fn click_injection(stage: &mut Stage, at: i64) {
    let count = stage.rng.between(20, 45);
    strangers(stage, Abuse::ClickInjection, at, (count, 20), ways::late);
}

/// Advertisements for the shop's own name lead to the share link.
pub(super) fn paid_ads(stage: &mut Stage, at: i64) {
    let count = stage.rng.between(20, 50);
    let days = stage.rng.between(2, 8);
    strangers(stage, Abuse::PaidAds, at, (count, days), ways::advertised);
}

/// The code stands on pages that collect codes; most who use it do not say that they come from there.
pub(super) fn coupon_leak(stage: &mut Stage, at: i64) {
    let sharer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&sharer, at);
    let days = stage.rng.between(2, 8);
    let mut sold = HashSet::new();
    for _ in 0..stage.rng.between(20, 60) {
        let buyer = Person::new(&mut stage.rng);
        let moment = at + stage.rng.between(0, days * DAY);
        let referer = if stage.rng.chance(450) {
            Some(ways::coupon_page(&mut stage.rng))
        } else {
            ways::search(&mut stage.rng)
        };
        let claims = stage.rng.chance(700);
        let way = Way::Typed { referer, claims };
        let label = Label::Abuse(Abuse::CouponLeak);
        sold.insert(sell(stage, label, &code, &buyer, moment, way));
    }
    before_anybody_told(stage, &sold);
}

/// Whoever has used a code before any of its visitors told that they came from such a page has left nothing to see.
fn before_anybody_told(stage: &mut Stage, sold: &HashSet<u64>) {
    let from_such_a_page: HashSet<u64> = stage
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Claimed(claim) => Some(claim),
            _ => None,
        })
        .filter(|claim| claim.referer.as_deref().is_some_and(ways::is_coupon_page))
        .map(|claim| claim.id)
        .collect();
    let tells = |order: &Order| matches!(order.by, By::Claim(id) if from_such_a_page.contains(&id));
    let orders = stage.events.iter().filter_map(|event| match &event.what {
        What::Ordered(order) if sold.contains(&order.id) => Some((event.at, order)),
        _ => None,
    });
    let first = orders.clone().filter(|(_, order)| tells(order));
    let first = first.map(|(at, _)| at).min().unwrap_or(i64::MAX);
    for (_, order) in orders.filter(|(at, _)| *at < first) {
        stage.labels.insert(order.id, Label::FirstVisitors);
    }
}

/// An extension tries all codes that it has collected, at the checkout of people who have heard of none.
pub(super) fn coupon_extension(stage: &mut Stage, at: i64) {
    let mut codes = Vec::new();
    for _ in 0..stage.rng.between(5, 12) {
        let referrer = Person::with_account(&mut stage.rng);
        codes.push(stage.referrer(&referrer, at));
    }
    for _ in 0..stage.rng.between(15, 40) {
        let buyer = Person::new(&mut stage.rng);
        let bought = at + stage.rng.between(1, 12 * 24) * HOUR;
        // Some extensions know but one or two codes of this shop.
        let known = match stage.rng.between(0, 99) {
            0..=4 => 1,
            5..=9 => 2,
            _ => codes.len(),
        };
        let first = stage.rng.index(codes.len());
        let tried: Vec<String> = codes
            .iter()
            .cycle()
            .skip(first)
            .take(known)
            .cloned()
            .collect();
        let mut claim = 0;
        for (seconds, code) in (0..).zip(&tried) {
            let moment = bought - 3 * MINUTE + seconds * 2_000;
            claim = stage.claim(code, &buyer, moment, None, None, true);
        }
        let label = Label::Abuse(Abuse::CouponExtension);
        sell(
            stage,
            label,
            &tried[known - 1],
            &buyer,
            bought,
            Way::Claimed(claim),
        );
    }
}

/// Partners buy, wait for the reward, and send everything back.
pub(super) fn refund_ring(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let mut clicked = at;
    let mut refunds: Vec<i64> = Vec::new();
    for _ in 0..stage.rng.between(8, 16) {
        clicked += stage.rng.between(3, 9) * DAY;
        let buyer = Person::new(&mut stage.rng);
        let way = ways::friend(&mut stage.rng);
        let bought = match &way {
            Way::Link(link) => clicked + link.dwell,
            _ => clicked,
        };
        let seen = refunds.iter().filter(|refund| **refund < bought).count();
        // What nobody has sent back yet looks like any friend's order.
        let label = if seen == 0 {
            Label::FirstRefunds
        } else {
            Label::Abuse(Abuse::RefundRing)
        };
        let order = sell(stage, label, &code, &buyer, clicked, way);
        // Some keep what they bought.
        if stage.rng.chance(900) {
            let refund = bought + stage.rng.between(1, 8) * DAY;
            refunds.push(refund);
            stage.undo(order, refund);
        }
    }
}

/// Friends who do not exist: one person with few cards, devices and addresses, and many names.
pub(super) fn farm(stage: &mut Stage, at: i64) {
    let farmer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&farmer, at);
    let rng = &mut stage.rng;
    let cards: Vec<String> = (0..rng.between(1, 3))
        .map(|_| people::new_card(rng))
        .collect();
    let browsers: Vec<u64> = (0..rng.between(1, 3)).map(|_| rng.draw()).collect();
    let homes: Vec<_> = (0..rng.between(1, 3)).map(|_| people::home(rng)).collect();
    let networks: Vec<_> = (0..rng.between(1, 4))
        .map(|_| people::home_ip(rng))
        .collect();
    // Careful ones take a virtual card for each, or a browser that forgets; few think of both.
    let (one_card_each, one_browser_each) = (rng.chance(330), rng.chance(350));
    let days = rng.between(1, 6);
    // A browser whose tabs live for hours is another one for nearly every friend.
    let keeps_tab = |browser: &u64| people::tab_life(*browser) > days * DAY / 2;
    let one_browser_each = one_browser_each || !browsers.iter().any(keeps_tab);
    let label = if one_browser_each && (one_card_each || !stage.shop.cards) {
        Label::PlaceOnly
    } else {
        Label::Abuse(Abuse::Farm)
    };
    for _ in 0..stage.rng.between(8, 22) {
        let rng = &mut stage.rng;
        let mut friend = Person::new(rng);
        friend.email = match rng.between(0, 9) {
            0 | 1 => mail::disposable(rng),
            2 => mail::alias(rng, &farmer.email).unwrap_or_else(|| mail::fresh(rng)),
            _ => mail::fresh(rng),
        };
        friend.customer = rng.chance(500).then(|| format!("c{:x}", rng.draw()));
        friend.card = Some(if one_card_each {
            people::new_card(rng)
        } else {
            cards[rng.index(cards.len())].clone()
        });
        friend.browser = if one_browser_each {
            people::browser(rng)
        } else {
            Some(browsers[rng.index(browsers.len())])
        };
        friend.home.clone_from(&homes[rng.index(homes.len())]);
        friend.ip = networks[rng.index(networks.len())];
        friend.at_home = 950;
        let clicked = at + rng.between(0, days * DAY);
        let way = Way::Link(Link {
            dwell: rng.between(2, 30) * MINUTE,
            ..ways::link(rng)
        });
        sell(stage, label, &code, &friend, clicked, way);
    }
}

/// Somebody who has guessed codes of strangers, and orders with one after the other as a new customer each time.
pub(super) fn code_guessing(stage: &mut Stage, at: i64) {
    let mut codes = Vec::new();
    for _ in 0..stage.rng.between(3, 6) {
        let stranger = Person::with_account(&mut stage.rng);
        codes.push(stage.referrer(&stranger, at - 20 * DAY));
    }
    let guesser = Person::new(&mut stage.rng);
    let keeps_browser = stage.rng.chance(700);
    let keeps_card = stage.rng.chance(600);
    // Found codes are tried out when they are found.
    for (minutes, code) in (0..).zip(&codes) {
        let found = at + minutes * 7 * MINUTE;
        stage.claim(code, &guesser, found, None, None, false);
    }
    let has_card = stage.shop.cards && guesser.card.is_some();
    let tried_in = guesser.browser.map(|browser| people::tab(browser, at));
    for (number, code) in (0..).zip(&codes) {
        let mut name = guesser.clone();
        name.email = mail::fresh(&mut stage.rng);
        name.customer = None;
        if !keeps_browser && number > 0 {
            name.browser = people::browser(&mut stage.rng);
        }
        if !keeps_card && number > 0 {
            name.card = people::card(&mut stage.rng);
        }
        let used = at + HOUR + number * stage.rng.between(1, 9) * HOUR;
        let way = Way::Typed {
            referer: None,
            claims: true,
        };
        let tab = name.browser.map(|browser| people::tab(browser, used));
        let shares_card = has_card && keeps_card && number > 0;
        let label = if shares_card || (tab.is_some() && tab == tried_in) {
            Label::Abuse(Abuse::CodeGuessing)
        } else {
            Label::NewName
        };
        sell(stage, label, code, &name, used, way);
    }
}
