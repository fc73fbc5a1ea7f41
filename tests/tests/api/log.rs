//! The activity log: complete, chained, paged, and without anybody's data.

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use goodword_shared::audit::{LogLine, audit};
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::{Program, fresh_network, text};
use goodword_tests::harness::setup::Setup;
use goodword_tests::store::ids::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn every_write_of_the_merchants_names_its_key_whether_it_changes_anything_or_not() {
    let (shop, jane) = Setup::default().referred().await;
    let (id, key) = shop.scoped_key("admin").await;
    let code = shop.code(&jane).await;
    let reward = text(&shop.reward_of("1001", "conversion").await["id"]);
    let (unused, _) = shop.scoped_key("read").await;
    let (revoked, step) = (
        format!("/keys/{unused}"),
        format!("/rewards/{reward}/redeem"),
    );
    let calls = [
        (
            "PUT",
            "/settings",
            shop.setup.clone().set("hold_days", 2).json(),
        ),
        ("POST", "/keys", json!({ "kind": "customers" })),
        ("DELETE", revoked.as_str(), Value::Null),
        (
            "POST",
            "/touches",
            json!({ "customer": { "id": "bob" }, "code": code, "reason": "by phone" }),
        ),
        (
            "POST",
            "/referrers/bulk",
            json!({ "customers": [{ "customer_id": "cem" }] }),
        ),
        ("POST", "/customers/import", json!({ "customer_id": "dan" })),
        ("POST", step.as_str(), json!({})),
        (
            "POST",
            "/credits/take",
            json!({ "take_id": "t1", "customer_id": "jane", "amount": 1, "currency": "EUR" }),
        ),
        ("POST", "/deliveries/replay", json!({ "since": 0 })),
    ];
    for (method, tail, body) in calls {
        for again in [false, true] {
            // A second key of the kind is one too many: it is asked for by an idempotency key.
            let keyed = tail == "/keys";
            let call = shop.call(method, tail).bearer(&key);
            let call = if keyed {
                call.header("idempotency-key", "once")
            } else {
                call
            };
            let call = if body.is_null() {
                call
            } else {
                call.json(&body)
            };
            let before = shop.log().await.len();
            let answer = call.send().await;
            assert!(answer.status < 300, "{method} {tail}: {}", answer.body);
            let log = shop.log().await;
            let lines = &log[before..];
            // A kept answer that is given again is no further write.
            let is_told = !lines.is_empty() || (keyed && again);
            assert!(is_told, "{method} {tail}, again: {again}");
            for line in lines.iter().filter(|line| line["kind"] != "log.checkpoint") {
                assert_eq!(line["data"]["by"], json!(id), "{method} {tail}: {line}");
            }
        }
    }
}

/// Something of everything: enrolled, claimed, ordered, repeated, refunded, refused, changed.
async fn busy() -> Program {
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    let discount = shop.invite(&jane).await.discount_code;
    let ann = Person::new("ann").with_name("Ann Änderung");
    let order = shop.order("1001", &ann).with_discounts(&[&discount]);
    order.accepted().await;
    order.send().await.expect(200);
    shop.refund("1001", "r1", 850).send().await.expect(201);
    order
        .report()
        .signature("v1,AAAA")
        .send()
        .await
        .problem(401, "signature_invalid");
    shop.make_key("api").await;
    shop.change(&json!({ "name": "Oak" })).await;
    shop
}

#[tokio::test]
async fn everything_that_happened_is_in_the_log_in_order() {
    let shop = busy().await;
    let log = shop.log().await;
    let numbers: Vec<i64> = log.iter().filter_map(|line| line["seq"].as_i64()).collect();
    assert!(numbers.iter().copied().eq(1..=15), "{numbers:?}");
    let kinds: Vec<&str> = log
        .iter()
        .filter_map(|line| line["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "program.created",
            "referrer.enrolled",
            "discount.claimed",
            "referrer.enrolled",
            "order.recorded",
            "reward.earned",
            "reward.issued",
            "order.repeated",
            "order.undone",
            "reward.clawed_back",
            "report.refused",
            "key.created",
            "data.read",
            "settings.changed",
            "data.read",
        ]
    );
}

#[tokio::test]
async fn every_line_is_chained_to_the_one_before() {
    let shop = busy().await;
    let mut previous = String::new();
    for line in shop.log().await {
        let chained = json!([
            previous,
            line["seq"],
            line["at"],
            line["kind"],
            line["person"],
            line["other"],
            line["order_id"],
            line["data"].to_string(),
        ]);
        let hash = text(&line["hash"]);
        assert_eq!(hex(&Sha256::digest(chained.to_string())), hash, "{line}");
        previous = hash;
    }
    assert_eq!(previous.len(), 64);
}

#[tokio::test]
async fn the_log_holds_no_personal_data() {
    let shop = busy().await;
    let log = json!(shop.log().await).to_string();
    for private in ["jane", "Jane", "ann", "Ann", "Änderung", "@", "Canarydoe"] {
        // Words of ours that hold a name by chance.
        let log = log.replace("channel", "").replace("explanation", "");
        assert!(!log.contains(private), "{private} in {log}");
    }
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let shop = Program::fresh(&Edge::shared()).await;
    for n in 0..205 {
        let undone = shop.refund("none", &format!("r{n}"), 1);
        undone.send().await.expect(201);
    }
    let page = |after: i64| {
        let tail = format!("/log?after={after}");
        let call = shop.merchant("GET", &tail);
        async move { call.send().await.expect(200) }
    };
    let lines = |page: &Value| page["lines"].as_array().map_or(0, Vec::len);
    let first = page(0).await;
    assert_eq!((lines(&first), &first["next"]), (200, &json!(200)));
    let second = page(200).await;
    assert_eq!((lines(&second), &second["next"]), (7, &json!(207)));
    let end = page(207).await;
    assert_eq!((lines(&end), &end["next"]), (0, &Value::Null));
}

#[tokio::test]
async fn the_head_is_signed_once_a_day_and_an_export_is_proved_by_it() {
    let shop = busy().await;
    shop.advance_days(1).await;
    shop.refund("1001", "r2", 1).send().await.expect(201);
    let key = eventually("a checkpoint", async || {
        let page = shop.merchant("GET", "/log?after=0").send().await;
        page.expect(200)["audit_key"].as_str().map(str::to_owned)
    })
    .await;
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
    let audited = audit(&export, head, Some(&key), |message, signature| {
        is_signed(&key, message, signature)
    });
    let audited = audited.expect("intact");
    assert_eq!(audited.checkpoints, 1);
    assert!(audited.signed_up_to >= 13, "{audited:?}");
}

#[tokio::test]
async fn a_day_without_anything_new_has_nothing_to_sign() {
    let shop = busy().await;
    shop.advance_days(1).await;
    eventually("a checkpoint", async || {
        (shop.count_logged("log.checkpoint").await == 1).then_some(())
    })
    .await;
    for _ in 0..3 {
        shop.advance_days(1).await;
    }
    // That it was looked for was something new, once.
    eventually("another checkpoint", async || {
        (shop.count_logged("log.checkpoint").await > 1).then_some(())
    })
    .await;
    assert_eq!(shop.count_logged("log.checkpoint").await, 2);
}

fn is_signed(key: &str, message: &str, signature: &str) -> bool {
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
            .collect()
    };
    let key: [u8; 32] = bytes(key).try_into().expect("32 bytes");
    let signature: [u8; 64] = bytes(signature).try_into().expect("64 bytes");
    VerifyingKey::from_bytes(&key)
        .expect("a key")
        .verify(message.as_bytes(), &Signature::from_bytes(&signature))
        .is_ok()
}

#[tokio::test]
async fn a_line_that_the_merchant_has_caused_names_the_key_and_no_other_line_does() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let own = shop.live_keys("api").await.remove(0);
    let (id, operate) = shop.scoped_key("operate").await;
    let entered = shop.touch_call(&Person::new("ann"), &code, "by phone");
    entered.bearer(&operate).send().await.expect(201);
    let revoked = shop.merchant("DELETE", &format!("/keys/{id}"));
    revoked
        .bearer(shop.edge.admin_key())
        .send()
        .await
        .expect(200);
    shop.order("1001", &Person::new("ann")).accepted().await;
    let log = shop.happened().await;
    let by: Vec<(&str, &Value)> = log
        .iter()
        .filter_map(|line| Some((line["kind"].as_str()?, &line["data"]["by"])))
        .filter(|(_, by)| !by.is_null())
        .collect();
    let (own, id, administrator) = (json!(own), json!(id), json!("administrator"));
    assert_eq!(
        by,
        [
            ("program.created", &administrator),
            ("key.created", &own),
            ("referrer.enrolled", &id),
            ("touch.entered", &id),
            ("key.revoked", &administrator),
        ]
    );
    assert!(log.iter().any(|line| line["kind"] == "order.recorded"));
    assert!(!json!(log).to_string().contains(&operate));
}

#[tokio::test]
async fn what_a_merchant_reads_is_told_once_an_hour_with_the_key_and_what_a_customer_reads_is_not()
{
    let shop = Program::fresh(&Edge::shared()).await;
    let jane = Person::new("jane");
    shop.enrol(&jane).await;
    let told = async |call: &str| {
        let lines = shop.logged("data.read").await;
        let own = lines.into_iter().filter(|line| line["call"] == call);
        own.collect::<Vec<Value>>()
    };
    for _ in 0..3 {
        shop.merchant("GET", "/rewards").send().await.expect(200);
        shop.merchant("GET", "/tally").send().await.expect(200);
        shop.enrol(&jane).await;
    }
    let rewards = told("read_rewards").await;
    assert_eq!(rewards.len(), 1);
    assert!(rewards[0]["by"].is_string(), "{rewards:?}");
    assert_eq!(told("read_tally").await.len(), 1);
    assert_eq!(told("read_log").await.len(), 1);
    shop.call("GET", "/rewards")
        .bearer("gw_api_no")
        .send()
        .await
        .problem(401, "unauthorized");

    shop.advance_ms(3_600_001).await;
    shop.merchant("GET", "/rewards").send().await.expect(200);
    assert_eq!(told("read_rewards").await.len(), 2);
}

#[tokio::test]
async fn calls_that_are_refused_are_told_once_an_hour_for_each_key_call_and_code() {
    let shop = Program::fresh(&Edge::shared()).await;
    let (reader, read_key) = shop.scoped_key("read").await;
    let (admin, admin_key) = shop.scoped_key("admin").await;
    for _ in 0..3 {
        let revoke = |key: &str| shop.call("DELETE", "/keys/none").bearer(key);
        let refused = revoke(&read_key).send().await;
        refused.problem(403, "scope_too_small");
        revoke(&admin_key).send().await.problem(404, "not_found");
        let nobody = shop.call("GET", "/orders/none").bearer(&read_key);
        nobody.send().await.problem(404, "not_found");
        // Whoever has no key of the program's leaves no line.
        let stranger = shop.call("GET", "/orders/none").network(&fresh_network());
        let stranger = stranger.bearer("gw_api_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(stranger.send().await.status, 401);
    }
    let lines = shop.logged("call.refused").await;
    let told: Vec<[&str; 2]> = lines
        .iter()
        .map(|line| [&line["by"], &line["code"]].map(|field| field.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            [reader.as_str(), "scope_too_small"],
            [admin.as_str(), "not_found"],
            [reader.as_str(), "not_found"],
        ]
    );
    shop.advance_ms(3_600_001).await;
    let again = shop.call("GET", "/orders/none").bearer(&read_key);
    again.send().await.problem(404, "not_found");
    assert_eq!(shop.count_logged("call.refused").await, 4);
}
