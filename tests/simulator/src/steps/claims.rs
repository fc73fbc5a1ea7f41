//! Invitees follow links and take the offer, in several tabs.

use goodword_edge::native::{Cell, Outcome};
use serde_json::{Value, json};

use super::people::{some_code, some_customer};
use crate::call::{Act, Call};
use crate::model::people::{Bond, Naming};
use crate::model::{Claim, Click, DAY_MS, period};
use crate::outside;
use crate::violation::{Check, must_equal};
use crate::world::{SKEW_MS, World};

const AGREES: &str = "the ledger accepts and refuses what the model does";
const GIVES: &str =
    "each code of the shop is given to one claim, and a claim without one gets the next";
const UPLOADED: &str = "a code is added once";
const NETWORKS: [&str; 3] = ["198.51.100.0/24", "203.0.113.0/24", "2001:db8::/48"];

/// Somebody follows a link, perhaps in two tabs.
#[expect(clippy::unnecessary_wraps, reason = "a step like any other")]
pub(super) fn click(world: &mut World) -> Check {
    let Some(code) = some_code(world) else {
        return Ok(());
    };
    for _ in 0..world.rng.between(1, 2) {
        let click = outside::click(world, &code);
        world.clicks.extend(click);
    }
    Ok(())
}

/// A click of late, or any.
pub(super) fn some_click(world: &World) -> Option<Click> {
    let recent = world.clicks.len().saturating_sub(4);
    let among = if world.rng.chance(60) {
        &world.clicks[recent..]
    } else {
        &world.clicks[..]
    };
    (!among.is_empty()).then(|| world.rng.pick(among).clone())
}

/// Somebody takes the offer of a click, or of a code that they typed.
pub(super) fn claim(world: &mut World) -> Check {
    let click = some_click(world).filter(|_| world.rng.chance(80));
    let typed = if world.rng.chance(5) {
        Some("NOBODYS".into())
    } else {
        some_code(world)
    };
    let Some(code) = click.as_ref().map(|click| click.code.clone()).or(typed) else {
        return Ok(());
    };
    let visitor = some_customer(world).filter(|_| world.rng.chance(40));
    let claim_id = (click.is_none() && (visitor.is_none() || world.rng.chance(30)))
        .then(|| format!("made-by-the-page-{}", world.rng.below(5)));
    let label = click.as_ref().map_or_else(
        || {
            let customer = visitor.as_ref().and_then(|naming| naming.customer.clone());
            format!("typed {code} {customer:?} {claim_id:?}")
        },
        |click| click.id.clone(),
    );
    let source = world
        .rng
        .chance(80)
        .then(|| (*world.rng.pick(&NETWORKS)).to_owned());
    let mut call = Call::from(Act::Claim {
        token: click.as_ref().map(|click| click.token.clone()),
        code: click.is_none().then(|| code.clone()),
        visitor: visitor.clone(),
        claim_id,
    });
    call.source.clone_from(&source);
    if world.rng.chance(30) {
        call = call.keyed(world.fresh_key());
    }
    let answer = world.call(&call)?;
    let wanted = world.model.may_claim(
        &label,
        click.as_ref(),
        &code,
        visitor.as_ref(),
        source.as_deref(),
        answer.now,
    );
    let found = match &answer.outcome {
        Outcome::Done(status, _) => Ok(*status == 200),
        Outcome::Refused(code) => Err(*code),
        Outcome::Broken(what) => return Err(what.clone().into()),
    };
    must_equal(AGREES, "claim (made before, or why not)", &found, &wanted)?;
    if found.is_err() {
        return Ok(());
    }
    let (_, body) = answer.done()?;
    let discount_code = body["discount_code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if found == Ok(true) {
        return again(world, &label, &discount_code, visitor.as_ref(), answer.now);
    }
    let (version, terms) = world.model.newest();
    let mut expires_at = answer.now + terms.valid_days * DAY_MS;
    if let Some((code, ends)) = world.model.next_code(answer.now) {
        must_equal(GIVES, &label, &discount_code, &code)?;
        expires_at = ends.map_or(expires_at, |ends| ends.min(expires_at));
    }
    must_equal(
        AGREES,
        "end of the discount",
        &body["expires_at"],
        &Value::from(expires_at),
    )?;
    let referrer = world.model.people.by_code(&code).expect("accepted");
    if let Some(visitor) = &visitor {
        bind(world, visitor, (&label, referrer, version), answer.now)?;
    }
    world.model.claims.push(Claim {
        touched_at: click.as_ref().map_or(answer.now, |click| click.at),
        click: label,
        discount_code,
        referrer,
        version,
        expires_at,
        period: period(answer.now).max(world.model.latest_period()),
        source,
        used_by: None,
    });
    Ok(())
}

/// The same claim again: it has the same discount, and binds whom the shop knows by now.
fn again(
    world: &mut World,
    label: &str,
    discount_code: &str,
    visitor: Option<&Naming>,
    now: i64,
) -> Check {
    let known = world.model.claims.iter().find(|claim| claim.click == label);
    let mut known = known.expect("made before").clone();
    let waits = known.discount_code.is_empty() && known.used_by.is_none();
    if waits && known.expires_at >= now {
        match world.model.next_code(now) {
            Some((code, ends)) => {
                known.expires_at = ends.map_or(known.expires_at, |ends| ends.min(known.expires_at));
                known.discount_code = code;
            }
            // Made for it.
            None => discount_code.clone_into(&mut known.discount_code),
        }
        let mut claims = world.model.claims.iter_mut();
        let kept = claims.find(|claim| claim.click == label);
        known.clone_into(kept.expect("made before"));
    }
    must_equal(GIVES, label, &discount_code, &known.discount_code.as_str())?;
    if let Some(visitor) = visitor.filter(|visitor| world.model.binds(&known, visitor)) {
        bind(world, visitor, (label, known.referrer, known.version), now)?;
    }
    Ok(())
}

/// A customer is bound by a claim.
fn bind(
    world: &mut World,
    visitor: &Naming,
    (key, referrer, version): (&str, usize, usize),
    at: i64,
) -> Check {
    let id = pseudonym(world, visitor)?;
    let record = world.model.people.introduce(visitor, &id);
    world.model.people.0[record].bonds.push(Bond {
        staff: None,
        at,
        key: key.to_owned(),
        referrer,
        version,
    });
    Ok(())
}

/// The ledger's pseudonym of a customer.
fn pseudonym(world: &World, naming: &Naming) -> Check<String> {
    let customer = naming.customer.as_deref().unwrap_or_default();
    let statement = format!("SELECT id FROM people WHERE customer_id = '{customer}'");
    let rows = world.ledger.query(&statement)?;
    match rows.first().and_then(|row| row.first()) {
        Some(Cell::Text(id)) => Ok(id.clone()),
        _ => Err(format!("{customer} was not enrolled").into()),
    }
}

/// The shop uploads codes, some of which are known.
pub(super) fn codes(world: &mut World) -> Check {
    let count = world.rng.between(1, 5);
    let drawn = (0..count).map(|_| format!("SHOP-{:02}", world.rng.below(60)));
    let codes: Vec<String> = drawn.collect();
    let days = world.rng.between(1, 40) * DAY_MS;
    let ends = world.rng.chance(30).then_some(world.clock + SKEW_MS + days);
    let command = json!({ "AddCodes": { "codes": codes, "expires_at": ends } });
    let call = Call::from(Act::Merchant(command)).keyed(world.fresh_key());
    let answer = world.call(&call)?;
    let (_, body) = answer.done()?;
    let model = &mut world.model;
    model
        .pool
        .retain(|_, ends| ends.is_none_or(|ends| ends > answer.now));
    let mut added = 0;
    for code in codes {
        let claimed = model.claims.iter().any(|claim| claim.discount_code == code);
        if !claimed && !model.pool.contains_key(&code) {
            model.pool.insert(code, ends);
            added += 1;
        }
    }
    must_equal(UPLOADED, "added", &body["added"], &Value::from(added))
}

/// Staff enters a referral, perhaps again, perhaps of somebody whose it is not.
pub(super) fn staff(world: &mut World) -> Check {
    let Some(code) = some_code(world) else {
        return Ok(());
    };
    let naming = world.rng.pick(&world.persons).naming(&world.rng);
    let reason = (*world.rng.pick(&["told us on the phone", "at the counter"])).to_owned();
    let at = world
        .rng
        .chance(30)
        .then(|| world.clock - world.rng.between(-60_000, 20 * DAY_MS));
    let touch = json!({
        "customer": {"id": naming.customer, "email": naming.email}, "code": code, "reason": reason, "at": at,
    });
    let answer = world.call(&Act::Touch(touch).into())?;
    let people = &world.model.people;
    let referrer = people.by_code(&code).expect("somebody's");
    let own = people.own(&naming);
    let same = |bond: &&Bond| bond.staff.as_ref() == Some(&reason) && bond.key == code;
    let known = own.is_some_and(|own| people.0[own].bonds.iter().any(|bond| same(&bond)));
    let named = &people.0[referrer].named;
    let wanted = if naming.is_nobody() {
        Err("invalid_body")
    } else if people.judged(&naming).iter().any(|one| one.is(named)) {
        Err("self_referral")
    } else {
        Ok(if known { 200 } else { 201 })
    };
    let found = match &answer.outcome {
        Outcome::Done(status, _) => Ok(*status),
        Outcome::Refused(code) => Err(*code),
        Outcome::Broken(what) => return Err(what.clone().into()),
    };
    must_equal(AGREES, "a referral by staff", &found, &wanted)?;
    if found != Ok(201) {
        return Ok(());
    }
    let (_, body) = answer.done()?;
    let at = at.unwrap_or(answer.now).clamp(0, answer.now);
    let version = world.model.version_at(at);
    let id = body["invitee"].as_str().unwrap_or_default();
    let record = world.model.people.introduce(&naming, id);
    let people = &world.model.people;
    let (_, terms) = world.model.newest();
    let late = match people.referrer_of(&naming) {
        Some(_) => true,
        None => people.orders_of(&naming) >= terms.first_orders,
    };
    let none = body["effect"]
        .as_str()
        .unwrap_or_default()
        .starts_with("none");
    must_equal(AGREES, "effect of a referral by staff", &none, &late)?;
    world.model.people.0[record].bonds.push(Bond {
        staff: Some(reason),
        at,
        key: code,
        referrer,
        version,
    });
    Ok(())
}
