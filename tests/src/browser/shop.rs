//! The demo store with a program of its own, and what people do there.

use std::net::TcpListener;

use super::widget::{LAUNCHER, says};
use super::window::Browser;
use crate::harness::edge::Edge;
use crate::harness::program::Program;
use crate::harness::setup::Setup;
use crate::store::ids::session_id;
use crate::store::orders::Order;
use crate::store::{Store, StoreConfig, start};

/// An open store and its program.
#[derive(Debug)]
pub struct Shop {
    /// The program, which allows the store's origin and leads to it.
    pub program: Program,
    /// The store.
    pub store: Store,
}

/// A free port below those that the system gives out, so that nobody else is given it before it is used.
pub fn reserved_port() -> u16 {
    let drawn = |id: String| u16::from_str_radix(&id[..4], 16).expect("hex");
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let mut ports = (0..1_000).map(|_| 20_000 + drawn(session_id()) % 12_000);
    ports.find(free).expect("a free port")
}

/// A program for the site at this address.
pub async fn program_for(url: &str, setup: Setup) -> Program {
    setup
        .set("store_url", format!("{url}/"))
        .set("allowed_origins", vec![url])
        .create(&Edge::shared())
        .await
}

impl Shop {
    /// Opens a store.
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// Opens a store that is configured otherwise.
    pub async fn open_with(change: impl FnOnce(&mut StoreConfig)) -> Self {
        let listen = format!("127.0.0.1:{}", reserved_port());
        let program = program_for(&format!("http://{listen}"), Setup::default()).await;
        let mut config = StoreConfig::new(&program.edge.url, &program.id, program.keys.clone());
        config.listen = listen;
        change(&mut config);
        let store = start(config).await.expect("a store");
        Self { program, store }
    }

    /// The last order.
    pub fn last_order(&self) -> Order {
        self.store.orders().pop().expect("an order")
    }
}

impl Browser {
    /// Signs in as one of the store's regulars, and waits for the launcher.
    pub async fn sign_in(&self, who: &str) {
        self.click("document.getElementById('who')").await;
        self.click(&format!("document.querySelector('[data-sign-in={who}]')"))
            .await;
        self.wait(LAUNCHER).await;
    }

    /// Puts a product into the cart, which opens.
    pub async fn put_in(&self, product: &str) {
        self.click(&format!("document.querySelector('[data-add={product}]')"))
            .await;
        self.wait("document.getElementById('cart').open").await;
    }

    /// Waits until the cart takes this off, such as `−€3.00`.
    pub async fn taken_off(&self, amount: &str) {
        let row = says("document.querySelector('#sums .off .num')");
        self.wait(&format!("{row} === {amount:?}")).await;
    }

    /// Pays for what is in the open cart, and waits for the thanks. Returns the order's id.
    pub async fn pay_as(&self, name: &str, email: &str) -> String {
        self.click("document.getElementById('to-pay')").await;
        for (field, text) in [("name", name), ("email", email)] {
            let field = format!("document.getElementById('{field}')");
            self.value(&format!("{field}.value = ''")).await;
            self.type_into(&field, text).await;
        }
        self.click("document.getElementById('pay')").await;
        let id = says("document.querySelector('#thanks:not([hidden]) #thanks-id')");
        let id = self.until(&id).await;
        id.as_str().expect("an order's id").to_owned()
    }
}
