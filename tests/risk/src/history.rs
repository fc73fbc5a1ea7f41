//! What a ledger knows of an order when it arrives: read from the events before it, and from nothing else.
//!
//! It keeps what a ledger would keep (keyed hashes of addresses, networks and cards, counts, times) and finds the evidence
//! by looking things up in it.

mod uses;

use std::collections::{HashMap, HashSet};

use goodword_shared::attribution::{Identity, same_person};
use goodword_shared::email::Email;
use goodword_shared::id::ExternalId;
use goodword_shared::keyed_hash::{EmailHashes, KeyedHash, SecretKey, email_hashes};
use goodword_shared::risk::address::{PostalAddress, address_hash};
use goodword_shared::risk::arrival::{Ad, Timing, ad, is_coupon_site};
use goodword_shared::risk::evidence::{Arrival, Listed, Pace, RiskEvidence, Shared};
use goodword_shared::risk::list::HashList;
use goodword_shared::risk::mailbox::mailbox;
use goodword_shared::risk::network::NetworkKeys;
use goodword_shared::time::{DAY_MS, Millis};

use self::uses::{Uses, prefix};
use crate::world::event::{By, Claim, Device, Event, Order, What};

/// The program rewards so many first orders of a customer.
const FIRST_ORDERS: u32 = 3;

/// Whose record.
type Person = usize;

#[derive(Debug, Default)]
struct Record {
    identity: Identity,
    orders: u32,
}

/// A claim, or the use of a code without one.
#[derive(Debug)]
struct CodeUse {
    at: i64,
    coupon: bool,
    ad: Option<Ad>,
    late: bool,
    /// By an order: a claim alone is not.
    used: bool,
}

#[derive(Debug)]
struct Conversion {
    order: u64,
    buyer: Person,
    at: i64,
    undone: bool,
}

/// What is known so far.
pub struct History<'a> {
    disposable: &'a HashList,
    key: SecretKey,
    networks: NetworkKeys,
    people: Vec<Record>,
    by_customer: HashMap<String, Person>,
    by_email: HashMap<KeyedHash, Person>,
    by_mailbox: HashMap<KeyedHash, Vec<Person>>,
    codes: HashMap<String, Person>,
    cards: Uses<String>,
    homes: Uses<KeyedHash>,
    browsers: Uses<u64>,
    prefixes: Uses<KeyedHash>,
    claims: HashMap<u64, (Claim, usize)>,
    tried: HashMap<u64, Vec<(String, i64)>>,
    code_uses: HashMap<String, Vec<CodeUse>>,
    conversions: HashMap<Person, Vec<Conversion>>,
    listed_mailboxes: HashSet<KeyedHash>,
    listed_cards: HashSet<String>,
}

/// A referred order that waits for the verdict.
pub struct Pending {
    /// The shop's id of it.
    pub order: u64,
    /// What is known of it.
    pub evidence: RiskEvidence,
    at: i64,
    referrer: Person,
    buyer: Person,
}

/// An order with what was looked up of it.
struct Subject<'o> {
    at: i64,
    order: &'o Order,
    claim: Option<(Claim, usize)>,
    code: String,
    buyer: Person,
    referrer: Person,
    email: Option<Email>,
    hashes: Option<EmailHashes>,
}

impl<'a> History<'a> {
    /// Nothing is known yet but the list of disposable domains.
    pub fn new(disposable: &'a HashList) -> Self {
        Self {
            disposable,
            key: SecretKey([1; 32]),
            networks: NetworkKeys::new(SecretKey([2; 32]), Millis(0)),
            people: Vec::new(),
            by_customer: HashMap::new(),
            by_email: HashMap::new(),
            by_mailbox: HashMap::new(),
            codes: HashMap::new(),
            cards: Uses::default(),
            homes: Uses::default(),
            browsers: Uses::default(),
            prefixes: Uses::default(),
            claims: HashMap::new(),
            tried: HashMap::new(),
            code_uses: HashMap::new(),
            conversions: HashMap::new(),
            listed_mailboxes: HashSet::new(),
            listed_cards: HashSet::new(),
        }
    }

    /// Takes note of an event. A referred order is answered with what is known of it.
    pub fn read(&mut self, event: &Event) -> Option<Pending> {
        let at = event.at;
        self.networks = self.networks.clone().at(Millis(at));
        match &event.what {
            What::Enrolled {
                customer,
                email,
                code,
            } => {
                let hashes = self.hashes(email.as_deref());
                let person = self.person(Some(customer), hashes.as_ref());
                self.codes.insert(code.clone(), person);
            }
            What::Visited { customer, device } => {
                let person = self.person(Some(customer), None);
                self.saw(person, device, at);
            }
            What::Claimed(claim) => self.claimed(claim, at),
            What::Undone { order } => {
                let all = self.conversions.values_mut().flatten();
                for conversion in all.filter(|conversion| conversion.order == *order) {
                    conversion.undone = true;
                }
            }
            What::Listed { email, card } => {
                let hashes = self.hashes(email.as_deref());
                self.listed_mailboxes
                    .extend(hashes.map(|hashes| hashes.canonical));
                self.listed_cards.extend(card.clone());
            }
            What::Ordered(order) => return self.ordered(order, at),
        }
        None
    }

    /// The verdict was no block, so that the order is the referrer's.
    pub fn converted(&mut self, pending: &Pending) {
        let all = self.conversions.entry(pending.referrer).or_default();
        all.push(Conversion {
            order: pending.order,
            buyer: pending.buyer,
            at: pending.at,
            undone: false,
        });
    }

    fn claimed(&mut self, claim: &Claim, at: i64) {
        let uses = self.code_uses.entry(claim.code.clone()).or_default();
        let query = claim.click.iter().flat_map(|click| &click.query);
        uses.push(CodeUse {
            at,
            coupon: claim
                .referer
                .as_deref()
                .is_some_and(|host| is_coupon_site(host, &[])),
            ad: ad(query.map(String::as_str)),
            late: claim.cart && claim.click.is_some(),
            used: false,
        });
        if let Some(browser) = claim.device.browser {
            let tried = self.tried.entry(browser).or_default();
            tried.push((claim.code.clone(), at));
        }
        let index = uses.len() - 1;
        self.claims.insert(claim.id, (claim.clone(), index));
    }

    fn ordered(&mut self, order: &Order, at: i64) -> Option<Pending> {
        let email = order
            .email
            .as_deref()
            .and_then(|text| Email::parse(text).ok());
        let hashes = email.as_ref().map(|email| email_hashes(&self.key, email));
        let buyer = self.person(order.customer.as_ref(), hashes.as_ref());
        let claim = match &order.by {
            By::Claim(id) => self.claims.get(id).cloned(),
            _ => None,
        };
        let code = match (&order.by, &claim) {
            (By::Code(code), _) => {
                let uses = self.code_uses.entry(code.clone()).or_default();
                uses.push(CodeUse {
                    at,
                    coupon: false,
                    ad: None,
                    late: false,
                    used: true,
                });
                Some(code.clone())
            }
            (_, Some((claim, _))) => Some(claim.code.clone()),
            _ => None,
        };
        let pending = code.and_then(|code| {
            let referrer = *self.codes.get(&code)?;
            let subject = Subject {
                at,
                order,
                claim: claim.clone(),
                code,
                buyer,
                referrer,
                email,
                hashes,
            };
            let evidence = self.evidence(&subject);
            Some(Pending {
                order: order.id,
                evidence,
                at,
                referrer,
                buyer,
            })
        });
        self.keep(
            buyer,
            order,
            claim.as_ref().map(|(claim, _)| &claim.device),
            at,
        );
        pending
    }

    /// What stays of an order in the records.
    fn keep(&mut self, buyer: Person, order: &Order, device: Option<&Device>, at: i64) {
        self.people[buyer].orders += 1;
        if let Some(card) = &order.card {
            self.cards.note(card.clone(), buyer, at);
        }
        if let Some(home) = self.home(order) {
            self.homes.note(home, buyer, at);
        }
        let seen = Device {
            browser: None,
            ip: order.ip,
        };
        self.saw(buyer, &seen, at);
        if let Some(device) = device {
            self.saw(buyer, device, at);
        }
    }

    fn saw(&mut self, person: Person, device: &Device, at: i64) {
        if let Some(browser) = device.browser {
            self.browsers.note(browser, person, at);
        }
        if let Some(ip) = device.ip {
            let hash = self.networks.hash(&prefix(ip));
            self.prefixes.note(hash, person, at);
        }
    }

    fn home(&self, order: &Order) -> Option<KeyedHash> {
        let address = order.address.as_ref()?;
        let postal = PostalAddress {
            country: &address.country,
            postal_code: &address.postal_code,
            lines: &address.lines,
        };
        address_hash(&self.key, &postal)
    }

    fn hashes(&self, email: Option<&str>) -> Option<EmailHashes> {
        let email = Email::parse(email?).ok()?;
        Some(email_hashes(&self.key, &email))
    }

    /// The record of a person: by the customer id, else by the very address.
    fn person(&mut self, customer: Option<&String>, email: Option<&EmailHashes>) -> Person {
        let found = match (customer, email) {
            (Some(customer), _) => self.by_customer.get(customer).copied(),
            (None, Some(email)) => self.by_email.get(&email.exact).copied(),
            (None, None) => None,
        };
        let person = found.unwrap_or_else(|| {
            self.people.push(Record::default());
            self.people.len() - 1
        });
        let record = &mut self.people[person];
        if let Some(customer) = customer {
            record.identity.customer = ExternalId::parse(customer).ok();
            self.by_customer.insert(customer.clone(), person);
        } else if let Some(email) = email {
            self.by_email.insert(email.exact.clone(), person);
        }
        // The first address that is known of somebody stays theirs.
        if let (None, Some(email)) = (&record.identity.email, email) {
            record.identity.email = Some(email.clone());
            let all = self.by_mailbox.entry(email.canonical.clone()).or_default();
            all.push(person);
        }
        person
    }

    fn evidence(&mut self, subject: &Subject<'_>) -> RiskEvidence {
        let late = self.is_late(subject);
        let friends = self.friends(subject);
        let device = subject.claim.as_ref().map(|(claim, _)| &claim.device);
        let ips = [subject.order.ip, device.and_then(|device| device.ip)];
        let prefixes: Vec<KeyedHash> = ips
            .iter()
            .flatten()
            .flat_map(|ip| self.networks.hashes(&prefix(*ip)))
            .collect();
        let browser = device.and_then(|device| device.browser);
        let home = self.home(subject.order);
        let shared = |users: HashSet<Person>| shared(subject, &friends, &users);
        let at_home = self.homes.of(home.as_slice());
        let on_network = self.prefixes.of(&prefixes);
        let both = at_home.intersection(&on_network).copied().collect();
        let address = Shared {
            invited_elsewhere: self.invited_elsewhere(subject, &both),
            ..shared(at_home)
        };
        RiskEvidence {
            same_as_referrer: same_person(
                &self.people[subject.referrer].identity,
                &Identity {
                    customer: self.people[subject.buyer].identity.customer.clone(),
                    email: subject.hashes.clone(),
                },
            ),
            payment: shared(self.cards.of(subject.order.card.as_slice())),
            address,
            network: shared(on_network),
            browser: shared(self.browsers.of(browser.as_slice())),
            mailbox: mailbox(subject.email.as_ref(), &|domain| {
                self.disposable.contains(domain)
            }),
            arrival: self.arrival(subject, late, browser),
            pace: self.pace(subject),
            existing_customer: self.is_existing(subject),
            listed: self.listed(subject),
        }
    }

    /// So many of these are new customers whom somebody else has invited within the last thirty days.
    fn invited_elsewhere(&self, subject: &Subject<'_>, users: &HashSet<Person>) -> u32 {
        let others = self.conversions.iter();
        let others = others.filter(|(referrer, _)| **referrer != subject.referrer);
        let lately = others.flat_map(|(_, all)| all).filter(|conversion| {
            conversion.buyer != subject.buyer
                && conversion.at >= subject.at - 30 * DAY_MS
                && users.contains(&conversion.buyer)
        });
        let people: HashSet<Person> = lately.map(|conversion| conversion.buyer).collect();
        count(people.len())
    }

    /// Invitees of the referrer within the last thirty days.
    fn friends(&self, subject: &Subject<'_>) -> HashSet<Person> {
        let all = self
            .conversions
            .get(&subject.referrer)
            .into_iter()
            .flatten();
        all.filter(|conversion| conversion.at >= subject.at - 30 * DAY_MS)
            .map(|conversion| conversion.buyer)
            .collect()
    }

    /// Whether the click was late. The use of the code is noted, and noted as late as well.
    fn is_late(&mut self, subject: &Subject<'_>) -> bool {
        let Some((claim, index)) = &subject.claim else {
            return false;
        };
        let timing = Timing::of(
            claim.click.as_ref().map(|click| Millis(click.at)),
            subject.order.checkout_at.map(Millis),
            Millis(subject.at),
            claim.cart,
        );
        let uses = self.code_uses.get_mut(&claim.code);
        if let Some(code_use) = uses.and_then(|uses| uses.get_mut(*index)) {
            code_use.late = timing.is_late();
            code_use.used = true;
        }
        timing.is_late()
    }

    fn arrival(&self, subject: &Subject<'_>, late: bool, browser: Option<u64>) -> Arrival {
        let tried = browser.and_then(|browser| self.tried.get(&browser));
        let codes: HashSet<&String> = tried
            .into_iter()
            .flatten()
            .filter(|(_, at)| *at >= subject.at - DAY_MS)
            .map(|(code, _)| code)
            .collect();
        let own = subject.claim.as_ref().and_then(|(claim, index)| {
            let uses = self.code_uses.get(&claim.code)?;
            uses.get(*index)
        });
        Arrival {
            coupon_site: own.is_some_and(|own| own.coupon),
            ad: own.and_then(|own| own.ad),
            late,
            codes_tried: count(codes.len()),
        }
    }

    fn pace(&self, subject: &Subject<'_>) -> Pace {
        let conversions = self.conversions.get(&subject.referrer);
        let since = |days: i64| {
            let all = conversions.into_iter().flatten();
            all.filter(move |conversion| conversion.at >= subject.at - days * DAY_MS)
        };
        let of_code = self.code_uses.get(&subject.code);
        let month = || {
            let all = of_code.into_iter().flatten();
            all.filter(|code_use| code_use.at >= subject.at - 30 * DAY_MS)
        };
        let used = || month().filter(|code_use| code_use.used);
        Pace {
            conversions_day: count(since(1).count()),
            conversions: count(since(180).count()),
            undone: count(since(180).filter(|conversion| conversion.undone).count()),
            uses_day: count(
                used()
                    .filter(|code_use| code_use.at >= subject.at - DAY_MS)
                    .count(),
            ),
            uses_month: count(used().count()),
            coupon_month: count(used().filter(|code_use| code_use.coupon).count()),
            paid_month: count(
                used()
                    .filter(|code_use| code_use.ad == Some(Ad::Paid))
                    .count(),
            ),
            late_month: count(used().filter(|code_use| code_use.late).count()),
        }
    }

    fn is_existing(&self, subject: &Subject<'_>) -> bool {
        let own = self.people[subject.buyer].orders >= FIRST_ORDERS;
        let mailbox = subject.hashes.as_ref().map(|hashes| &hashes.canonical);
        let all = mailbox.and_then(|mailbox| self.by_mailbox.get(mailbox));
        let by_mailbox = all.into_iter().flatten().any(|person| {
            let other = *person != subject.buyer && *person != subject.referrer;
            other && self.people[*person].orders > 0
        });
        own || by_mailbox
    }

    fn listed(&self, subject: &Subject<'_>) -> Vec<Listed> {
        let mut listed = Vec::new();
        let hashes = subject.hashes.as_ref();
        if hashes.is_some_and(|hashes| self.listed_mailboxes.contains(&hashes.canonical)) {
            listed.push(Listed::Buyer);
        }
        let card = subject.order.card.as_ref();
        if card.is_some_and(|card| self.listed_cards.contains(card)) {
            listed.push(Listed::Payment);
        }
        listed
    }
}

fn shared(subject: &Subject<'_>, friends: &HashSet<Person>, users: &HashSet<Person>) -> Shared {
    let others = users
        .iter()
        .filter(|user| **user != subject.buyer && **user != subject.referrer);
    let (invitees, others): (Vec<&Person>, Vec<&Person>) =
        others.partition(|user| friends.contains(*user));
    Shared {
        referrer: subject.buyer != subject.referrer && users.contains(&subject.referrer),
        invitees: count(invitees.len()),
        others: count(others.len()),
        invited_elsewhere: 0,
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
