//! How each referral stands, in words.

use goodword_shared::api::{ReferralView, RewardView};

use crate::model::offer::{Format, earned};
use crate::model::phrase::Phrase;

/// One line of the list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What happened.
    pub(crate) stage: Phrase,
    /// What it brought, once there is something.
    pub(crate) reward: Option<Phrase>,
    /// True when the reward can be spent: it is worth a colour.
    pub(crate) ready: bool,
}

/// The line of one referral; `day` writes when something becomes payable.
pub(crate) fn line(referral: &ReferralView, format: Format, day: fn(i64) -> String) -> Line {
    let stage = match (referral.stage.as_str(), &referral.steps) {
        (_, Some(steps)) => {
            let count = |number: u32| number.to_string();
            Phrase::new("stageStep", vec![count(steps.done), count(steps.of)])
        }
        ("claimed", _) => Phrase::plain("stageClaimed"),
        ("undone", _) => Phrase::plain("stageUndone"),
        ("qualified", _) => Phrase::plain("stageQualified"),
        _ => Phrase::plain("stageBought"),
    };
    Line {
        stage,
        reward: referral
            .reward
            .as_ref()
            .and_then(|reward| reward_words(reward, format, day)),
        ready: referral.reward.as_ref().is_some_and(is_ready),
    }
}

/// True when the referrer has the reward.
pub(crate) fn is_ready(reward: &RewardView) -> bool {
    matches!(reward.state.as_str(), "approved" | "issued" | "redeemed")
}

fn reward_words(reward: &RewardView, format: Format, day: fn(i64) -> String) -> Option<Phrase> {
    let amount = earned(reward, format);
    Some(match reward.state.as_str() {
        _ if is_ready(reward) => Phrase::new("rewardReady", vec![amount]),
        "pending" => match reward.payable_at {
            Some(at) => Phrase::new("rewardFrom", vec![amount, day(at)]),
            None => Phrase::new("rewardPending", vec![amount]),
        },
        "clawed_back" => Phrase::new("rewardBack", vec![amount]),
        // A reward that never came about is not worth a word.
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod testing {
    //! Referrals for tests.

    use goodword_shared::api::{ReferralView, RewardView};

    pub(crate) fn referral(id: &str, stage: &str, reward: Option<&str>) -> ReferralView {
        ReferralView {
            id: id.into(),
            stage: stage.into(),
            steps: None,
            at: 1_764_000_000_000,
            until: None,
            reward: reward.map(|state| RewardView {
                amount: 500,
                currency: "EUR".into(),
                state: state.into(),
                payable_at: None,
                kind: None,
                description: None,
                quantity: None,
                cause: None,
                at: None,
                until: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::api::StepsView;

    use super::line;
    use super::testing::referral;
    use crate::model::offer::testing::format;
    use crate::model::phrase::Phrase;
    use crate::model::phrase::testing::is_said;

    fn day(at: i64) -> String {
        format!("day {at}")
    }

    #[test]
    fn each_stage_has_its_words() {
        let stage = |name| line(&referral("a", name, None), format(), day).stage.key;
        assert_eq!(stage("claimed"), "stageClaimed");
        assert_eq!(stage("bought"), "stageBought");
        assert_eq!(stage("rewarded"), "stageBought");
        assert_eq!(stage("undone"), "stageUndone");
        assert_eq!(stage("qualified"), "stageQualified");
        let mut on_the_way = referral("a", "registered", None);
        on_the_way.steps = Some(StepsView { done: 1, of: 2 });
        let Phrase { key, values } = line(&on_the_way, format(), day).stage;
        assert_eq!((key, values), ("stageStep", vec!["1".into(), "2".into()]));
        assert!(is_said(key));
    }

    #[test]
    fn every_line_has_words() {
        for stage in ["claimed", "bought", "undone", "qualified"] {
            for state in ["approved", "pending", "clawed_back"] {
                let line = line(&referral("a", stage, Some(state)), format(), day);
                assert!(is_said(line.stage.key), "{stage}");
                assert!(
                    line.reward.is_some_and(|reward| is_said(reward.key)),
                    "{state}"
                );
            }
        }
        assert!(is_said("rewardFrom"));
    }

    #[test]
    fn a_reward_says_whether_it_can_be_spent() {
        let reward = |state| {
            let line = line(&referral("a", "rewarded", Some(state)), format(), day);
            (line.reward.map(|phrase| phrase.key), line.ready)
        };
        assert_eq!(reward("approved"), (Some("rewardReady"), true));
        assert_eq!(reward("issued"), (Some("rewardReady"), true));
        assert_eq!(reward("pending"), (Some("rewardPending"), false));
        assert_eq!(reward("clawed_back"), (Some("rewardBack"), false));
        assert_eq!(reward("voided"), (None, false));
    }

    #[test]
    fn a_thing_and_points_are_said_as_such_and_not_as_what_they_cost() {
        let told = |kind: &str, description: Option<&str>, quantity| {
            let mut referral = referral("a", "rewarded", Some("approved"));
            if let Some(reward) = &mut referral.reward {
                reward.kind = Some(kind.into());
                reward.description = description.map(str::to_owned);
                reward.quantity = quantity;
            }
            let line = line(&referral, format(), day);
            line.reward.map(|phrase| phrase.values.concat())
        };
        let is = |said: &str| Some(said.to_owned());
        assert_eq!(told("free_product", Some("a coffee"), None), is("a coffee"));
        assert_eq!(told("points", None, Some(300)), is("points 300 {1}"));
        assert_eq!(told("points", Some("beans"), Some(300)), is("300 beans"));
        assert_eq!(told("gift_card", Some("a card"), None), is("500 EUR"));
    }

    #[test]
    fn a_pending_reward_names_its_day() {
        let mut held = referral("a", "bought", Some("pending"));
        if let Some(reward) = &mut held.reward {
            reward.payable_at = Some(7);
        }
        assert_eq!(
            line(&held, format(), day).reward,
            Some(Phrase::new(
                "rewardFrom",
                vec!["500 EUR".into(), "day 7".into()]
            ))
        );
    }
}
