//! What every command works with: the tables, the time, the keys, and the caller.

use std::rc::Rc;

use goodword_shared::attribution::Identity;
use goodword_shared::customer_token::{Customer, CustomerTokenError, verify};
use goodword_shared::email::Email;
use goodword_shared::encoding::{from_base64url, to_base64url};
use goodword_shared::id::{ProgramId, Pseudonym};
use goodword_shared::keyed_hash::{SecretKey, email_hashes, keyed_hash};
use goodword_shared::name::first_name;
use goodword_shared::program::Program;
use goodword_shared::rejection::Rejection;
use goodword_shared::risk::network::NetworkKeys;
use goodword_shared::time::Millis;

use super::engine::Engine;
use super::failure::Failure;
use super::keyring::Keyring;
use super::protocol::{Credential, Reply};
use super::store::Store;
use super::store::bindings::Binding;
use super::store::outbox::Kind;
use super::store::people::{NOTE, Person};
use crate::json::{Field, text};
use crate::vault;

/// Source of randomness.
pub(crate) type Entropy<'a> = &'a dyn Fn(&mut [u8]);

/// Where the keys of networks are kept, and for what they are sealed.
const NETWORK_KEYS: &str = "network keys";

/// One command's surroundings.
pub(crate) struct Context<'a> {
    pub(crate) store: Store<'a>,
    pub(crate) engine: &'a Engine,
    pub(crate) program_id: &'a ProgramId,
    pub(crate) now: Millis,
    pub(crate) link_base: &'a str,
    pub(crate) source: Option<&'a str>,
    pub(crate) credential: &'a Credential,
    pub(crate) entropy: Entropy<'a>,
}

impl Context<'_> {
    /// The program's newest version.
    pub(crate) fn program(&self) -> Result<Rc<Program>, Failure> {
        let newest = self.store.newest_version()?;
        self.version(newest.ok_or(Rejection::UnknownProgram)?)
    }

    /// A version of the program. Versions never change, so an opened one is kept.
    pub(crate) fn version(&self, number: u32) -> Result<Rc<Program>, Failure> {
        self.engine.version(self.store, self.program_id, number)
    }

    /// The live keys.
    pub(crate) fn keyring(&self) -> Result<Rc<Keyring>, Failure> {
        self.engine
            .keyring(self.store, self.program_id, self.now, &|| self.random())
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.entropy)(&mut bytes);
        bytes
    }

    /// A new pseudonym.
    pub(crate) fn pseudonym(&self) -> Pseudonym {
        Pseudonym::new(self.now, self.random())
    }

    /// Goes on only for the administrator.
    pub(crate) fn require_admin(&self) -> Result<(), Failure> {
        match self.credential {
            Credential::Admin => {
                self.store.called_by("administrator");
                Ok(())
            }
            Credential::None | Credential::Bearer(..) | Credential::Signed { .. } => {
                Err(Rejection::Unauthorized.into())
            }
        }
    }

    /// Goes on only for the administrator, or with a key of the merchant's whose scope holds what the route asks for.
    pub(crate) fn require_merchant(&self) -> Result<(), Failure> {
        let Credential::Bearer(bearer, asked) = self.credential else {
            return self.require_admin();
        };
        let keyring = self.keyring()?;
        let key = keyring.merchant(bearer).ok_or(Rejection::Unauthorized)?;
        // Also of a call that is refused for its scope.
        self.store.called_by(&key.id);
        if key.scope < *asked {
            return Err(Rejection::ScopeTooSmall(*asked).into());
        }
        Ok(())
    }

    /// The customer for whom the shop vouches.
    pub(crate) fn customer(&self, token: &str) -> Result<Customer, Failure> {
        let keys = &self.keyring()?.customers;
        verify(token, keys, self.program_id, self.now).map_err(|error| {
            Failure::Rejected(match error {
                CustomerTokenError::Malformed
                | CustomerTokenError::Algorithm
                | CustomerTokenError::Forged => Rejection::CustomerTokenInvalid,
                CustomerTokenError::Audience => Rejection::CustomerTokenAudience,
                CustomerTokenError::Expired => Rejection::CustomerTokenExpired,
                CustomerTokenError::NotYetValid => Rejection::CustomerTokenNotYetValid,
                CustomerTokenError::LivesTooLong => Rejection::CustomerTokenLivesTooLong,
            })
        })
    }

    /// What tells a person apart, from what the shop said of them.
    pub(crate) fn identity(
        &self,
        customer: Option<goodword_shared::id::ExternalId>,
        email: Option<&Email>,
    ) -> Result<Identity, Failure> {
        let key = &self.keyring()?.hash;
        Ok(Identity {
            customer,
            email: email.map(|email| email_hashes(key, email)),
        })
    }

    /// The keys that networks and browsers are compared under, as of now. They are stored when they move on, and what they
    /// were before is nowhere then.
    pub(crate) fn network_keys(&self) -> Result<NetworkKeys, Failure> {
        let contact = &self.keyring()?.contact;
        let stored = self.store.meta(NETWORK_KEYS)?;
        let stored = stored.and_then(|text| from_base64url(&text));
        let before = stored
            .and_then(|sealed| vault::open(contact, NETWORK_KEYS, &sealed))
            .and_then(|bytes| NetworkKeys::from_bytes(&bytes));
        let keys = match &before {
            Some(keys) => keys.clone().at(self.now),
            None => NetworkKeys::new(SecretKey(self.random()), self.now),
        };
        if before.as_ref() != Some(&keys) {
            let sealed = vault::seal(contact, NETWORK_KEYS, &keys.to_bytes(), self.random());
            let text = to_base64url(&sealed);
            self.store.set_meta(NETWORK_KEYS, &text)?;
        }
        Ok(keys)
    }

    /// Encrypts something readable for a person, or of another thing with an id of its own.
    pub(crate) fn seal(&self, id: &Pseudonym, field: &str, text: &str) -> Result<Vec<u8>, Failure> {
        let key = &self.keyring()?.contact;
        Ok(vault::seal(
            key,
            &format!("{field}/{id}"),
            text.as_bytes(),
            self.random(),
        ))
    }

    /// What was encrypted for a person, or of another thing with an id of its own, unless it does not open.
    pub(crate) fn opened(
        &self,
        id: &Pseudonym,
        field: &str,
        sealed: &[u8],
    ) -> Result<Option<String>, Failure> {
        let key = &self.keyring()?.contact;
        let plain = vault::open(key, &format!("{field}/{id}"), sealed);
        Ok(plain.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// A person's display name.
    pub(crate) fn name_of(&self, person: &Person) -> Result<Option<String>, Failure> {
        match &person.name_sealed {
            Some(sealed) => self.opened(&person.id, "name", sealed),
            None => Ok(None),
        }
    }

    /// What a friend is told of who invites them: a first name. A guest's is told to nobody: whoever enrols an address is answered its
    /// code, and would learn from a name that the address was known, and whose it is.
    pub(crate) fn inviter(&self, referrer: &Person) -> Result<Option<String>, Failure> {
        if referrer.guest {
            return Ok(None);
        }
        let name = self.name_of(referrer)?;
        Ok(name.as_deref().map(|name| first_name(name).to_owned()))
    }

    /// Whether friends are told what a person says: where the program wants it, and it is told who says it.
    pub(crate) fn may_say(&self, program: &Program, person: &Person) -> Result<bool, Failure> {
        Ok(program.settings.inviter_notes && self.inviter(person)?.is_some())
    }

    /// What a person says to friends, told or not.
    pub(crate) fn note_of(&self, person: &Person) -> Result<Option<String>, Failure> {
        match self.store.note(&person.id)? {
            Some(sealed) => self.opened(&person.id, NOTE, &sealed),
            None => Ok(None),
        }
    }

    /// How many friends have come through this program, where the merchant shows it. Counted once a day: it is a look at each.
    pub(crate) fn referrals_so_far(&self, program: &Program) -> Result<Option<u32>, Failure> {
        let Some(least) = program.settings.referrals_shown_from else {
            return Ok(None);
        };
        let counted = self.store.counted()?;
        let lately = counted.filter(|(at, _)| *at <= self.now && self.now < at.plus_days(1));
        let count = if let Some((_, count)) = lately {
            count
        } else {
            let count = self.store.count_standing()?;
            self.store.set_counted(self.now, count)?;
            count
        };
        Ok(Some(count).filter(|count| *count >= least.max(1)))
    }

    /// A person's address.
    pub(crate) fn email_of(&self, person: &Person) -> Result<Option<String>, Failure> {
        match &person.email_sealed {
            Some(sealed) => self.opened(&person.id, "email", sealed),
            None => Ok(None),
        }
    }

    /// What staff said when they entered a referral of a person.
    pub(crate) fn reason_of(
        &self,
        person: &Person,
        binding: &Binding,
    ) -> Result<Option<String>, Failure> {
        match &binding.reason_sealed {
            Some(sealed) => self.opened(&person.id, "reason", sealed),
            None => Ok(None),
        }
    }

    /// The live channel of a person: unguessable, and meaning nothing without the hash key.
    pub(crate) fn live_channel(&self, person: &Pseudonym) -> Result<String, Failure> {
        Ok(keyed_hash(&self.keyring()?.hash, "live", &person.0).0)
    }

    /// Has a person's open pages ask what is new.
    pub(crate) fn nudge(&self, person: &Pseudonym) -> Result<(), Failure> {
        let channel = self.live_channel(person)?;
        self.store.send(Kind::Pulse, &channel, "", self.now);
        Ok(())
    }
}

/// A page of what is written as JSON already, and after which one to go on, which is JSON too.
pub(crate) fn page(name: &str, shown: &[(String, String)]) -> Reply {
    let items: Vec<&str> = shown.iter().map(|(_, json)| json.as_str()).collect();
    let next = shown.last().map_or("null", |(next, _)| next.as_str());
    Reply::Done {
        status: 200,
        body: format!(r#"{{"{name}":[{}],"next":{next}}}"#, items.join(",")),
        claimed_by: None,
    }
}

/// A successful answer.
#[expect(clippy::unnecessary_wraps, reason = "every use case ends with it")]
pub(crate) fn done(status: u16, body: &dyn Field) -> Result<Reply, Failure> {
    Ok(Reply::Done {
        status,
        body: text(body),
        claimed_by: None,
    })
}
