//! What the shop asks while a cart is open.

use serde_json::{Value, json};

use super::call::Call;
use super::person::Person;
use super::program::Program;

impl Program {
    /// What a discount code is worth on a cart, not yet asked.
    pub fn check_call(&self, body: &Value) -> Call {
        self.merchant("POST", "/discounts/check").json(body)
    }

    /// What a discount code is worth on a cart in euros.
    pub async fn check_discount(&self, code: &str, subtotal: i64, buyer: Option<&Person>) -> Value {
        let customer = buyer.map(|buyer| json!({ "id": buyer.id, "email": buyer.email }));
        let body = json!({
            "discount_code": code, "currency": "EUR", "subtotal": subtotal, "customer": customer,
        });
        self.check_call(&body).send().await.expect(200)
    }

    /// Why a discount code is not valid on a cart of 20.00 EUR.
    pub async fn refusal(&self, code: &str, buyer: Option<&Person>) -> Value {
        let answer = self.check_discount(code, 2_000, buyer).await;
        assert_eq!(
            (&answer["valid"], &answer["amount"]),
            (&json!(false), &json!(0))
        );
        answer["reason"].clone()
    }
}
