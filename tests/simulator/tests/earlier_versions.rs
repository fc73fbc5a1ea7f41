//! A database of every earlier version is opened, and works on.

use goodword_edge::native::{Cell, NativeLedger, Outcome};
use goodword_simulator::books::check_books;
use goodword_simulator::busy::busy;
use goodword_simulator::call::{Act, Call};
use goodword_simulator::chained::check_chained;
use goodword_simulator::facts::check_facts;
use goodword_simulator::model::DAY_MS;
use goodword_simulator::model::people::Naming;
use goodword_simulator::picture::Picture;
use goodword_simulator::rng::Rng;
use serde_json::{Value, json};

/// From this version on, kept answers know their request by a hash that nobody can guess.
const UNGUESSABLE: usize = 10;

/// What each version has stored.
const PICTURES: [&str; 11] = [
    include_str!("../fixtures/v1.sql"),
    include_str!("../fixtures/v2.sql"),
    include_str!("../fixtures/v3.sql"),
    include_str!("../fixtures/v4.sql"),
    include_str!("../fixtures/v5.sql"),
    include_str!("../fixtures/v6.sql"),
    include_str!("../fixtures/v7.sql"),
    include_str!("../fixtures/v8.sql"),
    include_str!("../fixtures/v9.sql"),
    include_str!("../fixtures/v10.sql"),
    include_str!("../fixtures/v11.sql"),
];

/// A ledger of before, opened with what it was left with.
struct Opened {
    /// Of whose time the picture is.
    version: usize,
    ledger: NativeLedger,
    picture: Picture,
    entropy: Rng,
}

impl Opened {
    fn call(&self, call: &Call, now: i64) -> Outcome {
        let envelope = call.envelope(&self.picture.shop, now);
        let entropy = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let ran = self.ledger.run(&envelope, None, &entropy);
        ran.expect("an envelope").outcome
    }

    fn done(&self, act: Act, status: u16) -> Value {
        match self.call(&act.into(), self.picture.now) {
            Outcome::Done(answered, body) if answered == status => {
                serde_json::from_str(&body).expect("JSON")
            }
            other => panic!("wanted {status}, got {other:?}"),
        }
    }

    fn count(&self, query: &str) -> i64 {
        match self.ledger.query(query).expect("a query")[0][0] {
            Cell::Integer(count) => count,
            ref other => panic!("no count: {other:?}"),
        }
    }

    fn check(&self) {
        assert!(
            check_chained(&self.ledger).is_ok(),
            "a posting that no line names"
        );
        for checked in [check_books(&self.ledger), check_facts(&self.ledger)] {
            if let Err(violation) = checked {
                panic!("{violation}");
            }
        }
    }
}

/// Every picture, brought to every version after it and opened there anew.
fn all() -> impl Iterator<Item = Opened> {
    PICTURES.iter().zip(1_usize..).flat_map(|(text, version)| {
        (version..=NativeLedger::newest_version()).map(move |stop| {
            let picture = Picture::parse(text).expect("a picture");
            let mut ledger =
                NativeLedger::from_statements(&picture.sql, &picture.secret).expect("a database");
            ledger.migrate_to(stop).expect("a migration");
            ledger.restart(&picture.secret, None).expect("a secret");
            Opened {
                version,
                ledger,
                picture,
                entropy: Rng::new(stop as u64),
            }
        })
    })
}

fn customer(id: &str) -> Naming {
    Naming {
        customer: Some(id.to_owned()),
        email: Some(format!("{id}@mail.example")),
    }
}

fn read(id: &str) -> Act {
    Act::Read(json!({ "ReadOrder": { "id": id } }), true)
}

#[test]
fn every_version_but_the_newest_has_its_picture() {
    assert!(PICTURES.len() + 1 >= NativeLedger::newest_version());
    for (text, version) in PICTURES.iter().zip(1_i64..) {
        let picture = Picture::parse(text).expect("a picture");
        let ledger = NativeLedger::from_statements(&picture.sql, &picture.secret);
        let stored = ledger.expect("a database");
        let newest = stored.query("SELECT max(version) FROM migrations");
        assert_eq!(newest.expect("versions"), [[Cell::Integer(version)]]);
    }
}

#[test]
fn the_picture_of_this_version_can_be_drawn_and_opened() {
    let stage = busy().expect("a busy program");
    let drawn = Picture::of(&stage.world).expect("a picture").to_text();
    let picture = Picture::parse(&drawn).expect("what was drawn");
    let ledger = NativeLedger::from_statements(&picture.sql, &picture.secret);
    let again = ledger.expect("a database");
    for checked in [check_books(&again), check_facts(&again)] {
        assert!(checked.is_ok(), "{checked:?}");
    }
}

#[test]
fn what_was_stored_is_answered_as_it_was() {
    for opened in all() {
        let states = ["held", "frozen", "granted", "undone"].map(|id| {
            let order = opened.done(read(id), 200);
            let reward = &order["reward"];
            (
                reward["state"].as_str().map(str::to_owned),
                reward["amount"].as_i64(),
            )
        });
        let wanted = [
            ("pending", 333),
            ("pending", 500),
            ("issued", 500),
            ("clawed_back", 0),
        ]
        .map(|(state, amount)| (Some(state.to_owned()), Some(amount)));
        assert_eq!(states, wanted);
        let jane = opened.done(Act::Enrol(customer("jane")), 200);
        assert_eq!(jane["progress"]["credit"][0]["amount"], 500);
        opened.check();
    }
}

#[test]
fn a_decision_of_before_is_explained_and_made_again_as_it_was() {
    for opened in all() {
        for id in ["held", "frozen", "granted", "undone"] {
            let explain = Act::Read(json!({ "ExplainOrder": { "id": id } }), true);
            let told = opened.done(explain, 200);
            assert_eq!(told["attributed"], true, "{told}");
            // What the first versions kept of a decision is too little to make it again.
            let again = told["recomputed"].as_str();
            assert!(matches!(again, Some("agrees" | "not_kept")), "{told}");
        }
    }
}

#[test]
fn keys_still_open_and_kept_answers_whose_request_could_be_guessed_are_gone() {
    for opened in all() {
        let version = opened.version;
        opened.done(Act::Enrol(customer("jane")), 200);
        let gone = version < UNGUESSABLE;
        let kept = opened.count("SELECT count(*) FROM replies");
        assert_eq!(kept == 0, gone, "{kept} of version {version}");
        // Two keys of a kind were live, and still are.
        let key = Call::from(Act::CreateKey("tokens".into())).keyed("key");
        let again = opened.call(&key, opened.picture.now);
        let refused = matches!(again, Outcome::Refused(_));
        assert_eq!(refused, gone, "{again:?} of version {version}");
        assert_eq!(
            opened.count("SELECT count(*) FROM keys WHERE kind = 'tokens'"),
            2
        );
    }
}

#[test]
fn life_goes_on_where_it_stopped() {
    for opened in all() {
        let dispute =
            json!({ "kind": "dispute", "order_id": "frozen", "dispute_id": "d1", "state": "won" });
        opened.done(Act::Report(dispute), 201);
        let cancellation = json!({ "kind": "cancellation", "order_id": "granted" });
        opened.done(Act::Report(cancellation), 201);
        let early = json!({
            "kind": "order", "order_id": "early", "currency": "EUR", "subtotal": 3_000, "discount": 0, "total": 3_000,
            "customer": { "id": "new" }, "referral_code": opened.done(Act::Enrol(customer("jane")), 200)["code"],
        });
        let reward = &opened.done(Act::Report(early), 201)["reward"];
        assert_eq!(reward["amount"], 333, "refunded in part before it came");
        opened.check();

        let later = opened.picture.now + 15 * DAY_MS;
        let entropy = |bytes: &mut [u8]| opened.entropy.fill(bytes);
        let worked = opened.ledger.keep_up(later, None, &entropy);
        assert_eq!(
            (worked.granted, worked.failures.len()),
            (2, 0),
            "{worked:?}"
        );
        opened.check();
    }
}

#[test]
fn a_word_on_a_referral_is_kept_with_its_note() {
    for opened in all() {
        let table = json!({ "Export": { "table": "reviews", "after": null } });
        let words = opened.done(Act::Read(table, true), 200);
        let rows = words["rows"].as_array().expect("rows");
        let version = opened.picture.sql.contains("INTO reviews");
        assert_eq!(rows.len(), usize::from(version), "{words}");
        for row in rows {
            assert_eq!(
                json!([row["approved"], row["note"]]),
                json!([false, "Ann did not answer"])
            );
        }
    }
}

#[test]
fn what_waited_is_told_and_what_was_given_up_is_kept() {
    for opened in all() {
        let entropy = |bytes: &mut [u8]| opened.entropy.fill(bytes);
        let listed = opened.done(
            Act::Read(
                json!({ "ListDeliveries": { "dead": true, "after": 0 } }),
                true,
            ),
            200,
        );
        let dead = listed["deliveries"].as_array().expect("a list");
        assert_eq!(dead.len(), 1, "{listed}");
        assert_eq!(
            (&dead[0]["attempts"], &dead[0]["id"]),
            (&json!(10), &json!(1))
        );
        opened.done(Act::Merchant(json!({ "Replay": { "id": 1 } })), 200);
        let now = opened.picture.now;
        let waiting = opened.count("SELECT count(*) FROM outbox");
        let mut told = 0;
        loop {
            let due = opened.ledger.due(now, &entropy).expect("deliveries");
            if due.is_empty() {
                break;
            }
            for delivery in due {
                let settled = opened.ledger.settle(&delivery, Ok(()), now, None, &entropy);
                settled.expect("a delivery");
                told += 1;
            }
        }
        assert_eq!(told, waiting);
        assert_eq!(opened.count("SELECT count(*) FROM outbox"), 0);
    }
}
