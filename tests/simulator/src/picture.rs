//! A ledger's database as SQL text: what a version of the project has stored, kept for the versions after it.
//!
//! `cargo run -p goodword-simulator --example picture` prints one of a program in which something of everything has
//! happened. It is made once for a release, and never again: the code that wrote it is gone by then.

use std::fmt::Write as _;

use goodword_edge::native::{Cell, NativeLedger};
use goodword_shared::id::hex;
use serde_json::{Value, json};

use crate::shop::{Key, Shop};
use crate::violation::Check;
use crate::world::World;

/// A database with what it takes to go on with it.
pub struct Picture {
    /// Statements that make the database.
    pub sql: String,
    /// The Worker's secret.
    pub secret: String,
    /// The time of its last command.
    pub now: i64,
    /// The shop with its keys.
    pub shop: Shop,
}

impl Picture {
    /// What the world's ledger holds now.
    pub fn of(world: &World) -> Check<Self> {
        Ok(Self {
            sql: dump(&world.ledger)?,
            secret: world.secret().to_owned(),
            now: world.clock,
            shop: world.shop.clone(),
        })
    }

    /// As it is kept in a file: a first line of JSON in a comment, and the statements.
    pub fn to_text(&self) -> String {
        let keys: Vec<Value> = self
            .shop
            .keys
            .iter()
            .map(|key| json!([key.kind, key.id, key.printed]))
            .collect();
        let head = json!({ "secret": self.secret, "now": self.now, "keys": keys });
        format!("-- {head}\n{}", self.sql)
    }

    /// Reads such a file.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, sql) = text.strip_prefix("-- ")?.split_once('\n')?;
        let head: Value = serde_json::from_str(head).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let key = |key: &Value| {
            Some(Key {
                kind: text(&key[0])?,
                id: text(&key[1]),
                printed: text(&key[2])?,
            })
        };
        Some(Self {
            sql: sql.to_owned(),
            secret: text(&head["secret"])?,
            now: head["now"].as_i64()?,
            shop: Shop {
                keys: head["keys"].as_array()?.iter().filter_map(key).collect(),
            },
        })
    }
}

/// Tables, rows and indexes as statements, one a line but for what the schema breaks itself.
fn dump(ledger: &NativeLedger) -> Check<String> {
    let mut text = String::new();
    let made = ledger.query(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )?;
    for part in &made {
        let [Cell::Text(kind), Cell::Text(name), Cell::Text(sql)] = &part[..] else {
            continue;
        };
        let _ = writeln!(text, "{sql};");
        if kind == "table" {
            for row in ledger.query(&format!("SELECT * FROM {name}"))? {
                let values: Vec<String> = row.iter().map(literal).collect();
                let _ = writeln!(text, "INSERT INTO {name} VALUES ({});", values.join(", "));
            }
        }
    }
    Ok(text)
}

fn literal(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".into(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Cell::Blob(bytes) => format!("X'{}'", hex(bytes)),
    }
}
