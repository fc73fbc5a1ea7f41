//! The merchant changes terms and keys, reads, and now and then somebody sends nonsense.

use goodword_edge::native::{Cell, Outcome};
use serde_json::{Value, json};

use super::orders::some_currency;
use crate::call::{Act, Call};
use crate::model::terms::Terms;
use crate::repeat::check_reads_alone;
use crate::shop::{KINDS, Key};
use crate::violation::{Check, must_equal};
use crate::world::World;

const VERSIONS: &str = "a change of settings is a new version, and the same again is none";
const KEYS: &str = "two keys of a kind live at once, and never none";
const LISTED: &str = "every person and referral is listed once";
const REFUSED: &str = "nonsense is refused, and why";

/// Other terms, or the same ones again.
pub(super) fn settings(world: &mut World) -> Check {
    let (number, current) = world.model.newest();
    let next = if world.rng.chance(80) {
        Terms::random(&world.rng, world.things)
    } else {
        current.clone()
    };
    let wanted = if next == *current { number } else { number + 1 };
    let answer = world.call(&Act::Settings(next.to_json()).into())?;
    let (_, body) = answer.done()?;
    must_equal(VERSIONS, "version", &body["version"], &Value::from(wanted))?;
    if wanted > number {
        world.model.versions.push((answer.now, next));
    }
    Ok(())
}

/// A kind with one key gets another; of two, one is revoked.
pub(super) fn rotate_key(world: &mut World) -> Check {
    let kind = (*world.rng.pick(&KINDS)).to_owned();
    let listed = world
        .call(&Act::Read(json!("ListKeys"), true).into())?
        .done()?
        .1;
    let listed: Vec<&Value> = listed["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|key| key["kind"] == kind)
        .collect();
    let first = listed
        .iter()
        .find(|key| key["generation"] == 1)
        .and_then(|key| key["id"].as_str());
    for key in world
        .shop
        .keys
        .iter_mut()
        .filter(|key| key.kind == kind && key.id.is_none())
    {
        key.id = first.map(str::to_owned);
    }
    let live = listed
        .iter()
        .filter(|key| key["revoked_at"].is_null())
        .count();
    must_equal(KEYS, &kind, &live, &world.shop.of_kind(&kind).count())?;
    let newest = listed
        .iter()
        .filter_map(|key| key["generation"].as_u64())
        .max()
        .unwrap_or_default();
    if live == 1 {
        let call = Call::from(Act::CreateKey(kind.clone())).keyed(world.fresh_key());
        let created = world.call(&call)?.done()?.1;
        let text = |field: &str| created[field].as_str().map(str::to_owned);
        world.shop.keys.push(Key {
            id: text("id"),
            printed: text("key").unwrap_or_default(),
            kind: kind.clone(),
        });
        if kind == "tokens" {
            world
                .model
                .token_keys
                .push(u8::try_from(newest + 1).unwrap_or_default());
        }
        return Ok(());
    }
    // The bearer does not revoke itself: it could not ask again.
    let oldest = kind == "api" || world.rng.chance(70);
    let chosen = if oldest {
        world.shop.of_kind(&kind).next()
    } else {
        world.shop.of_kind(&kind).next_back()
    };
    let id = chosen.and_then(|key| key.id.clone()).expect("listed");
    let generation = listed
        .iter()
        .find(|key| key["id"] == id)
        .and_then(|key| key["generation"].as_u64());
    world.call(&Act::RevokeKey(id.clone()).into())?.done()?;
    world.shop.keys.retain(|key| key.id.as_ref() != Some(&id));
    if kind == "tokens" {
        world
            .model
            .token_keys
            .retain(|live| Some(u64::from(*live)) != generation);
    }
    Ok(())
}

/// What is read page by page leaves nobody out, and names nobody twice.
fn lists(world: &mut World) -> Check {
    for (command, name, table) in [
        ("ListReferrers", "referrers", "people"),
        ("ListReferrals", "referrals", "referrals"),
    ] {
        let (mut listed, mut after) = (Vec::new(), String::new());
        loop {
            let asked = Act::Read(json!({ (command): { "after": after } }), true);
            let (_, page) = world.call(&asked.into())?.done()?;
            let items = page[name].as_array().into_iter().flatten();
            listed.extend(items.filter_map(|item| item["id"].as_str().map(str::to_owned)));
            let Some(next) = page["next"].as_str() else {
                break;
            };
            next.clone_into(&mut after);
        }
        let stored = world
            .ledger
            .query(&format!("SELECT id FROM {table} ORDER BY id"))?;
        let people = &world.model.people.0;
        let is_there = |id: &String| {
            let mut of = people.iter().filter(|record| record.id == *id);
            of.all(|record| !record.named.is_nobody())
        };
        let stored: Vec<String> = stored
            .into_iter()
            .flatten()
            .filter_map(|cell| match cell {
                Cell::Text(id) => Some(id),
                _ => None,
            })
            .filter(is_there)
            .collect();
        must_equal(LISTED, name, &listed, &stored)?;
    }
    Ok(())
}

/// Questions change nothing.
pub(super) fn read(world: &mut World) -> Check {
    let code = world
        .model
        .claims
        .last()
        .map_or("GWZZZZZZZZZZ", |claim| &claim.discount_code)
        .to_owned();
    let token = world
        .clicks
        .last()
        .map_or("nonsense", |click| &click.token)
        .to_owned();
    let (command, merchant) = match world.rng.below(8) {
        7 => return lists(world),
        6 => (json!({"ExplainOrder": {"id": "o1"}}), true),
        0 => (json!("ReadSettings"), true),
        1 => (json!({"ReadLog": {"after": 0}}), true),
        2 => (json!({"ReadInvitation": {"token": token}}), false),
        3 => (json!({"Resolve": {"code": "NOBODYS"}}), false),
        4 => (json!({"ReadOrder": {"id": "o1"}}), true),
        _ => (
            json!({"CheckDiscount": {"discount_code": code, "currency": some_currency(&world.rng), "subtotal": 5_000, "customer": null}}),
            true,
        ),
    };
    let call = Act::Read(command, merchant).into();
    let answer = world.call(&call)?;
    check_reads_alone(world, &call, answer.now)
}

/// Forgeries and mistakes.
pub(super) fn nonsense(world: &mut World) -> Check {
    let cancellation = json!({"kind": "cancellation", "order_id": "o1"});
    let refund = |amount: i64, currency: &str| json!({"kind": "refund", "order_id": "o1", "refund_id": "r0", "amount": amount, "currency": currency});
    let claim = |token: &str| Act::Claim {
        token: Some(token.to_owned()),
        code: None,
        visitor: None,
        claim_id: None,
    };
    let forged = world
        .clicks
        .last()
        .map(|click| format!("{}A", &click.token[..click.token.len() - 1]));
    let (act, code) = match world.rng.below(7) {
        0 => (Act::Forged(cancellation), "signature_invalid"),
        1 => (Act::Report(refund(1, "ZZZ")), "wrong_currency"),
        2 => (Act::Report(refund(-1, "EUR")), "invalid_amount"),
        3 => (Act::Report(json!({"kind": "gift"})), "invalid_body"),
        4 => (
            claim(
                &forged
                    .filter(|token| !world.clicks.iter().any(|c| c.token == *token))
                    .unwrap_or_default(),
            ),
            "click_token_invalid",
        ),
        5 => (Act::Read(json!("ReadSettings"), false), "unauthorized"),
        _ => (Act::CreateKey("hash".into()), "invalid_body"),
    };
    let answer = world.call(&act.into())?;
    must_equal(REFUSED, "code", &answer.outcome, &Outcome::Refused(code))
}
