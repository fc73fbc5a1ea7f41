//! The merchant's block-lists: people, cards, domains and networks of which no referral is wanted.
//!
//! What names a person is hashed at once, so that a list that was imported cannot be read out again.

use goodword_shared::email::Email;
use goodword_shared::id::ExternalId;
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::keyed_hash::email_hashes;
use goodword_shared::order::circumstances::payment_hash;
use goodword_shared::part;
use goodword_shared::rejection::Rejection;

use crate::json::{self, Json, object};
use crate::ledger::context::{Context, done, page};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{BlockEntry, BlockKind, Reply};
use crate::ledger::store::blocks::{Blocked, network_value};
use crate::ledger::store::log::Entry;
use crate::visitor::network_prefix;

/// Entries in one request: as many as its body holds are written well within the time of a command.
const ENTRIES_MAX: usize = 1_000;

/// Longest name of a domain.
const DOMAIN_LENGTH_MAX: usize = 253;

/// Longest fingerprint of a means of payment.
const PAYMENT_LENGTH_MAX: usize = 500;

/// 1. Only the merchant. 2. Answers with at most 100 entries after an id, oldest first.
pub(crate) fn list(context: &Context<'_>, after: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    Ok(page("blocks", &context.store.blocks_after(after)?))
}

/// 1. Only the merchant. 2. Every entry must be what its kind says, or none is added. 3. What is listed already stays. 4. The
///    log tells how many were added.
pub(crate) fn add(context: &Context<'_>, entries: &[BlockEntry]) -> Result<Reply, Failure> {
    context.require_merchant()?;
    if !(1..=ENTRIES_MAX).contains(&entries.len()) {
        let text = "entries: expected 1 to 1000 entries";
        return Err(Rejection::InvalidBody(text.into()).into());
    }
    let key = &context.keyring()?.hash;
    let mut blocked = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        blocked.push(read(key, entry).ok_or_else(|| {
            let expected = expected(entry.kind);
            Rejection::InvalidBody(format!("entries[{index}].value: expected {expected}"))
        })?);
    }
    let mut shown = Vec::with_capacity(blocked.len());
    let mut added: u32 = 0;
    for one in &blocked {
        let (id, is_new) = context
            .store
            .block(&context.pseudonym(), one, context.now)?;
        added = added.saturating_add(u32::from(is_new));
        let outcome = if is_new { "created" } else { "exists" };
        shown.push(object!({ "id": id, "kind": one.kind, "outcome": outcome }));
    }
    if added > 0 {
        log(context, "blocks.added", object!({ "added": added }))?;
    }
    let status = if added > 0 { 201 } else { 200 };
    done(
        status,
        &object!({ "added": added, "blocks": json::list(&shown) }),
    )
}

/// 1. Only the merchant. 2. The entry must be there. 3. It is removed, and logged.
pub(crate) fn remove(context: &Context<'_>, id: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let kind = context.store.unblock(id)?.ok_or(Rejection::NotFound)?;
    log(
        context,
        "block.removed",
        object!({ "block": id, "kind": kind }),
    )?;
    done(
        200,
        &object!({ "id": id, "kind": kind, "outcome": "removed" }),
    )
}

fn log(context: &Context<'_>, kind: &'static str, data: Json) -> Result<(), Failure> {
    let entry = Entry::new(kind, data);
    context.store.log(&entry, context.now)?;
    Ok(())
}

/// An entry as it is compared.
pub(crate) fn read(key: &SecretKey, entry: &BlockEntry) -> Option<Blocked> {
    let text = entry.value.trim();
    Some(match entry.kind {
        BlockKind::Email => {
            let email = Email::parse(text).ok()?;
            Blocked::new("email", email_hashes(key, &email).canonical.0)
        }
        BlockKind::Customer => {
            Blocked::new("customer", ExternalId::parse(text).ok()?.as_str().into())
        }
        BlockKind::Payment => {
            let fits = (1..=PAYMENT_LENGTH_MAX).contains(&text.len());
            fits.then(|| Blocked::new("payment", payment_hash(key, text).0))?
        }
        BlockKind::Domain => Blocked::new("domain", domain(text)?),
        BlockKind::Network => {
            let (address, separator) = match text.split_once('/') {
                Some((address, "24")) => (address, "."),
                Some((address, "48")) => (address, ":"),
                Some(_) => return None,
                None => (text, ""),
            };
            let prefix = network_prefix(address).filter(|prefix| part::has(prefix, separator))?;
            Blocked::new("network", network_value(key, &prefix))
        }
    })
}

fn domain(text: &str) -> Option<String> {
    let name = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let fits = name.len() <= DOMAIN_LENGTH_MAX && name.contains('.') && name.bytes().all(plain);
    let labels = name.split('.').all(|label| !label.is_empty());
    (fits && labels).then_some(name)
}

const fn expected(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Email => "an e-mail address",
        BlockKind::Customer => "the shop's id of a customer",
        BlockKind::Payment => "a fingerprint of up to 500 bytes",
        BlockKind::Domain => "a domain such as mail.example",
        BlockKind::Network => "a network address, or a prefix such as 203.0.113.0/24",
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::keyed_hash::SecretKey;

    use super::read;
    use crate::ledger::protocol::{BlockEntry, BlockKind};

    fn value(kind: BlockKind, text: &str) -> Option<String> {
        let value = text.to_owned();
        let entry = BlockEntry { kind, value };
        read(&SecretKey([1; 32]), &entry).map(|blocked| blocked.value)
    }

    #[test]
    fn all_spellings_of_a_mailbox_and_all_addresses_of_a_network_are_one_entry() {
        let mail = |text| value(BlockKind::Email, text);
        assert_eq!(mail("Jane+x@gmail.com"), mail("jane@gmail.com"));
        let network = |text| value(BlockKind::Network, text);
        assert!(network("203.0.113.7").is_some());
        assert_eq!(network("203.0.113.0/24"), network("203.0.113.7"));
        assert_eq!(network("2001:db8:1::/48"), network("2001:db8:1::7"));
        assert_ne!(network("203.0.114.7"), network("203.0.113.7"));
    }

    #[test]
    fn what_names_a_person_is_not_readable_and_what_is_none_is_refused() {
        let mail = value(BlockKind::Email, "jane@mail.example").expect("a hash");
        assert!(!mail.contains("jane"));
        let domain = |text| value(BlockKind::Domain, text);
        assert_eq!(domain("@Mail.Example"), Some("mail.example".into()));
        for (kind, text) in [
            (BlockKind::Email, "jane"),
            (BlockKind::Customer, ""),
            (BlockKind::Payment, " "),
            (BlockKind::Domain, "example"),
            (BlockKind::Domain, "a..example"),
            (BlockKind::Network, "203.0.113"),
            (BlockKind::Network, "10.0.0.0/8"),
        ] {
            assert_eq!(value(kind, text), None, "{kind:?} {text}");
        }
    }
}
