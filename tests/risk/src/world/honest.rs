//! Honest referrals. Each kind but the first has something that abuse has too.

use super::event::{DAY, HOUR, MINUTE};
use super::label::{Honest, Label};
use super::mail;
use super::people::{self, Person, phone_ip};
use super::stage::{Sale, Stage, Way};
use super::ways;

/// One referrer with a few friends, anywhere.
pub(super) fn ordinary(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 4) {
        let mut friend = Person::new(&mut stage.rng);
        habits(stage, &mut friend, at);
        let clicked = at + stage.rng.delay(6 * HOUR);
        let way = ways::friend(&mut stage.rng);
        if stage.rng.chance(15) {
            // Two friends had sent their codes.
            let other = Person::with_account(&mut stage.rng);
            let others = stage.referrer(&other, at);
            stage.claim(&others, &friend, clicked - HOUR, None, None, false);
        }
        let order = sell(stage, Honest::Ordinary, &code, &friend, clicked, way);
        returns(stage, order, clicked, 80);
    }
}

/// What some of all people do: give a throw-away address, pay with the card or buy on the tablet of somebody who has bought.
fn habits(stage: &mut Stage, person: &mut Person, at: i64) {
    if stage.rng.chance(10) {
        person.email = mail::disposable(&mut stage.rng);
    }
    if stage.rng.chance(25) {
        let partner = person.housemate(&mut stage.rng);
        if stage.rng.chance(500) {
            person.card.clone_from(&partner.card);
        } else {
            person.browser = partner.browser;
        }
        let before = at - stage.rng.between(2, 90) * DAY;
        stage.plain_order(&partner, before);
        if stage.rng.chance(500) {
            stage.visit(&partner, before);
        }
    }
}

fn returns(stage: &mut Stage, order: u64, after: i64, permille: i64) {
    if stage.rng.chance(permille) {
        let at = after + stage.rng.between(15, 25) * DAY;
        stage.undo(order, at);
    }
}

fn sell(stage: &mut Stage, kind: Honest, code: &str, buyer: &Person, at: i64, way: Way) -> u64 {
    stage.sell(Sale {
        code,
        buyer,
        at,
        way,
        label: Label::Honest(kind),
    })
}

/// One household: one address and network, in few cases one card or one tablet.
pub(super) fn family(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 2) {
        let mut member = referrer.housemate(&mut stage.rng);
        // Whoever shares the card has mostly no account either: one of the household is the shop's customer already.
        if stage.rng.chance(15) {
            member.card.clone_from(&referrer.card);
        }
        if stage.rng.chance(20) {
            member.browser = referrer.browser;
        }
        let clicked = at + stage.rng.delay(10 * MINUTE);
        stage.visit(&referrer, clicked - 3 * MINUTE);
        let way = ways::friend(&mut stage.rng);
        let order = sell(stage, Honest::Family, &code, &member, clicked, way);
        returns(stage, order, clicked, 80);
    }
}

/// One flat, strangers' purses.
pub(super) fn flatmates(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 4) {
        let mut mate = referrer.housemate(&mut stage.rng);
        if stage.rng.chance(8) {
            mate.browser = referrer.browser;
        }
        let clicked = at + stage.rng.delay(2 * HOUR);
        stage.visit(&referrer, clicked - 5 * MINUTE);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Flatmates, &code, &mate, clicked, way);
    }
    // Now and then a friend from elsewhere invites one of them too.
    if stage.rng.chance(50) {
        let friend = Person::with_account(&mut stage.rng);
        let code = stage.referrer(&friend, at);
        let mate = referrer.housemate(&mut stage.rng);
        let clicked = at + stage.rng.delay(3 * DAY);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Flatmates, &code, &mate, clicked, way);
    }
}

/// Colleagues: one network, and for some the office as the address.
pub(super) fn office(stage: &mut Stage, at: i64) {
    let mut referrer = Person::with_account(&mut stage.rng);
    let office = people::home(&mut stage.rng);
    referrer.ip = people::home_ip(&mut stage.rng);
    referrer.at_home = 900;
    if stage.rng.chance(400) {
        referrer.home.clone_from(&office);
    }
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(4, 10) {
        let mut colleague = Person::new(&mut stage.rng);
        colleague.ip = referrer.ip;
        colleague.at_home = 900;
        if stage.rng.chance(350) {
            colleague.home.clone_from(&office);
        }
        if stage.rng.chance(8) {
            colleague.browser = referrer.browser;
        }
        let clicked = at + stage.rng.delay(40 * MINUTE);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Office, &code, &colleague, clicked, way);
    }
    stage.visit(&referrer, at + 2 * HOUR);
}

/// People who hide their address, and often their network.
pub(super) fn relay(stage: &mut Stage, at: i64) {
    let vpn = people::home_ip(&mut stage.rng);
    let mut referrer = Person::with_account(&mut stage.rng);
    if stage.rng.chance(500) {
        referrer.email = mail::relay(&mut stage.rng);
        referrer.ip = vpn;
    }
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 3) {
        let mut friend = Person::new(&mut stage.rng);
        friend.email = mail::relay(&mut stage.rng);
        if stage.rng.chance(400) {
            friend.browser = None;
        }
        if stage.rng.chance(300) {
            friend.ip = vpn;
        }
        let clicked = at + stage.rng.delay(5 * HOUR);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Relay, &code, &friend, clicked, way);
    }
}

/// Friends who send presents to one address: the referrer's, or that of somebody whom all know.
pub(super) fn gifts(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let home = if stage.rng.chance(500) {
        referrer.home.clone()
    } else {
        people::home(&mut stage.rng)
    };
    let mut last_card = None;
    for _ in 0..stage.rng.between(3, 7) {
        let mut friend = Person::new(&mut stage.rng);
        friend.home.clone_from(&home);
        if stage.rng.chance(30) && last_card.is_some() {
            // One pays for another.
            friend.card.clone_from(&last_card);
        }
        last_card.clone_from(&friend.card);
        let clicked = at + stage.rng.delay(12 * HOUR);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Gifts, &code, &friend, clicked, way);
    }
}

/// Somebody with an audience: a hundred conversions in two days, and some of everything that people do.
pub(super) fn influencer(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let days = stage.rng.between(1, 5);
    let mut before: Option<Person> = None;
    for _ in 0..stage.rng.between(30, 110) {
        let mut fan = match &before {
            Some(other) if stage.rng.chance(30) => other.housemate(&mut stage.rng),
            _ => Person::new(&mut stage.rng),
        };
        habits(stage, &mut fan, at);
        let clicked = at + stage.rng.between(0, days * DAY);
        let way = ways::follower(&mut stage.rng);
        let order = sell(stage, Honest::Influencer, &code, &fan, clicked, way);
        returns(stage, order, clicked, 120);
        before = Some(fan);
    }
}

/// Customers who have bought once or twice, and come again through a friend: the program is for the first three orders.
pub(super) fn returning(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for _ in 0..stage.rng.between(1, 2) {
        let friend = Person::with_account(&mut stage.rng);
        for _ in 0..stage.rng.between(1, 2) {
            let before = at - stage.rng.between(5, 100) * DAY;
            stage.visit(&friend, before - MINUTE);
            stage.plain_order(&friend, before);
        }
        let clicked = at + stage.rng.delay(6 * HOUR);
        let way = ways::friend(&mut stage.rng);
        sell(stage, Honest::Returning, &code, &friend, clicked, way);
    }
}

/// Friends who remember the link when they are about to pay.
pub(super) fn late_friend(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    for number in 0..stage.rng.between(1, 3) {
        let friend = Person::new(&mut stage.rng);
        let clicked = at + stage.rng.delay(8 * HOUR);
        // Of several friends of one referrer, not all forget it.
        let way = if number == 0 {
            Way::Link(ways::late(&mut stage.rng))
        } else {
            ways::friend(&mut stage.rng)
        };
        sell(stage, Honest::LateFriend, &code, &friend, clicked, way);
    }
}

/// A room full of people with phones, in one hour.
pub(super) fn party(stage: &mut Stage, at: i64) {
    let referrer = Person::with_account(&mut stage.rng);
    let code = stage.referrer(&referrer, at);
    let place = people::home_ip(&mut stage.rng);
    let mut lent = None;
    for _ in 0..stage.rng.between(4, 9) {
        let mut guest = Person::new(&mut stage.rng);
        guest.ip = if stage.rng.chance(700) {
            place
        } else {
            phone_ip(&mut stage.rng)
        };
        guest.at_home = 950;
        if stage.rng.chance(20) && lent.is_some() {
            guest.browser = lent;
        }
        lent = guest.browser;
        let clicked = at + stage.rng.between(1, 60) * MINUTE;
        let way = if stage.rng.chance(400) {
            Way::Typed {
                referer: None,
                claims: true,
            }
        } else {
            let mut link = ways::link(&mut stage.rng);
            link.dwell = stage.rng.between(2, 25) * MINUTE;
            Way::Link(link)
        };
        sell(stage, Honest::Party, &code, &guest, clicked, way);
    }
    stage.visit(&referrer, at + HOUR);
}

/// Customers with whom no referral has anything to do, so that not everybody in the shop is part of a story.
pub(super) fn passers_by(stage: &mut Stage, at: i64) {
    for _ in 0..60 {
        let somebody = Person::new(&mut stage.rng);
        let bought = at - stage.rng.between(0, 200) * DAY;
        stage.plain_order(&somebody, bought);
    }
}
