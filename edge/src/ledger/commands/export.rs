//! A merchant takes out what is theirs, table by table and page by page.
//!
//! Names and addresses are opened for it, so that it is written on the log who has taken which table out: once an hour for each
//! key and table. A page says up to which line of the log it holds.

use goodword_shared::encoding::{from_base64url, to_base64url};
use goodword_shared::id::Pseudonym;
use goodword_shared::json::Raw;
use goodword_shared::rejection::Rejection;

use crate::json::{object, text};
use crate::ledger::calls::say_lately;
use crate::ledger::context::Context;
use crate::ledger::exports::{Export, Field};
use crate::ledger::failure::Failure;
use crate::ledger::protocol::Reply;
use crate::ledger::sql::{Row, SqlError, Value};

/// What the log calls it.
const KIND: &str = "data.exported";

/// 1. Only the merchant. 2. The table must be one (else not_found), and the cursor one of its (else invalid_query). 3. That it
///    is taken out is logged. 4. Answers with at most 500 rows after the cursor's key, and a cursor for the last one.
pub(crate) fn export(
    context: &Context<'_>,
    table: &str,
    after: Option<&str>,
) -> Result<Reply, Failure> {
    context.require_merchant()?;
    let export = Export::of(table).ok_or(Rejection::NotFound)?;
    // A cursor that is none would begin anew, page after page.
    let key = |cursor| key_of(export, cursor).ok_or(Rejection::InvalidCursor);
    let after = after.map(key).transpose()?;
    let data = object!({ "table": export.name });
    say_lately(context.store, context.now, KIND, data)?;
    let rows = context.store.export_page(export, after.as_deref())?;
    let mut shown = Vec::new();
    for row in &rows {
        shown.push(written(context, export, row)?);
    }
    let next = rows.last().map(|row| to_base64url(row.text(0).as_bytes()));
    Ok(Reply::Done {
        status: 200,
        body: format!(
            r#"{{"table":"{}","rows":[{}],"next":{},"log":{}}}"#,
            export.name,
            shown.join(","),
            text(&next),
            text(&context.store.head()?)
        ),
        claimed_by: None,
    })
}

/// The key that a cursor stands for, as the table has it.
pub(crate) fn key_of(export: &Export, cursor: &str) -> Option<String> {
    let key = from_base64url(cursor)?;
    let key = String::from_utf8(key).ok()?;
    let parts: Vec<Raw> = goodword_shared::json::parse(&key).ok()?;
    let fits = parts.len() == export.key.len();
    let known = |Raw(part): &Raw| part.starts_with('"') || part.parse::<i64>().is_ok();
    (fits && parts.iter().all(known)).then_some(key)
}

/// A row as JSON.
fn written(context: &Context<'_>, export: &Export, row: &Row) -> Result<String, Failure> {
    let mut fields = Vec::new();
    for (column, (name, field)) in (2..).zip(export.fields) {
        let value = match field {
            Field::Plain(_) => plain(row, column)?,
            Field::Flag(_) => (row.int(column) != 0).to_string(),
            Field::Json(_) => row.maybe_text(column).unwrap_or("null").to_owned(),
            Field::Sealed(_, sealed_as) => {
                let owner = Pseudonym(row.text(1).to_owned());
                let opened = match row.maybe_blob(column) {
                    Some(sealed) => context.opened(&owner, sealed_as, sealed)?,
                    None => None,
                };
                text(&opened)
            }
        };
        fields.push(format!("\"{name}\":{value}"));
    }
    Ok(format!("{{{}}}", fields.join(",")))
}

fn plain(row: &Row, column: usize) -> Result<String, SqlError> {
    match row.0.get(column) {
        Some(Value::Int(number)) => Ok(number.to_string()),
        Some(Value::Text(words)) => Ok(text(words)),
        Some(Value::Null) => Ok("null".to_owned()),
        Some(Value::Blob(_)) | None => Err(SqlError(format!("no field in column {column}"))),
    }
}
