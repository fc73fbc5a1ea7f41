//! The share panel's state: the offer, the referrer, and what has just happened.

use goodword_shared::api::{ProgramOffer, ReferrerView, RewardOffer};

use crate::model::message::Letter;
use crate::model::news::news;
use crate::model::offer::Format;
use crate::model::phrase::Phrase;

/// What the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing is known yet.
    Loading,
    /// There is a link to share.
    Ready,
    /// There is none, and the reader is told so.
    Failed,
}

/// All that the panel knows.
pub(crate) struct Share {
    pub(crate) phase: Phase,
    pub(crate) offer: Option<ProgramOffer>,
    pub(crate) referrer: Option<ReferrerView>,
    /// What happened while the reader was looking.
    pub(crate) news: Option<Phrase>,
}

impl Share {
    /// Before the first answer.
    pub(crate) fn new() -> Self {
        Self {
            phase: Phase::Loading,
            offer: None,
            referrer: None,
            news: None,
        }
    }

    /// The public offer; a merchant who has stopped the program shows nothing.
    pub(crate) fn offered(&mut self, offer: ProgramOffer) {
        if !offer.active {
            self.phase = Phase::Failed;
        }
        self.offer = Some(offer);
    }

    /// The referrer, for the first time or again.
    pub(crate) fn arrived(&mut self, referrer: ReferrerView, format: Format) {
        if self.offer.as_ref().is_some_and(|offer| !offer.active) {
            return;
        }
        if let Some(before) = &self.referrer {
            let told = news(&before.referrals, &referrer.referrals, format);
            // Older news stay until there are newer ones.
            self.news = told.or_else(|| self.news.take());
        }
        self.referrer = Some(referrer);
        self.phase = Phase::Ready;
    }

    /// No answer. What is shown already stays: the link is as good as before.
    pub(crate) fn failed(&mut self) {
        if self.referrer.is_none() {
            self.phase = Phase::Failed;
        }
    }

    /// What the next friend brings, which depends on who shares: tiers, and what they have chosen.
    pub(crate) fn earns(&self) -> Option<&RewardOffer> {
        let own = self.referrer.as_ref().and_then(|one| one.reward.as_ref());
        own.or_else(|| Some(&self.offer.as_ref()?.reward))
    }

    /// The message, in words; nothing until it is known what it is about.
    pub(crate) fn letter(&self, achievement: &str, format: Format) -> Option<Letter> {
        let name = self.referrer.as_ref()?.referrer.name.as_deref();
        let offer = self.offer.as_ref()?;
        Some(Letter::new(offer, self.earns()?, name, achievement, format))
    }

    /// Channels that are offered: the referrer's, else the program's.
    pub(crate) fn channels(&self) -> &[String] {
        self.referrer
            .as_ref()
            .map_or(&[], |referrer| referrer.channels.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use goodword_shared::api::{Progress, ReferrerName, ReferrerView};

    use super::{Phase, Share};
    use crate::model::offer::testing::{format, program};
    use crate::model::progress::testing::referral;

    fn jane(stage: &str, reward: Option<&str>) -> ReferrerView {
        ReferrerView {
            referrer: ReferrerName {
                id: "r1".into(),
                name: Some("Jane".into()),
            },
            code: "7K3M9QX2A".into(),
            link: "http://localhost:8787/r/7K3M9QX2A".into(),
            message: "Try {link}".into(),
            channels: vec!["copy".into(), "whatsapp".into()],
            progress: Progress::default(),
            referrals: vec![referral("a", stage, reward)],
            live: None,
            reward: None,
            goals: Vec::new(),
            rewards: Vec::new(),
            taken: Vec::new(),
            note: None,
            referrals_so_far: None,
        }
    }

    #[test]
    fn the_first_look_tells_no_news_and_the_next_one_does() {
        let mut share = Share::new();
        share.arrived(jane("claimed", None), format());
        assert_eq!((share.phase, &share.news), (Phase::Ready, &None));
        share.arrived(jane("rewarded", Some("approved")), format());
        assert_eq!(share.news.as_ref().map(|news| news.key), Some("newsReady"));
        share.arrived(jane("rewarded", Some("approved")), format());
        assert!(share.news.is_some(), "what was told stays to be read");
    }

    #[test]
    fn a_lost_connection_keeps_the_link() {
        let mut share = Share::new();
        share.failed();
        assert_eq!(share.phase, Phase::Failed);
        share.arrived(jane("claimed", None), format());
        share.failed();
        assert_eq!(share.phase, Phase::Ready);
    }

    #[test]
    fn a_stopped_program_offers_nothing() {
        let mut stopped = program(r#"{"rule":"match_discount"}"#);
        stopped.active = false;
        let mut share = Share::new();
        share.offered(stopped);
        share.arrived(jane("claimed", None), format());
        assert_eq!(share.phase, Phase::Failed);
        assert!(share.channels().is_empty());
    }
}
