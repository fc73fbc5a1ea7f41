//! Account credit: how much a customer has, and taking it when they spend it.

use goodword_shared::id::{ExternalId, Pseudonym};
use goodword_shared::journal::{Account, Posting, posting};
use goodword_shared::money::{Currency, Money};
use goodword_shared::rejection::Rejection;

use super::apply_change::movements;
use super::people::own_record;
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{Reply, TakeRequest};
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;
use crate::ledger::store::takings::Taking;

/// 1. Only the merchant. 2. The customer must be known. 3. Answers with their credit, less what they owe, in each currency.
pub(crate) fn read(context: &Context<'_>, customer: &str) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let person = customer_of(context, customer)?;
    let credit = credits(context, &person.id, context.program()?.currency)?;
    done(200, &object!({ "credit": credit, "customer_id": customer }))
}

/// 1. Only the merchant. 2. Customer and amount must be good. 3. A use that is known is `exists`, another of its id is
///    refused. 4. There must be enough. 5. The credit is taken.
pub(crate) fn take(context: &Context<'_>, request: &TakeRequest) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let id = ExternalId::parse(&request.take_id)
        .map_err(|_| Rejection::InvalidBody("take_id: expected an id".into()))?;
    let currency = Currency::parse(&request.currency)?;
    let amount = Money::new(request.amount, currency)?;
    if amount.minor() <= 0 {
        return Err(Rejection::InvalidAmount.into());
    }
    let person = customer_of(context, &request.customer_id)?;
    let taking = Taking {
        person: person.id.clone(),
        amount: amount.minor(),
        currency: currency.into(),
    };
    let known = context.store.taking(&id)?;
    if known.as_ref().is_some_and(|known| *known != taking) {
        return Err(Rejection::ExistsWithDifferentFact.into());
    }
    let is_new = known.is_none();
    let moved = if is_new {
        write(context, &id, &person.id, amount)?
    } else {
        Vec::new()
    };
    let entry = Entry {
        kind: if is_new {
            "credit.taken"
        } else {
            "credit.take_repeated"
        },
        person: Some(&person.id),
        other: None,
        order: None,
        data: object!({
            "amount": amount.minor(), "currency": currency, "moved": movements(&moved), "take": id,
        }),
    };
    context.store.log(&entry, context.now)?;
    let (status, outcome) = if is_new {
        (201, "created")
    } else {
        (200, "exists")
    };
    let credit = credit(context, &person.id, currency)?;
    done(
        status,
        &object!({
            "credit": [credit], "customer_id": request.customer_id, "outcome": outcome, "take_id": id, "taken": amount,
        }),
    )
}

/// What a person may spend in each currency in which they ever had something, the main one first.
pub(crate) fn credits(
    context: &Context<'_>,
    person: &Pseudonym,
    main: Currency,
) -> Result<Vec<Money>, Failure> {
    let granted = Account::Issued(person.clone());
    let owed = Account::Receivable(person.clone());
    Ok(context.store.balances([&granted, &owed], main)?)
}

/// What a person may spend: what was granted and not taken, less what they owe. Below zero when they owe more.
fn credit(context: &Context<'_>, person: &Pseudonym, currency: Currency) -> Result<Money, Failure> {
    let balance = |account| context.store.balance(&account, currency);
    let granted = balance(Account::Issued(person.clone()))?;
    // A receivable is a debit balance, so adding it takes off what is owed.
    Ok(granted.plus(balance(Account::Receivable(person.clone()))?)?)
}

fn write(
    context: &Context<'_>,
    id: &ExternalId,
    person: &Pseudonym,
    amount: Money,
) -> Result<Vec<Posting>, Failure> {
    if credit(context, person, amount.currency())?.minor() < amount.minor() {
        return Err(Rejection::NotEnoughCredit.into());
    }
    context.store.add_taking(id, person, amount, context.now)?;
    let from = Account::Issued(person.clone());
    let postings: Vec<Posting> = posting(from, Account::Taken(person.clone()), amount)
        .into_iter()
        .collect();
    // The journal names the use where it names a reward else.
    let key = Pseudonym(format!("take:{id}"));
    context.store.post(&postings, &key, context.now)?;
    context.nudge(person)?;
    Ok(postings)
}

/// The customer of the shop's id (else not_found).
pub(super) fn customer_of(context: &Context<'_>, customer: &str) -> Result<Person, Failure> {
    let id = ExternalId::parse(customer).map_err(|_| Rejection::NotFound)?;
    let identity = context.identity(Some(id), None)?;
    let matches = context.store.matches(&identity)?;
    own_record(&identity, &matches).ok_or(Rejection::NotFound.into())
}
