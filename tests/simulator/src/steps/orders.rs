//! The shop reports orders.

use goodword_edge::native::Outcome;
use serde_json::{Value, json};

use super::claims::some_click;
use super::people::some_code;
use super::reviews::verdict;
use crate::books::check_order;
use crate::call::{Act, Call};
use crate::model::terms::{CURRENCIES, Line, MAIN};
use crate::model::{Accepted, Order, Verdict};
use crate::repeat::Said;
use crate::rng::Rng;
use crate::violation::{Check, must_equal};
use crate::world::World;

const AGREES: &str = "the ledger decides on an order as the model does";

const PLACED: &str = "what came with an order when it was placed is kept once";

/// What an order is told to have come with, when it is placed or when it is paid.
const CAME_WITH_IT: [&str; 4] = ["token", "discount_codes", "referral_code", "checkout_at"];

/// A new order, with whatever evidence came along.
pub(super) fn order(world: &mut World) -> Check {
    world.orders += 1;
    let mut order = random_order(world, format!("o{}", world.orders));
    let mut told = report(&order);
    if world.rng.chance(20) {
        place(world, &mut order, &mut told)?;
    }
    let mut call = Call::from(Act::Report(told));
    if world.rng.chance(25) {
        call = call.keyed(world.fresh_key());
    }
    let answer = world.call(&call)?;
    let (_, body) = answer.done()?;
    world.figures.orders += 1;
    world.said.push(Said {
        call,
        outcome: answer.outcome.clone(),
        at: answer.now,
    });
    let order = Order {
        at: order.at.clamp(0, answer.now),
        checkout_at: order
            .checkout_at
            .map(|began| began.clamp(0, order.at.clamp(0, answer.now))),
        verdict: verdict(world, &order.id)?,
        ..order
    };
    let id = order.id.clone();
    let invitee = body["invitee"].as_str().unwrap_or_default();
    let accepted = world
        .model
        .order_accepted(order, answer.now, invitee)
        .clone();
    let earned = world
        .model
        .rewards
        .iter()
        .filter(|reward| reward.order == id);
    world.figures.rewards += earned.count() as u64;
    check_answer(world, &accepted, &body)?;
    check_order(&world.ledger, &world.model, &id)
}

/// It was placed before it was paid for: what came with it was told then, and is not told again.
fn place(world: &mut World, order: &mut Order, paid: &mut Value) -> Check {
    let mut placed = json!({ "kind": "order_placed", "order_id": order.id });
    for field in CAME_WITH_IT {
        placed[field] = paid[field].take();
        paid.as_object_mut().map(|paid| paid.remove(field));
    }
    let answer = world.call(&Act::Report(placed.clone()).into())?;
    order.checkout_at = order.checkout_at.map(|began| began.clamp(0, answer.now));
    must_equal(
        PLACED,
        "placed",
        &answer.done()?.1["outcome"],
        &json!("created"),
    )?;
    if world.rng.chance(30) {
        placed["referral_code"] = json!("ANOTHER");
        let other = world.call(&Act::Report(placed).into())?;
        let refused = Outcome::Refused("exists_with_different_fact");
        must_equal(PLACED, "other contents", &other.outcome, &refused)?;
    }
    Ok(())
}

/// A known id with other amounts is refused, and changes nothing.
pub(super) fn other_contents(world: &mut World) -> Check {
    let ids: Vec<&String> = world
        .model
        .orders
        .keys()
        .filter(|id| !id.starts_with("event:"))
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let id = (*world.rng.pick(&ids)).clone();
    let known = world.model.orders[&id].order.clone();
    let (other, reason) = if world.rng.chance(20) {
        let others: Vec<_> = CURRENCIES
            .into_iter()
            .filter(|other| *other != known.currency)
            .collect();
        (
            Order {
                currency: world.rng.pick::<&str>(&others),
                ..known
            },
            "exists_with_different_currency",
        )
    } else if world.rng.chance(50) {
        (
            Order {
                total: known.total + 1,
                ..known
            },
            "exists_with_different_amount",
        )
    } else {
        let mut other = known;
        other.buyer.customer = Some("somebody-else".into());
        (other, "exists_with_different_customer")
    };
    let answer = world.call(&Act::Report(report(&other)).into())?;
    must_equal(
        "a known order is never changed",
        &id,
        &answer.outcome,
        &Outcome::Refused(reason),
    )
}

/// Means of payment. Few have one of their own.
const CARDS: [&str; 6] = ["card1", "card2", "card3", "card4", "card5", "card6"];

/// What the shop sells. An order's lines need not add up to it: shops round.
const LINES: [Line; 3] = [
    Line {
        product: "mug",
        collection: "home",
        quantity: 2,
        subtotal: 1_999,
    },
    Line {
        product: "tea",
        collection: "food",
        quantity: 1,
        subtotal: 750,
    },
    Line {
        product: "jam",
        collection: "food",
        quantity: 3,
        subtotal: 1_333,
    },
];

/// The main currency more often than not.
pub(super) fn some_currency(rng: &Rng) -> &'static str {
    if rng.chance(60) {
        MAIN
    } else {
        rng.pick::<&str>(&CURRENCIES)
    }
}

fn random_order(world: &World, id: String) -> Order {
    let rng = &world.rng;
    let subtotal = *rng.pick(&[0, 1, 999, 1_000, 2_499, 4_200, 9_973, 100_000]);
    let discount = *rng.pick(&[0, 0, 150, 1_000]);
    let codes = match rng.below(10) {
        0..4 if !world.model.claims.is_empty() => {
            let codes = (0..rng.between(1, 3)).map(|_| rng.pick(&world.model.claims));
            let given = codes.filter(|claim| !claim.discount_code.is_empty());
            given.map(|claim| claim.discount_code.clone()).collect()
        }
        4 => vec!["GWZZZZZZZZZZ".to_owned()],
        5 => vec!["SUMMER10".to_owned()],
        _ => Vec::new(),
    };
    let at = world.clock
        - if rng.chance(15) {
            rng.between(0, 20) * 86_400_000
        } else {
            rng.between(-60_000, 600_000)
        };
    Order {
        id,
        at,
        checkout_at: rng
            .chance(20)
            .then(|| at - rng.between(-60_000, 20_000_000)),
        buyer: rng.pick(&world.persons).naming(rng),
        currency: some_currency(rng),
        subtotal,
        discount,
        total: if rng.chance(10) {
            0
        } else {
            subtotal * 119 / 100
        },
        click: some_click(world).filter(|_| rng.chance(60)),
        codes,
        events: None,
        lines: LINES.iter().filter(|_| rng.chance(40)).copied().collect(),
        typed: match rng.below(10) {
            0..3 => some_code(world).map(|code| code.to_lowercase()),
            3 => Some("NOBODYS".to_owned()),
            _ => None,
        },
        subscription: rng.chance(40).then(|| format!("sub{}", rng.below(6))),
        card: rng.chance(40).then(|| *rng.pick(&CARDS)),
        verdict: Verdict::Allow,
    }
}

/// As the shop writes it.
fn report(order: &Order) -> Value {
    let lines = order.lines.iter().map(|line| {
        json!({
            "product": line.product, "collections": [line.collection], "quantity": line.quantity,
            "subtotal": line.subtotal,
        })
    });
    let mut report = json!({
        "lines": lines.collect::<Vec<_>>(),
        "kind": "order", "order_id": order.id, "at": order.at, "checkout_at": order.checkout_at, "currency": order.currency,
        "subtotal": order.subtotal, "discount": order.discount, "total": order.total,
        "discount_codes": order.codes, "referral_code": order.typed, "subscription": order.subscription,
        "token": order.click.as_ref().map(|click| &click.token),
    });
    if let Some(card) = order.card {
        report["risk"] = json!({ "payment_fingerprint": card });
    }
    if !order.buyer.is_nobody() {
        report["customer"] =
            json!({"id": order.buyer.customer, "email": order.buyer.email, "name": "Ann"});
    }
    report
}

fn check_answer(world: &World, accepted: &Accepted, body: &Value) -> Check {
    let id = &accepted.order.id;
    let decision = &accepted.decision;
    let referrer = decision
        .referrer
        .map(|index| world.model.people.0[index].id.as_str());
    let wanted = json!([decision.reason, referrer, decision.no_reward]);
    let found = json!([body["reason"], body["referrer"], body["no_reward"]]);
    must_equal(
        AGREES,
        &format!("{id} (reason, referrer, no reward)"),
        &found,
        &wanted,
    )?;
    let buyer = world
        .model
        .people
        .own(&accepted.order.buyer)
        .map(|index| json!(world.model.people.0[index].id));
    let named = !accepted.order.buyer.is_nobody();
    must_equal(
        AGREES,
        &format!("buyer of {id}"),
        &named.then(|| body["invitee"].clone()),
        &buyer,
    )
}
