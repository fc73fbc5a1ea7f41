//! How strictly a program judges referrals.

use serde::{Deserialize, Serialize};

use super::InvalidSetting;
use crate::json::Read;
use crate::risk::{Signal, Thresholds};

/// Highest threshold that may be set: no referral ever reaches it.
const THRESHOLD_MAX: u32 = 10_000;
/// Pages that a program may name.
const SITES_MAX: usize = 50;
/// Longest host name there is.
const HOST_LENGTH_MAX: usize = 253;

/// The thresholds, what is not looked at, and pages of the merchant's own that collect codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Read)]
#[serde(default, deny_unknown_fields)]
pub struct RiskSettings {
    /// From so many points on a referral waits for the merchant's word.
    pub review: u32,
    /// From so many points on it is refused.
    pub block: u32,
    /// Signals that count for nothing.
    pub off: Vec<Signal>,
    /// Hosts of pages that collect codes, beside those that are known anyway.
    pub coupon_sites: Vec<String>,
}

impl Default for RiskSettings {
    fn default() -> Self {
        let Thresholds { review, block } = Thresholds::default();
        Self {
            review,
            block,
            off: Vec::new(),
            coupon_sites: Vec::new(),
        }
    }
}

impl RiskSettings {
    /// From which score on what follows.
    pub const fn thresholds(&self) -> Thresholds {
        Thresholds {
            review: self.review,
            block: self.block,
        }
    }

    /// Checks them, and brings hosts into their normal form.
    pub(super) fn check(&mut self) -> Result<(), InvalidSetting> {
        let invalid = |expected| InvalidSetting {
            field: "risk",
            expected,
        };
        if self.review == 0 || self.review > self.block || self.block > THRESHOLD_MAX {
            return Err(invalid(
                "review from 1, and block from review up to 10000 points",
            ));
        }
        let repeated = |signal| self.off.iter().filter(|other| *other == signal).count() > 1;
        if self.off.iter().any(repeated) {
            return Err(invalid("each signal that is off once"));
        }
        for site in &mut self.coupon_sites {
            *site = site.trim().to_ascii_lowercase();
        }
        if self.coupon_sites.len() > SITES_MAX
            || !self.coupon_sites.iter().all(|site| is_host(site))
        {
            return Err(invalid(
                "coupon_sites of up to 50 host names such as deals.example",
            ));
        }
        Ok(())
    }
}

fn is_host(text: &str) -> bool {
    let fits = |label: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && label.bytes().all(plain)
    };
    text.len() <= HOST_LENGTH_MAX && text.contains('.') && text.split('.').all(fits)
}

#[cfg(test)]
mod tests {
    use super::{HOST_LENGTH_MAX, RiskSettings, SITES_MAX};

    fn checked(json: &str) -> Option<RiskSettings> {
        let mut settings: RiskSettings = crate::json::parse(json).ok()?;
        settings.check().ok().map(|()| settings)
    }

    #[test]
    fn nothing_said_is_the_usual_strictness() {
        assert_eq!(checked("{}"), Some(RiskSettings::default()));
        assert_eq!(RiskSettings::default().thresholds().review, 50);
        let some =
            checked(r#"{"review":30,"off":["social_ad"],"coupon_sites":[" Deals.Example"]}"#);
        let some = some.expect("settings");
        assert_eq!((some.review, some.block), (30, 100));
        assert_eq!(some.coupon_sites, ["deals.example"]);
    }

    #[test]
    fn the_largest_thresholds_and_the_longest_lists_are_taken() {
        for json in [
            r#"{"review":100}"#,
            r#"{"review":10000,"block":10000}"#,
            r#"{"off":["late_click","social_ad"]}"#,
            r#"{"coupon_sites":["de-als.4.example"]}"#,
        ] {
            assert!(checked(json).is_some(), "{json}");
        }
        let sites = |count: usize| {
            let sites: Vec<String> = (0..count).map(|n| format!("\"d{n}.example\"")).collect();
            checked(&format!("{{\"coupon_sites\":[{}]}}", sites.join(",")))
        };
        assert!(sites(SITES_MAX).is_some() && sites(SITES_MAX + 1).is_none());
        let host = |length: usize| {
            let long = "a".repeat(length - ".example".len());
            checked(&format!("{{\"coupon_sites\":[\"{long}.example\"]}}"))
        };
        assert!(host(HOST_LENGTH_MAX).is_some() && host(HOST_LENGTH_MAX + 1).is_none());
    }

    #[test]
    fn thresholds_out_of_order_and_what_is_no_host_are_refused() {
        for json in [
            r#"{"review":0}"#,
            r#"{"review":101}"#,
            r#"{"block":10001}"#,
            r#"{"off":["late_click","late_click"]}"#,
            r#"{"off":["rain"]}"#,
            r#"{"coupon_sites":["https://deals.example"]}"#,
            r#"{"coupon_sites":["deals"]}"#,
            r#"{"coupon_sites":["deals..example"]}"#,
            r#"{"coupon_sites":["deals.ex_ample"]}"#,
            r#"{"strict":true}"#,
        ] {
            assert_eq!(checked(json), None, "{json}");
        }
    }
}
