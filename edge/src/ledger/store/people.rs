//! Customers and guests: pseudonym, code, and what tells them apart.

use goodword_shared::attribution::Identity;
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::keyed_hash::{EmailHashes, KeyedHash};
use goodword_shared::sorted::sorted_by;
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::sql::{Param, Row, SqlError};

/// A person of the program.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: Pseudonym,
    pub(crate) code: ReferralCode,
    /// Enrolled by e-mail, not proven: never matched with a customer.
    pub(crate) guest: bool,
    pub(crate) identity: Identity,
    pub(crate) name_sealed: Option<Vec<u8>>,
    pub(crate) email_sealed: Option<Vec<u8>>,
    /// Orders so far.
    pub(crate) orders: u32,
    pub(crate) enrolled_at: Millis,
    /// Whose referral they are, for good.
    pub(crate) referrer: Option<Pseudonym>,
    /// Evidence that names them: there is something to look up only when there is any.
    pub(crate) bindings: u32,
}

impl Person {
    /// Whether it was erased who they were. Everybody else was enrolled under a customer id or an address.
    pub(crate) fn is_erased(&self) -> bool {
        self.identity == Identity::default()
    }
}

/// What a note to friends is sealed as.
pub(crate) const NOTE: &str = "inviter_note";

/// People in one answer.
const PEOPLE_PAGE: u32 = 100;

/// Somebody with a code as they are shown: the database counts, and writes the JSON. Credit is less what is owed.
const SHOWN: &str = "SELECT json_quote(id), json_object('id', id, 'code', code, 'customer_id', customer_id,
    'guest', json(iif(guest, 'true', 'false')), 'enrolled_at', enrolled_at, 'referrer', referrer, 'orders', orders,
    'claims', (SELECT count(*) FROM touches WHERE touches.referrer = people.id AND discount_code IS NOT NULL),
    'referrals', (SELECT count(*) FROM referrals WHERE referrals.referrer = people.id),
    'credit', json((SELECT json_group_array(json_object('amount', amount, 'currency', currency)) FROM
        (SELECT currency, sum(balance) AS amount FROM balances
            WHERE account IN ('issued:' || people.id, 'receivable:' || people.id) GROUP BY currency))))";

const COLUMNS: &str = "id, code, guest, customer_id, email_exact, email_canonical, name_sealed, email_sealed, orders, enrolled_at, referrer, bindings";

impl Store<'_> {
    /// The owner of a referral code. The code that an erased person is left with is nobody's.
    pub(crate) fn person_by_code(&self, code: &ReferralCode) -> Result<Option<Person>, SqlError> {
        let found = self.person("code = ?", &[Param::from(code.as_str())])?;
        Ok(found.filter(|person| !person.is_erased()))
    }

    /// A person by pseudonym.
    pub(crate) fn person_by_id(&self, id: &Pseudonym) -> Result<Option<Person>, SqlError> {
        self.person("id = ?", &[Param::from(id.0.as_str())])
    }

    /// The guest of an address.
    pub(crate) fn guest_by_email(&self, email: &EmailHashes) -> Result<Option<Person>, SqlError> {
        self.person(
            "email_canonical = ? AND email_exact = ? AND guest = 1",
            &[
                Param::from(email.canonical.0.as_str()),
                Param::from(email.exact.0.as_str()),
            ],
        )
    }

    /// Everybody under a customer id or an address as it is, guests included, in order of their enrolment.
    pub(crate) fn people_named(&self, identity: &Identity) -> Result<Vec<Person>, SqlError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM people WHERE customer_id = ? OR (email_canonical = ? AND email_exact = ?)"
        );
        let email = identity.email.as_ref();
        let values = &[
            Param::from(identity.customer.as_ref().map(ExternalId::as_str)),
            Param::from(email.map(|hashes| hashes.canonical.0.as_str())),
            Param::from(email.map(|hashes| hashes.exact.0.as_str())),
        ];
        let rows = self.rows(&statement, values)?;
        let found: Vec<Person> = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(sorted_by(found, |one, other| one.id.0.cmp(&other.id.0)))
    }

    /// Every customer who is, or shares a mailbox with, this identity.
    pub(crate) fn matches(&self, identity: &Identity) -> Result<Vec<Person>, SqlError> {
        let customer = identity.customer.as_ref().map(ExternalId::as_str);
        let email = identity.email.as_ref();
        let statement = format!(
            "SELECT {COLUMNS} FROM people WHERE customer_id = ? OR (email_canonical = ? AND guest = 0)"
        );
        let values = &[
            Param::from(customer),
            Param::from(email.map(|hashes| hashes.canonical.0.as_str())),
        ];
        let rows = self.rows(&statement, values)?;
        let found: Vec<Person> = rows.iter().map(read).collect::<Result<_, _>>()?;
        // Whatever index was read first: no replay may find another one first.
        Ok(sorted_by(found, |one, other| one.id.0.cmp(&other.id.0)))
    }

    /// Everybody who has a code after an id, in order of their enrolment, as JSON. An erased person has none.
    pub(crate) fn referrers_after(&self, after: &str) -> Result<Vec<(String, String)>, SqlError> {
        let statement = format!("{SHOWN} FROM people WHERE id > ? AND (customer_id IS NOT NULL OR email_exact IS NOT NULL)
                ORDER BY id LIMIT {PEOPLE_PAGE}");
        self.shown(&statement, &[Param::from(after)])
    }

    /// What a person has chosen to earn, JSON as in the settings.
    pub(crate) fn reward_choice(&self, id: &Pseudonym) -> Result<Option<String>, SqlError> {
        let row = self.row(
            "SELECT reward_choice FROM people WHERE id = ?",
            &[Param::from(id.0.as_str())],
        )?;
        Ok(row.and_then(|row| row.maybe_text(0).map(str::to_owned)))
    }

    /// Keeps what a person has chosen to earn.
    pub(crate) fn set_reward_choice(
        &self,
        id: &Pseudonym,
        choice: Option<&str>,
    ) -> Result<(), SqlError> {
        self.run(
            "UPDATE people SET reward_choice = ? WHERE id = ?",
            &[Param::from(choice), Param::from(id.0.as_str())],
        )
    }

    /// What a person says to friends, encrypted.
    pub(crate) fn note(&self, id: &Pseudonym) -> Result<Option<Vec<u8>>, SqlError> {
        let row = self.row(
            "SELECT note_sealed FROM people WHERE id = ?",
            &[Param::from(id.0.as_str())],
        )?;
        Ok(row.and_then(|row| row.maybe_blob(0).map(<[u8]>::to_vec)))
    }

    /// Keeps what a person, who is heard of now, says to friends.
    pub(crate) fn set_note(
        &self,
        id: &Pseudonym,
        note: Option<&Vec<u8>>,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.run(
            "UPDATE people SET note_sealed = ?, active_at = ? WHERE id = ?",
            &[
                Param::from(note),
                Param::from(now.0),
                Param::from(id.0.as_str()),
            ],
        )
    }

    /// Adds a person, who is heard of now, unless somebody has their code. Returns whether it was free.
    pub(crate) fn add_person(&self, person: &Person) -> Result<bool, SqlError> {
        let statement = format!(
            "INSERT INTO people ({COLUMNS}, active_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (code) DO NOTHING RETURNING 1"
        );
        let [customer, exact, canonical, name, address, orders] = changeable(person);
        let row = self.row(
            &statement,
            &[
                Param::from(person.id.0.as_str()),
                Param::from(person.code.as_str()),
                Param::from(person.guest),
                customer,
                exact,
                canonical,
                name,
                address,
                orders,
                Param::from(person.enrolled_at.0),
                Param::from(person.referrer.as_ref().map(|id| id.0.as_str())),
                Param::from(person.bindings),
                Param::from(person.enrolled_at.0),
            ],
        )?;
        Ok(row.is_some())
    }

    /// Writes what may change of a person, who is heard of now: identity, name, address, orders.
    pub(crate) fn update_person(&self, person: &Person, now: Millis) -> Result<(), SqlError> {
        let [customer, exact, canonical, name, address, orders] = changeable(person);
        self.run(
            "UPDATE people SET customer_id = ?, email_exact = ?, email_canonical = ?, name_sealed = ?, email_sealed = ?,
                orders = ?, active_at = ? WHERE id = ?",
            &[
                customer,
                exact,
                canonical,
                name,
                address,
                orders,
                Param::from(now.0),
                Param::from(person.id.0.as_str()),
            ],
        )
    }

    /// A person is heard of now, with so many more orders; touches no index.
    pub(crate) fn heard_of(
        &self,
        id: &Pseudonym,
        orders: u32,
        now: Millis,
    ) -> Result<(), SqlError> {
        self.run(
            "UPDATE people SET orders = orders + ?, active_at = ? WHERE id = ?",
            &[
                Param::from(orders),
                Param::from(now.0),
                Param::from(id.0.as_str()),
            ],
        )
    }

    /// The person is this referrer's from now on; whoever has one keeps them.
    pub(crate) fn refer(&self, id: &Pseudonym, referrer: &Pseudonym) -> Result<(), SqlError> {
        self.run(
            "UPDATE people SET referrer = ? WHERE id = ? AND referrer IS NULL",
            &[Param::from(referrer.0.as_str()), Param::from(id.0.as_str())],
        )
    }

    fn person(&self, condition: &str, values: &[Param<'_>]) -> Result<Option<Person>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM people WHERE {condition}");
        let person = self.row(&statement, values)?.as_ref().map(read);
        let person = person.transpose()?;
        let since = person.as_ref().map(|one| (one.id.clone(), one.enrolled_at));
        *self.notes.enrolled.borrow_mut() = since;
        Ok(person)
    }
}

/// What may change of a person: identity, name, address, orders.
fn changeable(person: &Person) -> [Param<'_>; 6] {
    let email = person.identity.email.as_ref();
    [
        Param::from(person.identity.customer.as_ref().map(ExternalId::as_str)),
        Param::from(email.map(|hashes| hashes.exact.0.as_str())),
        Param::from(email.map(|hashes| hashes.canonical.0.as_str())),
        Param::from(person.name_sealed.as_ref()),
        Param::from(person.email_sealed.as_ref()),
        Param::from(person.orders),
    ]
}

fn read(row: &Row) -> Result<Person, SqlError> {
    let hash = |column| {
        row.maybe_text(column)
            .map(|text| KeyedHash(text.to_owned()))
    };
    let email = match (hash(4), hash(5)) {
        (Some(exact), Some(canonical)) => Some(EmailHashes { exact, canonical }),
        _ => None,
    };
    Ok(Person {
        id: Pseudonym(row.text(0).to_owned()),
        code: ReferralCode::parse(row.text(1)).map_err(|_| SqlError("a stored code".into()))?,
        guest: row.int(2) != 0,
        identity: Identity {
            customer: row.maybe_text(3).and_then(|id| ExternalId::parse(id).ok()),
            email,
        },
        name_sealed: row.maybe_blob(6).map(<[u8]>::to_vec),
        email_sealed: row.maybe_blob(7).map(<[u8]>::to_vec),
        orders: row.count(8),
        enrolled_at: Millis(row.int(9)),
        referrer: row.maybe_text(10).map(|id| Pseudonym(id.to_owned())),
        bindings: row.count(11),
    })
}
