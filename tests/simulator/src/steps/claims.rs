//! Invitees follow links and take the offer, in several tabs.

use goodword_edge::native::Outcome;
use serde_json::Value;

use super::people::{some_code, some_customer};
use crate::call::{Act, Call};
use crate::model::{Claim, Click, DAY_MS};
use crate::outside;
use crate::violation::{Check, must_equal};
use crate::world::World;

const AGREES: &str = "the ledger accepts and refuses what the model does";
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
    let visitor = some_customer(world).filter(|_| world.rng.chance(30));
    let source = world
        .rng
        .chance(80)
        .then(|| (*world.rng.pick(&NETWORKS)).to_owned());
    let mut call = Call::from(Act::Claim {
        token: click.as_ref().map(|click| click.token.clone()),
        code: click.is_none().then(|| code.clone()),
        visitor: visitor.clone(),
    });
    call.source.clone_from(&source);
    // A typed code has no business key of its own.
    if click.is_none() || world.rng.chance(30) {
        call = call.keyed(world.fresh_key());
    }
    let answer = world.call(&call)?;
    let wanted = world.model.may_claim(
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
        let known = world.model.claims.iter().find(|claim| {
            claim.click.is_some() && claim.click == click.as_ref().map(|c| c.id.clone())
        });
        return must_equal(
            AGREES,
            "discount",
            &Some(discount_code),
            &known.map(|claim| claim.discount_code.clone()),
        );
    }
    let (version, terms) = world.model.newest();
    let expires_at = answer.now + terms.valid_days * DAY_MS;
    must_equal(
        AGREES,
        "end of the discount",
        &body["expires_at"],
        &Value::from(expires_at),
    )?;
    let referrer = world.model.people.by_code(&code).expect("accepted");
    world.model.claims.push(Claim {
        touched_at: click.as_ref().map_or(answer.now, |click| click.at),
        click: click.map(|click| click.id),
        discount_code,
        referrer,
        version,
        expires_at,
        source,
        used_by: None,
    });
    Ok(())
}
