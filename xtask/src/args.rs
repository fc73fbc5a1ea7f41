//! Flags, taken one by one: what is left over is a mistake, and says so.

use anyhow::{Result, bail};
use goodword_shared::id::ProgramId;

/// The words after the command's name.
pub(crate) struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        Self {
            words: words.collect(),
        }
    }

    /// Whether `--name` was given.
    pub(crate) fn switch(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// The value of `--name VALUE` or `--name=VALUE`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self
            .words
            .iter()
            .position(|word| word.split('=').next() == Some(name))
        else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some((_, value)) = word.split_once('=') {
            return Ok(Some(value.to_owned()));
        }
        if at >= self.words.len() {
            bail!("{name} needs a value");
        }
        Ok(Some(self.words.remove(at)))
    }

    /// The value of `--name`, parsed, or `default` when it was not given.
    pub(crate) fn value_or<T: std::str::FromStr>(&mut self, name: &str, default: T) -> Result<T> {
        match self.value(name)? {
            None => Ok(default),
            Some(value) => match value.parse() {
                Ok(parsed) => Ok(parsed),
                Err(_) => bail!("{name} cannot be `{value}`"),
            },
        }
    }

    /// The value of `--name`, an address such as `https://host:8787`, without a slash at its end.
    pub(crate) fn address_or(&mut self, name: &str, default: &str) -> Result<String> {
        let given = self.value(name)?.unwrap_or_else(|| default.to_owned());
        let address = given.trim_end_matches('/');
        let host = ["http://", "https://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme));
        let odd = |byte: u8| !byte.is_ascii_graphic() || b"/?#@\\".contains(&byte);
        if host.is_none_or(|host| host.is_empty() || host.bytes().any(odd)) {
            bail!("{name} cannot be `{given}`: it is an address such as {default}");
        }
        Ok(address.to_owned())
    }

    /// The value of `--name`, a program's id.
    pub(crate) fn program_or(&mut self, name: &str, default: &str) -> Result<String> {
        let given = self.value(name)?.unwrap_or_else(|| default.to_owned());
        if ProgramId::parse(&given).is_err() {
            bail!("{name} cannot be `{given}`: 1 to 32 letters a-z, digits or dashes");
        }
        Ok(given)
    }

    /// At most one word that is not a flag.
    pub(crate) fn word(self) -> Result<Option<String>> {
        if let Some(flag) = self.words.iter().find(|word| word.starts_with('-')) {
            bail!("unknown flag `{flag}`; `cargo xtask` lists them");
        }
        if let [_, second, ..] = self.words.as_slice() {
            bail!("`{second}` is one word too many");
        }
        Ok(self.words.into_iter().next())
    }

    /// Nothing is left.
    pub(crate) fn end(self) -> Result<()> {
        match self.word()? {
            None => Ok(()),
            Some(word) => bail!("`{word}` is one word too many"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn given(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_value_is_read_from_either_form() {
        for line in ["--edge-port 9000", "--edge-port=9000"] {
            let mut arguments = given(line);
            assert_eq!(arguments.value_or("--edge-port", 8787_u16).ok(), Some(9000));
            assert!(arguments.end().is_ok());
        }
    }

    #[test]
    fn an_address_is_an_origin_and_nothing_else() {
        let read = |line: &str| {
            given(line)
                .address_or("--edge", "http://localhost:8787")
                .ok()
        };
        let usual = Some("http://localhost:8787".to_owned());
        assert_eq!(read(""), usual);
        assert_eq!(read("--edge http://localhost:8787/"), usual);
        for wrong in [
            "localhost:8787",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://a@b",
        ] {
            assert_eq!(read(&format!("--edge {wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn an_unknown_flag_is_named() {
        let mut arguments = given("--fresh --frehs");
        assert!(arguments.switch("--fresh"));
        let message = arguments.end().err().map(|error| error.to_string());
        assert!(message.is_some_and(|text| text.contains("--frehs")));
    }
}
