//! Abuse by people who refer themselves, or come again as somebody else.

use super::event::{DAY, HOUR, MINUTE, Order, What};
use super::label::{Abuse, Label};
use super::mail;
use super::people::{self, Person};
use super::stage::{Sale, Stage, Way};
use super::ways;

fn sell(stage: &mut Stage, kind: Abuse, code: &str, buyer: &Person, at: i64, way: Way) -> u64 {
    stage.sell(Sale {
        code,
        buyer,
        at,
        way,
        label: Label::Abuse(kind),
    })
}

/// How somebody comes who sends a link to themselves: soon, by link or by code. They want the discount too, so that most
/// claim it: a code that is only typed at the checkout gives none.
fn alone(stage: &mut Stage) -> Way {
    if stage.rng.chance(300) {
        return Way::Typed {
            referer: None,
            claims: stage.rng.chance(850),
        };
    }
    let mut link = ways::link(&mut stage.rng);
    if stage.rng.chance(700) {
        link.referer = None;
        link.query.retain(|name| name == "c");
        link.dwell = stage.rng.between(2, 40) * MINUTE;
    }
    Way::Link(link)
}

/// The second self of a referrer: another account or none, and as much else changed as they thought of.
fn second_self(stage: &mut Stage, referrer: &Person) -> Person {
    let rng = &mut stage.rng;
    let mut second = Person::new(rng);
    second.ip = referrer.ip;
    second.at_home = 850;
    if rng.chance(650) {
        second.home = people::retyped(rng, &referrer.home);
    }
    // Private windows and second browsers.
    if rng.chance(550) {
        second.browser = referrer.browser;
    }
    if rng.chance(100) {
        second.email = mail::disposable(rng);
    }
    second
}

/// The same mailbox by another spelling.
pub(super) fn alias(stage: &mut Stage, at: i64) {
    let mut referrer = Person::with_account(&mut stage.rng);
    let mut spelling = mail::alias(&mut stage.rng, &referrer.email);
    while spelling.is_none() {
        referrer.email = people::email(&mut stage.rng);
        spelling = mail::alias(&mut stage.rng, &referrer.email);
    }
    let code = known_referrer(stage, &referrer, at);
    for _ in 0..stage.rng.between(1, 3) {
        let mut second = second_self(stage, &referrer);
        if let Some(spelling) = mail::alias(&mut stage.rng, &referrer.email) {
            second.email = spelling;
        }
        let clicked = at + stage.rng.delay(20 * MINUTE);
        let way = alone(stage);
        let order = sell(stage, Abuse::SelfAlias, &code, &second, clicked, way);
        if !tells(stage, order, |order| order.email.is_some()) {
            stage.labels.insert(order, Label::MailNotTold);
        }
    }
}

/// Whether an order says something.
fn tells(stage: &Stage, id: u64, what: impl Fn(&Order) -> bool) -> bool {
    let mut newest = stage.events.iter().rev();
    newest.any(|event| matches!(&event.what, What::Ordered(order) if order.id == id && what(order)))
}

/// A referrer whose address and card are known, because they have bought.
fn known_referrer(stage: &mut Stage, referrer: &Person, at: i64) -> String {
    for _ in 0..stage.rng.between(1, 3) {
        let before = at - stage.rng.between(1, 60) * DAY;
        stage.plain_order(referrer, before);
    }
    stage.plain_order(referrer, at - 10 * MINUTE);
    stage.enrol(referrer, at)
}

/// Another address, and the account of the referrer.
pub(super) fn customer(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let mut second = second_self(stage, &referrer);
    second.customer.clone_from(&referrer.customer);
    let clicked = at + stage.rng.delay(20 * MINUTE);
    let way = alone(stage);
    sell(stage, Abuse::SelfCustomer, &code, &second, clicked, way);
}

/// Another address, and the card of the referrer. Where the shop does not report cards, this is no class of its own.
pub(super) fn payment(stage: &mut Stage, at: i64) {
    if !stage.shop.cards {
        return;
    }
    let mut referrer = Person::with_account(&mut stage.rng);
    referrer.card = Some(people::new_card(&mut stage.rng));
    let code = known_referrer(stage, &referrer, at);
    for _ in 0..stage.rng.between(1, 2) {
        let mut second = second_self(stage, &referrer);
        second.card.clone_from(&referrer.card);
        let clicked = at + stage.rng.delay(30 * MINUTE);
        let way = alone(stage);
        let order = sell(stage, Abuse::SelfPayment, &code, &second, clicked, way);
        if !tells(stage, order, |order| order.card.is_some()) {
            stage.labels.insert(order, Label::CardNotTold);
        }
    }
}

/// Another address and mostly another card, on the same device: one in seven thinks of a private window, and one in eight opens
/// the link in another tab, of which the page cannot tell that it is the same device.
pub(super) fn device(stage: &mut Stage, at: i64) {
    let mut referrer = Person::with_account(&mut stage.rng);
    referrer.browser = Some(stage.rng.draw());
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 2) {
        let mut second = second_self(stage, &referrer);
        let other_tab = stage.rng.chance(125);
        second.browser = if !other_tab && stage.rng.chance(860) {
            referrer.browser
        } else {
            people::browser(&mut stage.rng)
        };
        if stage.rng.chance(200) {
            second.card.clone_from(&referrer.card);
        }
        let shares_card = stage.shop.cards && second.card.is_some() && second.card == referrer.card;
        let label = if other_tab && !shares_card {
            Label::OtherTab
        } else {
            Label::Abuse(Abuse::SelfDevice)
        };
        let clicked = at + stage.rng.delay(15 * MINUTE);
        stage.visit(&referrer, clicked - 2 * MINUTE);
        let way = alone(stage);
        stage.sell(Sale {
            code: &code,
            buyer: &second,
            at: clicked,
            way,
            label,
        });
    }
}

/// Invented friends with throw-away addresses.
pub(super) fn disposable(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 4) {
        let mut second = second_self(stage, &referrer);
        second.email = mail::disposable(&mut stage.rng);
        second.customer = None;
        if stage.rng.chance(600) {
            second.browser = people::browser(&mut stage.rng);
        }
        let clicked = at + stage.rng.delay(HOUR);
        let way = alone(stage);
        sell(stage, Abuse::Disposable, &code, &second, clicked, way);
    }
}

/// Old customers who come as new ones, by the link of somebody whom they know.
pub(super) fn duplicate(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let mut old = Person::with_account(&mut stage.rng);
    old.browser = Some(stage.rng.draw());
    let mut seen = Vec::new();
    for _ in 0..stage.rng.between(3, 6) {
        let before = at - stage.rng.between(5, 120) * DAY;
        stage.visit(&old, before - MINUTE);
        seen.push(before - MINUTE);
        stage.plain_order(&old, before);
    }
    let mut new = second_self(stage, &old);
    new.customer = None;
    if stage.rng.chance(650) {
        new.card.clone_from(&old.card);
    }
    new.browser = if stage.rng.chance(750) {
        old.browser
    } else {
        people::browser(&mut stage.rng)
    };
    let mut shares = stage.shop.cards && new.card.is_some() && new.card == old.card;
    if stage.rng.chance(250)
        && let Some(spelling) = mail::alias(&mut stage.rng, &old.email)
    {
        new.email = spelling;
        shares = true;
    }
    let clicked = at + stage.rng.delay(5 * HOUR);
    shares |= seen
        .iter()
        .any(|seen| is_same_tab(&old, *seen, &new, clicked));
    let label = if shares {
        Label::Abuse(Abuse::Duplicate)
    } else {
        Label::NewCoat
    };
    let way = ways::friend(&mut stage.rng);
    stage.sell(Sale {
        code: &code,
        buyer: &new,
        at: clicked,
        way,
        label,
    });
}

/// Whether two visits were from one tab, within the four weeks for which anybody is told where visitors were.
fn is_same_tab(one: &Person, then: i64, other: &Person, now: i64) -> bool {
    let tab = |person: &Person, at| person.browser.map(|browser| people::tab(browser, at));
    tab(one, then).is_some() && tab(one, then) == tab(other, now) && now - then < 28 * DAY
}

/// Somebody whom the merchant has put on a list, in a new coat.
pub(super) fn known_fraud(stage: &mut Stage, at: i64) {
    let mut known = Person::with_account(&mut stage.rng);
    known.card = Some(people::new_card(&mut stage.rng));
    stage.write(
        at - stage.rng.clone().between(1, 90) * DAY,
        What::Listed {
            email: Some(known.email.clone()),
            card: known.card.clone().filter(|_| stage.shop.cards),
        },
    );
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let mut back = known.clone();
    back.customer = None;
    match stage.rng.between(0, 9) {
        // Each changes something.
        0 | 1 => back.card = people::card(&mut stage.rng),
        2 | 3 => {
            if let Some(spelling) = mail::alias(&mut stage.rng, &known.email) {
                back.email = spelling;
            }
        }
        4 => back.email = mail::fresh(&mut stage.rng),
        _ => {}
    }
    let clicked = at + stage.rng.delay(5 * HOUR);
    let way = ways::friend(&mut stage.rng);
    sell(stage, Abuse::KnownFraud, &code, &back, clicked, way);
}
