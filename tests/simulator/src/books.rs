//! What must hold of the books at any time, and at the end.

use std::collections::BTreeMap;

use goodword_edge::native::{Cell, NativeLedger};
use goodword_shared::id::hex;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::call::Act;
use crate::model::life::{State, Undo};
use crate::model::rules::{GIVEN_BACK_BEYOND_THE_CAP, WON_AFTER_LOST_REINSTATES};
use crate::model::{DAY_MS, Model};
use crate::violation::{Check, must, must_equal};
use crate::world::World;

const BALANCED: &str = "postings are balanced, and every balance is the sum of the journal";
const COST: &str = "what the program costs is what its rewards are still worth";
const ONCE: &str = "no order earns twice";
const REVERSED: &str = "no more is taken back than was earned";
const ACCOUNTS: &str = "held, issued and owed are what the rewards of each referrer say";
const PAID_OFF: &str = "what a referrer owes is paid off, and no more, before anything is granted";
const UNDONE: &str = "an order that is wholly undone costs nothing but what its referrer owes";
const CAPS: &str = "no referrer earns more often in 365 days than the program allows";
const AGAIN: &str = "every decision can be made again from what was stored";
const CHAIN: &str = "the chain of the log verifies";
const AGREES: &str = "the ledger agrees with the model";

/// Sums by account.
type Sums = BTreeMap<String, i64>;

/// A reward as stored.
struct Reward {
    id: String,
    owner: String,
    order: String,
    amount: i64,
    reversed: i64,
    state: String,
    frozen: bool,
    earned_at: i64,
}

/// After every step.
pub fn check_books(ledger: &NativeLedger) -> Check<u64> {
    let (sums, spent) = journal(ledger)?;
    let mut balances = Sums::new();
    for row in ledger.query("SELECT account, balance FROM balances WHERE balance <> 0")? {
        balances.insert(text(&row[0]), int(&row[1]));
    }
    must_equal(BALANCED, "balances", &balances, &sums)?;
    must(sums.values().sum::<i64>() == 0, BALANCED, || {
        format!("{sums:?}")
    })?;
    let rewards = rewards(ledger)?;
    let mut accounts = Sums::new();
    let mut granted = Sums::new();
    for reward in &rewards {
        let net = reward.amount - reward.reversed;
        must(
            (0..=reward.amount).contains(&reward.reversed),
            REVERSED,
            || reward.id.clone(),
        )?;
        must_equal(
            COST,
            &reward.order,
            spent.get(&reward.id).unwrap_or(&0),
            &net,
        )?;
        *accounts.entry("expense".into()).or_default() -= net;
        match reward.state.as_str() {
            "pending" => {
                *accounts
                    .entry(format!("held:{}", reward.owner))
                    .or_default() += net;
            }
            "issued" | "clawed_back" => *granted.entry(reward.owner.clone()).or_default() += net,
            _ => must(net == 0, REVERSED, || {
                format!("{} is {} with {net}", reward.id, reward.state)
            })?,
        }
    }
    for (account, balance) in &accounts {
        must_equal(ACCOUNTS, account, sums.get(account).unwrap_or(&0), balance)?;
    }
    for (account, balance) in &sums {
        let (kind, owner) = account.split_once(':').unwrap_or((account, ""));
        match kind {
            "issued" | "receivable" => {
                let of = |kind: &str| sums.get(&format!("{kind}:{owner}")).copied().unwrap_or(0);
                let both = of("issued") + of("receivable");
                must_equal(ACCOUNTS, account, &both, granted.get(owner).unwrap_or(&0))?;
                // What is given back after it was paid off by another reward is owed the other way round.
                let sign = if kind == "issued" {
                    *balance >= 0
                } else {
                    *balance <= 0 || WON_AFTER_LOST_REINSTATES
                };
                must(sign, ACCOUNTS, || format!("{account} is {balance}"))?;
            }
            "payable" => must(*balance == 0, ACCOUNTS, || {
                format!("{account} is {balance}")
            })?,
            _ => must(accounts.contains_key(account), ACCOUNTS, || {
                format!("{account} is {balance}")
            })?,
        }
    }
    Ok(4 + 2 * rewards.len() as u64)
}

/// At the end: everything against the model, the caps and the chain.
pub fn check_all(world: &mut World) -> Check {
    let mut checks = check_books(&world.ledger)?;
    let rewards = rewards(&world.ledger)?;
    for id in world.model.orders.keys() {
        check_order(&world.ledger, &world.model, id)?;
        let wholly = world.model.expected(id).is_some() && world.model.wholly_gone(id);
        let costs: i64 = rewards
            .iter()
            .filter(|r| r.order == *id)
            .map(|r| r.amount - r.reversed)
            .sum();
        must(!wholly || costs == 0, UNDONE, || {
            format!("{id} still costs {costs}")
        })?;
        checks += 2;
    }
    check_decisions(world)?;
    check_dry_run(world)?;
    let orders = world.ledger.query("SELECT count(*) FROM orders")?;
    must_equal(
        AGREES,
        "orders",
        &int(&orders[0][0]),
        &count(world.model.orders.len()),
    )?;
    check_caps(&world.model, &rewards)?;
    check_chain(&world.ledger)?;
    world.figures.checks += checks + 3;
    Ok(())
}

/// The pure rule, on what was stored with each decision, decides the same once more.
fn check_decisions(world: &mut World) -> Check {
    let ids: Vec<String> = world.model.orders.keys().cloned().collect();
    for id in ids {
        let command = json!({"ExplainOrder": {"id": id}});
        let (_, told) = world.call(&Act::Read(command, true).into())?.done()?;
        must_equal(AGAIN, &id, &told["recomputed"], &json!("agrees"))?;
        world.figures.checks += 1;
    }
    Ok(())
}

/// Where terms have never changed, a dry run of the very same ones decides every order as it was decided.
fn check_dry_run(world: &mut World) -> Check {
    let [(_, terms)] = world.model.versions.as_slice() else {
        return Ok(());
    };
    let command = json!({"DryRun": {"settings": terms.to_json(), "after": null}});
    let before = world.ledger.image()?;
    let (_, told) = world.call(&Act::Read(command, true).into())?.done()?;
    must(before == world.ledger.image()?, AGAIN, || {
        "a dry run has written something".into()
    })?;
    must_equal(
        AGAIN,
        "orders of a dry run",
        &told["orders"],
        &json!(world.model.orders.len()),
    )?;
    must_equal(
        AGAIN,
        "attributed",
        &told["would"]["attributed"],
        &told["was"]["attributed"],
    )?;
    // What was taken back since made room under the cap.
    for one in told["differ"].as_array().into_iter().flatten() {
        must_equal(
            AGAIN,
            "reason",
            &one["would"]["reason"],
            &one["was"]["reason"],
        )?;
    }
    world.figures.checks += 3;
    Ok(())
}

/// One order with its reward.
pub fn check_order(ledger: &NativeLedger, model: &Model, id: &str) -> Check {
    let stored: Vec<Reward> = rewards(ledger)?
        .into_iter()
        .filter(|reward| reward.order == id)
        .collect();
    must(stored.len() <= 1, ONCE, || {
        format!("{id} has {} rewards", stored.len())
    })?;
    let expected = model.expected(id);
    let wanted = expected.as_ref().map(|(accepted, reward)| {
        let owner = accepted
            .decision
            .referrer
            .map(|index| model.people.0[index].id.clone());
        let frozen = reward.frozen && reward.state == State::Pending;
        (
            owner.unwrap_or_default(),
            accepted.decision.amount,
            reward.reversed,
            reward.state.name().to_owned(),
            frozen,
        )
    });
    let found = stored.into_iter().next().map(|reward| {
        let frozen = reward.frozen && reward.state == "pending";
        (
            reward.owner,
            reward.amount,
            reward.reversed,
            reward.state,
            frozen,
        )
    });
    must_equal(
        AGREES,
        &format!("reward of {id} (owner, amount, reversed, state, frozen)"),
        &found,
        &wanted,
    )
}

fn check_caps(model: &Model, rewards: &[Reward]) -> Check {
    let lost = |order: &str| {
        let facts = model
            .undos
            .get(order)
            .map(Vec::as_slice)
            .unwrap_or_default();
        facts
            .iter()
            .any(|(_, _, undo)| matches!(undo, Undo::Lost(_)))
    };
    let kept = || {
        rewards.iter().filter(|reward| {
            let given_back = GIVEN_BACK_BEYOND_THE_CAP && lost(&reward.order);
            reward.reversed < reward.amount && !given_back
        })
    };
    for reward in kept() {
        // Clocks differ by seconds; a reward at the very edge of the year may count on either side.
        let year = reward.earned_at - 365 * DAY_MS + 60_000..=reward.earned_at - 4_000;
        let before = kept()
            .filter(|other| other.owner == reward.owner && year.contains(&other.earned_at))
            .count();
        let cap = model
            .orders
            .get(&reward.order)
            .map_or(0, |order| model.terms(order.decision.version).per_year);
        must(before < cap, CAPS, || {
            format!("{} after {before} others of {cap}", reward.order)
        })?;
    }
    Ok(())
}

fn check_chain(ledger: &NativeLedger) -> Check {
    let mut previous = String::new();
    let lines = ledger
        .query("SELECT seq, at, kind, person, other, order_id, data, hash FROM log ORDER BY seq")?;
    for (line, number) in lines.iter().zip(1_i64..) {
        let optional = |cell: &Cell| {
            if let Cell::Text(text) = cell {
                Some(text.clone())
            } else {
                None
            }
        };
        must_equal(CHAIN, "sequence", &int(&line[0]), &number)?;
        let entry = json!([
            previous,
            number,
            int(&line[1]),
            text(&line[2]),
            optional(&line[3]),
            optional(&line[4]),
            optional(&line[5]),
            text(&line[6])
        ]);
        previous = hex(&Sha256::digest(entry.to_string()));
        must_equal(CHAIN, "hash", &text(&line[7]), &previous)?;
    }
    Ok(())
}

/// Sums by account, and what each reward has cost.
fn journal(ledger: &NativeLedger) -> Check<(Sums, Sums)> {
    let (mut sums, mut spent) = (Sums::new(), Sums::new());
    for row in ledger.query("SELECT reward, debit, credit, amount FROM journal ORDER BY seq")? {
        let (reward, debit, credit, amount) =
            (text(&row[0]), text(&row[1]), text(&row[2]), int(&row[3]));
        must(amount > 0, BALANCED, || format!("a posting of {amount}"))?;
        if debit == "expense" {
            *spent.entry(reward).or_default() += amount;
        } else if credit == "expense" {
            *spent.entry(reward).or_default() -= amount;
        }
        if let Some(owner) = debit.strip_prefix("payable:") {
            let owed = -sums.get(&format!("receivable:{owner}")).unwrap_or(&0);
            let right = if credit.starts_with("issued:") {
                owed <= 0
            } else {
                amount <= owed || credit == "expense"
            };
            must(right, PAID_OFF, || {
                format!("{amount} to {credit}, and {owed} is owed")
            })?;
        }
        *sums.entry(debit).or_default() -= amount;
        *sums.entry(credit).or_default() += amount;
    }
    sums.retain(|_, sum| *sum != 0);
    Ok((sums, spent))
}

fn rewards(ledger: &NativeLedger) -> Check<Vec<Reward>> {
    let rows = ledger.query(
        "SELECT rewards.id, owner, order_id, amount, reversed, state, frozen, earned_at FROM rewards
            JOIN referrals ON referrals.id = rewards.referral",
    )?;
    Ok(rows
        .iter()
        .map(|row| Reward {
            id: text(&row[0]),
            owner: text(&row[1]),
            order: text(&row[2]),
            amount: int(&row[3]),
            reversed: int(&row[4]),
            state: text(&row[5]),
            frozen: int(&row[6]) != 0,
            earned_at: int(&row[7]),
        })
        .collect())
}

fn text(cell: &Cell) -> String {
    if let Cell::Text(text) = cell {
        text.clone()
    } else {
        format!("{cell:?}")
    }
}

fn int(cell: &Cell) -> i64 {
    if let Cell::Integer(number) = cell {
        *number
    } else {
        i64::MIN
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
