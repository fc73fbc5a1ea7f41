//! The shop's customers of before the program began: whoever invites them earns nothing.
//!
//! What comes is hashed at once with the program's key, and nothing of it is kept or logged that could be read.

use goodword_shared::attribution::Identity;
use goodword_shared::history::Former;
use goodword_shared::id::ExternalId;
use goodword_shared::keyed_hash::{KeyedHash, SecretKey, email_hashes, keyed_hash};
use goodword_shared::rejection::Rejection;
use goodword_shared::sorted::sorted_by;

use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;

/// Customers of one transaction: some tenths of a second, so that orders which come meanwhile wait no longer; fewer would write the same pages again and again.
pub(crate) const BATCH_MAX: usize = 5_000;

/// 1. Only the merchant. 2. Every line must be a customer, as the Worker writes them, and there are at most 5000. 3. Who is
///    not known is added, by address and by id. 4. Answers how many were added, and how many known.
pub(crate) fn import_customers(context: &Context<'_>, lines: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let former = lines.lines().map(Former::from_line);
    let former: Vec<Former> = former
        .collect::<Result<_, _>>()
        .map_err(|why| Rejection::InvalidBody(why.into()))?;
    if former.len() > BATCH_MAX {
        let text = format!("at most {BATCH_MAX} customers at once");
        return Err(Rejection::InvalidBody(text).into());
    }
    let key = &context.keyring()?.hash;
    let hashed: Vec<Vec<KeyedHash>> = former.iter().map(|one| hashes(key, one)).collect();
    let new = context.store.add_former(&hashed.concat())?;
    // The database gives them back in this order already.
    let new = sorted_by(new, |one, other| one.0.cmp(&other.0));
    let mut seen = vec![false; new.len()];
    let mut added = 0_usize;
    for hashes in &hashed {
        // The first of several who are the same is the one that is new.
        let mut is_new = false;
        for hash in hashes {
            let place = new.binary_search_by(|known| known.0.cmp(&hash.0)).ok();
            if let Some(seen) = place.and_then(|place| seen.get_mut(place)) {
                is_new |= !std::mem::replace(seen, true);
            }
        }
        added = added.saturating_add(usize::from(is_new));
    }
    let read = former.len();
    let known = read.saturating_sub(added);
    let entry = Entry::new(
        "customers.imported",
        object!({ "added": added, "known": known, "read": read }),
    );
    if read > 0 {
        context.store.log(&entry, context.now)?;
    }
    done(200, &object!({ "added": added, "known": known }))
}

/// Whether any of these was a customer before the program began. Where nobody was ever imported, nothing is hashed or asked.
pub(super) fn is_former(context: &Context<'_>, identities: &[Identity]) -> Result<bool, Failure> {
    if !context.store.knows_former()? {
        return Ok(false);
    }
    Ok(context.store.is_former(&known_by(context, identities)?)?)
}

/// Forgets that any of these was a customer before: whoever was erased comes back as somebody new.
pub(super) fn forget_former(context: &Context<'_>, identity: &Identity) -> Result<(), Failure> {
    let hashes = known_by(context, std::slice::from_ref(identity))?;
    Ok(context.store.drop_former(&hashes)?)
}

/// What former customers with these identities would be known by.
fn known_by(context: &Context<'_>, identities: &[Identity]) -> Result<Vec<KeyedHash>, Failure> {
    let keyring = context.keyring()?;
    let ids = identities.iter().filter_map(|one| one.customer.as_ref());
    let ids = ids.map(|id| of_id(&keyring.hash, id));
    let mails = identities.iter().filter_map(|one| one.email.as_ref());
    Ok(ids
        .chain(mails.map(|hashes| hashes.canonical.clone()))
        .collect())
}

/// What a customer of before is known by: the mailbox, whatever its alias, and the shop's id.
fn hashes(key: &SecretKey, former: &Former) -> Vec<KeyedHash> {
    let mail = former.email.as_ref();
    let mail = mail.map(|email| email_hashes(key, email).canonical);
    let id = former.customer.as_ref().map(|id| of_id(key, id));
    mail.into_iter().chain(id).collect()
}

/// How an id of the shop's is compared where it may not be kept.
pub(super) fn of_id(key: &SecretKey, id: &ExternalId) -> KeyedHash {
    keyed_hash(key, "customer", id.as_str())
}
