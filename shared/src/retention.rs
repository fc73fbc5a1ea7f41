//! How long what tells of people is kept: the one table of it. The ledger's alarm goes by it.
//!
//! Money, the journal, facts and the chained log stay for good: over pseudonyms only.

use crate::time::{DAY_MS, Millis};

/// What is kept for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The answer to a request with an `Idempotency-Key`, encrypted.
    Reply,
    /// A delivery that was given up. One that was made is not kept at all.
    DeadLetter,
    /// What came with an order that nobody has paid for.
    Placed,
    /// A platform's delivery that could not be understood, encrypted.
    Quarantined,
    /// A guest without an order, whose link nobody has used.
    Guest,
    /// Name and address of somebody who has neither bought nor referred anybody, encrypted.
    Contact,
}

/// What is known of a person when it is asked whether they are still kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// A guest who has never ordered.
    pub bare_guest: bool,
    /// Whether a name or an address can be read.
    pub readable: bool,
    /// When they ordered, or something new was heard of them.
    pub active_at: Millis,
    /// When somebody took their offer or bought by it; none so far.
    pub referred_at: Option<Millis>,
}

/// What becomes of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Stays,
    /// Name and address go, what is compared stays.
    Unreadable,
    /// All that says who they are goes.
    Erased,
}

impl Kept {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Reply,
        Self::DeadLetter,
        Self::Placed,
        Self::Quarantined,
        Self::Guest,
        Self::Contact,
    ];

    /// For how many days.
    pub const fn days(self) -> u32 {
        match self {
            Self::Reply => 7,
            Self::DeadLetter | Self::Placed | Self::Quarantined => 30,
            Self::Guest => 365,
            Self::Contact => 1095,
        }
    }

    /// Until when what is from this time is kept.
    pub const fn ends(self, since: Millis) -> Millis {
        since.plus_days(self.days())
    }

    /// What is from this time, or from before, has been kept long enough.
    pub const fn oldest(self, now: Millis) -> Millis {
        now.plus_ms((self.days() as i64).saturating_mul(DAY_MS).saturating_neg())
    }
}

impl LastSeen {
    /// What becomes of the person at a time.
    pub fn fate(&self, now: Millis) -> Fate {
        let referred = self.referred_at.unwrap_or(self.active_at);
        let last = self.active_at.max(referred);
        if self.bare_guest && self.referred_at.is_none() && last <= Kept::Guest.oldest(now) {
            Fate::Erased
        } else if self.readable && last <= Kept::Contact.oldest(now) {
            Fate::Unreadable
        } else {
            Fate::Stays
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Kept, LastSeen};
    use crate::time::{DAY_MS, Millis};

    const NOW: Millis = Millis(2_000 * DAY_MS);

    fn days_ago(days: i64) -> Millis {
        Millis(NOW.0 - days * DAY_MS)
    }

    fn seen(bare_guest: bool, active: i64, referred: Option<i64>) -> LastSeen {
        LastSeen {
            bare_guest,
            readable: true,
            active_at: days_ago(active),
            referred_at: referred.map(days_ago),
        }
    }

    #[test]
    fn what_is_kept_goes_on_its_last_day_and_not_before() {
        for kept in Kept::ALL {
            let since = Millis(5);
            assert_eq!(kept.oldest(kept.ends(since)), since);
        }
    }

    #[test]
    fn a_guest_whom_nobody_followed_is_forgotten_after_a_year() {
        assert_eq!(seen(true, 364, None).fate(NOW), Fate::Stays);
        assert_eq!(seen(true, 365, None).fate(NOW), Fate::Erased);
        assert_eq!(seen(true, 365, Some(365)).fate(NOW), Fate::Stays);
        assert_eq!(seen(false, 365, None).fate(NOW), Fate::Stays);
    }

    #[test]
    fn nobodys_name_is_read_three_years_after_they_were_last_heard_of() {
        assert_eq!(seen(false, 1_095, None).fate(NOW), Fate::Unreadable);
        assert_eq!(seen(true, 1_200, Some(1_095)).fate(NOW), Fate::Unreadable);
        assert_eq!(seen(false, 1_095, Some(1_094)).fate(NOW), Fate::Stays);
        let unread = LastSeen {
            readable: false,
            ..seen(false, 1_999, None)
        };
        assert_eq!(unread.fate(NOW), Fate::Stays);
    }
}
