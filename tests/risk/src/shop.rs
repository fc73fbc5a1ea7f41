//! A shop whose events are told to a real ledger: the Worker's own engine and SQL, on a database in memory.
//!
//! It does what the widget, the edge and the shop's server do between a person and the ledger: it signs clicks, sends claims
//! with the network that an edge sees, and reports orders. What the ledger makes of them is read from its tables.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use goodword_edge::native::{Cell, NativeEdge, NativeLedger, Outcome, network_of};
use goodword_shared::email::Email;
use goodword_shared::history::Former;
use goodword_simulator::call::{Act, Call};
use goodword_simulator::model::people::Naming;
use goodword_simulator::shop::Shop as Keys;
use serde_json::{Value, json};

use crate::rng::Rng;
use crate::verdict::Judged;
use crate::world::BEGINNING;
use crate::world::event::{By, Claim, DAY, Device, Event, Order, What};

/// Opens the keys of every ledger here.
const SECRET: &str = "5c0a5d2f9b0e4c7a8d1f3e6b7a9c0d2e4f6a8b0c1d3e5f708192a3b4c5d6e7f8";

/// The offer is for so many first orders of a customer.
const FIRST_ORDERS: u32 = 3;

/// What every order comes to, in cents.
const TOTAL: i64 = 5_000;

/// How often what falls due by the clock is done: holds that are over, traces that are too old.
const UPKEEP: i64 = 7 * DAY;

/// A claim as the buyer has it.
struct Claimed {
    token: Option<String>,
    code: String,
    /// `None` where the ledger gave none: too many were waiting already.
    discount: Option<String>,
}

/// One shop with its ledger.
pub struct Shop {
    ledger: NativeLedger,
    edge: NativeEdge,
    keys: Keys,
    entropy: RefCell<Rng>,
    /// The ledger's codes, by those of the stories.
    codes: HashMap<String, String>,
    claims: HashMap<u64, Claimed>,
    kept_up_at: i64,
}

/// A ledger in which the program has just been created, and what that has answered.
struct Picture {
    database: Vec<u8>,
    keys: Value,
    record: String,
}

impl Shop {
    /// A shop whose program has just begun.
    pub fn new(seed: u64) -> Result<Self, String> {
        static PICTURE: OnceLock<Result<Picture, String>> = OnceLock::new();
        // To make the tables takes as long as hundreds of orders: every ledger begins with a picture of one.
        let picture = PICTURE.get_or_init(created);
        let picture = picture.as_ref().map_err(Clone::clone)?;
        let ledger = NativeLedger::from_image(&picture.database, SECRET)?;
        let edge = NativeEdge::of(&ledger, &picture.record).ok_or("a record that does not open")?;
        Ok(Self {
            ledger,
            edge,
            keys: Keys::created(&picture.keys),
            entropy: RefCell::new(Rng::new(!seed)),
            codes: HashMap::new(),
            claims: HashMap::new(),
            kept_up_at: BEGINNING,
        })
    }

    /// Tells the ledger of an event.
    pub fn tell(&mut self, event: &Event) -> Result<(), String> {
        let at = event.at;
        self.keep_up(at)?;
        match &event.what {
            What::Enrolled {
                customer,
                email,
                code,
                device,
            } => {
                let own = self.visit(customer, email.clone(), device, at)?;
                self.codes.insert(code.clone(), own);
                Ok(())
            }
            What::Visited { customer, device } => self.visit(customer, None, device, at).map(drop),
            What::Claimed(claim) => self.claim(claim, at),
            What::Ordered(order) => {
                let report = self.report(order, at)?;
                self.done(&Act::Report(report).into(), at).map(drop)
            }
            What::Undone { order } => {
                let refund = json!({
                    "kind": "refund", "order_id": order_id(*order), "refund_id": "all", "amount": TOTAL, "currency": "EUR",
                });
                self.done(&Act::Report(refund).into(), at).map(drop)
            }
            What::Listed { email, card } => {
                let email = email.iter().map(|email| ("email", email.as_str()));
                let card = card.iter().map(|card| ("payment", card.as_str()));
                email
                    .chain(card)
                    .try_for_each(|(kind, value)| self.block(kind, value, at))
            }
        }
    }

    /// The merchant puts something on the block-list.
    pub fn block(&self, kind: &str, value: &str, at: i64) -> Result<(), String> {
        let entries = json!([{ "kind": kind, "value": value }]);
        let add = json!({ "AddBlocks": { "entries": entries } });
        self.done(&Act::Merchant(add).into(), at).map(drop)
    }

    /// The merchant imports a customer of before the program began.
    pub fn import(&self, email: &str, at: i64) -> Result<(), String> {
        let email = Email::parse(email).map_err(|_| format!("no address: {email}"))?;
        let former = Former {
            customer: None,
            email: Some(email),
        };
        let import = json!({ "ImportCustomers": { "lines": former.to_line() } });
        self.done(&Act::Merchant(import).into(), at).map(drop)
    }

    /// What the ledger has decided on each order, by the number of the stories.
    pub fn verdicts(&self) -> Result<HashMap<u64, Judged>, String> {
        let rows = self.ledger.query(
            "SELECT id, decision ->> 'reason', decision -> 'risk', decision -> 'considered' FROM orders",
        )?;
        let mut verdicts = HashMap::new();
        for row in rows {
            let [Cell::Text(id), Cell::Text(reason), risk, considered] = &row[..] else {
                return Err(format!("an order of a strange kind: {row:?}"));
            };
            let number = id.strip_prefix("order-").and_then(|id| id.parse().ok());
            let number = number.ok_or_else(|| format!("an order of nobody's: {id}"))?;
            verdicts.insert(number, Judged::of(reason, text(risk), text(considered))?);
        }
        Ok(verdicts)
    }

    /// Somebody who is signed in looks at their page: the widget enrols or finds them. Their code.
    fn visit(
        &self,
        customer: &str,
        email: Option<String>,
        device: &Device,
        at: i64,
    ) -> Result<String, String> {
        let naming = Naming {
            customer: Some(customer.to_owned()),
            email,
        };
        let token = self.keys.customer_token(&naming, at);
        let enrol = json!({ "customer_token": token, "browser": browser(device) });
        let answer = self.done(&from(device, json!({ "Enrol": enrol })), at)?;
        text_of(&answer, "code")
    }

    fn claim(&mut self, claim: &Claim, at: i64) -> Result<(), String> {
        let code = self.code(&claim.code)?;
        let token = match &claim.click {
            Some(click) => {
                let mut id = [0; 12];
                self.fill(&mut id);
                let query = click.query.iter().map(String::as_str);
                let referer = claim.referer.as_deref();
                let token = self.edge.click(&code, referer, query, id, click.at);
                Some(token.ok_or("a click was not signed")?)
            }
            None => None,
        };
        let typed = token.is_none();
        let request = json!({
            "token": token, "code": typed.then_some(&code), "customer_token": null,
            "claim_id": typed.then(|| format!("claim-of-a-typed-code-{}", claim.id)),
            "browser": browser(&claim.device), "cart": claim.cart, "referrer": claim.referer,
        });
        let call = from(&claim.device, json!({ "Claim": request }));
        let discount = match self.run(&call, at)? {
            Outcome::Done(_, body) => Some(text_of(&parse(&body)?, "discount_code")?),
            // Then there is no discount, and what named the referrer is all that comes with the order.
            Outcome::Refused("too_many_discounts_for_source" | "too_many_discounts_for_code") => {
                None
            }
            other => return Err(format!("a claim has ended as {other:?}")),
        };
        let claimed = Claimed {
            token,
            code,
            discount,
        };
        self.claims.insert(claim.id, claimed);
        Ok(())
    }

    fn report(&self, order: &Order, at: i64) -> Result<Value, String> {
        let mut report = json!({
            "kind": "order", "order_id": order_id(order.id), "at": at, "checkout_at": order.checkout_at,
            "currency": "EUR", "subtotal": TOTAL, "discount": 0, "total": TOTAL,
            "customer": { "id": order.customer, "email": order.email },
            "risk": {
                "payment_fingerprint": order.card, "ip": order.ip.map(address),
                "shipping_address": order.address.as_ref().map(|home| json!({
                    "country": home.country, "postal_code": home.postal_code, "lines": home.lines,
                })),
            },
        });
        match &order.by {
            By::Nobody => {}
            By::Code(code) => report["referral_code"] = self.code(code)?.into(),
            By::Claim(id) => {
                let claimed = self.claims.get(id).ok_or("a claim that nobody has made")?;
                match (&claimed.discount, &claimed.token) {
                    (Some(discount), _) => report["discount_codes"] = json!([discount]),
                    (None, Some(token)) => report["token"] = token.as_str().into(),
                    (None, None) => report["referral_code"] = claimed.code.as_str().into(),
                }
            }
        }
        Ok(report)
    }

    fn code(&self, code: &str) -> Result<String, String> {
        let own = self.codes.get(code);
        own.cloned().ok_or_else(|| format!("{code} is nobody's"))
    }

    fn keep_up(&mut self, now: i64) -> Result<(), String> {
        if now - self.kept_up_at < UPKEEP {
            return Ok(());
        }
        self.kept_up_at = now;
        let worked = self.ledger.keep_up(now, None, &|bytes| self.fill(bytes));
        match worked.failures.first() {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    fn done(&self, call: &Call, at: i64) -> Result<Value, String> {
        match self.run(call, at)? {
            Outcome::Done(_, body) => parse(&body),
            other => Err(format!("{call} has ended as {other:?}")),
        }
    }

    fn run(&self, call: &Call, at: i64) -> Result<Outcome, String> {
        let envelope = call.envelope(&self.keys, at);
        let ran = self
            .ledger
            .run(&envelope, None, &|bytes| self.fill(bytes))?;
        Ok(ran.outcome)
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.entropy.borrow_mut().fill(bytes);
    }
}

fn created() -> Result<Picture, String> {
    let mut ledger = NativeLedger::roomy(SECRET)?;
    let entropy = RefCell::new(Rng::new(0));
    let mut keys = Keys::default();
    let settings = json!({
        "name": "Ember & Oak", "store_url": "https://shop.example/", "currency": "EUR", "first_orders": FIRST_ORDERS,
        "discount": { "kind": "percent", "basis_points": 1_000 },
        "reward": { "kind": "credit", "value": { "rule": "match_discount" } },
    });
    let mut answers = Vec::new();
    for act in [
        Act::Create(settings),
        Act::Read(json!("ProgramRecord"), false),
    ] {
        let envelope = Call::from(act).envelope(&keys, BEGINNING);
        let ran = ledger.run(&envelope, None, &|bytes| entropy.borrow_mut().fill(bytes))?;
        let Outcome::Done(_, body) = ran.outcome else {
            return Err(format!("no program: {:?}", ran.outcome));
        };
        if answers.is_empty() {
            keys = Keys::created(&parse(&body)?);
        }
        answers.push(body);
    }
    let record = answers.pop().unwrap_or_default();
    Ok(Picture {
        database: ledger.image()?,
        keys: parse(&answers.concat())?,
        record,
    })
}

/// A command of nobody in particular, from where somebody is.
fn from(device: &Device, command: Value) -> Call {
    Call {
        source: device.ip.map(address).as_deref().and_then(network_of),
        ..Call::from(Act::Read(command, false))
    }
}

fn browser(device: &Device) -> Option<String> {
    device.browser.map(|id| format!("browser-{id:016x}"))
}

fn address([a, b, c, d]: [u8; 4]) -> String {
    format!("{a}.{b}.{c}.{d}")
}

fn order_id(number: u64) -> String {
    format!("order-{number}")
}

fn parse(body: &str) -> Result<Value, String> {
    serde_json::from_str(body).map_err(|error| error.to_string())
}

fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn text_of(body: &Value, name: &str) -> Result<String, String> {
    let text = body[name].as_str().map(str::to_owned);
    text.ok_or_else(|| format!("no {name} in {body}"))
}
