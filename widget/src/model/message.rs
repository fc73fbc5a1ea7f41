//! The message that goes with the link, and the link that says which way it went.
//!
//! Whoever shares for a reward has to say so where their friend reads it: what is prefilled here always ends with it.

use goodword_shared::api::{ProgramOffer, RewardOffer};

use crate::model::offer::{Format, discount, is_free, reward};
use crate::model::phrase::{Phrase, short};

/// Stands for the share link in the message that the edge prepares.
const LINK: &str = "{link}";

/// What a message is made of, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letter {
    /// What speaks for the shop: the customer's own achievement where the page tells it.
    why: String,
    /// What friends get.
    offer: String,
    /// Both at once, for channels that take little.
    brief: String,
    /// What the customer gets.
    disclosure: String,
    /// Who it is from; empty for whom nobody knows by name.
    from: String,
}

impl Letter {
    /// In the words of `said`, from `name`, who earns this for the next friend.
    pub(crate) fn new(
        program: &ProgramOffer,
        earns: &RewardOffer,
        name: Option<&str>,
        achievement: &str,
        format: Format,
    ) -> Self {
        let gives = discount(&program.discount, format);
        let (offer, brief) = if is_free(&program.discount) {
            ("sayOfferFree", "sayShortFree")
        } else {
            ("sayOffer", "sayShort")
        };
        let (_, lead, gets) = reward(earns, format);
        let shop = short(&program.name);
        let say = |key, values: [&str; 2]| {
            let phrase = Phrase::new(key, values.map(str::to_owned).into());
            phrase.said(&(format.word_for)(key, phrase.number()))
        };
        Self {
            why: match achievement {
                "" => say("say", [&shop, ""]),
                own => own.to_owned(),
            },
            offer: say(offer, ["", &gives]),
            brief: say(brief, [&shop, &gives]),
            disclosure: say(disclosure(&earns.kind, lead), ["", &gets]),
            from: name.map(short).unwrap_or_default(),
        }
    }

    /// As it goes out on this channel; with the plain link it is what is shown for editing.
    pub(crate) fn on(&self, channel: &str, link: &str) -> String {
        let Self {
            why,
            offer,
            brief,
            disclosure,
            from,
        } = self;
        match channel {
            "sms" | "x" => [brief, " ", link, " ", disclosure].concat(),
            "email" => {
                let letter = [why, "\n\n", offer, " ", link, "\n\n", disclosure].concat();
                match from.as_str() {
                    "" => letter,
                    from => [&letter, "\n\n", from].concat(),
                }
            }
            _ => [why, " ", offer, " ", link, " ", disclosure].concat(),
        }
    }
}

/// The disclosure that goes with the sentence about the reward.
fn disclosure(kind: &str, lead: &str) -> &'static str {
    match (kind, lead) {
        (_, "leadFixed") => "sayFixed",
        (_, "leadPercent") => "sayPercent",
        (_, "leadSame") => "saySame",
        (_, "leadShare") => "sayShare",
        (_, "leadSameGet") => "saySameGet",
        (_, "leadPoints") => "sayPoints",
        ("gift_card", _) => "sayCard",
        ("donation", _) => "sayDonation",
        _ => "sayGet",
    }
}

/// A message of the edge's, which has a place for the link.
pub(crate) fn with_link(message: &str, link: &str) -> String {
    match cut(message, LINK) {
        Some((before, after)) => [before, link, after].concat(),
        None => [message, " ", link].concat(),
    }
}

/// The share link of one channel.
pub(crate) fn channel_link(link: &str, channel: &str) -> String {
    let joint = if link.contains('?') { "&c=" } else { "?c=" };
    [link, joint, channel].concat()
}

/// What is sent on a channel: the edited message with that channel's link, which is added where it was deleted.
pub(crate) fn outgoing(edited: &str, link: &str, channel: &str) -> String {
    let sent = channel_link(link, channel);
    match cut(edited, link) {
        Some((before, after)) => [before, sent.as_str(), after].concat(),
        None if edited.trim_ascii_end().is_empty() => sent,
        None => [edited.trim_ascii_end(), " ", sent.as_str()].concat(),
    }
}

/// The text on both sides of `mark`. The standard search is made for long texts, and ten times as long as this.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = text
        .as_bytes()
        .windows(mark.len().max(1))
        .position(|piece| piece == mark.as_bytes())?;
    let after = at.checked_add(mark.len())?;
    Some((text.get(..at)?, text.get(after..)?))
}

#[cfg(test)]
mod tests {
    use goodword_shared::api::ProgramOffer;

    use super::{Letter, channel_link, outgoing, with_link};
    use crate::model::offer::testing::{format, program};
    use crate::model::phrase::testing::is_said;

    const URL: &str = "http://localhost:8787/r/7K3M9QX2A";

    #[test]
    fn the_message_carries_the_link_of_its_channel() {
        let shown = format!("Try this: {URL} (I get €5.)");
        assert_eq!(
            outgoing(&shown, URL, "whatsapp"),
            "Try this: http://localhost:8787/r/7K3M9QX2A?c=whatsapp (I get €5.)"
        );
    }

    #[test]
    fn a_link_that_was_deleted_comes_back_at_the_end() {
        assert_eq!(
            outgoing("Have a look\n", URL, "sms"),
            format!("Have a look {URL}?c=sms")
        );
        assert_eq!(outgoing("  ", URL, "sms"), format!("{URL}?c=sms"));
    }

    #[test]
    fn a_message_without_a_place_for_the_link_is_kept_as_it_is() {
        assert_eq!(outgoing("Hello", "", "sms"), "Hello ?c=sms");
    }

    #[test]
    fn the_edges_own_message_has_the_link_in_its_place() {
        let told = with_link("Try {link} (I get €5.)", URL);
        assert_eq!(told, format!("Try {URL} (I get €5.)"));
        assert_eq!(with_link("Try this.", URL), format!("Try this. {URL}"));
    }

    #[test]
    fn a_link_with_a_query_keeps_it() {
        assert_eq!(
            channel_link("https://e.st/r/A?to=/x", "copy"),
            "https://e.st/r/A?to=/x&c=copy"
        );
    }

    fn letter(offer: &ProgramOffer, name: Option<&str>, achievement: &str) -> Letter {
        Letter::new(offer, &offer.reward, name, achievement, format())
    }

    fn fixed() -> ProgramOffer {
        program(r#"{"rule":"fixed","amount":500,"currency":"EUR"}"#)
    }

    #[test]
    fn every_message_says_what_friends_get_and_what_the_referrer_gets() {
        let letter = letter(&fixed(), Some("Jane"), "");
        let said = |channel| letter.on(channel, URL);
        assert_eq!(
            said("whatsapp"),
            format!("say Ember & Oak  sayOffer  1500bp {URL} sayFixed  500 EUR")
        );
        assert_eq!(
            said("sms"),
            format!("sayShort Ember & Oak 1500bp {URL} sayFixed  500 EUR")
        );
        assert_eq!(
            said("email"),
            format!("say Ember & Oak \n\nsayOffer  1500bp {URL}\n\nsayFixed  500 EUR\n\nJane")
        );
    }

    #[test]
    fn what_the_customer_has_achieved_stands_for_the_praise() {
        let letter = letter(&fixed(), None, "My hundredth cup today!");
        assert!(
            letter
                .on("whatsapp", URL)
                .starts_with("My hundredth cup today! sayOffer")
        );
        assert!(letter.on("x", URL).starts_with("sayShort"));
        assert!(letter.on("email", URL).ends_with("500 EUR"));
    }

    #[test]
    fn every_kind_of_reward_has_a_disclosure() {
        let eur = r#"{"rule":"fixed","amount":500,"currency":"EUR"}"#;
        let share = r#"{"rule":"percent","basis_points":1000}"#;
        let same = r#"{"rule":"match_discount"}"#;
        for (kind, value, rest, key) in [
            ("credit", eur, "", "sayFixed"),
            ("credit", share, "", "sayPercent"),
            ("credit", same, "", "saySame"),
            ("cash", eur, "", "sayGet"),
            ("cash", share, "", "sayShare"),
            ("cash", same, "", "saySameGet"),
            ("points", eur, r#","quantity":300"#, "sayPoints"),
            ("gift_card", eur, "", "sayCard"),
            ("donation", eur, "", "sayDonation"),
            (
                "free_product",
                eur,
                r#","description":"a coffee""#,
                "sayGet",
            ),
        ] {
            let mut offer = fixed();
            let reward = format!(r#"{{"kind":"{kind}","value":{value}{rest}}}"#);
            offer.reward = serde_json::from_str(&reward).expect("a reward");
            let said = letter(&offer, None, "").on("whatsapp", URL);
            assert!(said.contains(&format!(" {key} ")), "{said}");
            assert!(is_said(key), "{key}");
        }
    }

    #[test]
    fn something_for_nothing_is_not_so_much_off() {
        let mut offer = fixed();
        offer.discount = serde_json::from_str(r#"{"kind":"free_shipping"}"#).expect("a discount");
        let letter = letter(&offer, None, "");
        assert!(letter.on("whatsapp", URL).contains("sayOfferFree"));
        assert!(letter.on("sms", URL).starts_with("sayShortFree"));
        assert!(is_said("sayOfferFree") && is_said("sayShortFree"));
    }
}
