//! A shop's customers of before it had a program, line by line: so that nobody is rewarded for inviting them.
//!
//! A file is as long as a shop is old, so it is read as it comes and never kept. A line is one customer, as JSON
//! (`{"email": "...", "customer_id": "..."}`) or as comma-separated values under a header that names `email` or
//! `customer_id`; which of the two, the first line tells. Other columns of a shop's export are passed over.

use serde::Deserialize;

use crate::csv::record;
use crate::email::Email;
use crate::id::ExternalId;
use crate::json::{self, Read};

/// Longest line, in bytes: an address and an id, and what else a shop exports beside them.
pub const LINE_LENGTH_MAX: usize = 4_096;

/// What a file of comma-separated values begins with where a spreadsheet has saved it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a line is no customer.
pub type Why = &'static str;

/// A customer of before, by address, by the shop's id, or by both.
#[derive(Debug, PartialEq, Eq)]
pub struct Former {
    /// Address.
    pub email: Option<Email>,
    /// The shop's id.
    pub customer: Option<ExternalId>,
}

impl Former {
    /// Goes on with a customer who is named at all.
    fn named(email: Option<&str>, customer: Option<&str>) -> Result<Self, Why> {
        let email = email.map(str::trim).filter(|text| !text.is_empty());
        let customer = customer.filter(|text| !text.is_empty());
        if email.is_none() && customer.is_none() {
            return Err("neither an address nor a customer id");
        }
        let email = email.map(Email::parse).transpose();
        let customer = customer.map(ExternalId::parse).transpose();
        Ok(Self {
            email: email.map_err(|_| "no e-mail address")?,
            customer: customer.map_err(|_| "no customer id")?,
        })
    }

    /// As one line: address and id with a tab between, which neither can hold.
    pub fn to_line(&self) -> String {
        let email = self.email.as_ref().map_or("", Email::exact);
        let customer = self.customer.as_ref().map_or("", ExternalId::as_str);
        [email, "\t", customer, "\n"].concat()
    }

    /// Such a line again.
    pub fn from_line(line: &str) -> Result<Self, Why> {
        let (email, customer) = line.split_once('\t').ok_or("no tab")?;
        Self::named(Some(email), Some(customer))
    }
}

/// How the lines of a file are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON object each.
    Json,
    /// Comma-separated values, with the columns of address and customer id.
    Csv {
        /// Column of the address.
        email: Option<usize>,
        /// Column of the shop's id.
        customer: Option<usize>,
    },
}

#[derive(Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Line {
    email: Option<String>,
    customer_id: Option<String>,
}

impl Form {
    /// What the first line tells; a header is no customer.
    pub fn of(first: &str) -> Result<Self, Why> {
        let first = first.trim_start_matches(BYTE_ORDER_MARK);
        if first.starts_with('{') {
            return Ok(Self::Json);
        }
        let names = record(first).unwrap_or_default();
        let column = |wanted: &str| {
            let is_wanted = |name: &String| {
                let name = name.trim().to_ascii_lowercase().replace([' ', '-'], "_");
                name == wanted
            };
            names.iter().position(is_wanted)
        };
        match (column("email"), column("customer_id")) {
            (None, None) => Err("neither a JSON object nor a header with email or customer_id"),
            (email, customer) => Ok(Self::Csv { email, customer }),
        }
    }

    /// Whether the first line is a customer as well.
    pub const fn begins_at_once(self) -> bool {
        matches!(self, Self::Json)
    }

    /// The customer of a line.
    pub fn read(self, line: &str) -> Result<Former, Why> {
        match self {
            Self::Json => {
                let line = line.trim_start_matches(BYTE_ORDER_MARK);
                let line: Line = json::parse(line)
                    .map_err(|_| "no JSON object with email, customer_id or both, as texts")?;
                Former::named(line.email.as_deref(), line.customer_id.as_deref())
            }
            Self::Csv { email, customer } => {
                let cells = record(line).ok_or("quotes that do not close")?;
                let cell = |column: Option<usize>| cells.get(column?).map(String::as_str);
                Former::named(cell(email), cell(customer))
            }
        }
    }
}

/// Cuts bytes that come piece by piece into lines. What is no text, or too long, is told as such and not kept.
#[derive(Debug, Default)]
pub struct Lines {
    begun: Vec<u8>,
    too_long: bool,
}

impl Lines {
    /// Takes the next piece, and tells each line that ends in it.
    pub fn push(&mut self, mut piece: &[u8], each: &mut dyn FnMut(Result<&str, Why>)) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            if self.begun.is_empty() && !self.too_long {
                tell(line, each);
            } else {
                self.keep(line);
                self.end(each);
            }
            piece = rest.get(1..).unwrap_or_default();
        }
        self.keep(piece);
    }

    /// Tells the last line, where no end of a line follows it.
    pub fn finish(mut self, each: &mut dyn FnMut(Result<&str, Why>)) {
        if !self.begun.is_empty() || self.too_long {
            self.end(each);
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        let length = self.begun.len().saturating_add(piece.len());
        if self.too_long || length > LINE_LENGTH_MAX.saturating_add(1) {
            self.too_long = true;
            self.begun.clear();
        } else {
            self.begun.extend_from_slice(piece);
        }
    }

    fn end(&mut self, each: &mut dyn FnMut(Result<&str, Why>)) {
        if std::mem::take(&mut self.too_long) {
            each(Err(TOO_LONG));
        } else {
            tell(&self.begun, each);
        }
        self.begun.clear();
    }
}

const TOO_LONG: Why = "longer than 4096 bytes";

/// Tells a whole line, without what ends it.
fn tell(line: &[u8], each: &mut dyn FnMut(Result<&str, Why>)) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LINE_LENGTH_MAX {
        return each(Err(TOO_LONG));
    }
    each(std::str::from_utf8(line).map_err(|_| "no UTF-8"));
}

#[cfg(test)]
mod tests;
