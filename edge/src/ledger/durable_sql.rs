//! The object's own SQLite behind [`Sql`].

use std::cell::Cell;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::Storage;

use super::sql::{Row, Sql, SqlError, Value, check_integers, count_down};

#[wasm_bindgen(module = "/js/sql.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn select(sql: &JsValue, statement: &str, values: &Array) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch)]
    fn execute(sql: &JsValue, statement: &str, values: &Array) -> Result<u32, JsValue>;
}

/// The database of one object, for one command.
pub(crate) struct DurableSql {
    sql: JsValue,
    rows_written: Cell<usize>,
    /// Development builds: statements left until one fails on purpose.
    fault: Cell<Option<u32>>,
}

impl DurableSql {
    /// Statements go to this storage; the statement that `fault` counts down to fails.
    pub(crate) fn new(storage: &Storage, fault: Option<u32>) -> Self {
        // Where there is no `sql`, every statement fails and says so.
        let sql = Reflect::get(storage.as_raw().as_ref(), &JsValue::from_str("sql"));
        Self {
            sql: sql.unwrap_or_default(),
            rows_written: Cell::new(0),
            fault: Cell::new(fault),
        }
    }

    /// Rows written so far, index entries included: what the platform bills.
    pub(crate) fn rows_written(&self) -> usize {
        self.rows_written.get()
    }

    fn written(&self, rows: u32) {
        let rows = usize::try_from(rows).unwrap_or_default();
        let all = self.rows_written.get().saturating_add(rows);
        self.rows_written.set(all);
    }
}

impl Sql for DurableSql {
    fn query(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, SqlError> {
        let answer =
            select(&self.sql, statement, &bound(values)?).map_err(|error| failed(&error))?;
        let written = answer.get(0).as_f64().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of rows"
        )]
        self.written(written as u32);
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

    fn execute(&self, statement: &str, values: Vec<Value>) -> Result<(), SqlError> {
        self.written(
            execute(&self.sql, statement, &bound(values)?).map_err(|error| failed(&error))?,
        );
        count_down(&self.fault)
    }
}

/// The values as the platform takes them.
fn bound(values: Vec<Value>) -> Result<Array, SqlError> {
    check_integers(&values)?;
    let array = Array::new();
    for value in values {
        array.push(&match value {
            Value::Null => JsValue::NULL,
            #[expect(
                clippy::cast_precision_loss,
                reason = "integers beyond 2^53 - 1 have been refused"
            )]
            Value::Int(number) => JsValue::from_f64(number as f64),
            Value::Text(text) => JsValue::from_str(&text),
            Value::Blob(bytes) => Uint8Array::from(bytes.as_slice()).buffer().into(),
        });
    }
    Ok(array)
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
