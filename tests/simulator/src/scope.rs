//! The small scope: every order, duplication and omission of a few events of one referral, each compared with the model.

use std::sync::atomic::{AtomicUsize, Ordering};

use goodword_edge::native::{Cell, NativeLedger, Outcome};
use serde_json::{Value, json};

use crate::books::check_books;
use crate::call::{Act, Call};
use crate::cases::{Stage, order};
use crate::model::DAY_MS;
use crate::model::life::{Life, Undo};
use crate::rng::Rng;
use crate::violation::{Check, Violation, must, must_equal};

const ENDS: &str = "every order and duplication of the same facts ends in the same balances";
const AGREES: &str = "every sequence of a few events ends as the model says";

/// What can happen to the referral.
const EVENTS: [Event; 11] = [
    Event::Claim,
    Event::Order,
    Event::Undo("refund 1", Undo::Refund(1_000)),
    Event::Undo("refund 2", Undo::Refund(2_500)),
    Event::Undo("cancellation", Undo::Cancelled),
    Event::Undo("dispute opened", Undo::Opened(1)),
    Event::Undo("dispute won", Undo::Won(1)),
    Event::Undo("dispute lost", Undo::Lost(1)),
    Event::Undo("edited to less", Undo::Edited(1, 1, 600)),
    Event::Undo("edited to more, later", Undo::Edited(2, 2, 4_000)),
    Event::HoldsOver,
];

/// The order's total, and what it earns.
const TOTAL: i64 = 3_000;
const REWARD: i64 = 500;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Claim,
    Order,
    Undo(&'static str, Undo),
    HoldsOver,
}

/// How the order names its referrer, and how long its reward waits.
#[derive(Clone, Copy, Debug)]
struct Setting {
    by_discount: bool,
    hold_days: i64,
}

const SETTINGS: [Setting; 3] = [
    Setting {
        by_discount: false,
        hold_days: 0,
    },
    Setting {
        by_discount: false,
        hold_days: 14,
    },
    Setting {
        by_discount: true,
        hold_days: 14,
    },
];

/// A prepared program and the commands of all events, made once.
struct Walk {
    setting: Setting,
    ledger: NativeLedger,
    envelopes: Vec<Option<String>>,
    now: i64,
    sequences: u64,
}

/// Runs every sequence of up to so many events. Returns how many those were.
pub fn run(longest: usize, threads: usize) -> Check<u64> {
    let starts: Vec<(Setting, usize)> = SETTINGS
        .iter()
        .flat_map(|setting| (0..setting.events()).map(|event| (*setting, event)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || -> Check<u64> {
        let mut sequences = 0;
        while let Some((setting, first)) = starts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut walk = Walk::new(*setting)?;
            walk.step(*first, &mut Vec::new(), longest)?;
            sequences += walk.sequences;
        }
        Ok(sequences)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"))
            .sum()
    })
}

impl Setting {
    /// Without a hold there is nothing that could be over.
    const fn events(self) -> usize {
        if self.hold_days == 0 {
            EVENTS.len() - 1
        } else {
            EVENTS.len()
        }
    }
}

impl Walk {
    fn new(setting: Setting) -> Check<Self> {
        let stage = Stage::new(setting.hold_days)?;
        let now = stage.world.clock;
        let envelope = |act: Act| Call::from(act).envelope(&stage.world.shop, now);
        let mut envelopes: Vec<Option<String>> = EVENTS
            .iter()
            .map(|event| match event {
                Event::Claim => Some(envelope(stage.claim())),
                Event::Order => Some(envelope(Act::Report(stage.referred()))),
                Event::Undo(_, undo) => Some(envelope(Act::Report(report(*undo)))),
                Event::HoldsOver => None,
            })
            .collect();
        if setting.by_discount {
            let ledger = &stage.world.ledger;
            ledger.mark()?;
            let claimed = run_event(ledger, 0, envelopes[0].as_deref(), now)?;
            ledger.rewind()?;
            let code = claimed["discount_code"].as_str().unwrap_or_default();
            envelopes[1] = Some(envelope(Act::Report(order(None, &[code]))));
        }
        Ok(Self {
            setting,
            ledger: stage.world.ledger,
            envelopes,
            now,
            sequences: 0,
        })
    }

    fn step(&mut self, event: usize, story: &mut Vec<usize>, left: usize) -> Check {
        if left == 0 {
            return Ok(());
        }
        self.ledger.mark()?;
        story.push(event);
        run_event(
            &self.ledger,
            event,
            self.envelopes[event].as_deref(),
            self.now,
        )?;
        self.check(story)?;
        self.sequences += 1;
        for next in 0..self.setting.events() {
            self.step(next, story, left - 1)?;
        }
        story.pop();
        Ok(self.ledger.rewind()?)
    }

    fn check(&self, story: &[usize]) -> Check {
        let rows = self.ledger.query(
            "SELECT amount, reversed, lost, state, frozen AND state = 'pending' FROM rewards",
        )?;
        let found: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        let wanted: Vec<String> = self.expected(story).into_iter().collect();
        let told = || {
            let events: Vec<Event> = story.iter().map(|event| EVENTS[*event]).collect();
            format!("{:?}: {events:?}", self.setting)
        };
        must_equal(AGREES, &told(), &found, &wanted)?;
        let told_of = |violation: Violation| Violation {
            found: format!("{}: {}", told(), violation.found),
            ..violation
        };
        check_books(&self.ledger).map_err(told_of)?;
        self.check_end(story).map_err(told_of)
    }

    /// Once every hold is over, the balances are those of the facts, whatever the order in which they came.
    fn check_end(&self, story: &[usize]) -> Check {
        self.ledger.mark()?;
        run_event(&self.ledger, EVENTS.len() - 1, None, self.now)?;
        let rows = self.ledger.query(
            "SELECT sum(balance) FILTER (WHERE account = 'expense'), sum(balance) FILTER (WHERE account LIKE 'held:%'),
                sum(balance) FILTER (WHERE account LIKE 'issued:%' OR account LIKE 'receivable:%') FROM balances",
        )?;
        self.ledger.rewind()?;
        let amount = |cell: &Cell| {
            if let Cell::Integer(sum) = cell {
                *sum
            } else {
                0
            }
        };
        let found: Vec<i64> = rows[0].iter().map(amount).collect();
        let Some(net) = self.settled(story) else {
            return must_equal(ENDS, "nothing earned", &found, &vec![0, 0, 0]);
        };
        // What an open dispute holds back depends on when it was opened; what the order has earned does not.
        let has = |undo: Undo| {
            story
                .iter()
                .any(|event| matches!(EVENTS[*event], Event::Undo(_, is) if is == undo))
        };
        if has(Undo::Opened(1)) && !has(Undo::Won(1)) && !has(Undo::Lost(1)) {
            let ends = [found[0], found[1] + found[2]];
            return must_equal(ENDS, "spent, held or granted", &ends, &[-net, net]);
        }
        must_equal(ENDS, "spent, held, granted", &found, &vec![-net, 0, net])
    }

    /// What is left of the reward by the set of facts alone; nothing when none was earned.
    fn settled(&self, story: &[usize]) -> Option<i64> {
        let first = |wanted: Event| story.iter().position(|event| EVENTS[*event] == wanted);
        let order = first(Event::Order)?;
        if self.setting.by_discount && first(Event::Claim).is_none_or(|claim| claim > order) {
            return None;
        }
        let has = |undo: Undo| {
            story
                .iter()
                .any(|event| matches!(EVENTS[*event], Event::Undo(_, is) if is == undo))
        };
        if has(Undo::Cancelled) || (has(Undo::Lost(1)) && !has(Undo::Won(1))) {
            return Some(0);
        }
        let less = has(Undo::Edited(1, 1, 600)) && !has(Undo::Edited(2, 2, 4_000));
        let mut left = if less { 600 } else { TOTAL };
        for refund in [1_000, 2_500] {
            left -= if has(Undo::Refund(refund)) { refund } else { 0 };
        }
        Some(REWARD * left.max(0) / TOTAL)
    }

    /// The row that must be stored, from when which event happened for the first time.
    fn expected(&self, story: &[usize]) -> Option<String> {
        let first = |wanted: Event| story.iter().position(|event| EVENTS[*event] == wanted);
        let earned = first(Event::Order)?;
        if self.setting.by_discount && first(Event::Claim).is_none_or(|claim| claim > earned) {
            return None;
        }
        let undos: Vec<(usize, Undo)> = EVENTS
            .iter()
            .filter_map(|event| match event {
                Event::Undo(_, undo) => first(*event).map(|moment| (moment, *undo)),
                _ => None,
            })
            .collect();
        let over = self.now + 15 * DAY_MS;
        let grants: Vec<(usize, i64)> = (0..story.len())
            .filter(|moment| EVENTS[story[*moment]] == Event::HoldsOver)
            .map(|moment| (moment, over))
            .collect();
        let life = Life {
            amount: REWARD,
            total: TOTAL,
            earned,
            due_at_once: self.setting.hold_days == 0,
            payable_at: self.now + self.setting.hold_days * DAY_MS,
            reviewed: 0,
            vetoed: usize::MAX,
            expired: None,
            undos: &undos,
            grants: &grants,
        };
        let reward = life.expected(story.len());
        let row = [
            Cell::Integer(REWARD),
            Cell::Integer(reward.reversed),
            Cell::Integer(reward.lost),
            Cell::Text(reward.state.name().to_owned()),
            Cell::Integer(i64::from(reward.frozen)),
        ];
        Some(format!("{row:?}"))
    }
}

/// What the ledger draws depends on the event alone, so that a claim mints the same discount in every sequence.
fn run_event(
    ledger: &NativeLedger,
    event: usize,
    envelope: Option<&str>,
    now: i64,
) -> Check<Value> {
    let rng = Rng::new(event as u64);
    let entropy = |bytes: &mut [u8]| rng.fill(bytes);
    let Some(envelope) = envelope else {
        let worked = ledger.keep_up(now + 15 * DAY_MS, None, &entropy);
        must(worked.failures.is_empty(), AGREES, || {
            format!("{:?}", worked.failures)
        })?;
        return Ok(Value::Null);
    };
    match ledger.run(envelope, None, &entropy)?.outcome {
        Outcome::Done(_, body) => crate::world::parse(&body),
        Outcome::Refused(code) => {
            must(EVENTS[event] == Event::Claim, AGREES, || {
                format!("{:?} was refused: {code}", EVENTS[event])
            })?;
            Ok(Value::Null)
        }
        Outcome::Broken(what) => Err(what.into()),
    }
}

fn report(undo: Undo) -> Value {
    let dispute = |state: &str| json!({"kind": "dispute", "order_id": "o1", "dispute_id": "d1", "state": state});
    match undo {
        Undo::Refund(amount) => json!({
            "kind": "refund", "order_id": "o1", "refund_id": format!("r{amount}"), "amount": amount, "currency": "EUR",
        }),
        Undo::Cancelled => json!({"kind": "cancellation", "order_id": "o1"}),
        Undo::Edited(at, id, total) => json!({
            "kind": "order_edit", "order_id": "o1", "edit_id": format!("e{id}"), "at": at, "total": total, "currency": "EUR",
        }),
        Undo::Opened(_) => dispute("opened"),
        Undo::Won(_) => dispute("won"),
        Undo::Lost(_) => dispute("lost"),
    }
}
