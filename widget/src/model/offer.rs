//! The offer in words: what friends get, what the referrer gets.

use goodword_shared::api::{
    DiscountOffer, ProgramOffer, RewardOffer, RewardValueOffer, RewardView,
};

use crate::model::phrase::{Phrase, short};

/// How amounts are written: by the browser in the page, by something simple in tests.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    /// Minor units and currency to `€5`.
    pub(crate) money: fn(i64, &str) -> String,
    /// Basis points to `15%`.
    pub(crate) percent: fn(u32) -> String,
    /// The words of a key.
    pub(crate) word: fn(&str) -> String,
    /// The words of a key that have to agree with this number, if there is one.
    pub(crate) word_for: fn(&str, &str) -> String,
}

/// `15%`, `15% (at most €20)`, `€5`, `free shipping` or `a free Mug`.
pub(crate) fn discount(offer: &DiscountOffer, format: Format) -> String {
    let amount = value(
        offer.amount,
        offer.currency.as_deref(),
        offer.basis_points,
        format,
    );
    match (offer.kind.as_str(), offer.maximum) {
        ("free_shipping", _) => (format.word)("freeShipping"),
        ("free_item", _) => {
            let item = offer.item.clone();
            let item = item.unwrap_or_else(|| (format.word)("gift"));
            (format.word)("freeItem").replace("{0}", &short(&item))
        }
        (_, Some(maximum)) => {
            let most = value(Some(maximum), offer.currency.as_deref(), None, format);
            (format.word)("atMost")
                .replace("{1}", &most)
                .replace("{0}", &amount)
        }
        _ => amount,
    }
}

/// Whether it is something for nothing: that is not said to be so much "off".
pub(crate) fn is_free(offer: &DiscountOffer) -> bool {
    offer.kind.starts_with("free")
}

/// The dialog's title and the sentence below it, for who earns this for the next friend, or what the offer says.
pub(crate) fn headline(
    offer: Option<&ProgramOffer>,
    earns: Option<&RewardOffer>,
    format: Format,
) -> (Phrase, Phrase) {
    let Some(offer) = offer else {
        return (Phrase::plain("title"), Phrase::plain("lead"));
    };
    let gives = discount(&offer.discount, format);
    let (title, lead, gets) = reward(earns.unwrap_or(&offer.reward), format);
    let lead = if is_free(&offer.discount) {
        free_lead(lead)
    } else {
        lead
    };
    (
        Phrase::new(title, vec![gives.clone(), gets.clone()]),
        Phrase::new(lead, vec![gives, gets]),
    )
}

/// The keys that tell of a reward, and what it is: points, a thing, or an amount.
pub(crate) fn reward(offer: &RewardOffer, format: Format) -> (&'static str, &'static str, String) {
    let kind = offer.kind.as_str();
    if let Some(thing) = thing(kind, offer.description.as_deref(), offer.quantity) {
        return ("titleGive", "leadGet", thing);
    }
    if let Some(points) = offer.quantity {
        return ("titlePoints", "leadPoints", points.to_string());
    }
    let RewardValueOffer {
        rule,
        amount,
        currency,
        basis_points,
    } = &offer.value;
    let gets = value(*amount, currency.as_deref(), *basis_points, format);
    let is_credit = matches!(kind, "credit" | "store_credit");
    let (title, lead) = match (rule.as_str(), is_credit) {
        ("fixed", true) => ("titleGive", "leadFixed"),
        ("fixed", false) => ("titleGive", "leadGet"),
        ("percent", true) => ("titleGive", "leadPercent"),
        ("percent", false) => ("titleGive", "leadShare"),
        (_, true) => ("titleGiveSame", "leadSame"),
        (_, false) => ("titleGiveSame", "leadSameGet"),
    };
    (title, lead, gets)
}

/// The thing that a reward is, or so many points of a name of their own, whose plural nobody knows; `None` for an amount and for plain
/// points.
fn thing(kind: &str, description: Option<&str>, quantity: Option<u32>) -> Option<String> {
    let is_thing = kind.starts_with("free_") || matches!(kind, "upgrade" | "custom");
    match quantity {
        Some(points) => Some([&points.to_string(), " ", description?].concat()),
        None if is_thing => description.map(str::to_owned),
        None => None,
    }
}

/// What was earned: a thing, points or an amount.
pub(crate) fn earned(reward: &RewardView, format: Format) -> String {
    let RewardView {
        kind,
        description,
        quantity,
        ..
    } = reward;
    if let Some(thing) = thing(
        kind.as_deref().unwrap_or_default(),
        description.as_deref(),
        *quantity,
    ) {
        return thing;
    }
    match quantity {
        Some(points) => {
            let points = points.to_string();
            (format.word_for)("points", &points).replace("{0}", &points)
        }
        None => (format.money)(reward.amount, &reward.currency),
    }
}

/// The sentence for a discount that is something for nothing.
fn free_lead(lead: &'static str) -> &'static str {
    match lead {
        "leadFixed" => "leadFixedFree",
        "leadPercent" => "leadPercentFree",
        "leadSame" => "leadSameFree",
        "leadGet" => "leadGetFree",
        "leadShare" => "leadShareFree",
        "leadSameGet" => "leadSameGetFree",
        "leadPoints" => "leadPointsFree",
        other => other,
    }
}

fn value(
    amount: Option<i64>,
    currency: Option<&str>,
    basis_points: Option<u32>,
    format: Format,
) -> String {
    match (amount, basis_points) {
        (Some(amount), _) => (format.money)(amount, currency.unwrap_or_default()),
        (None, points) => (format.percent)(points.unwrap_or_default()),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Offers and formats for tests.

    use goodword_shared::api::ProgramOffer;

    use super::Format;

    pub(crate) fn format() -> Format {
        Format {
            money: |minor, currency| format!("{minor} {currency}"),
            percent: |points| format!("{points}bp"),
            word: |key| format!("{key} {{0}} {{1}}"),
            word_for: |key, _| format!("{key} {{0}} {{1}}"),
        }
    }

    pub(crate) fn program(reward_value: &str) -> ProgramOffer {
        serde_json::from_str(&format!(
            r#"{{"program":"demo","name":"Ember & Oak","active":true,"version":1,"store_url":"http://localhost:8080/",
            "discount":{{"kind":"percent","basis_points":1500}},"reward":{{"kind":"credit","value":{reward_value}}},
            "channels":["copy","whatsapp"]}}"#
        ))
        .expect("a program")
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::api::DiscountOffer;

    use super::testing::{format, program};
    use super::{discount, headline};
    use crate::model::phrase::testing::is_said;

    #[test]
    fn the_headline_names_what_both_sides_get() {
        let offer = program(r#"{"rule":"fixed","amount":500,"currency":"EUR"}"#);
        let (title, lead) = headline(Some(&offer), None, format());
        assert_eq!(
            (title.key, title.values),
            ("titleGive", vec!["1500bp".into(), "500 EUR".into()])
        );
        assert_eq!(lead.key, "leadFixed");
    }

    #[test]
    fn a_share_of_the_order_and_a_matching_reward_have_their_own_words() {
        let share = program(r#"{"rule":"percent","basis_points":1000}"#);
        assert_eq!(headline(Some(&share), None, format()).1.key, "leadPercent");
        let same = program(r#"{"rule":"match_discount"}"#);
        assert_eq!(headline(Some(&same), None, format()).0.key, "titleGiveSame");
    }

    #[test]
    fn what_is_no_credit_is_not_called_so() {
        let said = |reward: &str| {
            let mut offer = program(r#"{"rule":"fixed","amount":500,"currency":"EUR"}"#);
            offer.reward = serde_json::from_str(reward).expect("a reward");
            let (title, lead) = headline(Some(&offer), None, format());
            assert!(is_said(title.key) && is_said(lead.key), "{reward}");
            (title.key, lead.key, lead.values[1].clone())
        };
        let fixed = r#""value":{"rule":"fixed","amount":500,"currency":"EUR"}"#;
        let of = |kind: &str, rest: &str| said(&format!(r#"{{"kind":"{kind}",{fixed}{rest}}}"#));
        assert_eq!(of("cash", ""), ("titleGive", "leadGet", "500 EUR".into()));
        let coffee = r#","description":"a coffee""#;
        assert_eq!(
            of("free_product", coffee),
            ("titleGive", "leadGet", "a coffee".into())
        );
        assert_eq!(
            of("gift_card", coffee),
            ("titleGive", "leadGet", "500 EUR".into())
        );
        let points = r#","quantity":300"#;
        assert_eq!(
            of("points", points),
            ("titlePoints", "leadPoints", "300".into())
        );
        let beans = r#","quantity":300,"description":"beans""#;
        assert_eq!(
            of("points", beans),
            ("titleGive", "leadGet", "300 beans".into())
        );
        let share = r#"{"kind":"cash","value":{"rule":"percent","basis_points":1000}}"#;
        assert_eq!(said(share).1, "leadShare");
        let same = r#"{"kind":"donation","value":{"rule":"match_discount"}}"#;
        assert_eq!(said(same).1, "leadSameGet");
    }

    #[test]
    fn every_headline_has_words() {
        let rules = [
            r#"{"rule":"fixed","amount":500,"currency":"EUR"}"#,
            r#"{"rule":"percent","basis_points":1000}"#,
            r#"{"rule":"match_discount"}"#,
        ];
        for rule in rules {
            let (title, lead) = headline(Some(&program(rule)), None, format());
            assert!(is_said(title.key) && is_said(lead.key), "{rule}");
        }
        let (title, lead) = headline(None, None, format());
        assert!(is_said(title.key) && is_said(lead.key));
    }

    #[test]
    fn without_the_offer_the_dialog_still_has_a_title() {
        assert_eq!(headline(None, None, format()).0.key, "title");
    }

    #[test]
    fn every_kind_of_discount_is_named() {
        for (offer, words) in [
            (
                r#"{"kind":"flat","amount":500,"currency":"EUR"}"#,
                "500 EUR",
            ),
            (
                r#"{"kind":"percent","basis_points":1500,"maximum":2000,"currency":"EUR"}"#,
                "atMost 1500bp 2000 EUR",
            ),
            (r#"{"kind":"free_shipping"}"#, "freeShipping {0} {1}"),
            (
                r#"{"kind":"free_item","item":"Mug","amount":1200,"currency":"EUR"}"#,
                "freeItem Mug {1}",
            ),
            (
                r#"{"kind":"free_item","amount":1200,"currency":"EUR"}"#,
                "freeItem gift {0} {1} {1}",
            ),
        ] {
            let offer: DiscountOffer = serde_json::from_str(offer).expect("an offer");
            assert_eq!(discount(&offer, format()), words);
        }
        for key in ["atMost", "freeShipping", "freeItem", "gift"] {
            assert!(is_said(key), "{key}");
        }
    }

    #[test]
    fn what_is_free_is_not_said_to_be_off() {
        let rules = ["fixed", "percent", "match_discount"];
        let cases = rules.map(|rule| [(rule, "credit", None), (rule, "cash", None)]);
        let points = ("fixed", "points", Some(500));
        for (rule, kind, quantity) in cases.into_iter().flatten().chain([points]) {
            let mut offer = program(&format!(r#"{{"rule":"{rule}"}}"#));
            offer.discount.kind = "free_item".into();
            offer.reward.kind = kind.into();
            offer.reward.quantity = quantity;
            let lead = headline(Some(&offer), None, format()).1.key;
            assert!(lead.ends_with("Free") && is_said(lead), "{lead}");
        }
    }
}
