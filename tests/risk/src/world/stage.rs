//! Where the stories take place: it writes down what a ledger would hear of them, with all that gets lost on the way.

use std::collections::BTreeMap;

use super::event::{Address, By, Claim, Click, DAY, Device, Event, MINUTE, Order, What};
use super::label::Label;
use super::people::{Person, neighbour, phone_ip, tab};
use crate::rng::Rng;

/// What a shop is able to report.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a shop may report each without the others"
)]
pub(super) struct Shop {
    /// Fingerprints of cards.
    pub cards: bool,
    /// Postal addresses.
    pub addresses: bool,
    /// When the checkout began.
    pub checkouts: bool,
    /// The network address of the checkout.
    pub networks: bool,
}

/// How a buyer comes.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// Through the share link.
    Link(Link),
    /// By a code that they type.
    Typed {
        /// The page from which they entered the shop.
        referer: Option<String>,
        /// Whether the widget claims it, and not only the shop's own checkout.
        claims: bool,
    },
    /// By a claim that was made already.
    Claimed(u64),
}

/// A way through the share link.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The page on which the link was clicked, if the browser says so.
    pub referer: Option<String>,
    /// Names in the query of the clicked address.
    pub query: Vec<String>,
    /// Whether something lay in the cart.
    pub cart: bool,
    /// From the click to the order.
    pub dwell: i64,
}

/// Somebody buys.
#[derive(Clone, Debug)]
pub(super) struct Sale<'a> {
    /// By whose code.
    pub code: &'a str,
    /// Who.
    pub buyer: &'a Person,
    /// When they click, or type.
    pub at: i64,
    /// How they come.
    pub way: Way,
    /// What it is meant to be.
    pub label: Label,
}

/// The stage.
#[derive(Debug)]
pub(super) struct Stage {
    /// Chance.
    pub rng: Rng,
    /// What the shop reports.
    pub shop: Shop,
    /// What has been written down.
    pub events: Vec<Event>,
    /// What orders were meant to be.
    pub labels: BTreeMap<u64, Label>,
    next: u64,
}

impl Stage {
    /// An empty stage.
    pub(crate) fn new(mut rng: Rng) -> Self {
        let shop = Shop {
            cards: rng.chance(850),
            addresses: rng.chance(900),
            checkouts: rng.chance(600),
            networks: rng.chance(700),
        };
        Self {
            rng,
            shop,
            events: Vec::new(),
            labels: BTreeMap::new(),
            next: 1,
        }
    }

    /// A number that nothing else has.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Writes something down.
    pub(crate) fn write(&mut self, at: i64, what: What) {
        self.events.push(Event { at, what });
    }

    /// A customer with a past, who is enrolled to share at this time. The code.
    pub(crate) fn referrer(&mut self, person: &Person, at: i64) -> String {
        for _ in 0..self.rng.between(0, 3) {
            let before = at - self.rng.between(1, 120) * DAY;
            self.plain_order(person, before);
        }
        // Most have bought on the day itself, and were asked then.
        if self.rng.chance(700) {
            self.plain_order(person, at - 10 * MINUTE);
        }
        self.enrol(person, at)
    }

    /// A customer is enrolled, whatever their past. The code.
    pub(crate) fn enrol(&mut self, person: &Person, at: i64) -> String {
        let code = format!("CODE{}", self.number());
        let customer = person.customer.clone().unwrap_or_else(|| code.clone());
        let email = self.rng.chance(930).then(|| person.email.clone());
        let device = self.device(person, at);
        self.write(
            at,
            What::Enrolled {
                customer,
                email,
                code: code.clone(),
                device,
            },
        );
        code
    }

    /// The referrer looks at their page, to share or to see how it goes.
    pub(crate) fn visit(&mut self, person: &Person, at: i64) {
        let device = self.device(person, at);
        if let Some(customer) = person.customer.clone() {
            self.write(at, What::Visited { customer, device });
        }
    }

    /// An order that no referral has to do with.
    pub(crate) fn plain_order(&mut self, person: &Person, at: i64) -> u64 {
        self.order(person, at, By::Nobody)
    }

    /// A referred order. Its id.
    pub(crate) fn sell(&mut self, sale: Sale<'_>) -> u64 {
        let Sale {
            code,
            buyer,
            at,
            way,
            label,
        } = sale;
        let order = match way {
            Way::Link(link) => self.by_link(code, buyer, at, link),
            Way::Typed { referer, claims } => {
                let mut by = By::Code(code.to_owned());
                if claims {
                    by = By::Claim(self.claim(code, buyer, at, None, referer, true));
                }
                let paid = at + self.rng.between(20, 150) * 1_000;
                self.order(buyer, paid, by)
            }
            Way::Claimed(claim) => self.order(buyer, at, By::Claim(claim)),
        };
        self.labels.insert(order, label);
        order
    }

    fn by_link(&mut self, code: &str, buyer: &Person, at: i64, link: Link) -> u64 {
        let click = Click {
            at,
            query: link.query,
        };
        // Now and then nothing is ever heard of the visit, and the code is all that comes with the order.
        if self.rng.chance(950) {
            let claimed = at + (link.dwell / 2).min(3 * MINUTE);
            let claim = self.claim(code, buyer, claimed, Some(click), link.referer, link.cart);
            self.order(buyer, at + link.dwell, By::Claim(claim))
        } else {
            self.order(buyer, at + link.dwell, By::Code(code.to_owned()))
        }
    }

    /// A claim, whether or not an order follows. Its id.
    pub(crate) fn claim(
        &mut self,
        code: &str,
        buyer: &Person,
        at: i64,
        click: Option<Click>,
        referer: Option<String>,
        cart: bool,
    ) -> u64 {
        let id = self.number();
        let device = self.device(buyer, at);
        // Apps, private pages and strict policies say nothing.
        let says = self.rng.chance(850);
        self.write(
            at,
            What::Claimed(Claim {
                id,
                code: code.to_owned(),
                click,
                device,
                referer: referer.filter(|_| says),
                cart,
            }),
        );
        id
    }

    /// An order is refunded as a whole.
    pub(crate) fn undo(&mut self, order: u64, at: i64) {
        self.write(at, What::Undone { order });
    }

    fn order(&mut self, buyer: &Person, at: i64, by: By) -> u64 {
        let id = self.number();
        let shop = self.shop;
        let address: Option<Address> = shop
            .addresses
            .then(|| super::people::retyped(&mut self.rng, &buyer.home));
        let order = Order {
            id,
            checkout_at: shop
                .checkouts
                .then(|| at - self.rng.between(45, 400) * 1_000),
            customer: buyer.customer.clone(),
            email: self.rng.chance(985).then(|| buyer.email.clone()),
            // A wallet in between hides the card now and then.
            card: buyer
                .card
                .clone()
                .filter(|_| shop.cards && self.rng.chance(985)),
            address: address.filter(|_| self.rng.chance(970)),
            ip: shop.networks.then(|| self.ip(buyer)),
            by,
        };
        let named = order.customer.is_some() || order.email.is_some();
        let order = Order {
            email: order
                .email
                .or_else(|| (!named).then(|| buyer.email.clone())),
            ..order
        };
        self.write(at, What::Ordered(order));
        id
    }

    fn device(&mut self, person: &Person, at: i64) -> Device {
        Device {
            browser: person.browser.map(|browser| tab(browser, at)),
            ip: Some(self.ip(person)),
        }
    }

    fn ip(&mut self, person: &Person) -> [u8; 4] {
        if self.rng.chance(person.at_home) {
            neighbour(&mut self.rng, person.ip)
        } else {
            phone_ip(&mut self.rng)
        }
    }
}
