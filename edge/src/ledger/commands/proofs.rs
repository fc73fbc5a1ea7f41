//! A guest proves an address, and sees what they have earned.
//!
//! Whoever asks is answered the same whatever is known of the address: nobody learns who is a guest here. The link goes out
//! as an event of the outbox, whose contents are put together when it is sent: neither the address nor the secret waits
//! anywhere in the clear.

use goodword_shared::email::Email;
use goodword_shared::program::Program;
use goodword_shared::proof::{GUEST_TOKEN_PREFIX, GuestTokenError};
use goodword_shared::proof::{
    PROOF_LIVES_MS, guest_token, proof_id, proof_of, proof_secret, verify_guest_token,
};
use goodword_shared::rejection::Rejection;

use super::enrol::running_program;
use super::people::{Introduced, learn};
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::store::log::Entry;
use crate::ledger::store::outbox::Kind;
use crate::ledger::store::people::Person;

/// Links of one address that prove it at a time: whoever asks for more of somebody else's fills no mailbox.
const PROOFS_MAX: u32 = 3;

/// 1. The address must be one. 2. The program must run. 3. A guest of this address is sent a link, unless three are on their
///    way. 4. The answer is 202, and always the same.
pub(crate) fn request(context: &Context<'_>, email: &str) -> Result<Reply, Failure> {
    let email = Email::parse(email)
        .map_err(|_| Rejection::InvalidBody("email: expected an e-mail address".into()))?;
    let program = running_program(context)?;
    let identity = context.identity(None, Some(&email))?;
    let guest = match &identity.email {
        Some(hashes) => context.store.guest_by_email(hashes)?,
        None => None,
    };
    if let (Some(guest), Some(address)) = (guest, &program.settings.webhook_url) {
        let new = Introduced {
            identity,
            name: None,
            email: Some(&email),
            guest: true,
        };
        send(context, guest, &new, address)?;
    }
    done(202, &object!({ "valid_for_ms": PROOF_LIVES_MS }))
}

fn send(
    context: &Context<'_>,
    mut guest: Person,
    new: &Introduced<'_>,
    address: &str,
) -> Result<(), Failure> {
    if context.store.count_proofs(&guest.id, context.now)? >= PROOFS_MAX {
        return Ok(());
    }
    // An address that nobody has used for long is not kept readable.
    if learn(context, &mut guest, new)? {
        context.store.update_person(&guest, context.now)?;
    }
    let id = proof_id(context.random());
    context.store.add_proof(&id, &guest.id, context.now)?;
    let message = object!({ "body": "{}", "id": format!("evt_proof_{id}"), "proof": id });
    context
        .store
        .send(Kind::Webhook, address, &message.0, context.now);
    Ok(())
}

/// What the event of a proof says, JSON; `None` once it is used, over, or nobody's.
pub(crate) fn event(context: &Context<'_>, id: &str) -> Result<Option<String>, Failure> {
    let Some(proof) = context.store.proof(id, context.now)? else {
        return Ok(None);
    };
    let Some(guest) = context.store.person_by_id(&proof.person)? else {
        return Ok(None);
    };
    let Some(email) = context.email_of(&guest)? else {
        return Ok(None);
    };
    let program = context.program()?;
    let secret = proof_secret(&context.keyring()?.hash, id);
    let event = object!({
        "data": object!({
            "email": email, "expires_at": proof.expires_at, "link": link(&program, &secret), "log": context.store.head()?,
            "program": program.id,
        }),
        "timestamp": proof.expires_at.plus_ms(PROOF_LIVES_MS.saturating_neg()), "type": "proof.requested",
    });
    Ok(Some(event.0))
}

/// The program's own store, with the secret where no server sees it.
fn link(program: &Program, secret: &str) -> String {
    let page = program.settings.store_url.as_str();
    let page = page.split('#').next().unwrap_or_default();
    format!("{page}#gw-proof={secret}")
}

/// 1. The secret must be ours, unused and not over: all else is the same refusal. 2. It is used up, with all others of the same
///    guest. 3. Answers with a token with which the guest reads what a customer does, for an hour.
pub(crate) fn redeem(context: &Context<'_>, secret: &str) -> Result<Reply, Failure> {
    let key = &context.keyring()?.hash;
    let id = proof_of(key, secret).ok_or(Rejection::ProofInvalid)?;
    let proof = context.store.proof(id, context.now)?;
    let proof = proof.ok_or(Rejection::ProofInvalid)?;
    context.store.drop_proofs(&proof.person)?;
    let entry = Entry {
        kind: "guest.proved",
        person: Some(&proof.person),
        other: None,
        order: None,
        data: object!({}),
    };
    context.store.log(&entry, context.now)?;
    let (token, expires_at) = guest_token(key, &proof.person, context.now);
    done(
        200,
        &object!({ "expires_at": expires_at, "guest_token": token }),
    )
}

/// The guest of a token, if it is a guest's: refused like a customer's token when it is not good.
pub(crate) fn guest_of(context: &Context<'_>, token: &str) -> Result<Option<Person>, Failure> {
    if !token.starts_with(GUEST_TOKEN_PREFIX) {
        return Ok(None);
    }
    let key = &context.keyring()?.hash;
    let id = verify_guest_token(key, token, context.now).map_err(|error| match error {
        GuestTokenError::Invalid => Rejection::CustomerTokenInvalid,
        GuestTokenError::Expired => Rejection::CustomerTokenExpired,
    })?;
    let guest = context.store.person_by_id(&id)?;
    let guest = guest.filter(|guest| !guest.is_erased());
    Ok(Some(guest.ok_or(Rejection::UnknownReferrer)?))
}
