//! `GET /v1/programs/{program}/exports/{table}`: JSON as the ledger answers it, or CSV made of it.

use goodword_shared::csv::{Cell, write_record};
use goodword_shared::id::ProgramId;
use goodword_shared::json::{Fields, Raw, Read};
use worker::Response;

use super::{answered, respond};
use crate::app::App;
use crate::error::AppError;
use crate::ledger::exports::Export;
use crate::request::Request;
use crate::router::{Found, Route};

/// A page as the ledger answers it.
#[derive(Read)]
#[serde(rename = "~Page")]
struct Page {
    rows: Vec<Raw>,
    next: Option<String>,
    log: Option<Head>,
}

/// The newest line of the log.
#[derive(Read)]
#[serde(rename = "~Head")]
struct Head {
    seq: i64,
    hash: String,
}

/// 1. The format is csv or json (else invalid_query). 2. The ledger judges the key, then table and cursor (else not_found,
///    invalid_query), and reads a page. 3. Of CSV, the first page has the names of the columns, and headers say where the
///    next one begins and up to which line of the log it holds: what is appended page by page is one file.
pub(crate) async fn read(
    app: &App,
    found: &Found,
    request: &Request,
) -> Result<Response, AppError> {
    let as_csv = is_csv(request, || app.header("accept"))?;
    let (program, _) = request.command(found, Route::Export)?;
    let answer = app.ledger(&program, request).await?;
    let export = Export::of(found.parameter(1));
    let Some(export) = export.filter(|_| as_csv && !answer.is_refusal()) else {
        return answered(answer);
    };
    let page: Page = goodword_shared::json::parse(&answer.body).map_err(AppError::internal)?;
    csv(&program, export, request.word("after").is_none(), &page)
}

/// Whether CSV is asked for, by the query or else by `Accept`.
pub(crate) fn is_csv(
    request: &Request,
    accept: impl FnOnce() -> Option<String>,
) -> Result<bool, AppError> {
    match request.word("format") {
        None => Ok(accept().is_some_and(|accepted| accepted.starts_with("text/csv"))),
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => {
            let text = "format: expected csv or json";
            Err(AppError::QueryInvalid(text.into()))
        }
    }
}

fn csv(
    program: &ProgramId,
    export: &Export,
    is_first: bool,
    page: &Page,
) -> Result<Response, AppError> {
    let table = table(export, is_first, &page.rows)?;
    let response = respond(200, "text/csv; charset=utf-8", table)?;
    let file = format!("attachment; filename=\"{program}-{}.csv\"", export.name);
    response.headers().set("content-disposition", &file)?;
    if let Some(next) = &page.next {
        response.headers().set("next", next)?;
    }
    if let Some(Head { seq, hash }) = &page.log {
        response.headers().set("log", &format!("{seq} {hash}"))?;
    }
    Ok(response)
}

/// Rows as CSV, perhaps under the names of their columns. What is a list or an object is one cell, as JSON.
fn table(export: &Export, is_first: bool, rows: &[Raw]) -> Result<String, AppError> {
    let names = export.fields.iter().map(|(name, _)| *name);
    let mut out = String::new();
    if is_first {
        write_record(&mut out, names.clone().map(Cell::Plain));
    }
    for Raw(row) in rows {
        let mut fields = Fields::parse(row).map_err(AppError::internal)?;
        let mut cells: Vec<(bool, String)> = Vec::new();
        for name in names.clone() {
            let value = fields.take(name).unwrap_or("null");
            cells.push(match value.as_bytes().first() {
                Some(b'n') => (false, String::new()),
                Some(b'"') => {
                    let text = goodword_shared::json::parse(value);
                    (true, text.map_err(AppError::internal)?)
                }
                Some(b'{' | b'[') => (true, value.to_owned()),
                _ => (false, value.to_owned()),
            });
        }
        let cells = cells.iter().map(|(is_text, text)| match is_text {
            true => Cell::Text(text),
            false => Cell::Plain(text),
        });
        write_record(&mut out, cells);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use goodword_shared::json::Raw;
    use serde_json::json;

    use super::table;
    use crate::ledger::exports::Export;

    #[test]
    fn a_row_is_a_line_under_the_names_of_its_columns() {
        let undos = Export::of("undos").expect("a table");
        let row =
            json!({ "order_id": "=1", "key": "a,b", "at": -5, "fact": {"kind": "x"}, "else": 1 });
        let rows = [row, json!({ "order_id": null })].map(|row| Raw(row.to_string()));
        let table = |is_first, rows: &[_]| table(undos, is_first, rows).expect("rows");
        assert_eq!(
            table(true, &rows),
            "order_id,key,at,fact\r\n'=1,\"a,b\",-5,\"{\"\"kind\"\":\"\"x\"\"}\"\r\n,,,\r\n"
        );
        assert_eq!(table(false, &[]), "");
    }
}
