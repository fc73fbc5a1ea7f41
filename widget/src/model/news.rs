//! What has happened between two looks at the same referrals, so that somebody who has the dialog open is told.

use goodword_shared::api::{ReferralView, RewardView};

use crate::model::offer::{Format, earned};
use crate::model::phrase::Phrase;
use crate::model::progress::is_ready;

/// How far a referral has come. What is undone is no news to be shouted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Nothing,
    Claimed,
    Bought,
    Pending,
    Ready,
}

/// The best news in `now` that was not in `before`.
pub(crate) fn news(
    before: &[ReferralView],
    now: &[ReferralView],
    format: Format,
) -> Option<Phrase> {
    let mut best = Reached::Nothing;
    let mut told = None;
    for referral in now {
        let reached = reached(referral);
        let known = before.iter().find(|known| known.id == referral.id);
        if reached > known.map_or(Reached::Nothing, self::reached) && reached > best {
            best = reached;
            told = phrase(reached, referral.reward.as_ref(), format);
        }
    }
    told
}

fn reached(referral: &ReferralView) -> Reached {
    match (referral.stage.as_str(), &referral.reward) {
        ("undone", _) => Reached::Nothing,
        (_, Some(reward)) if is_ready(reward) => Reached::Ready,
        (_, Some(reward)) if reward.state == "pending" => Reached::Pending,
        ("claimed", _) => Reached::Claimed,
        _ if referral.steps.is_some() => Reached::Claimed,
        _ => Reached::Bought,
    }
}

fn phrase(reached: Reached, reward: Option<&RewardView>, format: Format) -> Option<Phrase> {
    let key = match reached {
        Reached::Nothing => return None,
        Reached::Claimed => "newsClaimed",
        Reached::Bought => "newsBought",
        Reached::Pending => "newsPending",
        Reached::Ready => "newsReady",
    };
    let amount = reward.map(|reward| earned(reward, format));
    Some(Phrase::new(key, amount.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::news;
    use crate::model::offer::testing::format;
    use crate::model::phrase::Phrase;
    use crate::model::phrase::testing::is_said;
    use crate::model::progress::testing::referral;

    #[test]
    fn a_friend_who_bought_is_news_with_the_reward() {
        let before = [referral("a", "claimed", None)];
        let now = [referral("a", "rewarded", Some("approved"))];
        assert_eq!(
            news(&before, &now, format()),
            Some(Phrase::new("newsReady", vec!["500 EUR".into()]))
        );
    }

    #[test]
    fn all_news_have_words() {
        for now in [
            referral("a", "claimed", None),
            referral("a", "bought", None),
            referral("a", "bought", Some("pending")),
            referral("a", "rewarded", Some("issued")),
        ] {
            let told = news(&[], &[now], format());
            assert!(told.is_some_and(|phrase| is_said(phrase.key)));
        }
    }

    #[test]
    fn the_same_again_is_no_news() {
        let same = [referral("a", "rewarded", Some("approved"))];
        assert_eq!(news(&same, &same, format()), None);
    }

    #[test]
    fn of_several_things_the_best_is_told() {
        let now = [
            referral("b", "claimed", None),
            referral("a", "bought", Some("pending")),
        ];
        let told = news(&[], &now, format());
        assert_eq!(told.map(|phrase| phrase.key), Some("newsPending"));
    }

    #[test]
    fn a_returned_order_is_not_shouted() {
        let before = [referral("a", "rewarded", Some("approved"))];
        let now = [referral("a", "undone", Some("clawed_back"))];
        assert_eq!(news(&before, &now, format()), None);
    }
}
