//! The program's secrets, as its creation printed them.

use std::fmt::{Debug, Formatter, Result as FmtResult};
use std::fs::read_to_string;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use serde::Deserialize;

/// One program's keys. They stay on the server, and out of every debug line.
#[derive(Clone, Deserialize)]
pub struct Keys {
    /// The program they belong to; empty when the file does not say.
    #[serde(default)]
    pub program: String,
    /// Bearer key of the merchant API, `gw_api_...`.
    pub api: String,
    /// Signs order reports, `whsec_...`.
    pub orders: String,
    /// Signs customer tokens, `gw_cust_...`.
    pub customers: String,
    /// Verifies the webhooks that come in, `whsec_...`.
    pub webhooks: String,
}

impl Keys {
    /// Reads a keys file: one JSON object with the fields of this type.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read_to_string(path)?;
        serde_json::from_str(&text).map_err(|why| Error::new(ErrorKind::InvalidData, why))
    }
}

impl Debug for Keys {
    fn fmt(&self, out: &mut Formatter<'_>) -> FmtResult {
        out.debug_struct("Keys")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn a_debug_line_shows_no_secret() {
        let keys: Keys = serde_json::from_str(
            r#"{"program":"demo","api":"s1","orders":"s2","customers":"s3","webhooks":"s4"}"#,
        )
        .unwrap();
        assert_eq!(format!("{keys:?}"), r#"Keys { program: "demo", .. }"#);
    }
}
