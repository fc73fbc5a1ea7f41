//! Facts for measuring: everything that happened, once, with nobody's data.

use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::eventually::eventually;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;
use goodword_tests::harness::setup::Setup;
use serde_json::{Value, json};

async fn facts(shop: &Program, after: i64) -> Vec<Value> {
    let tail = format!("/facts?after={after}");
    let page = shop.merchant("GET", &tail).send().await.expect(200);
    page["facts"].as_array().expect("a list").clone()
}

fn of_kind<'a>(facts: &'a [Value], kind: &str) -> Vec<&'a Value> {
    facts.iter().filter(|fact| fact["kind"] == kind).collect()
}

#[tokio::test]
async fn the_way_of_a_referral_is_told_from_enrolment_to_refund() {
    let setup = Setup::default().set("hold_days", 14);
    let shop = setup.create(&Edge::shared()).await;
    let jane = Person::new("jane");
    let invited = shop.invite(&jane).await;
    let order = shop.order("1001", &Person::new("ann"));
    let order = order.with_discounts(&[&invited.discount_code]);
    let recorded = order.accepted().await;
    order.send().await.expect(200);
    shop.refund("1001", "r1", 850).send().await.expect(201);
    shop.order("1002", &Person::new("bob")).accepted().await;
    shop.advance_days(15).await;
    eventually("the reward granted", async || {
        (shop.credit(&jane).await == 250).then_some(())
    })
    .await;
    shop.cancellation("1001").send().await.expect(201);

    let facts = facts(&shop, 0).await;
    let kinds: Vec<&str> = facts
        .iter()
        .filter_map(|fact| fact["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "enrolled",
            "claimed",
            "enrolled",
            "ordered",
            "earned",
            "refunded",
            "lost",
            "enrolled",
            "ordered",
            "granted",
            "cancelled",
            "lost",
        ]
    );
    let referrer = &facts[0]["person"];
    assert_eq!(&recorded["referrer"], referrer);
    let cohort = &facts[0]["cohort"];
    assert_eq!(cohort.as_str().map(str::len), Some(7), "{cohort}");
    for fact in &facts {
        let is_referred = fact["order_id"] != "1002" && fact["kind"] != "enrolled";
        let (by, since) = if is_referred {
            (referrer, cohort)
        } else {
            (&Value::Null, &fact["cohort"])
        };
        assert_eq!((&fact["referrer"], &fact["cohort"]), (by, since), "{fact}");
    }
    for kind in ["claimed", "ordered"] {
        let fact = of_kind(&facts, kind)[0];
        let way = (&fact["channel"], &fact["variant"], &fact["version"]);
        assert_eq!(way, (&json!("link"), &json!(0), &json!(1)), "{fact}");
    }
    let ordered = of_kind(&facts, "ordered");
    assert_eq!(ordered[0]["person"], recorded["invitee"]);
    assert_eq!(ordered[0]["amount"], order.json()["total"]);
    assert_eq!(ordered[0]["discount"], order.json()["discount"]);
    let amounts = |kind| -> Vec<Option<i64>> {
        let of_kind = of_kind(&facts, kind);
        of_kind.iter().map(|fact| fact["amount"].as_i64()).collect()
    };
    assert_eq!(amounts("earned"), [Some(500)]);
    assert_eq!(amounts("granted"), [Some(250)]);
    assert_eq!(amounts("lost"), [Some(250), Some(250)]);
    assert_eq!(
        of_kind(&facts, "lost")[0]["reward"],
        recorded["reward"]["id"]
    );
}

#[tokio::test]
async fn what_binds_a_buyer_tells_by_what_way_they_came_and_a_code_is_no_click() {
    let steps = json!({ "events": ["registered", "lead_qualified"] });
    let setup = Setup::default().set("qualifies_by", steps);
    let shop = setup.create(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let token = shop.click(&format!("{code}?c=email-2-portal")).await;
    let [ann, bob] = ["ann", "bob"].map(Person::new);
    let by_click = shop.event("e1", "registered", &ann).with_token(&token);
    by_click.send().await.expect(201);
    let by_code = shop.event("e2", "registered", &bob).with_code(&code);
    by_code.send().await.expect(201);
    for (id, who) in [("e3", &ann), ("e4", &bob)] {
        let last = shop.event(id, "lead_qualified", who).send().await;
        assert_eq!(last.expect(201)["converted"], true);
    }
    let facts = facts(&shop, 0).await;
    let way = |fact: &Value| {
        let known = fact["click"].is_string();
        json!([known, fact["channel"], fact["variant"], fact["placement"]])
    };
    let ways: Vec<Value> = of_kind(&facts, "qualified").into_iter().map(way).collect();
    assert_eq!(
        ways,
        [
            json!([true, "email", 2, "portal"]),
            json!([false, null, null, null])
        ]
    );
}

#[tokio::test]
async fn facts_hold_no_personal_data_and_are_the_merchants_alone() {
    let shop = Program::fresh(&Edge::shared()).await;
    let invited = shop.invite(&Person::new("jane")).await;
    let ann = Person::new("ann").with_name("Ann Änderung");
    let order = shop.order("1001", &ann);
    order
        .with_discounts(&[&invited.discount_code])
        .accepted()
        .await;
    let told = json!(facts(&shop, 0).await)
        .to_string()
        .replace("channel", "");
    for private in ["jane", "Jane", "ann", "Ann", "Änderung", "@", "Canarydoe"] {
        assert!(!told.contains(private), "{private} in {told}");
    }
    let call = shop.call("GET", "/facts").send().await;
    call.problem(401, "unauthorized");
}

#[tokio::test]
async fn facts_are_read_page_by_page() {
    let shop = Program::fresh(&Edge::shared()).await;
    for n in 0..505 {
        let undone = shop.refund("none", &format!("r{n}"), 1);
        undone.send().await.expect(201);
    }
    let first = facts(&shop, 0).await;
    let second = facts(&shop, 500).await;
    assert_eq!((first.len(), second.len()), (500, 5));
    let numbers: Vec<i64> = first
        .iter()
        .chain(&second)
        .filter_map(|fact| fact["seq"].as_i64())
        .collect();
    assert_eq!(numbers, (1..=505).collect::<Vec<_>>());
    let end = shop.merchant("GET", "/facts?after=505").send().await;
    assert_eq!(end.expect(200), json!({ "facts": [], "next": null }));
}
