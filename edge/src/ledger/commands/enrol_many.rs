//! The merchant enrols many customers at once, to write to them: each gets a code and a link.

use goodword_shared::email::Email;
use goodword_shared::name::clean_name;
use goodword_shared::rejection::Rejection;
use serde::Serialize;

use super::enrol::{publish, running_program};
use super::people::{Introduced, enrol, learn, own_record};
use crate::json::object;
use crate::ledger::context::{Context, done};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{BulkCustomer, Reply};
use crate::ledger::store::log::Entry;

/// Customers of one request, which is one transaction.
const CUSTOMERS_MAX: usize = 1_000;

#[derive(Serialize)]
struct Enrolled<'a> {
    customer_id: &'a str,
    outcome: &'static str,
    code: String,
    link: String,
}

/// 1. Only the merchant. 2. At most 1000 customers, each with an address that is one, if any. 3. The program must run. 4. Each is
///    found or enrolled, and what is newly known of them is kept: all of it, or nothing. 5. Answers with codes and links.
pub(crate) fn enrol_many(
    context: &Context<'_>,
    customers: &[BulkCustomer],
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    if !(1..=CUSTOMERS_MAX).contains(&customers.len()) {
        let text = format!("customers: expected 1 to {CUSTOMERS_MAX}");
        return Err(Rejection::InvalidBody(text).into());
    }
    running_program(context)?;
    let mut enrolled = Vec::new();
    let mut created = 0_usize;
    for (index, customer) in customers.iter().enumerate() {
        let email = customer.email.as_deref().map(Email::parse).transpose();
        let email = email.map_err(|_| {
            let text = format!("customers[{index}].email: expected an e-mail address");
            Rejection::InvalidBody(text)
        })?;
        let one = found_or_enrolled(context, customer, email.as_ref())?;
        created = created.saturating_add(usize::from(one.outcome == "created"));
        enrolled.push(one);
    }
    let exist = customers.len().saturating_sub(created);
    let entry = Entry::new(
        "referrers.enrolled",
        object!({ "created": created, "exist": exist }),
    );
    context.store.log(&entry, context.now)?;
    done(200, &object!({ "customers": enrolled }))
}

fn found_or_enrolled<'a>(
    context: &Context<'_>,
    customer: &'a BulkCustomer,
    email: Option<&Email>,
) -> Result<Enrolled<'a>, Failure> {
    let name = customer.name.as_deref().and_then(clean_name);
    let new = Introduced {
        identity: context.identity(Some(customer.customer_id.clone()), email)?,
        name: name.as_deref(),
        email,
        guest: false,
    };
    let matches = context.store.matches(&new.identity)?;
    let (person, outcome) = match own_record(&new.identity, &matches) {
        Some(mut person) => {
            if learn(context, &mut person, &new)? {
                context.store.update_person(&person, context.now)?;
            }
            (person, "exists")
        }
        None => (publish(context, enrol(context, &new, 0)?), "created"),
    };
    Ok(Enrolled {
        customer_id: customer.customer_id.as_str(),
        outcome,
        code: person.code.as_str().to_owned(),
        link: format!("{}{}", context.link_base, person.code.as_str()),
    })
}
