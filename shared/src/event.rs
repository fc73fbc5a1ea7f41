//! What a shop reports besides orders, and what of it qualifies a referral: registered, trial started, lead qualified.
//!
//! A program rewards paid orders, or named events: then the referral converts when all of them have been seen, in any order.

use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::id::{EXTERNAL_ID_LENGTH_MAX, ExternalId};
use crate::json::{Read, Reader};
use crate::name::clean_name;
use crate::order::{Buyer, invalid_body};
use crate::rejection::Rejection;
use crate::time::Millis;

/// What begins the id of a conversion by events, where orders have the shop's own id.
pub const CONVERSION_PREFIX: &str = "event:";

/// Characters of an event's id that stand behind it: of a longer one the last.
pub const CONVERSION_ROOM: usize = EXTERNAL_ID_LENGTH_MAX.saturating_sub(CONVERSION_PREFIX.len());

/// Longest name of an event.
const KIND_LENGTH_MAX: usize = 40;

/// Steps of one program: more than a friend is ever led through.
const STEPS_MAX: usize = 10;

/// The name of an event, such as `registered`: `[a-z][a-z0-9_]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventKind(String);

/// An event, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The shop's id.
    pub id: ExternalId,
    /// What happened.
    pub kind: EventKind,
    /// When; the time of the report when the shop did not say.
    pub at: Millis,
    /// To whom.
    pub customer: Buyer,
    /// Who vouched for it, cleaned.
    pub vouched_by: Option<String>,
    /// Referral code that the customer named.
    pub referral_code: Option<String>,
    /// Click token that the customer brought.
    pub token: Option<String>,
}

/// An event of a person, as far as qualifying asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename = "~Seen")]
pub struct Seen {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Millis,
}

/// What a program rewards: `{"on":"order"}`, or `{"events":["registered","lead_qualified"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(deny_unknown_fields)]
pub struct Qualifies {
    /// A paid order or invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<QualifyingOrder>,
    /// All of these events, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventKind>,
}

/// The first paid order or invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
pub enum QualifyingOrder {
    /// Any paid order.
    Order,
}

impl Default for Qualifies {
    fn default() -> Self {
        Self {
            on: Some(QualifyingOrder::Order),
            events: Vec::new(),
        }
    }
}

impl Qualifies {
    /// Whether exactly one of both is asked for, and each event once.
    pub fn is_valid(&self) -> bool {
        let events = &self.events;
        let once = |kind| events.iter().filter(|other| *other == kind).count() == 1;
        self.on.is_some() == events.is_empty()
            && events.len() <= STEPS_MAX
            && events.iter().all(once)
    }

    /// How many of the steps were seen between the touch and the end of its window.
    pub fn steps_done(&self, seen: &[Seen], touched_at: Millis, window_ends: Millis) -> usize {
        let within = touched_at..=window_ends;
        let done = |kind: &&EventKind| {
            seen.iter()
                .any(|event| event.kind == **kind && within.contains(&event.at))
        };
        self.events.iter().filter(done).count()
    }
}

impl EventKind {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Read for EventKind {
    fn read(reader: &mut Reader<'_>) -> Self {
        let read = Self::try_from(reader.text());
        reader.checked(read, || Self("x".into()))
    }
}

impl TryFrom<String> for EventKind {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if begins && text.len() <= KIND_LENGTH_MAX && text.bytes().all(word) {
            Ok(Self(text))
        } else {
            Err("a name of an event: lower-case letters, digits and underscores")
        }
    }
}

impl From<EventKind> for String {
    fn from(kind: EventKind) -> Self {
        kind.0
    }
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Wire {
    kind: EventKind,
    event_id: ExternalId,
    at: Option<i64>,
    customer: WireCustomer,
    vouched_by: Option<String>,
    referral_code: Option<String>,
    token: Option<String>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct WireCustomer {
    id: Option<ExternalId>,
    email: Option<String>,
    name: Option<String>,
}

/// Parses an event's body. A time that is absent or ahead of `now` becomes `now`.
pub fn parse_event(body: &str, now: Millis) -> Result<Event, Rejection> {
    let wire: Wire = crate::json::parse(body).map_err(|error| invalid_body(&error))?;
    let email = wire.customer.email.as_deref();
    let customer = Buyer {
        id: wire.customer.id,
        email: email.and_then(|text| Email::parse(text).ok()),
        name: wire.customer.name.as_deref().and_then(clean_name),
    };
    if customer.id.is_none() && customer.email.is_none() {
        let text = "customer: expected an id, an e-mail address, or both";
        return Err(Rejection::InvalidBody(text.into()));
    }
    Ok(Event {
        id: wire.event_id,
        kind: wire.kind,
        at: Millis(wire.at.unwrap_or(now.0).clamp(0, now.0)),
        customer,
        vouched_by: wire.vouched_by.as_deref().and_then(clean_name),
        referral_code: wire.referral_code.filter(|code| !code.trim().is_empty()),
        token: wire.token.filter(|token| !token.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::{EventKind, Qualifies, Seen, parse_event};
    use crate::rejection::Rejection;
    use crate::time::Millis;

    fn kind(name: &str) -> EventKind {
        EventKind::try_from(name.to_owned()).expect("a name")
    }

    #[test]
    fn an_event_names_what_happened_to_whom() {
        let body = r#"{"kind":"lead_qualified","event_id":"e1","customer":{"id":"c1"},"vouched_by":"Omar"}"#;
        let event = parse_event(body, Millis(7)).expect("an event");
        assert_eq!((event.kind, event.at), (kind("lead_qualified"), Millis(7)));
        assert_eq!(event.vouched_by.as_deref(), Some("Omar"));
        assert_eq!((event.referral_code, event.token), (None, None));
        let body = r#"{"kind":"registered","event_id":"e1","customer":{"id":"c1"},"referral_code":" J4NE","token":"t"}"#;
        let event = parse_event(body, Millis(7)).expect("an event");
        assert_eq!(event.referral_code.as_deref(), Some(" J4NE"));
        assert_eq!(event.token.as_deref(), Some("t"));
        let body = r#"{"kind":"registered","event_id":"e1","customer":{"id":"c1"},"referral_code":" ","token":""}"#;
        let event = parse_event(body, Millis(7)).expect("an event");
        assert_eq!((event.referral_code, event.token), (None, None));
    }

    #[test]
    fn a_kind_is_stored_by_its_name() {
        let registered = kind("registered");
        assert_eq!(registered.as_str(), "registered");
        let stored = serde_json::to_string(&registered).expect("json");
        assert_eq!(stored, r#""registered""#);
    }

    #[test]
    fn events_of_nobody_of_odd_names_and_with_unknown_fields_are_refused() {
        for body in [
            r#"{"kind":"registered","event_id":"e1","customer":{}}"#,
            r#"{"kind":"registered","event_id":"e1","customer":{"email":"nobody"}}"#,
            r#"{"kind":"Registered","event_id":"e1","customer":{"id":"c1"}}"#,
            r#"{"kind":"","event_id":"e1","customer":{"id":"c1"}}"#,
            r#"{"kind":"registered","customer":{"id":"c1"}}"#,
            r#"{"kind":"registered","event_id":"e1","customer":{"id":"c1"},"x":1}"#,
        ] {
            let refused = parse_event(body, Millis(7));
            assert!(matches!(refused, Err(Rejection::InvalidBody(_))), "{body}");
        }
    }

    #[test]
    fn a_program_rewards_orders_or_events_and_not_both() {
        for (json, valid) in [
            (r#"{"on":"order"}"#, true),
            (r#"{"events":["registered","lead_qualified"]}"#, true),
            (r#"{"on":"order","events":["registered"]}"#, false),
            (r#"{"events":["registered","registered"]}"#, false),
            ("{}", false),
        ] {
            let qualifies: Qualifies = crate::json::parse(json).expect("parses");
            assert_eq!(qualifies.is_valid(), valid, "{json}");
        }
        let default = serde_json::to_string(&Qualifies::default()).expect("json");
        assert_eq!(default, r#"{"on":"order"}"#);
    }

    #[test]
    fn steps_count_once_in_any_order_from_the_touch_to_the_end_of_its_window() {
        let two: Qualifies =
            serde_json::from_str(r#"{"events":["registered","lead_qualified"]}"#).expect("two");
        let seen = |events: &[(&str, i64)]| {
            let seen: Vec<Seen> = events
                .iter()
                .map(|(name, at)| Seen {
                    kind: kind(name),
                    at: Millis(*at),
                })
                .collect();
            two.steps_done(&seen, Millis(10), Millis(20))
        };
        assert_eq!(seen(&[]), 0);
        assert_eq!(seen(&[("registered", 10), ("registered", 12)]), 1);
        assert_eq!(seen(&[("lead_qualified", 11), ("registered", 20)]), 2);
        assert_eq!(seen(&[("lead_qualified", 9), ("registered", 21)]), 0);
        assert_eq!(seen(&[("other", 11)]), 0);
    }
}
