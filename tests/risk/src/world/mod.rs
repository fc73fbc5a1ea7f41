//! Seeded shops with honest and abusive referrals, as events.
//!
//! Nothing here imports a rule or anything else of the product, so that it cannot be built to fit: the stories are told
//! from what people do, and whatever the product makes of them is its own affair. What is assumed of people (how many
//! couples share a card, how many friends click late) stands as a number where it is used.

pub mod event;
mod honest;
pub mod label;
mod mail;
mod people;
mod selfish;
mod stage;
mod trade;
mod ways;

use std::collections::BTreeMap;

use self::event::{DAY, Event, HOUR};
use self::label::Label;
use self::stage::Stage;
use crate::rng::Rng;

/// Before everything that happens, in milliseconds.
pub const BEGINNING: i64 = FIRST_DAY - 400 * DAY;
/// The day on which the stories begin, in milliseconds.
const FIRST_DAY: i64 = 1_760_000_000_000;

/// What happened in one shop within half a year.
#[derive(Debug)]
pub struct World {
    /// In order of time.
    pub events: Vec<Event>,
    /// What each referred order was meant to be.
    pub labels: BTreeMap<u64, Label>,
}

/// A story, and how often it is told.
type Story = (fn(&mut Stage, i64), u32);

const STORIES: [Story; 26] = [
    (honest::passers_by, 1),
    (honest::ordinary, 12),
    (honest::family, 8),
    (honest::flatmates, 5),
    (honest::office, 2),
    (honest::relay, 5),
    (honest::gifts, 2),
    (honest::influencer, 1),
    (honest::returning, 6),
    (honest::late_friend, 5),
    (honest::party, 2),
    (selfish::alias, 3),
    (selfish::customer, 4),
    (selfish::payment, 4),
    (selfish::device, 4),
    (selfish::disposable, 2),
    (selfish::duplicate, 4),
    (selfish::known_fraud, 3),
    (trade::forced_clicks, 1),
    (trade::click_injection, 1),
    (trade::paid_ads, 1),
    (trade::coupon_leak, 1),
    (trade::coupon_extension, 1),
    (trade::refund_ring, 1),
    (trade::farm, 1),
    (trade::code_guessing, 1),
];

/// The shop of a seed.
pub fn make(seed: u64) -> World {
    let mut stage = Stage::new(Rng::new(seed));
    for (story, times) in STORIES {
        for _ in 0..times {
            let at = FIRST_DAY + stage.rng.between(0, 60 * 24) * HOUR + 130 * DAY;
            story(&mut stage, at);
        }
    }
    let Stage {
        mut events, labels, ..
    } = stage;
    events.sort_by_key(|event| event.at);
    World { events, labels }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::event::What;
    use super::label::{Abuse, Honest, Label};
    use super::make;

    #[test]
    fn a_seed_is_one_shop_and_another_seed_another() {
        let text = |seed| format!("{:?}", make(seed));
        assert_eq!(text(3), text(3));
        assert_ne!(text(3), text(4));
    }

    #[test]
    fn a_few_shops_have_orders_of_every_kind() {
        let labels: HashSet<Label> = (0..5)
            .flat_map(|seed| make(seed).labels.into_values())
            .collect();
        for kind in Honest::ALL {
            assert!(labels.contains(&Label::Honest(kind)), "{kind:?}");
        }
        for kind in Abuse::ALL {
            assert!(labels.contains(&Label::Abuse(kind)), "{kind:?}");
        }
        assert!(labels.contains(&Label::FirstRefunds));
    }

    #[test]
    fn every_label_is_that_of_an_order_and_events_are_in_order_of_time() {
        let world = make(7);
        let orders: HashSet<u64> = world
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Ordered(order) => Some(order.id),
                _ => None,
            })
            .collect();
        assert!(world.labels.keys().all(|id| orders.contains(id)));
        assert!(world.events.is_sorted_by_key(|event| event.at));
    }
}
