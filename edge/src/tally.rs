//! The Tally object: approximate counts of a program by day, kind, placement, channel and variant.
//!
//! Counts come in batches and are added; nothing here is ever used for money.

use worker::{
    DurableObject, Env, Error, Method, Request, Response, Result, SqlStorageValue, State,
    durable_object,
};

use crate::counts::{Batch, Counted};
use crate::handlers::respond;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS counts (day INTEGER NOT NULL, kind TEXT NOT NULL, placement TEXT NOT NULL,
    channel TEXT NOT NULL, variant INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (day, kind, placement, channel, variant)) WITHOUT ROWID";

/// Counts in one answer; one more is read, to know whether there are more.
const COUNTS_MAX: usize = 10_000;

/// A program's counts.
#[durable_object(fetch)]
pub struct Tally {
    state: State,
}

impl DurableObject for Tally {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let sql = self.state.storage().sql();
        sql.exec(TABLE, None)?;
        if request.method() == Method::Post {
            let batch: Batch = goodword_shared::json::parse(&request.text().await?)
                .map_err(|error| Error::RustError(error.to_string()))?;
            for (key, n) in batch {
                let values = vec![
                    SqlStorageValue::Integer(i64::from(key.day)),
                    SqlStorageValue::from(kind_name(key.kind)),
                    SqlStorageValue::from(key.placement),
                    SqlStorageValue::from(key.channel),
                    SqlStorageValue::Integer(i64::from(key.variant)),
                    SqlStorageValue::Integer(i64::from(n)),
                ];
                sql.exec(
                    "INSERT INTO counts (day, kind, placement, channel, variant, n) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET n = n + excluded.n",
                    values,
                )?;
            }
            return Response::empty();
        }
        let url = request.inner().url();
        let day = |name| day_of(&url, name);
        let cursor = sql.exec(
            "SELECT json_object('day', day, 'kind', kind, 'placement', placement, 'channel', channel, 'variant', variant, 'count', n)
                FROM counts WHERE day BETWEEN ? AND ? ORDER BY day, kind, placement, channel, variant
                LIMIT 10001",
            vec![SqlStorageValue::Integer(day("from")), SqlStorageValue::Integer(day("to"))],
        )?;
        let mut counts = Vec::new();
        for row in cursor.raw() {
            match row?.as_slice() {
                [SqlStorageValue::String(count)] => counts.push(count.clone()),
                _ => return Err(Error::RustError("a row of another width".into())),
            }
        }
        let more = counts.len() > COUNTS_MAX;
        counts.truncate(COUNTS_MAX);
        let body = format!("{{\"counts\":[{}],\"more\":{more}}}", counts.join(","));
        respond(200, "application/json", body)
    }
}

/// The day that a URL's query names so; the first of all where it names none.
pub(crate) fn day_of(url: &str, name: &str) -> i64 {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or_default()
}

const fn kind_name(kind: Counted) -> &'static str {
    match kind {
        Counted::Shown => "shown",
        Counted::Dismissed => "dismissed",
        Counted::Shared => "shared",
        Counted::Clicked => "clicked",
        Counted::Claimed => "claimed",
    }
}
