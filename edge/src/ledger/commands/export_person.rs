//! Everything that is stored of a person, for whoever has a right to know it: names and addresses opened, everybody else as a
//! pseudonym.
//!
//! What KV has of them is made of their orders and their code; objects that count or nudge keep nothing of anybody.

use goodword_shared::id::Pseudonym;
use goodword_shared::rejection::Rejection;

use super::import_customers::is_former;
use super::named::everybody;
use crate::json::{object, text};
use crate::ledger::context::Context;
use crate::ledger::failure::Failure;
use crate::ledger::protocol::{ExportRequest, Reply};
use crate::ledger::store::log::Entry;
use crate::ledger::store::people::Person;
use crate::ledger::store::personal::{EXPORT_PAGE, PARTS, Part, REWARD_NOTE, Stored};

/// The person's own record, which comes before all parts.
const OWN: &str = "person";

/// Where an answer ended: person, part, record.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub(crate) person: String,
    pub(crate) part: String,
    pub(crate) record: String,
}

/// 1. Only the merchant. 2. Somebody must be named. 3. Answers with at most 200 records after a place, and with the next one as
///    long as there is more. The first answer is a line of the log of each who was found.
pub(crate) fn export_person(
    context: &Context<'_>,
    request: &ExportRequest,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let (_, people) = everybody(context, &request.customer)?;
    let from = request.after.as_deref().map(place).transpose()?;
    // Whoever goes on has begun, and goes on with somebody who was found.
    if let Some(from) = &from
        && !people.iter().any(|person| person.id.0 == from.person)
    {
        return Err(no_place().into());
    }
    if from.as_ref().is_none_or(|from| from.part.is_empty()) {
        for person in &people {
            let entry = Entry {
                kind: "person.exported",
                person: Some(&person.id),
                other: None,
                order: None,
                data: object!({}),
            };
            context.store.log(&entry, context.now)?;
        }
    }
    let mut page = Page {
        context,
        from: from.unwrap_or_default(),
        records: Vec::new(),
        last: None,
    };
    for person in &people {
        page.add(person)?;
    }
    let full = page.records.len() >= EXPORT_PAGE;
    let next = page.last.filter(|_| full);
    let records = page.records.join(",");
    Ok(Reply::Done {
        status: 200,
        body: format!(
            r#"{{"records":[{records}],"next":{},"log":{}}}"#,
            text(&next),
            text(&context.store.head()?)
        ),
        claimed_by: None,
    })
}

/// The place that a cursor stands for.
pub(crate) fn place(text: &str) -> Result<Place, Rejection> {
    let mut parts = text.splitn(3, '/').map(str::to_owned);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(person), Some(part), Some(record)) => Ok(Place {
            person,
            part,
            record,
        }),
        _ => Err(no_place()),
    }
}

fn no_place() -> Rejection {
    Rejection::InvalidBody("after: expected `next` of the last answer".into())
}

/// An answer in the making.
struct Page<'a, 'c> {
    context: &'a Context<'c>,
    from: Place,
    records: Vec<String>,
    last: Option<String>,
}

impl Page<'_, '_> {
    /// Adds what there is of a person after the place, as much as there is room for.
    fn add(&mut self, person: &Person) -> Result<(), Failure> {
        let id = person.id.0.as_str();
        if id < self.from.person.as_str() {
            return Ok(());
        }
        // Of whoever comes after the place, everything.
        let from = if id == self.from.person {
            self.from.clone()
        } else {
            Place::default()
        };
        if from.part.is_empty() {
            let own = own_record(self.context, person)?;
            self.push(person, OWN, "", &own);
        }
        for part in &PARTS {
            let begun = from.part == part.name;
            if !begun && from.part != OWN && part.name < from.part.as_str() {
                continue;
            }
            let after = if begun { from.record.as_str() } else { "" };
            let room = EXPORT_PAGE.saturating_sub(self.records.len());
            if room == 0 {
                return Ok(());
            }
            for stored in self
                .context
                .store
                .export_part(part, &person.id, after, room)?
            {
                let json = opened(self.context, person, part, &stored)?;
                self.push(person, part.name, &stored.cursor, &json);
            }
        }
        Ok(())
    }

    fn push(&mut self, person: &Person, part: &str, cursor: &str, json: &str) {
        if self.records.len() >= EXPORT_PAGE {
            return;
        }
        self.records
            .push(format!(r#"{{"kind":"{part}","data":{json}}}"#));
        self.last = Some(format!("{}/{part}/{cursor}", person.id));
    }
}

fn own_record(context: &Context<'_>, person: &Person) -> Result<String, Failure> {
    let own = object!({
        "code": person.code, "customer_before": is_former(context, std::slice::from_ref(&person.identity))?, "customer_id": person.identity.customer, "email": context.email_of(person)?,
        "enrolled_at": person.enrolled_at, "guest": person.guest, "id": person.id, "name": context.name_of(person)?,
        "note": context.note_of(person)?,
        "orders": person.orders, "referrer": person.referrer, "reward_choice": context.store.reward_choice(&person.id)?,
    });
    Ok(own.0)
}

/// The JSON of a record, with what was encrypted.
fn opened(
    context: &Context<'_>,
    person: &Person,
    part: &Part,
    stored: &Stored,
) -> Result<String, Failure> {
    let (Some((field, purpose)), Some(sealed)) = (part.sealed, &stored.sealed) else {
        return Ok(stored.json.clone());
    };
    let owner = match stored.cursor.split_once('/') {
        Some((reward, _)) if part.name == REWARD_NOTE => &Pseudonym(reward.to_owned()),
        _ => &person.id,
    };
    let plain = context.opened(owner, purpose, sealed)?;
    let rest = stored.json.strip_suffix('}').unwrap_or_default();
    Ok(format!(r#"{rest},"{field}":{}}}"#, text(&plain)))
}
