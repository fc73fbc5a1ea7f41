//! A shop in which a test tells what happens, and asks which signals the ledger has raised.

use std::cell::{Cell, RefCell};

use goodword_risk_report::shop::Shop;
use goodword_risk_report::world::BEGINNING;
use goodword_risk_report::world::event::{By, Claim, Click, DAY, Device, Event, HOUR, Order, What};

/// Where Jane is, who refers; and where Otto is, who refers as well.
pub(crate) const JANE: Device = Device {
    browser: Some(1),
    ip: Some([198, 51, 100, 7]),
};
pub(crate) const OTTO: Device = Device {
    browser: Some(2),
    ip: Some([203, 0, 113, 7]),
};
pub(crate) const NOWHERE: Device = Device {
    browser: None,
    ip: None,
};

/// A shop in which Jane and Otto are enrolled.
pub(crate) struct Story {
    pub(crate) shop: RefCell<Shop>,
    pub(crate) now: Cell<i64>,
    next: Cell<u64>,
}

impl Story {
    pub(crate) fn new() -> Self {
        let shop = Shop::new(0).expect("a shop");
        let story = Self {
            shop: RefCell::new(shop),
            now: Cell::new(BEGINNING + DAY),
            next: Cell::new(1),
        };
        for (name, device) in [("jane", JANE), ("otto", OTTO)] {
            story.tell(What::Enrolled {
                customer: name.into(),
                email: Some(format!("{name}@mail.example")),
                code: name.into(),
                device,
            });
        }
        story
    }

    pub(crate) fn tell(&self, what: What) {
        let at = self.now.get();
        let told = self.shop.borrow_mut().tell(&Event { at, what });
        told.expect("heard");
    }

    pub(crate) fn wait(&self, time: i64) {
        self.now.set(self.now.get() + time);
    }

    pub(crate) fn number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    /// Somebody new whom nothing speaks against.
    pub(crate) fn order(&self, by: By) -> Order {
        let id = self.number();
        Order {
            id,
            checkout_at: None,
            customer: None,
            email: Some(format!("buyer{id}@mail.example")),
            card: None,
            address: None,
            ip: None,
            by,
        }
    }

    /// The signals of an order that is reported now.
    pub(crate) fn signals(&self, order: Order) -> Vec<String> {
        let id = order.id;
        self.tell(What::Ordered(order));
        let verdicts = self.shop.borrow().verdicts().expect("verdicts");
        verdicts[&id].signals.clone()
    }

    /// An order without a referral.
    pub(crate) fn plain(&self, change: impl FnOnce(&mut Order)) {
        let mut order = self.order(By::Nobody);
        change(&mut order);
        self.tell(What::Ordered(order));
    }

    /// The signals of an order by Jane's code.
    pub(crate) fn friend(&self, change: impl FnOnce(&mut Order)) -> Vec<String> {
        let mut order = self.order(By::Code("jane".into()));
        change(&mut order);
        self.signals(order)
    }

    /// A click on Jane's link, claimed at once.
    pub(crate) fn claim(&self, change: impl FnOnce(&mut Claim)) -> By {
        let mut claim = Claim {
            id: self.number(),
            code: "jane".into(),
            click: Some(Click {
                at: self.now.get(),
                query: Vec::new(),
            }),
            device: NOWHERE,
            referer: None,
            cart: false,
        };
        change(&mut claim);
        let by = By::Claim(claim.id);
        self.tell(What::Claimed(claim));
        by
    }

    /// The signals of an order an hour after such a click.
    pub(crate) fn visitor(&self, change: impl FnOnce(&mut Claim)) -> Vec<String> {
        let by = self.claim(change);
        self.wait(HOUR);
        let order = self.order(by);
        self.signals(order)
    }

    pub(crate) fn block(&self, kind: &str, value: &str) {
        let blocked = self.shop.borrow().block(kind, value, self.now.get());
        blocked.expect("blocked");
    }
}
