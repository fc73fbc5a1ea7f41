//! One simulated program: its ledger, its shop, the people, the edges between, and everything that goes wrong there.

use std::collections::VecDeque;
use std::sync::OnceLock;

use goodword_edge::native::{Cell, NativeLedger, Outcome, Ran};
use goodword_shared::id::hex;
use serde_json::Value;

use crate::call::{Act, Call};
use crate::expiry::check_expiry;
use crate::figures::Figures;
use crate::forgotten::check_forgotten;
use crate::imagined::Half;
use crate::model::terms::Terms;
use crate::model::{Click, Model};
use crate::outside::{self, Outside};
use crate::persons::{Person, persons};
use crate::repeat::{Said, check_repeat, check_rolled_back};
use crate::rng::Rng;
use crate::shop::Shop;
use crate::violation::{Check, Violation, must};

/// Commands that are shown when something is wrong.
const SHOWN: usize = 20;

/// How far the clocks of two machines differ.
pub const SKEW_MS: i64 = 2_000;

/// Rounds in which everything that is due has been granted.
const ROUNDS_MAX: usize = 20;

/// Characters of an answer that are shown.
const BRIEF: usize = 300;

const KEEPS_UP: &str =
    "what falls due by the clock is done, and one piece that fails holds up no other";

/// When every simulation begins, Unix milliseconds.
const BEGINNING: i64 = 1_750_000_000_000;

/// Statements within which faults are injected; longer commands are covered one by one by the crash points.
const FAULTY_STATEMENTS: usize = 45;

/// Everything there is in a run.
pub struct World {
    /// The ledger under test.
    pub ledger: NativeLedger,
    /// Decides what happens.
    pub rng: Rng,
    /// What the ledger draws.
    pub entropy: Rng,
    /// Unix milliseconds.
    pub clock: i64,
    /// The latest that it has ever shown: alarms were set by it.
    pub latest: i64,
    /// The merchant's side.
    pub shop: Shop,
    /// What must be true.
    pub model: Model,
    /// What was done.
    pub figures: Figures,
    /// People who buy and refer.
    pub persons: Vec<Person>,
    /// Clicks in all tabs.
    pub clicks: Vec<Click>,
    /// KV, the edges, and the merchant's endpoint.
    pub outside: Outside,
    /// Reports that were accepted, to be given again.
    pub said: Vec<Said>,
    /// Orders so far.
    pub orders: usize,
    /// Whether rewards are of many kinds. Else they are credit, with tiers and milestones: how many referrals are approved
    /// is known of credit alone, whatever its owner owes.
    pub things: bool,
    /// What a dry run told in the middle.
    pub half: Option<Half>,
    trace: VecDeque<String>,
    secret: String,
    previous: Option<String>,
    keys_used: usize,
    calm: bool,
}

/// An answer and the time at which it was given.
pub struct Answer {
    /// How the command ended.
    pub outcome: Outcome,
    /// The time of the command.
    pub now: i64,
}

impl Answer {
    /// Status and body; a violation when it was refused.
    pub fn done(&self) -> Check<(u16, Value)> {
        match &self.outcome {
            Outcome::Done(status, body) => Ok((*status, parse(body)?)),
            other => Err(unexpected(other)),
        }
    }
}

impl World {
    /// A program of random terms that has just been created.
    pub fn new(seed: u64) -> Check<Self> {
        let rng = Rng::new(seed);
        let things = rng.chance(40);
        let terms = Terms {
            active: true,
            ..Terms::random(&rng, things)
        };
        let mut world = Self::create(rng, terms, false)?;
        world.things = things;
        Ok(world)
    }

    /// A program of these terms, in which nothing goes wrong.
    pub fn calm(terms: Terms) -> Check<Self> {
        Self::create(Rng::new(1), terms, true)
    }

    fn create(rng: Rng, terms: Terms, calm: bool) -> Check<Self> {
        let secret = secret_of(&rng);
        let mut world = Self {
            ledger: empty_ledger(&rng, &secret)?,
            entropy: Rng::new(rng.next()),
            clock: BEGINNING,
            latest: BEGINNING,
            shop: Shop::default(),
            model: Model::default(),
            figures: Figures {
                seeds: 1,
                ..Figures::default()
            },
            persons: persons(&rng),
            clicks: Vec::new(),
            outside: Outside::default(),
            said: Vec::new(),
            orders: 0,
            things: false,
            half: None,
            trace: VecDeque::new(),
            secret,
            previous: None,
            keys_used: 0,
            calm,
            rng,
        };
        let create = Call::from(Act::Create(terms.to_json())).keyed("create");
        let answer = world.call(&create)?;
        world.shop = Shop::created(&answer.done()?.1);
        world.model.versions.push((answer.now, terms));
        world.model.token_keys.push(1);
        Ok(world)
    }

    /// Makes a call, with everything that may go wrong on its way: a fault after some statement, an answer that is lost, an
    /// impatient caller. What is returned is the first answer.
    pub fn call(&mut self, call: &Call) -> Check<Answer> {
        let now = self.skewed_now();
        let envelope = call.envelope(&self.shop, now);
        let first = match self.faulty_try(call, &envelope)? {
            Some(outcome) => outcome,
            None => self.try_once(call, &envelope)?,
        };
        let repeats = if !self.calm && self.rng.chance(20) {
            self.rng.between(1, 5)
        } else {
            0
        };
        for _ in 0..repeats {
            let before = self.ledger.image()?;
            let again = self.try_once(call, &envelope)?;
            self.figures.repeats += 1;
            check_repeat(self, call, &first, &again, &before)?;
        }
        Ok(Answer {
            outcome: first,
            now,
        })
    }

    /// Makes a call once, without chaos.
    pub fn try_once(&mut self, call: &Call, envelope: &str) -> Check<Outcome> {
        let ran = self.run(envelope, None)?;
        self.note(format!("{call} -> {}", brief(&ran.outcome)));
        self.figures.commands += 1;
        match &ran.outcome {
            Outcome::Broken(what) => return Err(what.clone().into()),
            Outcome::Refused(_) => self.figures.refused += 1,
            Outcome::Done(..) => {}
        }
        Ok(ran.outcome)
    }

    /// Perhaps makes the command fail after one of its statements. An outcome when it had ended before that.
    fn faulty_try(&mut self, call: &Call, envelope: &str) -> Check<Option<Outcome>> {
        if self.calm || !self.rng.chance(12) {
            return Ok(None);
        }
        let fault = u32::try_from(self.rng.below(FAULTY_STATEMENTS)).unwrap_or_default();
        let before = self.ledger.image()?;
        let ran = self.run(envelope, Some(fault))?;
        self.note(format!(
            "fault after {fault}: {call} -> {}",
            brief(&ran.outcome)
        ));
        if !matches!(&ran.outcome, Outcome::Broken(what) if what == FAULT) {
            self.figures.commands += 1;
            return Ok(Some(ran.outcome));
        }
        self.figures.faults += 1;
        check_rolled_back(&before, &self.ledger.image()?, fault)?;
        if self.rng.chance(30) {
            self.restart()?;
        }
        Ok(None)
    }

    /// Grants what is due, as the alarm does, perhaps after a fault. What could not be granted is waited for.
    pub fn mature(&mut self) -> Check {
        let mut now = self.skewed_now();
        if self.rng.chance(25) {
            let fault = u32::try_from(self.rng.below(FAULTY_STATEMENTS)).unwrap_or_default();
            let failures = self.keep_up(now, Some(fault))?;
            let on_purpose = |failure: &String| failure.contains(FAULT);
            must(failures.iter().all(on_purpose), KEEPS_UP, || {
                format!("{failures:?}")
            })?;
            self.figures.faults += u64::from(!failures.is_empty());
        }
        for _ in 0..ROUNDS_MAX {
            let failures = self.keep_up(now, None)?;
            must(failures.is_empty(), KEEPS_UP, || format!("{failures:?}"))?;
            // What was set aside after the fault has its turn later.
            let aside = self
                .ledger
                .query("SELECT max(retry_at) FROM stuck_rewards")?;
            if let Cell::Integer(until) = aside[0][0] {
                now = now.max(until);
                self.clock = self.clock.max(until);
                continue;
            }
            let entropy = |bytes: &mut [u8]| self.entropy.fill(bytes);
            let due = self.ledger.due_rewards(now, &entropy)?;
            if due.is_empty() {
                self.note(format!("holds are over at {now}"));
                self.model.granted(now);
                check_forgotten(self)?;
                return check_expiry(self, now);
            }
        }
        must(false, "granting what is due comes to an end", String::new)
    }

    /// Does what falls due by the clock. Returns what went wrong.
    fn keep_up(&mut self, now: i64, fault: Option<u32>) -> Check<Vec<String>> {
        let worked = outside::watching_dead_letters(self, now, |world| {
            Ok(world
                .ledger
                .keep_up(now, fault, &|bytes| world.entropy.fill(bytes)))
        })?;
        self.figures.matured += worked.granted as u64;
        Ok(worked.failures)
    }

    /// The object is evicted, or its process ends.
    pub fn restart(&mut self) -> Check {
        self.figures.restarts += 1;
        self.note("restart".into());
        Ok(self
            .ledger
            .restart(&self.secret, self.previous.as_deref())?)
    }

    /// The Worker's secret is rotated.
    pub fn rotate_secret_unused(&mut self) -> Check {
        let next = secret_of(&self.rng);
        self.previous = Some(std::mem::replace(&mut self.secret, next));
        self.restart()
    }

    /// The Worker's secret is rotated, and the program is used before the next time: that seals its keys again.
    pub fn rotate_secret(&mut self) -> Check {
        self.rotate_secret_unused()?;
        let used = Call::from(Act::Read("ProgramRecord".into(), false));
        self.call(&used).map(drop)
    }

    /// The time as the next command sees it: two machines differ by a second or two.
    pub fn skewed_now(&self) -> i64 {
        let skew = if self.calm {
            0
        } else {
            self.rng.between(-SKEW_MS, SKEW_MS)
        };
        self.clock + skew
    }

    /// An idempotency key that nobody has used.
    pub fn fresh_key(&mut self) -> String {
        self.keys_used += 1;
        format!("key-{}", self.keys_used)
    }

    /// The secret that opens its keys now.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The secret before it.
    pub fn previous_secret(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    /// The last commands, oldest first.
    pub fn trace(&self) -> impl Iterator<Item = &String> {
        self.trace.iter()
    }

    /// Remembers a line for the case that something is wrong.
    pub fn note(&mut self, line: String) {
        if self.trace.len() == SHOWN {
            self.trace.pop_front();
        }
        self.trace.push_back(line);
    }

    fn run(&self, envelope: &str, fault: Option<u32>) -> Check<Ran> {
        Ok(self
            .ledger
            .run(envelope, fault, &|bytes| self.entropy.fill(bytes))?)
    }
}

/// What the ledger says of a fault on purpose.
pub const FAULT: &str = "a fault on purpose";

/// JSON of an answer.
pub fn parse(body: &str) -> Check<Value> {
    serde_json::from_str(body).map_err(|error| Violation::from(error.to_string()))
}

/// A violation: this is not how it had to end.
pub fn unexpected(outcome: &Outcome) -> Violation {
    Violation {
        invariant: "the ledger accepts and refuses what the model does",
        found: format!("{outcome:?}"),
    }
}

/// An outcome in as many characters as tell it from others.
fn brief(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(status, body) => {
            let start: String = body.chars().take(BRIEF).collect();
            format!("{status} {start}")
        }
        Outcome::Refused(code) => format!("refused: {code}"),
        Outcome::Broken(what) => format!("broken: {what}"),
    }
}

/// A ledger without a program. To make its tables takes as long as a fifth of a history, so most begin with a picture of
/// them, and some make them by their first command, as every ledger does.
fn empty_ledger(rng: &Rng, secret: &str) -> Check<NativeLedger> {
    static TABLES: OnceLock<Vec<u8>> = OnceLock::new();
    if rng.chance(10) {
        return Ok(NativeLedger::in_memory(secret)?);
    }
    if let Some(image) = TABLES.get() {
        return Ok(NativeLedger::from_image(image, secret)?);
    }
    let mut ledger = NativeLedger::in_memory(secret)?;
    ledger.migrate_to(NativeLedger::newest_version())?;
    let image = ledger.image()?;
    TABLES.get_or_init(|| image);
    Ok(ledger)
}

fn secret_of(rng: &Rng) -> String {
    let mut secret = [0; 32];
    rng.fill(&mut secret);
    hex(&secret)
}
