//! The settings of a program that is about to be created.

use serde_json::{Map, Value, json};

use super::edge::Edge;
use super::noted::{Noted, note};
use super::person::Person;
use super::program::{Program, fresh_id};
use crate::store::keys::Keys;

/// Settings with overrides. What is not named here has the edge's own default.
#[derive(Debug, Clone)]
#[must_use = "a setup does nothing until it is created"]
pub struct Setup {
    fields: Map<String, Value>,
}

impl Default for Setup {
    /// A roastery: 15 % off for the friend, 5 EUR credit for the referrer, no hold.
    fn default() -> Self {
        let fields = json!({
            "name": "Ember & Oak",
            "store_url": "https://shop.example/",
            "allowed_origins": ["https://shop.example"],
            "currency": "EUR",
            "discount": { "kind": "percent", "basis_points": 1500 },
            "reward": { "kind": "credit", "value": { "rule": "fixed", "amount": 500, "currency": "EUR" } },
            "hold_days": 0,
        });
        Self {
            fields: fields.as_object().expect("an object").clone(),
        }
    }
}

impl Setup {
    /// Sets a field.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Leaves a field out.
    pub fn without(mut self, field: &str) -> Self {
        self.fields.remove(field);
        self
    }

    /// The settings as JSON.
    pub fn json(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// What creates a program of this id.
    pub fn creation(&self, id: &str) -> Value {
        self.clone().set("program", id).json()
    }

    /// Creates a program on the shared edge in which Ann's order 1001 was referred by Jane, who is answered.
    pub async fn referred(self) -> (Program, Person) {
        let shop = self.create(&Edge::shared()).await;
        let jane = Person::new("jane");
        let code = shop.code(&jane).await;
        shop.order("1001", &Person::new("ann"))
            .with_code(&code)
            .accepted()
            .await;
        (shop, jane)
    }

    /// Creates a program of a new id on this edge.
    pub async fn create(self, edge: &Edge) -> Program {
        self.create_as(edge, &fresh_id()).await
    }

    /// Creates a program of this id on this edge.
    pub async fn create_as(self, edge: &Edge, id: &str) -> Program {
        let created = edge
            .call("POST", "/v1/programs")
            .bearer(edge.admin_key())
            .json(&self.creation(id))
            .send()
            .await
            .expect(201);
        let keys: Keys = serde_json::from_value(created["keys"].clone()).expect("four keys");
        for key in [&keys.api, &keys.orders, &keys.customers, &keys.webhooks] {
            note(Noted::Secrets, key.as_bytes());
        }
        Program::new(edge.clone(), id.to_owned(), keys, self)
    }
}
