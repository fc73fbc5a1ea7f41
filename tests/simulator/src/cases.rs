//! Every kind of command, with the program prepared for it.

pub mod deliveries;
pub mod history;
pub mod people;
pub mod pool;
pub mod reads;
mod reports;
pub mod risk;

use serde_json::{Value, json};

pub use self::reports::order;
use self::reports::{cancellation, dispute, edit, refund, subscribed};
use crate::call::{Act, Call};
use crate::model::people::Naming;
use crate::model::terms::{Discount, MAIN, Reward, Terms, fixed};
use crate::model::{Click, DAY_MS};
use crate::outside;
use crate::violation::{Check, must};
use crate::world::World;

const FAILURES_MAX: usize = 30; // Rounds after which everything was given up.

/// Something to be done once the program is prepared.
pub enum Action {
    /// A command.
    Call(Call),
    /// The alarm: a hold is over.
    Mature,
    /// A worker has signed the head of the log.
    Append,
    /// The event that was tried most often has been tried again.
    Settle(Result<(), &'static str>),
}

/// A name, days of hold, and what prepares the program and says what is to be done.
pub type Case = (&'static str, i64, fn(&mut Stage) -> Check<Action>);

/// A calm program with a referrer whose link was clicked.
pub struct Stage {
    /// The program.
    pub world: World,
    /// The click.
    pub click: Click,
}

/// All of them. Creating the program, which has nothing to prepare, is the caller's.
pub const CASES: [Case; 54] = [
    ("find a customer and learn an address", 0, |stage| {
        let bare = Naming {
            email: None,
            ..buyer("c1")
        };
        stage.first(Act::Enrol(bare))?;
        Ok(Act::Enrol(buyer("c1")).into())
    }),
    ("enrol a guest", 0, |_| {
        Ok(Act::Guest("guest@mail.example".into()).into())
    }),
    ("enrol a guest, with a key", 0, |_| {
        Ok(keyed(Act::Guest("guest@mail.example".into())))
    }),
    ("claim by click", 0, |stage| Ok(stage.claim().into())),
    ("claim by click, with a key", 0, |stage| {
        Ok(keyed(stage.claim()))
    }),
    ("claim by code, as a customer", 0, |stage| {
        let code = Some(stage.click.code.clone());
        Ok(keyed(Act::Claim {
            token: None,
            code,
            visitor: Some(buyer("c1")),
            claim_id: None,
        }))
    }),
    ("claim by code, as a stranger", 0, |stage| {
        let code = Some(stage.click.code.clone());
        Ok(Act::Claim {
            token: None,
            code,
            visitor: None,
            claim_id: Some("a-page-made-this-up".into()),
        }
        .into())
    }),
    ("claim too late", 0, |stage| {
        stage.first(Act::Report(order(None, &[])))?;
        Ok(Act::Claim {
            token: Some(stage.click.token.clone()),
            code: None,
            visitor: Some(buyer("c1")),
            claim_id: None,
        }
        .into())
    }),
    ("staff enters a referral", 0, |stage| {
        Ok(keyed(Act::Touch(stage.staff())))
    }),
    ("order, bound by a claim and by staff", 0, |stage| {
        stage.first(Act::Touch(stage.staff()))?;
        stage.first(Act::Claim {
            token: Some(stage.click.token.clone()),
            code: None,
            visitor: Some(buyer("c1")),
            claim_id: None,
        })?;
        Ok(Act::Report(order(None, &[])).into())
    }),
    ("event, of somebody new, with a key", 0, |stage| {
        Ok(keyed(Act::Event(stage.event("registered"))))
    }),
    ("event, the first of two", 0, |stage| {
        stage.reward_events()?;
        Ok(Act::Event(stage.event("registered")).into())
    }),
    ("event, the last of two", 0, |stage| {
        stage.reward_events()?;
        stage.first(Act::Event(stage.event("lead_qualified")))?;
        Ok(Act::Event(stage.event("registered")).into())
    }),
    ("claim again", 0, |stage| {
        stage.first(stage.claim())?;
        Ok(stage.claim().into())
    }),
    ("order, unreferred", 0, |_| {
        Ok(Act::Report(order(None, &[])).into())
    }),
    ("order, by click, granted at once", 0, |stage| {
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, by click, on hold", 14, |stage| {
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, by click, with a key", 14, |stage| {
        Ok(keyed(Act::Report(stage.referred())))
    }),
    ("order, by discount", 0, |stage| {
        let claimed = stage.first(stage.claim())?;
        Ok(Act::Report(order(
            None,
            &[claimed["discount_code"].as_str().unwrap_or_default()],
        ))
        .into())
    }),
    ("order, of a known customer", 0, |stage| {
        stage.first(Act::Enrol(buyer("c1")))?;
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, refunded in part before", 0, |stage| {
        stage.first(Act::Report(refund(1_000)))?;
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, cancelled before", 14, |stage| {
        stage.first(Act::Report(cancellation()))?;
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, paying off what is owed", 0, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.first(Act::Report(cancellation()))?;
        let mut next = order(None, &[]);
        next["order_id"] = json!("o2");
        next["customer"] = json!({"id": "c2"});
        next["referral_code"] = json!(stage.click.code);
        Ok(Act::Report(next).into())
    }),
    ("order again", 14, |stage| {
        stage.again(Act::Report(stage.referred()), false)
    }),
    ("order again, with a key", 14, |stage| {
        stage.again(Act::Report(stage.referred()), true)
    }),
    ("refund before its order", 0, |_| {
        Ok(Act::Report(refund(1_000)).into())
    }),
    ("refund in part, on hold", 14, |stage| {
        stage.after_order(Act::Report(refund(1_000)))
    }),
    ("refund in part, granted, with a key", 0, |stage| {
        stage.after_order(Act::Report(refund(1_000)))?;
        Ok(keyed(Act::Report(refund(1_000))))
    }),
    ("refund again", 0, |stage| {
        stage.after_order(Act::Report(refund(1_000)))?;
        stage.again(Act::Report(refund(1_000)), false)
    }),
    ("cancellation, on hold", 14, |stage| {
        stage.after_order(Act::Report(cancellation()))
    }),
    ("cancellation, granted", 0, |stage| {
        stage.after_order(Act::Report(cancellation()))
    }),
    ("dispute opened", 14, |stage| {
        stage.after_order(Act::Report(dispute("opened")))
    }),
    ("dispute won after it was lost", 0, |stage| {
        stage.after_order(Act::Report(dispute("lost")))?;
        stage.first(Act::Report(dispute("lost")))?;
        Ok(Act::Report(dispute("won")).into())
    }),
    ("change settings", 0, |_| {
        Ok(Act::Settings(terms(3).to_json()).into())
    }),
    ("change settings, with a key", 0, |_| {
        Ok(keyed(Act::Settings(terms(3).to_json())))
    }),
    ("create a key", 0, |_| {
        Ok(keyed(Act::CreateKey("tokens".into())))
    }),
    ("revoke a key, after the secret was rotated", 0, |stage| {
        stage.first(Act::CreateKey("tokens".into()))?;
        let keys = stage.first(Act::Read(json!("ListKeys"), true))?;
        let tokens = keys["keys"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|key| key["kind"] == "tokens");
        let id = tokens
            .and_then(|key| key["id"].as_str())
            .unwrap_or_default()
            .to_owned();
        stage.world.rotate_secret_unused()?;
        Ok(Act::RevokeKey(id).into())
    }),
    ("replay a dead letter", 14, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.give_up()?;
        Ok(Act::Merchant(json!({"Replay": {"id": 1}})).into())
    }),
    ("replay all, with a key", 0, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.give_up()?;
        Ok(keyed(Act::Merchant(json!({"ReplaySince": {"since": 0}}))))
    }),
    ("holds are over", 14, |stage| {
        stage.first(Act::Report(stage.referred()))?;
        stage.world.clock += 15 * DAY_MS;
        Ok(Action::Mature)
    }),
    ("dispute won after it was lost, on hold", 14, |stage| {
        stage.after_order(Act::Report(dispute("lost")))?;
        Ok(Act::Report(dispute("won")).into())
    }),
    ("order edited to less", 0, |stage| {
        stage.after_order(Act::Report(edit(1_000)))
    }),
    (
        "order, rewarded on both sides, at a milestone",
        0,
        |stage| {
            stage.first(Act::Settings(rich(0, "credit").to_json()))?;
            Ok(keyed(Act::Report(stage.referred())))
        },
    ),
    ("order, in another currency, with everything", 0, |stage| {
        stage.first(Act::Settings(rich(0, "credit").to_json()))?;
        let mut order = stage.referred();
        order["currency"] = json!("JPY");
        Ok(Act::Report(order).into())
    }),
    ("order, of a thing that waits", 0, |stage| {
        stage.first(Act::Settings(rich(0, "free_product").to_json()))?;
        Ok(Act::Report(stage.referred()).into())
    }),
    ("order, renewing a subscription", 0, |stage| {
        stage.first(Act::Settings(rich(0, "credit").to_json()))?;
        stage.first(Act::Report(subscribed(
            "o1",
            Some(&stage.click.token.clone()),
        )))?;
        Ok(Act::Report(subscribed("o2", None)).into())
    }),
    ("holds are over, and a milestone is reached", 14, |stage| {
        stage.first(Act::Settings(rich(14, "credit").to_json()))?;
        stage.first(Act::Report(stage.referred()))?;
        stage.world.clock += 15 * DAY_MS;
        Ok(Action::Mature)
    }),
    ("a thing that nobody has collected", 0, |stage| {
        let mut settings = rich(0, "free_product").to_json();
        settings["reward_expires_days"] = json!(10);
        stage.first(Act::Settings(settings))?;
        stage.first(Act::Report(stage.referred()))?;
        stage.world.clock += 11 * DAY_MS;
        Ok(Action::Mature)
    }),
    ("a thing is handed over, with a key", 0, |stage| {
        stage.step("free_product", &[], "fulfil")
    }),
    ("a thing could not be handed over", 0, |stage| {
        stage.step("gift_card", &[], "fail")
    }),
    ("a thing is used", 0, |stage| {
        stage.step("gift_card", &["fulfil"], "redeem")
    }),
    ("a reward is vetoed", 14, |stage| {
        stage.step("credit", &[], "void")
    }),
    ("credit is taken", 0, |stage| {
        stage.after_order(Act::Report(refund(1_000)))?;
        stage.first(Act::Report(refund(1_000)))?;
        Ok(keyed(Act::Merchant(json!({
            "TakeCredit": {"take_id": "t1", "customer_id": "jane", "amount": 100, "currency": "EUR"},
        }))))
    }),
    ("a referrer chooses what to earn", 0, |stage| {
        stage.first(Act::Settings(rich(0, "credit").to_json()))?;
        Ok(Act::Choose(buyer("jane"), fixed("credit", 350)).into())
    }),
];

/// The terms of all cases.
pub fn terms(hold_days: i64) -> Terms {
    Terms {
        currency: MAIN,
        currencies: &[],
        discount: Discount::Percent(1_500),
        only: None,
        reward: Reward::Fixed(500),
        kind: "credit",
        choice: None,
        invitee: None,
        review: false,
        expires: None,
        tiers: Vec::new(),
        milestones: Vec::new(),
        caps: Vec::new(),
        budget: None,
        renewals: None,
        window_days: 90,
        hold_days,
        valid_days: 30,
        minimum: 0,
        events: None,
        first_orders: 1,
        first_touch: false,
        ranks: [0, 1, 2, 3, 4],
        per_code: 200,
        per_source: 3,
        risk: (50, 100),
        per_year: 25,
        webhook: true,
        uploaded: false,
        active: true,
    }
}

/// Terms with everything in them.
fn rich(hold_days: i64, kind: &'static str) -> Terms {
    Terms {
        kind,
        choice: Some(350),
        invitee: Some(200),
        tiers: vec![(1, 600)],
        milestones: vec![(1, 1_000)],
        caps: vec![(true, 9_000, Some(30))],
        budget: Some((9_000, Some(30))),
        currencies: &["JPY"],
        renewals: Some((false, 2)),
        ..terms(hold_days)
    }
}

impl Stage {
    /// A program with this hold, its first referrer, and a click on their link.
    pub fn new(hold_days: i64) -> Check<Self> {
        let mut world = World::calm(terms(hold_days))?;
        let answer = world.call(&Act::Enrol(buyer("jane")).into())?.done()?.1;
        let code = answer["code"].as_str().unwrap_or_default().to_owned();
        outside::settle(&mut world)?;
        let click = outside::click(&mut world, &code).expect("the program's record is in KV");
        Ok(Self { world, click })
    }

    /// The claim of the click.
    pub fn claim(&self) -> Act {
        Act::Claim {
            token: Some(self.click.token.clone()),
            code: None,
            visitor: None,
            claim_id: None,
        }
    }

    /// An event of the first buyer.
    pub fn event(&self, kind: &str) -> Value {
        json!({
            "kind": kind, "event_id": kind, "customer": {"id": "c1", "email": "c1@mail.example", "name": "Ann"},
            "vouched_by": "Omar", "referral_code": self.click.code,
        })
    }

    /// From now on two events are rewarded, and no order.
    fn reward_events(&mut self) -> Check {
        let events = Terms {
            events: Some(&["registered", "lead_qualified"]),
            ..terms(0)
        };
        self.first(Act::Settings(events.to_json())).map(drop)
    }

    /// What staff enters of the first buyer.
    pub fn staff(&self) -> Value {
        json!({
            "customer": {"id": "c1", "email": "c1@mail.example", "name": "Ann"}, "code": self.click.code,
            "reason": "told us on the phone", "at": null,
        })
    }

    /// An order that carries the click.
    pub fn referred(&self) -> Value {
        order(Some(&self.click.token), &[])
    }

    /// Does something beforehand; it must succeed.
    pub fn first(&mut self, act: Act) -> Check<Value> {
        Ok(self.world.call(&act.into())?.done()?.1)
    }

    /// Fails what is due until nothing is left of it but dead letters.
    fn give_up(&mut self) -> Check {
        for _ in 0..FAILURES_MAX {
            let now = self.world.clock;
            let entropy = |bytes: &mut [u8]| self.world.entropy.fill(bytes);
            for delivery in self.world.ledger.due(now, &entropy)? {
                let failed = Err("no answer");
                let ledger = &self.world.ledger;
                ledger.settle(&delivery, failed, now, None, &entropy)?;
            }
            self.world.clock += DAY_MS;
        }
        let left = self.world.ledger.query("SELECT id FROM outbox")?;
        must(left.is_empty(), "what always fails is given up", || {
            format!("{left:?}")
        })
    }

    fn after_order(&mut self, act: Act) -> Check<Action> {
        self.first(Act::Report(self.referred()))?;
        Ok(act.into())
    }

    /// A merchant's step on the reward of an order, after others; of rewards of a kind, or of credit under review.
    fn step(&mut self, kind: &'static str, before: &[&str], step: &str) -> Check<Action> {
        let terms = match kind {
            "review" => Terms {
                review: true,
                ..terms(0)
            },
            kind => Terms {
                kind,
                ..terms(if kind == "credit" { 14 } else { 0 })
            },
        };
        self.first(Act::Settings(terms.to_json()))?;
        let id = self.first(Act::Report(self.referred()))?["reward"]["id"].clone();
        let act = |step: &str| {
            Act::Merchant(json!({"StepReward": {
                "id": id, "step": step, "reason": "a_case", "note": "Omar called about it",
            }}))
        };
        for step in before {
            self.first(act(step))?;
        }
        Ok(keyed(act(step)))
    }

    fn again(&mut self, act: Act, with_key: bool) -> Check<Action> {
        let call = if with_key {
            Call::from(act).keyed("case")
        } else {
            act.into()
        };
        self.world.call(&call)?.done()?;
        Ok(Action::Call(call))
    }
}

impl From<Act> for Action {
    fn from(act: Act) -> Self {
        Self::Call(act.into())
    }
}

fn keyed(act: Act) -> Action {
    Action::Call(Call::from(act).keyed("case"))
}

fn buyer(name: &str) -> Naming {
    Naming {
        customer: Some(name.to_owned()),
        email: Some(format!("{name}@mail.example")),
    }
}
