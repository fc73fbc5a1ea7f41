//! How honest people come, and how they are led.

use super::event::{DAY, HOUR, MINUTE};
use super::stage::{Link, Way};
use crate::rng::Rng;

/// Pages on which codes for everybody are collected, written down from memory and not from what the product knows: big ones,
/// and small ones. The product happens to know 14 of these 24, from which three of four such visitors come.
const COUPON_PAGES: [&str; 15] = [
    "www.retailmenot.com",
    "www.mydealz.de",
    "couponfollow.com",
    "simplycodes.com",
    "www.vouchercodes.co.uk",
    "www.hotukdeals.com",
    "slickdeals.net",
    "www.dealabs.com",
    "www.wethrift.com",
    "www.dontpayfull.com",
    "www.sparwelt.de",
    "www.couponbirds.com",
    "www.savings.com",
    "www.coupons.com",
    "www.groupon.com",
];
const SMALL_COUPON_PAGES: [&str; 9] = [
    "www.gutscheinsammler.de",
    "www.gutscheine.com",
    "www.discountcode.co.uk",
    "www.latestdeals.co.uk",
    "www.radins.com",
    "www.codespromo.fr",
    "www.brads-deals.com",
    "www.tenereteam.com",
    "www.worthepenny.com",
];
/// Pages that open other pages for money.
const FORCED: [&str; 6] = [
    "adserve.example",
    "pop.streamz.example",
    "click.trk.example",
    "free-movies.example",
    "www.mydealz.de",
    "lander.example",
];

/// The way of a friend who was sent a link.
pub(super) fn friend(rng: &mut Rng) -> Way {
    let typed = rng.chance(130);
    if typed {
        return Way::Typed {
            referer: search(rng),
            claims: rng.chance(600),
        };
    }
    Way::Link(link(rng))
}

/// A link from a friend: by messenger mostly, which says nothing of itself.
pub(super) fn link(rng: &mut Rng) -> Link {
    let (referer, query) = match rng.between(0, 19) {
        0 | 1 => (Some("l.facebook.com"), vec!["c", "fbclid"]),
        2 => (Some("l.instagram.com"), vec!["c", "igshid"]),
        3 => (Some("mail.google.com"), vec!["c"]),
        4 => (Some("t.co"), vec!["c"]),
        _ => (None, vec!["c"]),
    };
    Link {
        referer: referer.map(str::to_owned),
        query: query.into_iter().map(str::to_owned).collect(),
        cart: rng.chance(30),
        dwell: dwell(rng),
    }
}

/// From the click to the order: an hour for most, days for some, and a minute for those who know what they want.
fn dwell(rng: &mut Rng) -> i64 {
    match rng.between(0, 99) {
        0 => rng.between(2, 5) * MINUTE,
        1..=59 => rng.delay(7 * MINUTE),
        60..=84 => rng.delay(HOUR),
        _ => rng.between(1, 12) * DAY,
    }
}

/// Somebody who looks for the shop by name, and now and then for a code.
pub(super) fn search(rng: &mut Rng) -> Option<String> {
    match rng.between(0, 199) {
        0 => Some(coupon_page(rng)),
        1..=80 => Some("www.google.com".to_owned()),
        _ => None,
    }
}

/// A page that collects codes: a small one for every fifth visitor.
pub(super) fn coupon_page(rng: &mut Rng) -> String {
    if rng.chance(800) {
        rng.pick(&COUPON_PAGES).to_owned()
    } else {
        rng.pick(&SMALL_COUPON_PAGES).to_owned()
    }
}

/// Whether this is the host of such a page.
pub(super) fn is_coupon_page(host: &str) -> bool {
    COUPON_PAGES.contains(&host) || SMALL_COUPON_PAGES.contains(&host)
}

/// A follower of somebody popular: half of them heard the code.
pub(super) fn follower(rng: &mut Rng) -> Way {
    if rng.chance(450) {
        let referer = if rng.chance(15) {
            Some(coupon_page(rng))
        } else {
            search(rng)
        };
        return Way::Typed {
            referer,
            claims: rng.chance(700),
        };
    }
    let mut link = link(rng);
    let (referer, mark) = match rng.between(0, 3) {
        0 => ("l.instagram.com", "igshid"),
        1 => ("www.youtube.com", "c"),
        2 => ("www.tiktok.com", "c"),
        _ => ("l.facebook.com", "fbclid"),
    };
    link.referer = Some(referer.to_owned());
    link.query = vec![mark.to_owned()];
    link.cart = rng.chance(50);
    Way::Link(link)
}

/// A click at the till: with a full cart, and the checkout often begun.
pub(super) fn late(rng: &mut Rng) -> Link {
    Link {
        cart: rng.chance(900),
        dwell: rng.between(40, 420) * 1_000,
        ..link(rng)
    }
}

/// A page that is opened over another one, for visitors who had come to buy anyway or came by chance.
pub(super) fn forced(rng: &mut Rng) -> Link {
    let cart = rng.chance(450);
    Link {
        referer: rng.chance(600).then(|| rng.pick(&FORCED).to_owned()),
        query: vec!["c".to_owned()],
        cart,
        dwell: if cart {
            rng.between(1, 9) * MINUTE
        } else {
            rng.delay(5 * MINUTE)
        },
    }
}

/// An advertisement whose target is the share link. One browser in five takes such marks off.
pub(super) fn advertised(rng: &mut Rng) -> Link {
    let mark = match rng.between(0, 9) {
        0..=5 => "gclid",
        6 => "gbraid",
        7 | 8 => "msclkid",
        _ => "fbclid",
    };
    Link {
        referer: Some("www.google.com".to_owned()),
        query: if rng.chance(800) {
            vec!["c".to_owned(), mark.to_owned()]
        } else {
            vec!["c".to_owned()]
        },
        cart: rng.chance(60),
        dwell: rng.delay(5 * MINUTE),
    }
}
