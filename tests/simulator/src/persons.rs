//! People of the simulation, and how the shop names them.

use crate::model::people::Naming;
use crate::rng::Rng;

/// How many there are: few, so that they meet.
const PERSONS: usize = 24;

/// What the shop knows of somebody. Nobody is named now by id alone and now by address alone: which of two records such a
/// person has is for the ledger to say, and nothing that the model could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Both,
    IdOnly,
    EmailOnly,
    BothOrId,
    BothOrEmail,
    Nothing,
}

/// Somebody.
#[derive(Clone, Debug)]
pub struct Person {
    number: usize,
    email: String,
    known: Known,
}

/// The people of one run.
pub fn persons(rng: &Rng) -> Vec<Person> {
    let kinds = [
        Known::Both,
        Known::Both,
        Known::Both,
        Known::IdOnly,
        Known::EmailOnly,
        Known::BothOrId,
        Known::BothOrEmail,
    ];
    let person = |number: usize| Person {
        number,
        email: match number {
            // The last two have other names of the first two people's mailboxes.
            22 | 23 => format!("m{}+alias@mail.example", number - 22),
            // These two share the very address of two others.
            20 | 21 => format!("m{}@mail.example", number - 20),
            _ => format!("m{number}@mail.example"),
        },
        known: match number {
            0..=2 | 20 | 21 => Known::Both,
            11 => Known::Nothing,
            _ => *rng.pick(&kinds),
        },
    };
    (0..PERSONS).map(person).collect()
}

impl Person {
    /// How the shop names them this time.
    pub fn naming(&self, rng: &Rng) -> Naming {
        let (id, email) = match self.known {
            Known::Both => (true, true),
            Known::IdOnly => (true, false),
            Known::EmailOnly => (false, true),
            Known::BothOrId => (true, rng.chance(50)),
            Known::BothOrEmail => (rng.chance(50), true),
            Known::Nothing => (false, false),
        };
        Naming {
            customer: id.then(|| format!("c{}", self.number)),
            email: email.then(|| self.email_now(rng)),
        }
    }

    /// People who are always known by both change their address now and then.
    fn email_now(&self, rng: &Rng) -> String {
        if self.known == Known::Both && rng.chance(8) {
            return format!("new.{}", self.email);
        }
        self.email.clone()
    }

    /// Their address.
    pub fn email(&self) -> &str {
        &self.email
    }
}
