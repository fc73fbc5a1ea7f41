//! Files of former customers, and requests for exports.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use goodword_edge::parsers;
use goodword_shared::csv::{Cell, record, write_record};
use goodword_shared::history::{Form as Lines, Former, Lines as Cut};

use super::{Form, Target, place};
use crate::verdict::{Class, Verdict, class_of, holds, same};

pub(super) const HISTORY: Target = Target::bytes("history", history).with(&[
    "email,customer_id\n",
    "Customer ID,Email\r\n",
    "{\"email\":\"jane@shop.example\"}",
    "{\"customer_id\":\"c1\"}\n",
    "\"Smith, Jane\",",
    "\u{feff}",
    "\n",
    "\t",
    "\"\"",
]);
/// A whole file of customers of before, as the Worker takes it in.
pub(super) const CUSTOMERS_FILE: Target = Target::bytes("customers_file", customers_file).with(&[
    "email,customer_id\n",
    "customer_id\n",
    "{\"email\":\"jane@shop.example\"}\n",
    "ann@mail.example,c1\r\n",
    ",\n",
    "\n",
    "\t",
    "\u{feff}",
    "\"",
]);
pub(super) const CSV: Target = Target::text("csv", csv)
    .with(&["\"", "\"\"", ",", "=", "\r\n", "'", "@", "\t-"])
    .like(Form::Text("(\"?[=+@a-z ]{0,4}\"?,?){0,5}"));
pub(super) const EXPORT: Target = Target::text("export", export)
    .with(&[
        "orders?after=WyJhIl0",
        "log?after=WzFd",
        "undos?after=WyJhIiwiYiJd",
        "facts?format=csv",
    ])
    .like(Form::Text(
        "(orders|log|undos|facts|bindings)\\?after=[A-Za-z0-9_-]{0,12}",
    ));

fn lines(pieces: &[&[u8]]) -> Vec<Result<String, &'static str>> {
    let mut told = Vec::new();
    let mut each = |line: Result<&str, &'static str>| told.push(line.map(str::to_owned));
    let mut cut = Cut::default();
    for piece in pieces {
        cut.push(piece, &mut each);
    }
    cut.finish(&mut each);
    told
}

fn history(input: &[u8]) -> Verdict {
    let whole = lines(&[input]);
    let (one, other) = input.split_at(place(input, input.len().saturating_add(1)));
    same(
        "it does not matter in which pieces a file comes",
        &lines(&[one, other]),
        &whole,
    )?;
    let first = whole.first().and_then(|line| line.as_deref().ok());
    let Some(Ok(form)) = first.map(Lines::of) else {
        return Ok("no file".into());
    };
    let mut named = 0_usize;
    for line in whole.iter().filter_map(|line| line.as_deref().ok()) {
        let Ok(former) = form.read(line) else {
            continue;
        };
        named = named.saturating_add(1);
        holds(
            "a customer is named",
            former.email.is_some() || former.customer.is_some(),
            || line.to_owned(),
        )?;
        let written = former.to_line();
        let again = written.strip_suffix('\n').map(Former::from_line);
        same(
            "a customer is passed on as one line",
            &again,
            &Some(Ok(former)),
        )?;
    }
    Ok(Class::Owned(format!("{form:?}, {}", named.min(2))))
}

fn customers_file(input: &[u8]) -> Verdict {
    let whole = parsers::customers(&[input]);
    let (one, other) = input.split_at(place(input, input.len().saturating_add(1)));
    same(
        "it does not matter in which pieces a file comes",
        &parsers::customers(&[one, other]).ok(),
        &whole.clone().ok(),
    )?;
    let (batches, read, bad) = match whole {
        Ok(taken) => taken,
        Err(told) => return Ok(class_of(&told)),
    };
    let mut customers = 0_u64;
    for batch in &batches {
        let Some(found) = parsers::batch(batch) else {
            return holds("a ledger reads what the Worker writes", false, || {
                batch.clone()
            })
            .map(|()| "".into());
        };
        holds(
            "a batch is one transaction",
            (1..=5_000).contains(&found),
            || found.to_string(),
        )?;
        customers = customers.saturating_add(u64::try_from(found).unwrap_or_default());
    }
    same(
        "every line is a customer or a bad row",
        &customers.saturating_add(bad),
        &read,
    )?;
    // What somebody else writes as a batch is refused or read, and harms nobody.
    let _ = parsers::batch(&String::from_utf8_lossy(input));
    Ok(Class::Owned(format!("{} {}", customers.min(2), bad.min(2))))
}

fn csv(text: &str) -> Verdict {
    let Some(cells) = record(text) else {
        return Ok("no record".into());
    };
    let mut plain = String::new();
    write_record(&mut plain, cells.iter().map(|cell| Cell::Plain(cell)));
    let again = plain.strip_suffix("\r\n").and_then(record);
    same(
        "a record is read again as itself",
        &again.as_ref(),
        &Some(&cells),
    )?;
    let mut guarded = String::new();
    write_record(&mut guarded, cells.iter().map(|cell| Cell::Text(cell)));
    let seen = guarded
        .strip_suffix("\r\n")
        .and_then(record)
        .unwrap_or_default();
    for cell in seen {
        let seen = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
        holds(
            "no cell is a formula",
            !seen.starts_with(['=', '+', '-', '@']),
            || cell.clone(),
        )?;
    }
    Ok(Class::Owned(cells.len().min(4).to_string()))
}

fn export(tail: &str) -> Verdict {
    let url = format!("https://refer.example/v1/programs/acme/exports/{tail}");
    match parsers::command("GET", &url, None, "") {
        Ok(command) => {
            let again = parsers::command("GET", &url, None, "");
            same::<Result<String, String>>("the same is understood again", &again, &Ok(command))?;
        }
        Err(told) => return Ok(class_of(&told)),
    }
    let table = tail.split(['?', '/', '#']).next().unwrap_or_default();
    let Some(text) = parsers::word(&url, "after") else {
        return Ok("from the beginning".into());
    };
    let Some(key) = parsers::cursor(table, &text) else {
        return Ok("no cursor".into());
    };
    let again = parsers::cursor(table, &URL_SAFE_NO_PAD.encode(&key));
    same("a key is a cursor again", &again, &Some(key))?;
    Ok("after a key".into())
}
