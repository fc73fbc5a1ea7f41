//! The object's own SQLite behind [`Sql`].

use std::cell::{Cell, RefCell};

use js_sys::{Array, JsString, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::Storage;

use super::sql::{Param, Row, Sql, SqlError, Value, check_integers, count_down};

#[wasm_bindgen(module = "/js/sql.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn select(
        sql: &JsValue,
        statement: &JsString,
        shapes: &[f64],
        texts: &str,
        bytes: &[u8],
    ) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch)]
    fn execute(
        sql: &JsValue,
        statement: &JsString,
        shapes: &[f64],
        texts: &str,
        bytes: &[u8],
    ) -> Result<u32, JsValue>;
}

/// The database of one object.
pub(crate) struct Database {
    sql: JsValue,
    /// Statements as the platform takes them: it knows a text that it has seen before, and prepares it once.
    /// In the order of the texts.
    statements: RefCell<Vec<(String, JsString)>>,
    /// Test builds: rows written since the object was loaded, by table.
    written: RefCell<Vec<(String, u32)>>,
}

impl Database {
    /// The database behind this storage.
    pub(crate) fn new(storage: &Storage) -> Self {
        // Where there is no `sql`, every statement fails and says so.
        let sql = Reflect::get(storage.as_raw().as_ref(), &JsValue::from_str("sql"));
        Self {
            sql: sql.unwrap_or_default(),
            statements: RefCell::default(),
            written: RefCell::default(),
        }
    }

    /// Test builds: rows written since the object was loaded, by table.
    pub(crate) fn written(&self) -> Vec<(String, u32)> {
        self.written.borrow().clone()
    }

    /// Test builds: a statement has written so many rows.
    pub(crate) fn note_written(&self, statement: &str, rows: u32) {
        if !cfg!(feature = "test-clock") || rows == 0 {
            return;
        }
        let verbs = ["INTO", "UPDATE", "FROM"];
        let mut words = statement.split(|letter: char| letter.is_whitespace() || letter == '(');
        words.find(|word| verbs.contains(word));
        let table = words.next().unwrap_or_default();
        let mut written = self.written.borrow_mut();
        match written.iter_mut().find(|(known, _)| known == table) {
            Some((_, sum)) => *sum = sum.saturating_add(rows),
            None => written.push((table.to_owned(), rows)),
        }
    }

    fn with_statement<T>(&self, text: &str, run: impl FnOnce(&JsString) -> T) -> T {
        let statements = self.statements.borrow();
        let place = statements.binary_search_by(|(known, _)| known.as_str().cmp(text));
        if let Ok(Some((_, known))) = place.map(|at| statements.get(at)) {
            return run(known);
        }
        drop(statements);
        let new = JsString::from(text);
        let outcome = run(&new);
        let mut statements = self.statements.borrow_mut();
        let place = statements.partition_point(|(known, _)| known.as_str() < text);
        statements.insert(place, (text.to_owned(), new));
        outcome
    }
}

/// The database of one object, for one command.
pub(crate) struct DurableSql<'a> {
    database: &'a Database,
    rows_written: Cell<usize>,
    /// Development builds: statements left until one fails on purpose.
    fault: Cell<Option<u32>>,
}

impl<'a> DurableSql<'a> {
    /// Statements go to this database; the statement that `fault` counts down to fails.
    pub(crate) fn new(database: &'a Database, fault: Option<u32>) -> Self {
        Self {
            database,
            rows_written: Cell::new(0),
            fault: Cell::new(fault),
        }
    }

    /// Rows written so far, index entries included: what the platform bills.
    pub(crate) fn rows_written(&self) -> usize {
        self.rows_written.get()
    }

    fn written(&self, statement: &str, rows: u32) {
        self.database.note_written(statement, rows);
        let rows = usize::try_from(rows).unwrap_or_default();
        let all = self.rows_written.get().saturating_add(rows);
        self.rows_written.set(all);
    }
}

impl Sql for DurableSql<'_> {
    fn query(&self, statement: &str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let bound = Bound::new(values)?;
        let answer = self.database.with_statement(statement, |statement| {
            select(
                &self.database.sql,
                statement,
                &bound.shapes,
                &bound.texts,
                &bound.bytes,
            )
        });
        let answer = answer.map_err(|error| failed(&error))?;
        let written = answer.get(0).as_f64().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of rows"
        )]
        self.written(statement, written as u32);
        let rows = answer.iter().skip(1).map(|row| {
            let row: Array = row.unchecked_into();
            row.iter()
                .map(|value| read(&value))
                .collect::<Result<_, _>>()
                .map(Row)
        });
        let rows = rows.collect::<Result<_, _>>()?;
        count_down(&self.fault)?;
        Ok(rows)
    }

    fn execute(&self, statement: &str, values: &[Param<'_>]) -> Result<(), SqlError> {
        let bound = Bound::new(values)?;
        let written = self.database.with_statement(statement, |statement| {
            execute(
                &self.database.sql,
                statement,
                &bound.shapes,
                &bound.texts,
                &bound.bytes,
            )
        });
        self.written(statement, written.map_err(|error| failed(&error))?);
        count_down(&self.fault)
    }
}

/// The values of a statement as they cross over: see `edge/js/sql.js`.
struct Bound {
    shapes: Vec<f64>,
    texts: String,
    bytes: Vec<u8>,
}

impl Bound {
    fn new(values: &[Param<'_>]) -> Result<Self, SqlError> {
        check_integers(values)?;
        let mut bound = Self {
            shapes: Vec::with_capacity(values.len().saturating_mul(2)),
            texts: String::new(),
            bytes: Vec::new(),
        };
        for value in values {
            let (kind, size) = match value {
                Param::Null => (0.0, 0.0),
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "integers beyond 2^53 - 1 have been refused"
                )]
                Param::Int(number) => (1.0, *number as f64),
                Param::Text(text) => {
                    bound.texts.push_str(text);
                    (2.0, size(utf16_length(text)))
                }
                Param::Blob(blob) => {
                    bound.bytes.extend_from_slice(blob);
                    (3.0, size(blob.len()))
                }
            };
            bound.shapes.extend([kind, size]);
        }
        Ok(bound)
    }
}

/// How long JavaScript takes a text to be.
fn utf16_length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

fn size(length: usize) -> f64 {
    u32::try_from(length).unwrap_or(u32::MAX).into()
}

fn read(value: &JsValue) -> Result<Value, SqlError> {
    if let Some(number) = value.as_f64() {
        return whole(number);
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    if value.is_null() {
        return Ok(Value::Null);
    }
    if value.is_instance_of::<js_sys::ArrayBuffer>() {
        return Ok(Value::Blob(Uint8Array::new(value).to_vec()));
    }
    Err(never_stored())
}

/// The platform reads integers as doubles; only whole ones are ever stored.
fn whole(number: f64) -> Result<Value, SqlError> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if number.fract() != 0.0 || number.abs() > LARGEST {
        return Err(never_stored());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and within 2^53 - 1"
    )]
    Ok(Value::Int(number as i64))
}

fn never_stored() -> SqlError {
    SqlError("a value of a type that is never stored".into())
}

fn failed(error: &JsValue) -> SqlError {
    let message = error.dyn_ref::<js_sys::Error>().map(js_sys::Error::message);
    SqlError(message.map_or_else(|| format!("{error:?}"), String::from))
}
