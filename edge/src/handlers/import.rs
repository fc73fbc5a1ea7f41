//! `POST /v1/programs/{program}/customers/import`: a file of customers, as long as a shop is old.
//!
//! It is read as it comes and never held whole. The ledger gets so many customers at a time, each batch a transaction, so that
//! orders are recorded in between; whoever sends the file again after it broke off adds nobody twice.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use goodword_shared::history::{Form, Lines, Why};
use goodword_shared::id::ProgramId;
use goodword_shared::json::{Read, write};
use goodword_shared::rejection::Rejection;
use serde::Serialize;
use worker::{Request, Response};

use super::{answered, json};
use crate::adapters::ledger::Answer;
use crate::app::App;
use crate::body::BODY_LENGTH_MAX;
use crate::error::AppError;
use crate::ledger::commands::import_customers::BATCH_MAX;
use crate::router::Found;

/// Longest file: a million customers and more. Longer ones come in parts.
const FILE_LENGTH_MAX: usize = 64 * 1024 * 1024;

/// Bad rows that are named; all are counted.
const BAD_NAMED_MAX: usize = 20;

/// What the ledger answers to a batch.
#[derive(Read)]
#[serde(rename = "~Batch")]
struct Batch {
    added: u64,
    known: u64,
}

/// What became of a file. `read` is the sum of `added`, `known` and `bad`.
#[derive(Debug, Default, Serialize)]
struct Imported {
    read: u64,
    added: u64,
    known: u64,
    bad: u64,
    bad_rows: Vec<BadRow>,
}

/// A line that is no customer.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct BadRow {
    line: u64,
    why: Why,
}

/// 1. A file that says it is too long is refused (else body_too_large). 2. The ledger judges the key before a line is read. 3. Each
///    line is a customer, or a bad row; customers go to the ledger in batches. 4. A file that begins with neither a JSON object
///    nor a header is refused (invalid_body). 5. Answers the counts.
pub(crate) async fn customers(app: &App, found: &Found) -> Result<Response, AppError> {
    let program = ProgramId::parse(found.parameter(0)).map_err(|_| Rejection::UnknownProgram)?;
    let length = app.header("content-length");
    let length = length.and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > FILE_LENGTH_MAX) {
        return Err(AppError::BodyTooLarge(FILE_LENGTH_MAX));
    }
    let mut file = File::default();
    let judged = send(app, &program, String::new()).await?;
    if judged.is_refusal() {
        drain(app).await?;
        return answered(judged);
    }
    let mut request = Request::from(Clone::clone(app.request()));
    let mut length = 0_usize;
    if app.request().body().is_some() {
        let mut chunks = request.stream()?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            length = length.saturating_add(chunk.len());
            if length > FILE_LENGTH_MAX {
                return Err(AppError::BodyTooLarge(FILE_LENGTH_MAX));
            }
            file.push(&chunk)?;
            if let Some(refused) = deliver(app, &program, &mut file).await? {
                return answered(refused);
            }
        }
    }
    file.finish()?;
    if let Some(refused) = deliver(app, &program, &mut file).await? {
        return answered(refused);
    }
    json(200, write(&file.imported))
}

/// Sends what is ready, and counts what came of it; a refusal ends it.
async fn deliver(
    app: &App,
    program: &ProgramId,
    file: &mut File,
) -> Result<Option<Answer>, AppError> {
    while let Some(batch) = file.ready.pop_front() {
        let answer = send(app, program, batch).await?;
        if answer.is_refusal() {
            return Ok(Some(answer));
        }
        let Batch { added, known } =
            goodword_shared::json::parse(&answer.body).map_err(AppError::internal)?;
        let imported = &mut file.imported;
        imported.added = imported.added.saturating_add(added);
        imported.known = imported.known.saturating_add(known);
    }
    Ok(None)
}

async fn send(app: &App, program: &ProgramId, batch: String) -> Result<Answer, AppError> {
    let request = app.passed_on("POST".into(), batch);
    app.ledger(program, &request).await
}

/// Reads on for a little: a connection on which an answer overtakes the body is of no more use.
async fn drain(app: &App) -> Result<(), AppError> {
    let mut request = Request::from(Clone::clone(app.request()));
    if app.request().body().is_none() {
        return Ok(());
    }
    let mut chunks = request.stream()?;
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        length = length.saturating_add(chunk?.len());
        if length > BODY_LENGTH_MAX.saturating_mul(16) {
            break;
        }
    }
    Ok(())
}

/// A file under way.
#[derive(Default)]
struct File {
    lines: Lines,
    rows: Rows,
    imported: Imported,
    /// Whole batches that wait to be sent.
    ready: VecDeque<String>,
}

/// What has been read of it.
#[derive(Default)]
struct Rows {
    form: Option<Form>,
    line: u64,
    batch: String,
    in_batch: usize,
    /// Why the file is none.
    refused: Option<Why>,
}

impl File {
    fn push(&mut self, piece: &[u8]) -> Result<(), AppError> {
        let (rows, imported, ready) = (&mut self.rows, &mut self.imported, &mut self.ready);
        self.lines
            .push(piece, &mut |line| rows.take(line, imported, ready));
        self.rows.refusal()
    }

    fn finish(&mut self) -> Result<(), AppError> {
        let (rows, imported, ready) = (&mut self.rows, &mut self.imported, &mut self.ready);
        std::mem::take(&mut self.lines).finish(&mut |line| rows.take(line, imported, ready));
        if !self.rows.batch.is_empty() {
            self.ready.push_back(std::mem::take(&mut self.rows.batch));
        }
        self.rows.refusal()?;
        if self.rows.form.is_none() {
            let text = "the file is empty: expected a header, or a customer";
            return Err(Rejection::InvalidBody(text.into()).into());
        }
        Ok(())
    }
}

/// What a file that came in these pieces is: its batches, and how many lines are customers and bad rows. For the fuzzer.
#[cfg(feature = "fuzz")]
pub(crate) fn read(pieces: &[&[u8]]) -> Result<(Vec<String>, u64, u64), AppError> {
    let mut file = File::default();
    for piece in pieces {
        file.push(piece)?;
    }
    file.finish()?;
    Ok((file.ready.into(), file.imported.read, file.imported.bad))
}

impl Rows {
    fn refusal(&self) -> Result<(), AppError> {
        match self.refused {
            Some(why) => Err(Rejection::InvalidBody(format!("line {}: {why}", self.line)).into()),
            None => Ok(()),
        }
    }

    /// Takes the next line. Empty ones are nobody.
    fn take(
        &mut self,
        line: Result<&str, Why>,
        imported: &mut Imported,
        ready: &mut VecDeque<String>,
    ) {
        if self.refused.is_some() {
            return;
        }
        self.line = self.line.saturating_add(1);
        if line.is_ok_and(|line| line.trim().is_empty()) {
            return;
        }
        let form = match self.form {
            Some(form) => form,
            None => match line.and_then(Form::of) {
                Ok(form) => {
                    self.form = Some(form);
                    if !form.begins_at_once() {
                        return;
                    }
                    form
                }
                Err(why) => {
                    self.refused = Some(why);
                    return;
                }
            },
        };
        imported.read = imported.read.saturating_add(1);
        match line.and_then(|line| form.read(line)) {
            Ok(former) => {
                self.batch.push_str(&former.to_line());
                self.in_batch = self.in_batch.saturating_add(1);
            }
            Err(why) => {
                imported.bad = imported.bad.saturating_add(1);
                if imported.bad_rows.len() < BAD_NAMED_MAX {
                    let line = self.line;
                    imported.bad_rows.push(BadRow { line, why });
                }
            }
        }
        if self.in_batch >= BATCH_MAX {
            ready.push_back(std::mem::take(&mut self.batch));
            self.in_batch = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH_MAX, BadRow, File};

    fn read(text: &str) -> File {
        let mut file = File::default();
        file.push(text.as_bytes()).expect("a file");
        file.finish().expect("a file");
        file
    }

    #[test]
    fn a_header_and_empty_lines_are_nobody_and_a_bad_row_is_named_by_its_line() {
        let file = read("customer_id,email\n\nc_1,ann@mail.example\r\n,\nc_2,bob\nc_3\n");
        let imported = &file.imported;
        assert_eq!((imported.read, imported.bad), (4, 2));
        let bad: Vec<u64> = imported.bad_rows.iter().map(|row| row.line).collect();
        assert_eq!(bad, [4, 5]);
        assert_eq!(file.ready, ["ann@mail.example\tc_1\n\tc_3\n"]);
    }

    #[test]
    fn customers_are_ready_batch_by_batch() {
        let line = "{\"customer_id\":\"c\"}\n";
        let mut file = File::default();
        file.push(line.repeat(BATCH_MAX + 1).as_bytes())
            .expect("a file");
        assert_eq!(file.ready.len(), 1);
        file.finish().expect("a file");
        assert_eq!(file.ready.len(), 2);
        assert_eq!(file.ready[1], "\tc\n");
        assert_eq!(file.imported.read, BATCH_MAX as u64 + 1);
    }

    #[test]
    fn a_file_that_is_none_is_refused_at_its_first_line() {
        for text in ["name\nAnn\n", "[1]", "\u{feff}", "", "\n\n"] {
            let mut file = File::default();
            let begun = file.push(text.as_bytes());
            assert!(begun.and_then(|()| file.finish()).is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_first_bad_rows_are_named() {
        let file = read(&format!("email\n{}", "x\n".repeat(100)));
        assert_eq!((file.imported.bad, file.imported.bad_rows.len()), (100, 20));
        let why = "no e-mail address";
        assert_eq!(
            file.imported.bad_rows.first(),
            Some(&BadRow { line: 2, why })
        );
    }
}
