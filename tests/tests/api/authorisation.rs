//! Every route of the contract that asks for a merchant's key, and everybody who has none.

use goodword_tests::harness::call::Call;
use goodword_tests::harness::contract::{Operation, secured_by};
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_id, fresh_network, text};
use serde_json::{Value, json};

/// What an operation is sent, so that nothing but the key is wrong; `None` where there is no body. An operation that is new
/// in the contract needs a line here, or its body is refused before its key.
fn body(shop: &Program, operation: &str) -> Option<Value> {
    Some(match operation {
        "createProgram" => shop.setup.creation(&fresh_id()),
        "changeSettings" => shop.setup.json(),
        "dryRun" => json!({ "settings": shop.setup.json() }),
        "checkDiscount" => json!({ "discount_code": "X", "currency": "EUR", "subtotal": 1 }),
        "enterTouch" => json!({ "customer": { "id": "ann" }, "code": "X", "reason": "by phone" }),
        "createKey" => json!({ "kind": "customers" }),
        "takeCredit" => {
            json!({ "take_id": "t1", "customer_id": "ann", "amount": 1, "currency": "EUR" })
        }
        "enrolMany" => json!({ "customers": [{ "customer_id": "ann" }] }),
        "exportPerson" | "erasePerson" => json!({ "customer": { "id": "ann" } }),
        "replayDeliveries" => json!({ "since": 0 }),
        "addCodes" => json!({ "codes": ["ONCE-0001"] }),
        "addBlocks" => json!({ "entries": [{ "kind": "customer", "value": "mallory" }] }),
        _ => return None,
    })
}

/// Whether no program's key opens it, of whatever scope.
fn is_the_administrators(operation: &str) -> bool {
    ["createProgram", "listPrograms"].contains(&operation)
}

fn call(shop: &Program, operation: &Operation) -> Call {
    let path = operation
        .path
        .replace("{program}", &shop.id)
        .replace("{order}", "1001")
        .replace("{id}", "nothing")
        .replace("{reward}", "nothing")
        .replace("{step}", "approve")
        .replace("{referral}", "nothing")
        .replace("{verdict}", "approve")
        .replace("{block}", "nothing")
        .replace("{version}", "1")
        .replace("{table}", "orders")
        .replace("{customer}", "ann")
        .replace("{delivery}", "1");
    let query = match operation.id.as_str() {
        "listTouches" => "?customer=ann",
        _ => "",
    };
    let path = path + query;
    assert!(!path.contains('{'), "what stands for the rest of {path}?");
    // Bad credentials are counted by address.
    let call = shop.edge.call(&operation.method, &path);
    let call = call.network(&fresh_network());
    // A file, and not one object.
    if operation.id == "importCustomers" {
        return call.body("customer_id\n");
    }
    match body(shop, &operation.id) {
        Some(body) => call.json(&body),
        None => call,
    }
}

#[tokio::test]
async fn every_merchant_route_refuses_everybody_else_in_the_same_words() {
    let (edge, jane) = (Edge::shared(), Person::new("jane"));
    let (shop, other) = (Program::fresh(&edge).await, Program::fresh(&edge).await);
    let revoked = shop.keys.api.clone();
    let live = text(&shop.make_key("api").await["key"]);
    let first = shop.live_keys("api").await[0].clone();
    let revocation = shop.merchant("DELETE", &format!("/keys/{first}"));
    revocation.bearer(&live).send().await.expect(200);
    let made_up = format!("{}{}", &live[..live.len() - 4], "AAAA");
    let token = shop.customer_token(&jane);
    let keys = [
        ("no key", None),
        ("an empty key", Some("")),
        ("a made-up key", Some(made_up.as_str())),
        ("a revoked key", Some(&revoked)),
        ("another program's key", Some(&other.keys.api)),
        ("a customer token", Some(&token)),
        ("the orders key", Some(&shop.keys.orders)),
        ("the customers key", Some(&shop.keys.customers)),
        ("the webhooks key", Some(&shop.keys.webhooks)),
    ];
    let mut words = None;
    let operations = secured_by("bearer");
    assert!(operations.len() > 20, "{operations:?}");
    for operation in &operations {
        for (whose, key) in keys {
            let asked = call(&shop, operation);
            let asked = key.map_or(asked, |key| call(&shop, operation).bearer(key));
            let answer = asked.send().await;
            answer.problem(401, "unauthorized");
            let same = words.get_or_insert_with(|| answer.body.clone());
            assert_eq!(&answer.body, same, "{} with {whose}", operation.id);
        }
    }
}

#[tokio::test]
async fn every_merchant_route_opens_to_the_right_key() {
    let edge = Edge::shared();
    for operation in secured_by("bearer") {
        let shop = Program::fresh(&edge).await;
        let key = match operation.id.as_str() {
            id if is_the_administrators(id) => edge.admin_key(),
            _ => &shop.keys.api,
        };
        let answer = call(&shop, &operation).bearer(key).send().await;
        assert!(
            answer.status < 300 || answer.status == 404,
            "{} {}",
            operation.id,
            answer.body
        );
    }
}

/// A key of every scope on every route of the contract: it opens what the contract says, and what it does not open says why.
#[tokio::test]
async fn every_merchant_route_opens_to_its_scope_and_the_larger_ones_alone() {
    const SCOPES: [&str; 3] = ["read", "operate", "admin"];
    let edge = Edge::shared();
    let rank = |scope: &str| SCOPES.iter().position(|one| *one == scope);
    for operation in secured_by("bearer") {
        if is_the_administrators(&operation.id) {
            continue;
        }
        assert!(rank(&operation.scope).is_some(), "{operation:?}");
        let shop = Program::fresh(&edge).await;
        for scope in SCOPES {
            let (_, key) = shop.scoped_key(scope).await;
            let answer = call(&shop, &operation).bearer(&key).send().await;
            if rank(scope) >= rank(&operation.scope) {
                assert!(
                    answer.status < 300 || matches!(answer.status, 404 | 409),
                    "{} with {scope}: {}",
                    operation.id,
                    answer.body
                );
            } else {
                let detail = answer.problem(403, "scope_too_small");
                assert!(detail.contains(&operation.scope), "{detail}");
            }
        }
    }
}
