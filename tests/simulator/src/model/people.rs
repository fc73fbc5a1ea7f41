//! Who is who, as far as the shop has named them.

use super::rules::RECORDS_ARE_JUDGED_WHOLE;

/// How a report or a customer token names somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// The shop's id.
    pub customer: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// Somebody whom the ledger keeps.
#[derive(Clone, Debug)]
pub struct Record {
    /// Pseudonym in the ledger.
    pub id: String,
    /// What is known.
    pub named: Naming,
    /// Enrolled by e-mail, unproven.
    pub guest: bool,
    /// Referral code, once it has been told.
    pub code: Option<String>,
    /// Orders.
    pub orders: usize,
    /// What they have chosen to earn: of what kind, and how much.
    pub choice: Option<(&'static str, i64)>,
    /// Whose referral they are.
    pub referrer: Option<usize>,
    /// Evidence that names them.
    pub bonds: Vec<Bond>,
    /// What happened to them, and when.
    pub events: Vec<(String, i64)>,
    /// Whether one of these was decided on as a conversion.
    pub judged: bool,
}

/// Evidence that names somebody.
#[derive(Clone, Debug)]
pub struct Bond {
    /// Whether staff entered it, and why.
    pub staff: Option<String>,
    /// When.
    pub at: i64,
    /// Click or code.
    pub key: String,
    /// Whom it names.
    pub referrer: usize,
    /// Version of the terms.
    pub version: usize,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub struct People(pub Vec<Record>);

impl Naming {
    /// Whether both are the same person.
    pub fn is(&self, other: &Self) -> bool {
        let same_id = self.customer.is_some() && self.customer == other.customer;
        let mailbox = |naming: &Self| naming.email.as_deref().map(mailbox);
        same_id || (self.email.is_some() && mailbox(self) == mailbox(other))
    }

    /// Whether nobody is named.
    pub const fn is_nobody(&self) -> bool {
        self.customer.is_none() && self.email.is_none()
    }
}

impl People {
    /// The record that is this very person's.
    pub fn own(&self, naming: &Naming) -> Option<usize> {
        let customers = || {
            self.0
                .iter()
                .enumerate()
                .filter(|(_, record)| !record.guest)
        };
        let by_id = customers()
            .find(|(_, r)| r.named.customer.is_some() && r.named.customer == naming.customer);
        let by_mail = || {
            customers().find(|(_, r)| {
                let one_without_id = r.named.customer.is_none() || naming.customer.is_none();
                naming.email.is_some() && r.named.email == naming.email && one_without_id
            })
        };
        by_id.or_else(by_mail).map(|(index, _)| index)
    }

    /// All that is held to be true of a buyer when they are judged.
    pub fn judged(&self, naming: &Naming) -> Vec<Naming> {
        let own = self.own(naming).filter(|_| RECORDS_ARE_JUDGED_WHOLE);
        let known = own.map(|index| self.0[index].named.clone());
        std::iter::once(naming.clone()).chain(known).collect()
    }

    /// Orders of everybody who is, or shares a mailbox with, this person.
    pub fn orders_of(&self, naming: &Naming) -> usize {
        let judged = self.judged(naming);
        let matching =
            |record: &&Record| !record.guest && judged.iter().any(|one| one.is(&record.named));
        self.0
            .iter()
            .filter(matching)
            .map(|record| record.orders)
            .sum()
    }

    /// Whose referral a person is, or whoever shares their mailbox.
    pub fn referrer_of(&self, naming: &Naming) -> Option<usize> {
        let judged = self.judged(naming);
        let own = self.own(naming).and_then(|index| self.0[index].referrer);
        let mut sharing = self
            .0
            .iter()
            .filter(|record| !record.guest && judged.iter().any(|one| one.is(&record.named)));
        own.or_else(|| sharing.find_map(|record| record.referrer))
    }

    /// Finds or enrols a customer, and learns what is new of them.
    pub fn introduce(&mut self, naming: &Naming, id: &str) -> usize {
        let Some(index) = self.own(naming) else {
            return self.enrol(naming, id, false);
        };
        let named = &mut self.0[index].named;
        if named.customer.is_none() {
            named.customer.clone_from(&naming.customer);
        }
        if naming.email.is_some() {
            named.email.clone_from(&naming.email);
        }
        index
    }

    /// Finds or enrols a guest.
    pub fn introduce_guest(&mut self, email: &str, id: &str) -> usize {
        let known = self
            .0
            .iter()
            .position(|r| r.guest && r.named.email.as_deref() == Some(email));
        let naming = Naming {
            customer: None,
            email: Some(email.to_owned()),
        };
        known.unwrap_or_else(|| self.enrol(&naming, id, true))
    }

    /// The owner of a code.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.0
            .iter()
            .position(|record| record.code.as_deref() == Some(code))
    }

    fn enrol(&mut self, naming: &Naming, id: &str, guest: bool) -> usize {
        self.0.push(Record {
            id: id.to_owned(),
            named: naming.clone(),
            guest,
            code: None,
            orders: 0,
            choice: None,
            referrer: None,
            judged: false,
            bonds: Vec::new(),
            events: Vec::new(),
        });
        self.0.len() - 1
    }
}

/// The mailbox of an address of the simulation: they differ from their aliases by a tag only.
fn mailbox(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let (bare, _) = local.split_once('+').unwrap_or((local, ""));
    format!("{bare}@{domain}")
}
