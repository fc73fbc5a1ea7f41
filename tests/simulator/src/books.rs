//! What must hold of the books at any time, and at the end.

use std::collections::BTreeMap;

use goodword_edge::native::{Cell, NativeLedger};
use goodword_shared::id::hex;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::call::Act;
use crate::chained::check_chained;
use crate::imagined::check_dry_runs;
use crate::model::terms::CURRENCIES;
use crate::model::{DAY_MS, Model};
use crate::violation::{Check, must, must_equal};
use crate::world::World;

const BALANCED: &str = "postings are balanced, and every balance is the sum of the journal";
const COST: &str = "what the program costs is what its rewards are still worth";
const ONCE: &str = "nobody earns twice for one order, nor one milestone twice";
const REVERSED: &str = "no more is taken back than was earned";
const ACCOUNTS: &str = "held, issued and owed are what the rewards of each referrer say";
const PAID_OFF: &str = "what a referrer owes is paid off, and no more, before anything is granted";
const SPENT: &str = "what counts under the budget is what may still be spent on rewards";
const CAPS: &str = "no referrer earns more often in 365 days than the program allows";
pub(crate) const AGAIN: &str = "every decision can be made again from what was stored";
const CHAIN: &str = "the chain of the log verifies";
const AGREES: &str = "the ledger agrees with the model";

/// Sums by account.
type Sums = BTreeMap<String, i64>;

/// A reward as stored.
struct Reward {
    id: String,
    owner: String,
    order: String,
    currency: String,
    amount: i64,
    reversed: i64,
    lost: i64,
    due: i64,
    state: String,
    frozen: bool,
    cause: String,
    milestone: i64,
    earned_at: i64,
}

/// After every step.
pub fn check_books(ledger: &NativeLedger) -> Check<u64> {
    let (sums, spent) = journal(ledger)?;
    let mut balances = Sums::new();
    for row in ledger
        .query("SELECT account || ' ' || currency, balance FROM balances WHERE balance <> 0")?
    {
        balances.insert(text(&row[0]), int(&row[1]));
    }
    must_equal(BALANCED, "balances", &balances, &sums)?;
    for currency in CURRENCIES {
        let own = sums
            .iter()
            .filter(|(account, _)| account.ends_with(currency));
        must(own.map(|(_, sum)| sum).sum::<i64>() == 0, BALANCED, || {
            format!("{currency}: {sums:?}")
        })?;
    }
    let rewards = rewards(ledger)?;
    let mut wanted = Sums::new();
    let mut has = Sums::new();
    for reward in &rewards {
        let net = reward.amount - reward.reversed;
        let taken_back =
            0 <= reward.lost && reward.lost <= reward.reversed && reward.reversed <= reward.amount;
        must(taken_back, REVERSED, || reward.id.clone())?;
        must_equal(
            COST,
            &reward.order,
            spent.get(&reward.id).unwrap_or(&0),
            &net,
        )?;
        let mut is = |account: &str, amount: i64| {
            *wanted
                .entry(format!("{account}:{} {}", reward.owner, reward.currency))
                .or_default() += amount;
        };
        let mut there = net;
        match reward.state.as_str() {
            "pending" => {
                is("held", net);
                there = 0;
            }
            "voided" => must(net == 0, REVERSED, || {
                format!("{} is {} with {net}", reward.id, reward.state)
            })?,
            "approved" => {
                is("payable", reward.due);
                there = net - reward.due;
            }
            _ => {}
        }
        must(
            reward.due == 0 || reward.state == "approved",
            ACCOUNTS,
            || format!("{} waits for {}", reward.id, reward.due),
        )?;
        let currency = &reward.currency;
        let owner = format!("{} {currency}", reward.owner);
        *has.entry(owner).or_default() += there;
        *wanted.entry(format!("expense {currency}")).or_default() -= net;
    }
    for (account, sum) in &wanted {
        must_equal(ACCOUNTS, account, sums.get(account).unwrap_or(&0), sum)?;
    }
    check_owners(&sums, &wanted, &has)?;
    check_spending(ledger, &rewards)?;
    Ok(5 + 2 * rewards.len() as u64)
}

/// What everybody was granted and handed over, less what they owe, is what their rewards come to.
fn check_owners(sums: &Sums, wanted: &Sums, has: &Sums) -> Check {
    for (account, balance) in sums {
        let (kind, owner) = account.split_once(':').unwrap_or((account, ""));
        let right = match kind {
            "receivable" => *balance <= 0,
            "issued" | "taken" | "handed_over" => *balance >= 0,
            _ => wanted.contains_key(account),
        };
        must(right, ACCOUNTS, || format!("{account} is {balance}"))?;
        if matches!(kind, "receivable" | "issued" | "taken" | "handed_over") {
            let of = |kind: &str| sums.get(&format!("{kind}:{owner}")).copied().unwrap_or(0);
            let all = of("issued") + of("taken") + of("handed_over") + of("receivable");
            must_equal(ACCOUNTS, account, &all, has.get(owner).unwrap_or(&0))?;
        }
    }
    Ok(())
}

/// The days of the budget are the sums of their rewards.
fn check_spending(ledger: &NativeLedger, rewards: &[Reward]) -> Check {
    let mut days: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for reward in rewards {
        let day = reward.earned_at.div_euclid(DAY_MS);
        let sum = days.entry((day, reward.currency.clone())).or_default();
        *sum += reward.amount - reward.lost;
    }
    for row in ledger.query("SELECT day, currency, amount FROM spending")? {
        let day = (int(&row[0]), text(&row[1]));
        must_equal(
            SPENT,
            &format!("{day:?}"),
            &int(&row[2]),
            &days.remove(&day).unwrap_or(0),
        )?;
    }
    must(days.values().all(|sum| *sum == 0), SPENT, || {
        format!("{days:?}")
    })
}

/// At the end: everything against the model, the caps and the chain.
pub fn check_all(world: &mut World) -> Check {
    let mut checks = check_books(&world.ledger)?;
    for id in world.model.orders.keys() {
        check_order(&world.ledger, &world.model, id)?;
        checks += 2;
    }
    check_decisions(world)?;
    check_dry_runs(world)?;
    let orders = world.ledger.query("SELECT count(*) FROM orders")?;
    must_equal(
        AGREES,
        "orders",
        &int(&orders[0][0]),
        &count(world.model.orders.len()),
    )?;
    check_caps(&world.model)?;
    check_chain(&world.ledger)?;
    check_chained(&world.ledger)?;
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

/// One order with everything it has earned.
pub fn check_order(ledger: &NativeLedger, model: &Model, id: &str) -> Check {
    let order = format!(" WHERE order_id = '{id}'");
    let mut found = Vec::new();
    let mut states = BTreeMap::new();
    for reward in rewards_where(ledger, &order)? {
        let key = (reward.owner, reward.cause, reward.milestone);
        let frozen = reward.frozen && reward.state == "pending";
        must(
            states.insert(key.clone(), reward.state).is_none(),
            ONCE,
            || format!("{key:?}"),
        )?;
        let amount = (reward.amount, reward.currency);
        found.push((key, amount, reward.reversed, reward.lost, frozen));
    }
    let mut wanted = Vec::new();
    for reward in model.rewards.iter().filter(|reward| reward.order == id) {
        let expected = model.reward(reward);
        let owner = model.people.0[reward.owner].id.clone();
        let key = (owner, reward.cause.to_owned(), count(reward.milestone));
        let state = states.get(&key).map(String::as_str).unwrap_or_default();
        must(
            expected.allows(state, reward.is_thing, reward.used),
            AGREES,
            || format!("{key:?} of {id} is {state:?}, it must be {expected:?}"),
        )?;
        // Of a thing that was approved once the ledger alone knows whether it waits again.
        let unknown = reward.is_thing && expected.approved && state == "pending";
        let frozen = if unknown {
            model.is_frozen(id)
        } else {
            expected.frozen
        };
        wanted.push((
            key,
            (reward.amount, reward.currency.to_owned()),
            expected.reversed,
            expected.lost,
            frozen && state == "pending",
        ));
    }
    found.sort();
    wanted.sort();
    must_equal(
        AGREES,
        &format!("rewards of {id} (owner, cause, milestone), amount, reversed, lost, frozen"),
        &found,
        &wanted,
    )
}

/// Whatever comes back late, no year holds more rewards for referrals than there may be: judged by what may still come back.
fn check_caps(model: &Model) -> Check {
    let kept: Vec<_> = model
        .rewards
        .iter()
        .filter(|one| ["conversion", "renewal"].contains(&one.cause) && model.fills(one) > 0)
        .collect();
    for reward in &kept {
        // Clocks differ by seconds; a reward at the very edge of the year may count on either side.
        let year = reward.now - 365 * DAY_MS + 60_000..=reward.now - 4_000;
        let before = kept
            .iter()
            .filter(|other| other.owner == reward.owner && year.contains(&other.now))
            .count();
        let cap = model
            .terms(model.orders[&reward.order].decision.version)
            .per_year;
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
    for row in
        ledger.query("SELECT reward, debit, credit, amount, currency FROM journal ORDER BY seq")?
    {
        let (reward, debit, credit) = (text(&row[0]), text(&row[1]), text(&row[2]));
        let (amount, currency) = (int(&row[3]), text(&row[4]));
        must(amount > 0, BALANCED, || format!("a posting of {amount}"))?;
        if debit == "expense" {
            *spent.entry(reward).or_default() += amount;
        } else if credit == "expense" {
            *spent.entry(reward).or_default() -= amount;
        }
        if let Some(owner) = debit.strip_prefix("payable:") {
            let owed = format!("receivable:{owner} {currency}");
            let owed = -sums.get(&owed).unwrap_or(&0);
            // A thing is handed over some time after its debts were paid off; new ones may have come since.
            let right = if credit.starts_with("issued:") {
                owed <= 0
            } else {
                amount <= owed || credit == "expense" || credit.starts_with("handed_over:")
            };
            must(right, PAID_OFF, || {
                format!("{amount} to {credit}, and {owed} is owed")
            })?;
        }
        *sums.entry(format!("{debit} {currency}")).or_default() -= amount;
        *sums.entry(format!("{credit} {currency}")).or_default() += amount;
    }
    sums.retain(|_, sum| *sum != 0);
    Ok((sums, spent))
}

fn rewards(ledger: &NativeLedger) -> Check<Vec<Reward>> {
    rewards_where(ledger, "")
}

fn rewards_where(ledger: &NativeLedger, condition: &str) -> Check<Vec<Reward>> {
    let rows = ledger.query(&format!(
        "SELECT id, owner, order_id, amount, reversed, lost, due, state, frozen, cause, milestone, earned_at, currency
            FROM rewards{condition}"
    ))?;
    Ok(rows
        .iter()
        .map(|row| Reward {
            id: text(&row[0]),
            owner: text(&row[1]),
            order: text(&row[2]),
            amount: int(&row[3]),
            reversed: int(&row[4]),
            lost: int(&row[5]),
            due: int(&row[6]),
            state: text(&row[7]),
            frozen: int(&row[8]) != 0,
            cause: text(&row[9]),
            milestone: int(&row[10]),
            earned_at: int(&row[11]),
            currency: text(&row[12]),
        })
        .collect())
}

pub(crate) fn text(cell: &Cell) -> String {
    if let Cell::Text(text) = cell {
        text.clone()
    } else {
        format!("{cell:?}")
    }
}

pub(crate) fn int(cell: &Cell) -> i64 {
    if let Cell::Integer(number) = cell {
        *number
    } else {
        i64::MIN
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
