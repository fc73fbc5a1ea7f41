//! Somebody who shares or buys.

use serde_json::{Value, json};

/// What the shop knows of a person; all of it may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a person does nothing by themselves"]
pub struct Person {
    /// The shop's customer id.
    pub id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

impl Person {
    /// Somebody with this customer id, an address and a name that follow from it.
    pub fn new(id: &str) -> Self {
        let (first, rest) = id.split_at(1);
        Self {
            id: Some(id.to_owned()),
            email: Some(format!("{id}@example.com")),
            name: Some(format!("{}{rest} Canarydoe", first.to_uppercase())),
        }
    }

    /// Somebody who checked out without an account.
    pub fn guest(email: &str) -> Self {
        Self {
            email: Some(email.to_owned()),
            ..Self::default()
        }
    }

    /// The same person under another address.
    pub fn with_email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// The same person without an address.
    pub fn without_email(mut self) -> Self {
        self.email = None;
        self
    }

    /// The same person under another name.
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// As an order names its customer.
    pub fn json(&self) -> Value {
        json!({ "id": self.id, "email": self.email, "name": self.name })
    }
}
