//! How a buyer came: from which page, through which advertisement, and how late.

use serde::{Deserialize, Serialize};

use crate::json::Read;
use crate::part;
use crate::time::Millis;

/// What a click's address says about advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum Ad {
    /// Somebody paid for the click.
    Paid,
    /// Somebody may have: the mark stands on shared posts as well.
    Social,
}

impl Ad {
    /// Its name on the wire and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Social => "social",
        }
    }

    /// What a stored name means.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = [Self::Paid, Self::Social].into_iter();
        all.find(|ad| ad.name() == name)
    }
}

/// From where a click came, as far as its redirect can see. It travels in the signed click token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// From a page that collects codes.
    pub coupon_site: bool,
    /// Through an advertisement.
    pub ad: Option<Ad>,
}

impl Provenance {
    /// Three bits; zero is nothing known.
    pub const fn to_bits(self) -> u8 {
        let ad = match self.ad {
            None => 0,
            Some(Ad::Social) => 2,
            Some(Ad::Paid) => 4,
        };
        ad | self.coupon_site as u8
    }

    /// What three bits say.
    pub const fn from_bits(bits: u8) -> Self {
        Self {
            coupon_site: bits & 1 == 1,
            ad: match bits >> 1 {
                1 => Some(Ad::Social),
                2 => Some(Ad::Paid),
                _ => None,
            },
        }
    }
}

/// Click ids that only paid advertisements carry: Google, Microsoft, TikTok, X, LinkedIn, Reddit, Pinterest, Snapchat, Yandex,
/// Taboola, Outbrain, Awin, Rakuten.
const PAID: [&str; 17] = [
    "gclid",
    "gbraid",
    "wbraid",
    "gad_source",
    "dclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "rdt_cid",
    "epik",
    "sccid",
    "yclid",
    "tblci",
    "obclid",
    "awc",
    "ransiteid",
];

/// Click ids that Meta puts on every link, shared or paid for.
const SOCIAL: [&str; 2] = ["fbclid", "igshid"];

/// Pages that collect codes, and extensions that try them out. A program may name more.
const COUPON_SITES: [&str; 40] = [
    "retailmenot.com",
    "retailmenot.de",
    "joinhoney.com",
    "couponfollow.com",
    "simplycodes.com",
    "coupert.com",
    "capitaloneshopping.com",
    "karmanow.com",
    "wethrift.com",
    "dealspotr.com",
    "slickdeals.net",
    "knoji.com",
    "coupons.com",
    "couponcabin.com",
    "couponbirds.com",
    "dontpayfull.com",
    "promocodes.com",
    "offers.com",
    "savings.com",
    "goodsearch.com",
    "hotdeals.com",
    "couponchief.com",
    "valuecom.com",
    "dealcatcher.com",
    "hotukdeals.com",
    "vouchercodes.co.uk",
    "myvouchercodes.co.uk",
    "vouchercloud.com",
    "mydealz.de",
    "gutscheinpony.de",
    "gutscheine.de",
    "sparwelt.de",
    "coupons.de",
    "igraal.com",
    "poulpeo.com",
    "ma-reduc.com",
    "dealabs.com",
    "pepper.com",
    "chollometro.com",
    "promodescuentos.com",
];

/// Clicked so shortly before the order that nobody can have chosen anything in between.
const HASTE_MS: i64 = 60_000;

/// What the query of the clicked address says about advertising: names only, in whatever case.
pub fn ad<'a>(names: impl Iterator<Item = &'a str>) -> Option<Ad> {
    let mut social = None;
    for name in names {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        if PAID.iter().any(is) {
            return Some(Ad::Paid);
        }
        if SOCIAL.iter().any(is) {
            social = Some(Ad::Social);
        }
    }
    social
}

/// The host of an address, or what was given for one.
pub fn host_of(address: &str) -> &str {
    let rest = part::cut(address, "://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', ':']);
    end.and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// Whether a page of this host collects codes. `own` are those that the program names.
pub fn is_coupon_site(host: &str, own: &[String]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |site: &str| {
        host.strip_suffix(site)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    COUPON_SITES.iter().any(|site| is_below(site))
        || own.iter().any(|site| is_below(&site.to_ascii_lowercase()))
}

/// When a click came, as seen from the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// Milliseconds from the click to the order; `None` where nothing was clicked.
    pub before_order_ms: Option<i64>,
    /// Milliseconds from the click to the start of the checkout, below zero when it had begun, if the shop says so.
    pub before_checkout_ms: Option<i64>,
    /// Whether something lay in the cart when the link was clicked.
    pub cart_at_click: bool,
}

impl Timing {
    /// The timing of a click at a moment.
    pub fn of(
        click: Option<Millis>,
        checkout: Option<Millis>,
        order: Millis,
        cart_at_click: bool,
    ) -> Self {
        let until = |moment: Millis| click.map(|click| moment.0.saturating_sub(click.0));
        Self {
            before_order_ms: until(order),
            before_checkout_ms: checkout.and_then(until),
            cart_at_click,
        }
    }

    /// Whether the buyer was about to pay when the link was clicked. A code that is typed is always typed at the
    /// checkout, so where nothing was clicked nothing is late.
    pub fn is_late(self) -> bool {
        let Some(before_order) = self.before_order_ms else {
            return false;
        };
        self.cart_at_click
            || before_order < HASTE_MS
            || self.before_checkout_ms.is_some_and(|ms| ms <= 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ad, Provenance, Timing, ad, host_of, is_coupon_site};
    use crate::time::Millis;

    #[test]
    fn a_mark_of_meta_alone_does_not_say_that_anybody_paid() {
        assert_eq!(ad(["c", "GCLID"].into_iter()), Some(Ad::Paid));
        assert_eq!(ad(["fbclid", "msclkid"].into_iter()), Some(Ad::Paid));
        assert_eq!(ad(["utm_source", "fbclid"].into_iter()), Some(Ad::Social));
        assert_eq!(ad(["utm_source", "gc"].into_iter()), None);
    }

    #[test]
    fn advertising_has_names_that_are_read_back_and_no_other() {
        for (ad, name) in [(Ad::Paid, "paid"), (Ad::Social, "social")] {
            assert_eq!(ad.name(), name);
            assert_eq!(Ad::from_name(name), Some(ad));
        }
        assert_eq!(Ad::from_name("Paid"), None);
        assert_eq!(Ad::from_name(""), None);
    }

    #[test]
    fn where_a_click_came_from_is_three_bits() {
        let ways = [
            (None, false, 0),
            (None, true, 1),
            (Some(Ad::Social), false, 2),
            (Some(Ad::Social), true, 3),
            (Some(Ad::Paid), false, 4),
            (Some(Ad::Paid), true, 5),
        ];
        for (ad, coupon_site, bits) in ways {
            let way = Provenance { coupon_site, ad };
            assert_eq!(way.to_bits(), bits);
            assert_eq!(Provenance::from_bits(bits), way);
        }
        assert_eq!(Provenance::from_bits(6), Provenance::default());
    }

    #[test]
    fn the_host_of_an_address_ends_where_anything_else_begins() {
        for address in [
            "https://deals.example",
            "https://deals.example/a?b#c",
            "https://deals.example:443/",
            "https://deals.example?b",
            "https://deals.example#c",
            "deals.example/a",
            "deals.example",
        ] {
            assert_eq!(host_of(address), "deals.example", "{address}");
        }
        assert_eq!(host_of(""), "");
    }

    #[test]
    fn a_coupon_site_is_known_on_all_its_hosts_and_no_other() {
        let own = ["Deals.Example".to_owned()];
        for host in [
            "retailmenot.com",
            "www.RetailMeNot.com",
            "m.deals.example",
            "mydealz.de.",
        ] {
            assert!(is_coupon_site(host, &own), "{host}");
        }
        for host in [
            "notretailmenot.com",
            "retailmenot.com.shop.example",
            "shop.example",
            "",
        ] {
            assert!(!is_coupon_site(host, &own), "{host}");
        }
    }

    #[test]
    fn a_click_is_late_with_a_full_cart_in_the_checkout_or_just_before_the_order() {
        let timing = |click, checkout: Option<i64>, order, cart| {
            Timing::of(click, checkout.map(Millis), Millis(order), cart).is_late()
        };
        let click = Some(Millis(0));
        assert!(!timing(click, Some(500_000), 600_000, false));
        assert!(timing(click, Some(500_000), 600_000, true));
        assert!(timing(Some(Millis(550_000)), Some(500_000), 700_000, false));
        assert!(timing(click, None, 59_999, false));
        assert!(!timing(click, None, 60_000, false));
        assert!(!timing(None, Some(0), 1, true));
    }
}
