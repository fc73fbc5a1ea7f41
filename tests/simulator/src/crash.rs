//! Crash points: every statement of every kind of command fails in turn, and each time nothing is left and a retry does
//! exactly what the command would have done.

use goodword_edge::native::{Cell, NativeLedger, Outcome};
use serde_json::json;

use crate::call::{Act, Call};
use crate::cases::{
    Action, CASES, Case, Stage, deliveries, history, people, pool, reads, risk, terms,
};
use crate::repeat::check_rolled_back;
use crate::rng::Rng;
use crate::shop::Shop;
use crate::violation::{Check, Violation, must_equal};
use crate::world::FAULT;

const RETRIES: &str = "a retry after a crash does what the command would have done";
const ALL: &str = "every command is made to fail at every statement";
const FIRES: &str = "every statement of a command can fail";

/// What the ledger draws in every attempt.
const ENTROPY: u64 = 0x60_0d_40_5d;

/// How much of one kind of command was covered.
#[derive(Clone, Copy, Debug)]
pub struct Covered {
    /// The kind.
    pub name: &'static str,
    /// Points at which it was made to fail.
    pub covered: u32,
    /// Points that there are.
    pub total: u32,
}

/// A database and what is to be done with it.
struct Scene {
    image: Vec<u8>,
    secret: String,
    previous: Option<String>,
    shop: Shop,
    now: i64,
    action: Action,
}

/// Goes through all kinds of commands.
pub fn cover_all() -> Check<Vec<Covered>> {
    let mut all = vec![cover(
        "create the program, from no tables at all",
        &empty()?,
    )?];
    let mut asked = vec!["CreateProgram".to_owned()];
    for (name, hold_days, prepare) in all_cases() {
        let mut stage = Stage::new(hold_days)?;
        let action = prepare(&mut stage)?;
        let scene = Scene {
            image: stage.world.ledger.image()?,
            secret: stage.world.secret().to_owned(),
            previous: stage.world.previous_secret().map(str::to_owned),
            shop: stage.world.shop.clone(),
            now: stage.world.clock,
            action,
        };
        if let Action::Call(call) = &scene.action {
            asked.push(call.command_name(&scene.shop, scene.now));
        }
        all.push(cover(name, &scene)?);
    }
    every_command(&asked)?;
    Ok(all)
}

/// A command that is new has to be covered.
fn every_command(asked: &[String]) -> Check {
    let left = NativeLedger::commands();
    let left: Vec<String> = left
        .into_iter()
        .filter(|name| !asked.contains(name))
        .collect();
    must_equal(ALL, "commands without a case", &left, &Vec::new())
}

fn all_cases() -> impl Iterator<Item = Case> {
    CASES
        .into_iter()
        .chain(deliveries::CASES)
        .chain(history::CASES)
        .chain(risk::CASES)
        .chain(pool::CASES)
        .chain(people::CASES)
        .chain(reads::CASES)
}

/// An object that was never given a program.
fn empty() -> Check<Scene> {
    let secret = "5".repeat(64);
    Ok(Scene {
        image: NativeLedger::in_memory(&secret)?.image()?,
        secret,
        previous: None,
        shop: Shop::default(),
        now: 1_750_000_000_000,
        action: Action::Call(Call::from(Act::Create(terms(0).to_json())).keyed("create")),
    })
}

/// With an engine that has just been started, and with one that has opened keys and settings before.
fn cover(name: &'static str, scene: &Scene) -> Check<Covered> {
    let (mut covered, mut total) = (0, 0);
    for warm in [false, true] {
        let mut plain = scene.ledger(warm)?;
        let (wanted, statements) = scene.attempt(&plain, None)?;
        let rows = dump(&mut plain)?;
        total += statements;
        for fault in 0..statements {
            let mut ledger = scene.ledger(warm)?;
            let before = ledger.image()?;
            let (outcome, _) = scene.attempt(&ledger, Some(fault))?;
            must_equal(FIRES, name, &outcome, &Outcome::Broken(FAULT.into()))?;
            check_rolled_back(&before, &ledger.image()?, fault)
                .map_err(|violation| named(name, &violation))?;
            if fault % 2 == 1 {
                ledger.restart(&scene.secret, scene.previous.as_deref())?;
            }
            let (again, _) = scene.attempt(&ledger, None)?;
            must_equal(
                RETRIES,
                &format!("{name}, after statement {fault}"),
                &again,
                &wanted,
            )?;
            must_equal(
                RETRIES,
                &format!("rows of {name}, after statement {fault}"),
                &dump(&mut ledger)?,
                &rows,
            )?;
            covered += 1;
        }
    }
    Ok(Covered {
        name,
        covered,
        total,
    })
}

fn named(name: &str, violation: &Violation) -> Violation {
    Violation {
        found: format!("{name}: {}", violation.found),
        invariant: violation.invariant,
    }
}

impl Scene {
    fn ledger(&self, warm: bool) -> Check<NativeLedger> {
        let mut ledger = NativeLedger::from_image(&self.image, &self.secret)?;
        ledger.restart(&self.secret, self.previous.as_deref())?;
        if warm {
            let read =
                Call::from(Act::Read(json!("ReadSettings"), true)).envelope(&self.shop, self.now);
            ledger.run(&read, None, &|bytes| Rng::new(ENTROPY).fill(bytes))?;
        }
        Ok(ledger)
    }

    fn attempt(&self, ledger: &NativeLedger, fault: Option<u32>) -> Check<(Outcome, u32)> {
        let rng = Rng::new(ENTROPY);
        let entropy = |bytes: &mut [u8]| rng.fill(bytes);
        match &self.action {
            Action::Call(call) => {
                let ran = ledger.run(&call.envelope(&self.shop, self.now), fault, &entropy)?;
                Ok((ran.outcome, ran.statements))
            }
            Action::Mature => {
                let due = ledger.due_rewards(self.now, &entropy)?;
                let reward = due.first().cloned().unwrap_or_default();
                let outcome = match ledger.grant(&reward, self.now, fault, &entropy) {
                    Ok(()) => Outcome::Done(200, reward),
                    Err(what) => Outcome::Broken(what),
                };
                Ok((outcome, ledger.statements()))
            }
            Action::Append => {
                let signed = ledger.unsigned(self.now, &entropy)?;
                let signed = signed.ok_or("nothing to sign".to_owned())?;
                let outcome = match ledger.append_checkpoint(&signed, self.now, fault, &entropy) {
                    Ok(()) => Outcome::Done(200, signed),
                    Err(what) => Outcome::Broken(what),
                };
                Ok((outcome, ledger.statements()))
            }
            Action::Settle(ended) => {
                let due = ledger.due(self.now, &entropy)?;
                let event = due.iter().rfind(|delivery| delivery.kind == "webhook");
                let event = event.ok_or("no event is due".to_owned())?;
                let outcome = match ledger.settle(event, *ended, self.now, fault, &entropy) {
                    Ok(()) => Outcome::Done(200, event.target.clone()),
                    Err(what) => Outcome::Broken(what),
                };
                Ok((outcome, ledger.statements()))
            }
        }
    }
}

/// Every row of every table.
fn dump(ledger: &mut NativeLedger) -> Check<Vec<Vec<Cell>>> {
    let mut rows = Vec::new();
    for table in
        ledger.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?
    {
        if let Some(Cell::Text(name)) = table.first() {
            rows.extend(ledger.query(&format!("SELECT * FROM {name}"))?);
        }
    }
    Ok(rows)
}
