//! Where in a text the fields of a struct are.

use super::error::Error;

/// Where the value of each field of a struct begins, in the order in which its type lists them.
#[derive(Default)]
pub struct Places {
    names: &'static [&'static str],
    /// Nothing begins at the first byte but the struct itself: zero is a field that is not there.
    at: Vec<usize>,
    asked: usize,
    /// Where the struct ends.
    pub(super) end: usize,
}

impl Places {
    /// None of these fields was found so far.
    pub(super) fn of(names: &'static [&'static str]) -> Self {
        Self {
            names,
            at: vec![0; names.len()],
            asked: 0,
            end: 0,
        }
    }

    /// The value of a field begins here. A field that comes twice may mean something else than what was understood.
    pub(super) fn found(&mut self, index: usize, at: usize) -> Result<(), Error> {
        match self.at.get_mut(index) {
            Some(place) if *place == 0 => {
                *place = at;
                Ok(())
            }
            _ => Err(Error::new("duplicate field")),
        }
    }

    /// The next field and where its value begins, unless it is not there.
    pub(super) fn next(&mut self) -> Option<(&'static str, usize)> {
        let name = self.names.get(self.asked)?;
        let at = self.at.get(self.asked).copied().unwrap_or_default();
        self.asked = self.asked.saturating_add(1);
        (at > 0).then_some((name, at))
    }

    /// The field that was asked for last.
    pub(super) fn last(&self) -> &'static str {
        let index = self.asked.saturating_sub(1);
        self.names.get(index).copied().unwrap_or_default()
    }
}
