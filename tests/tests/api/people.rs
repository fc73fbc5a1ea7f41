//! A person's right to know what is stored of them, and to be forgotten.

use goodword_shared::audit::{LogLine, audit};
use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::harness::sink::WebhookSink;
use serde_json::{Value, json};

/// What the merchant is asked for a person by this name.
async fn ask(shop: &Program, what: &str, name: &Value) -> Answer {
    let call = shop.merchant("POST", &format!("/people/{what}"));
    call.json(&json!({ "customer": name })).send().await
}

async fn erase(shop: &Program, name: &Value) -> Value {
    ask(shop, "erase", name).await.expect(200)["erased"].clone()
}

/// Every record of a person, page by page: kind and contents.
async fn export(shop: &Program, name: &Value) -> Vec<Value> {
    let mut records = Vec::new();
    let mut after = Value::Null;
    loop {
        let body = json!({ "customer": name, "after": after });
        let call = shop.merchant("POST", "/people/export").json(&body);
        let page = call.send().await.expect(200);
        records.extend(page["records"].as_array().expect("records").clone());
        after = page["next"].clone();
        if after.is_null() {
            return records;
        }
    }
}

fn of_kind<'a>(records: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let of_kind = records.iter().filter(|record| record["kind"] == kind);
    of_kind.map(|record| &record["data"]).collect()
}

/// Jane has invited Ann, who was vouched for by staff as well, and bought.
async fn busy(setup: Setup) -> (Program, Person, Person) {
    let shop = setup.create(&Edge::shared()).await;
    let (jane, ann) = (Person::new("jane"), Person::new("ann"));
    let code = shop.code(&jane).await;
    let token = shop.click(&code).await;
    shop.claim_as(&token, &ann).await.expect(201);
    let touch = shop.touch_call(&ann, &code, "Ann Canarydoe phoned");
    touch.send().await.expect(201);
    let order = shop.order("1001", &ann).with_code(&code);
    assert_eq!(order.accepted().await["attributed"], true);
    (shop, jane, ann)
}

#[tokio::test]
async fn an_export_holds_everything_of_a_person_and_the_other_side_as_a_pseudonym() {
    let (shop, jane, ann) = busy(Setup::default()).await;
    let records = export(&shop, &json!({ "id": "ann" })).await;
    let [own] = of_kind(&records, "person")[..] else {
        panic!("{records:?}");
    };
    assert_eq!(own["name"], json!(ann.name));
    assert_eq!(own["email"], json!(ann.email));
    let evidence = of_kind(&records, "evidence");
    assert_eq!(evidence.len(), 2, "{evidence:?}");
    assert!(
        evidence
            .iter()
            .any(|one| one["reason"] == "Ann Canarydoe phoned")
    );
    let [order] = of_kind(&records, "order")[..] else {
        panic!("{records:?}");
    };
    assert_eq!(order["order_id"], "1001");
    assert_eq!(order["decision"]["reason"], "typed_code");
    let log = of_kind(&records, "log");
    let bought = log.iter().find(|line| line["kind"] == "order.recorded");
    let bought = bought.expect("a line");
    assert_eq!(bought["order_id"], "1001");
    assert!(bought["data"]["total"].is_i64(), "{bought}");
    let earned = log.iter().find(|line| line["kind"] == "reward.earned");
    let earned = earned.expect("a line");
    assert_eq!(earned["order_id"], "1001");
    assert!(earned["data"].get("reward").is_none(), "{earned}");
    let [referral] = of_kind(&records, "referral")[..] else {
        panic!("{records:?}");
    };
    assert_eq!(referral["invitee"], own["id"]);
    assert!(of_kind(&records, "log").len() >= 3);
    assert!(of_kind(&records, "fact").len() >= 2);
    let shown = json!(records).to_string();
    for other in [&jane.name, &jane.email] {
        assert!(!shown.contains(other.as_deref().expect("said")), "{shown}");
    }

    let records = export(&shop, &json!({ "email": "jane@example.com" })).await;
    let [own] = of_kind(&records, "person")[..] else {
        panic!("{records:?}");
    };
    assert_eq!(own["name"], json!(jane.name));
    assert_eq!(of_kind(&records, "claim").len(), 1);
    assert_eq!(of_kind(&records, "reward").len(), 1);
    // Of Ann's order the log tells Jane that it was, and nothing else; of her own reward everything.
    let log = of_kind(&records, "log");
    let line = |kind: &str| {
        let line = log.iter().find(|line| line["kind"] == kind);
        *line.expect("a line")
    };
    assert!(log.iter().all(|line| line["order_id"].is_null()), "{log:?}");
    let bought = line("order.recorded");
    assert_eq!(bought["data"]["reason"], "typed_code");
    assert!(bought["data"].get("total").is_none(), "{bought}");
    assert_eq!(line("reward.earned")["data"]["reward"]["earned"], 500);
    let claimed = line("discount.claimed");
    assert!(claimed["data"].get("discount_code").is_none(), "{claimed}");
    let facts = of_kind(&records, "fact");
    let amount = |kind: &str| {
        let fact = facts.iter().find(|fact| fact["kind"] == kind);
        fact.expect("a fact")["amount"].clone()
    };
    assert_eq!(
        (amount("ordered"), amount("earned")),
        (Value::Null, json!(500))
    );
    let issued = of_kind(&records, "balance");
    assert_eq!(issued[0]["account"], "issued");
    let shown = json!(records).to_string();
    assert!(
        !shown.contains("ann@") && !shown.contains("Ann "),
        "{shown}"
    );
    assert_eq!(shop.count_logged("person.exported").await, 2);
}

#[tokio::test]
async fn an_export_tells_of_lists_that_a_person_is_on_and_of_proofs_that_they_have_asked_for() {
    let sink = WebhookSink::open().await;
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let shop = setup.create(&Edge::shared()).await;
    let body = json!({ "email": "gus@example.com" });
    let guest = shop.call("POST", "/referrers").json(&body);
    guest.send().await.expect(200);
    let asked = shop.call("POST", "/referrers/proof").json(&body);
    asked.send().await.expect(202);
    shop.enrol(&Person::new("ann")).await;
    let before = shop.merchant("POST", "/customers/import");
    let before = before.body("email\nann@example.com\n");
    before.send().await.expect(200);
    shop.block(json!([
        { "kind": "customer", "value": "ann" }, { "kind": "email", "value": "ann@example.com" },
        { "kind": "customer", "value": "bob" }, { "kind": "domain", "value": "bad.example" },
    ]))
    .await;
    let ann = export(&shop, &json!({ "id": "ann" })).await;
    let mut kinds: Vec<String> = of_kind(&ann, "block")
        .iter()
        .map(|block| text(&block["kind"]))
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["customer", "email"]);
    assert_eq!(of_kind(&ann, "person")[0]["customer_before"], true);
    assert!(of_kind(&ann, "proof").is_empty());
    let gus = export(&shop, &json!({ "email": "gus@example.com" })).await;
    assert_eq!(of_kind(&gus, "proof").len(), 1);
    assert_eq!(of_kind(&gus, "person")[0]["customer_before"], false);
    assert!(of_kind(&gus, "block").is_empty());
}

#[tokio::test]
async fn an_export_is_read_page_by_page_and_nothing_is_left_out() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = Person::new("ann");
    for n in 0..105 {
        shop.order(&format!("o{n}"), &ann).accepted().await;
    }
    let records = export(&shop, &json!({ "id": "ann" })).await;
    assert_eq!(of_kind(&records, "order").len(), 105);
    let log = shop.log().await;
    let logged = log.iter().filter(|line| !line["person"].is_null()).count();
    assert_eq!(of_kind(&records, "log").len(), logged);
    assert_eq!(of_kind(&records, "person").len(), 1);
}

#[tokio::test]
async fn nobody_is_found_under_a_name_that_nobody_has_and_a_name_must_be_one() {
    let shop = Program::fresh(&Edge::shared()).await;
    assert!(export(&shop, &json!({ "id": "nobody" })).await.is_empty());
    assert_eq!(erase(&shop, &json!({ "id": "nobody" })).await, json!([]));
    for name in [
        json!({}),
        json!({ "email": "nothing" }),
        json!({ "id": "ann", "email": "x" }),
    ] {
        for what in ["export", "erase"] {
            let answer = ask(&shop, what, &name).await;
            answer.problem(400, "invalid_body");
        }
    }
    // Nor does a place that no answer has named begin one unseen.
    let begun = json!({ "customer": { "id": "ann" }, "after": "//" });
    let begun = shop.merchant("POST", "/people/export").json(&begun);
    begun.send().await.problem(400, "invalid_body");
    let wrong = json!({ "customer": { "id": "ann" }, "after": "x" });
    let wrong = shop.merchant("POST", "/people/export").json(&wrong);
    wrong.send().await.problem(400, "invalid_body");
}

#[tokio::test]
async fn an_erased_referrer_is_nobody_anywhere_and_the_books_stay_as_they_are() {
    let (shop, jane, ann) = busy(Setup::default()).await;
    let code = shop.code(&jane).await;
    let before = shop.read_order("1001").await;
    let key = format!("code:{}:{code}", shop.id);
    eventually("the code in KV", async || shop.edge.kv_get(&key).await).await;
    let erased = erase(&shop, &json!({ "id": "jane" })).await;
    assert_eq!(erased[0]["id"], before["referrer"]);
    assert_eq!(erased[0]["credit"][0]["amount"], before["reward"]["amount"]);

    let records = export(&shop, &json!({ "id": "jane" })).await;
    assert!(records.is_empty(), "{records:?}");
    // The order keeps its decision, and the record in KV names her no more.
    let after = shop.read_order("1001").await;
    assert_eq!(after["referrer"], before["referrer"]);
    assert_eq!(after["reward"], before["reward"]);
    assert!(!after.to_string().contains(&code), "{after}");
    let told = shop.explanation("1001").await;
    assert_eq!(told["recomputed"], "agrees", "{told}");
    assert!(
        told.to_string().contains("somebody who was erased"),
        "{told}"
    );
    let record = shop
        .record("1001", |record| record["referrer"].is_null())
        .await;
    let referrer = text(&before["referrer"]);
    assert!(!record.to_string().contains(&referrer), "{record}");
    eventually("no code in KV", async || {
        shop.edge.kv_get(&key).await.is_none().then_some(())
    })
    .await;

    // What refers to her resolves to nobody.
    let typed = shop.order("1002", &Person::new("bob")).with_code(&code);
    assert_eq!(typed.accepted().await["attributed"], false);
    shop.claim_code_call(&code)
        .send()
        .await
        .problem(404, "unknown_code");
    let people = shop.merchant("GET", "/referrers").send().await.expect(200);
    let listed = people["referrers"].as_array().expect("a list");
    assert!(
        listed.iter().all(|one| one["id"] != before["referrer"]),
        "{people}"
    );

    // An undo that comes later still finds the reward.
    shop.refund("1001", "r1", 1700).send().await.expect(201);
    assert_eq!(shop.reward_of("1001", "conversion").await["amount"], 0);
    // And she comes back as somebody new.
    let again = shop.enrol(&jane).await;
    assert_ne!(again["referrer"]["id"], before["referrer"]);
    assert_eq!(again["progress"]["bought"], 0);
    assert!(shop.order("1003", &ann).send().await.status < 300);
    assert_audit(&shop, &code).await;
    assert_eq!(shop.logged("person.erased").await.len(), 1);
}

#[tokio::test]
async fn an_erased_buyer_starts_anew_and_what_was_reported_is_still_known() {
    let (shop, _, ann) = busy(Setup::default()).await;
    let code = shop.code(&Person::new("jane")).await;
    let before = shop.read_order("1001").await;
    assert_eq!(
        erase(&shop, &json!({ "email": "ann@example.com" })).await[0]["id"],
        before["invitee"]
    );
    assert_eq!(
        erase(&shop, &json!({ "email": "ann@example.com" })).await,
        json!([]),
        "again, and nothing happens"
    );
    let record = shop
        .record("1001", |record| record["invitee"].is_null())
        .await;
    assert_eq!(record["referrer"], before["referrer"]);
    let repeated = shop.order("1001", &ann).with_code(&code).send().await;
    assert_eq!(repeated.expect(200)["outcome"], "exists");
    // Whoever has bought before is known no more.
    let anew = shop.order("1002", &ann).with_code(&code).accepted().await;
    assert_eq!(anew["attributed"], true, "{anew}");
    assert_ne!(anew["invitee"], before["invitee"]);
    shop.refund("1001", "r1", 1700).send().await.expect(201);
    assert_eq!(shop.reward_of("1001", "conversion").await["amount"], 0);
    assert_audit(&shop, &code).await;
}

#[tokio::test]
async fn a_block_list_holds_for_a_customer_who_was_erased_and_tells_nobody_their_id() {
    let (shop, jane, ann) = busy(Setup::default()).await;
    shop.block(json!([{ "kind": "customer", "value": "ann" }]))
        .await;
    erase(&shop, &json!({ "id": "ann" })).await;
    let listed = shop.merchant("GET", "/blocks").send().await.expect(200);
    assert_eq!(
        json!([listed["blocks"][0]["kind"], listed["blocks"][0]["value"]]),
        json!(["customer", null])
    );
    let code = shop.code(&jane).await;
    let back = shop.order("1002", &ann).with_code(&code).accepted().await;
    assert_eq!(back["reason"], "blocked_by_risk");
    let entry = text(&listed["blocks"][0]["id"]);
    let call = shop.merchant("DELETE", &format!("/blocks/{entry}"));
    call.send().await.expect(200);
    let listed = shop.merchant("GET", "/blocks").send().await.expect(200);
    assert_eq!(listed["blocks"], json!([]));
}

#[tokio::test]
async fn friends_of_an_erased_referrer_keep_their_discount_and_it_refers_them_to_nobody() {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    erase(&shop, &json!({ "id": "jane" })).await;
    let check =
        json!({ "discount_code": invited.discount_code, "currency": "EUR", "subtotal": 2000 });
    let check = shop.merchant("POST", "/discounts/check").json(&check);
    assert_eq!(check.send().await.expect(200)["valid"], true);
    let order = shop.order("1001", &Person::new("ann"));
    let order = order
        .with_discounts(&[&invited.discount_code])
        .with_token(&invited.token);
    assert_eq!(order.accepted().await["attributed"], false);
    assert_eq!(shop.explanation("1001").await["recomputed"], "agrees");
}

#[tokio::test]
async fn a_guest_goes_with_the_customer_of_the_same_address_and_nobody_else_does() {
    let shop = Program::fresh(&Edge::shared()).await;
    let ann = Person::new("ann");
    shop.enrol(&ann).await;
    let guest = json!({ "email": "ann@example.com", "name": "Ann Canarydoe" });
    shop.call("POST", "/referrers")
        .json(&guest)
        .send()
        .await
        .expect(200);
    let partner = Person::new("partner").with_email("ann@example.com");
    let kept = shop.enrol(&partner).await;
    assert_eq!(
        erase(&shop, &json!({ "id": "ann", "email": "ann@example.com" }))
            .await
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(shop.enrol(&partner).await, kept);
    assert_eq!(
        erase(&shop, &json!({ "email": "ann@example.com" }))
            .await
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn kept_answers_and_events_that_wait_tell_nothing_of_who_was_erased() {
    let (sink, edge) = (WebhookSink::open().await, Edge::shared());
    let setup = Setup::default().set("webhook_url", sink.url.clone());
    let (shop, jane) = (setup.create(&edge).await, Person::new("jane"));
    let enrol = || shop.enrolment(&jane).header("idempotency-key", "once");
    let first = enrol().send().await.expect(201);
    sink.fail(2);
    let order = shop.order("1001", &Person::new("ann"));
    order.with_code(&text(&first["code"])).accepted().await;
    let before = sink
        .attempts("reward.earned", "1001", 1)
        .await
        .remove(0)
        .json();
    assert_eq!(before["data"]["owner"]["customer_id"], "jane");
    erase(&shop, &json!({ "id": "jane" })).await;
    shop.advance_ms(10_000).await;
    let after = sink.attempts("reward.earned", "1001", 2).await.remove(1);
    let data = after.verified(&shop.keys.webhooks)["data"].clone();
    assert_eq!(
        data["owner"],
        json!({ "id": before["data"]["owner"]["id"], "customer_id": null })
    );
    assert_eq!(data["referrer"]["customer_id"], Value::Null);
    assert!(!data.to_string().contains(&text(&first["code"])), "{data}");
    assert_eq!(data["reward"], before["data"]["reward"]);
    let again = enrol().send().await;
    assert_ne!(again.expect(201)["code"], first["code"]);
}

/// The chain of the log holds, and names nobody, by code neither.
async fn assert_audit(shop: &Program, code: &str) {
    let lines: Vec<LogLine> = shop
        .log()
        .await
        .into_iter()
        .map(|line| serde_json::from_value(line).expect("a line"))
        .collect();
    let export: String = lines
        .iter()
        .map(|line| serde_json::to_string(line).expect("json") + "\n")
        .collect();
    let head = &lines.last().expect("a line").hash;
    audit(&export, head, None, |_, _| true).expect("intact");
    for private in ["jane", "Jane", "@", "Canarydoe", code] {
        assert!(!export.contains(private), "{private} in {export}");
    }
}
