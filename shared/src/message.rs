//! The message that a referrer sends: short, in their voice, with the disclosure.
//!
//! Whoever shares for a reward has to say so where their friend reads it; a message without the disclosure cannot be
//! made here. `{link}` stands for the share link, which the widget fills in with the channel.

use crate::api::DiscountOffer;
use crate::money::{Currency, Money};
use crate::program::Program;
use crate::program::reward::{Reward, RewardKind, RewardValue};

/// The placeholder for the share link.
pub const LINK: &str = "{link}";

/// The prefilled message of a program.
pub fn share_message(program: &Program) -> String {
    let name = &program.settings.name;
    let offer = discount_words(&DiscountOffer::from(&program.settings));
    let disclosure = disclosure(&program.settings.reward);
    format!(
        "I like {name}, and I think you would too. Here is {offer} your first order: {LINK} ({disclosure})"
    )
}

/// `15% off`, `15% (at most €20) off`, `€5 off`, `free shipping on` or `a free Mug with`: what stands before "your first order".
pub fn discount_words(offer: &DiscountOffer) -> String {
    let currency = offer.currency.as_deref().map(Currency::parse);
    let currency = currency.and_then(Result::ok);
    let money = |amount: Option<i64>| amount.zip(currency).map(|(minor, code)| short(minor, code));
    let item = || offer.item.as_deref().unwrap_or("gift");
    match (offer.kind.as_str(), offer.basis_points) {
        ("free_shipping", _) => "free shipping on".into(),
        ("free_item", _) => format!("a free {} with", item()),
        (_, Some(basis_points)) => match money(offer.maximum) {
            Some(most) => format!("{} (at most {most}) off", percent(basis_points)),
            None => format!("{} off", percent(basis_points)),
        },
        (_, None) => match money(offer.amount) {
            Some(amount) => format!("{amount} off"),
            None => "a discount on".into(),
        },
    }
}

fn disclosure(reward: &Reward) -> String {
    if let Some(thing) = reward.thing() {
        return format!("I get {thing} if you buy.");
    }
    let form = match reward.kind {
        RewardKind::Cash => "",
        RewardKind::GiftCard => " as a gift card",
        RewardKind::Donation => " for a good cause",
        _ => " credit",
    };
    let as_form = if form == " credit" {
        " as credit"
    } else {
        form
    };
    match reward.value {
        RewardValue::Fixed { amount, currency } => {
            format!("I get {}{form} if you buy.", short(amount, currency))
        }
        RewardValue::Percent { basis_points, .. } => {
            format!("I get {} of it{as_form} if you buy.", percent(basis_points))
        }
        RewardValue::MatchDiscount {} => format!("I get the same{as_form} if you buy."),
    }
}

fn percent(basis_points: u32) -> String {
    let whole = basis_points.checked_div(100).unwrap_or_default();
    let rest = basis_points.checked_rem(100).unwrap_or_default();
    match rest {
        0 => format!("{whole}%"),
        _ if rest.checked_rem(10) == Some(0) => {
            format!("{whole}.{}%", rest.checked_div(10).unwrap_or_default())
        }
        _ => format!("{whole}.{rest:02}%"),
    }
}

/// `€5`, `€4.50` or `4.50 CHF`.
fn short(minor: i64, currency: Currency) -> String {
    let Ok(money) = Money::new(minor, currency) else {
        return String::new();
    };
    let written = money.to_string();
    let digits = written.trim_end_matches(currency.as_str()).trim_end();
    let digits = digits.strip_suffix(".00").unwrap_or(digits);
    match currency.as_str() {
        "EUR" => format!("€{digits}"),
        "USD" => format!("${digits}"),
        "GBP" => format!("£{digits}"),
        "JPY" => format!("¥{digits}"),
        code => format!("{digits} {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{percent, share_message, short};
    use crate::decide::testing::program;
    use crate::money::Currency;
    use serde_json::json;

    #[test]
    fn the_message_carries_offer_link_and_disclosure() {
        assert_eq!(
            share_message(&program()),
            "I like Ember & Oak, and I think you would too. Here is 15% off your first order: {link} (I get €5 credit if you buy.)"
        );
    }

    #[test]
    fn every_kind_of_discount_has_words() {
        for (discount, words) in [
            (
                json!({"kind": "percent", "basis_points": 1500, "maximum": 2000}),
                "Here is 15% (at most €20) off your first order:",
            ),
            (
                json!({"kind": "flat", "amount": 500, "currency": "EUR"}),
                "Here is €5 off your first order:",
            ),
            (
                json!({"kind": "free_shipping"}),
                "Here is free shipping on your first order:",
            ),
            (
                json!({"kind": "free_item", "product": "m", "name": "Mug", "value": 1, "currency": "EUR"}),
                "Here is a free Mug with your first order:",
            ),
        ] {
            let mut program = program();
            program.settings.discount = serde_json::from_value(discount).expect("a discount");
            let message = share_message(&program);
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn amounts_are_short_and_exact() {
        let written = |minor, code| short(minor, Currency::parse(code).expect(code));
        assert_eq!(written(450, "USD"), "$4.50");
        assert_eq!(written(500, "JPY"), "¥500");
        assert_eq!(written(1_500, "KWD"), "1.500 KWD");
        assert_eq!(
            (percent(1_250), percent(1_225), percent(100)),
            ("12.5%".into(), "12.25%".into(), "1%".into())
        );
    }
}
