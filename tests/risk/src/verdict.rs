//! What a ledger has decided on an order, as far as abuse goes.

use serde_json::Value;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It earns what it earns.
    Allowed,
    /// What it earns waits for the merchant's word.
    Reviewed,
    /// It earns nothing: by its risk, or because the buyer is the referrer or no new customer.
    Blocked,
    /// It earns nothing by the terms, whatever its risk.
    NoReferral,
}

/// A verdict, and what has led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// The name of the heaviest signal, or the reason of the terms.
    pub lead: Option<String>,
    /// Names of all signals, or the reason alone.
    pub signals: Vec<String>,
}

impl Judged {
    /// Reads the reason of a decision, how its referral was judged, and what was considered.
    pub fn of(reason: &str, risk: Option<&str>, considered: Option<&str>) -> Result<Self, String> {
        let parse = |text: Option<&str>| -> Result<Value, String> {
            serde_json::from_str(text.unwrap_or("null")).map_err(|error| error.to_string())
        };
        let judged = parse(risk)?;
        if !judged.is_null() {
            return Self::assessed(&judged["assessment"]);
        }
        let (verdict, lead) = match reason {
            // Refused before a referral is judged.
            "self_referral" => match own(&parse(considered)?) {
                Some("customer_id") => (Verdict::Blocked, "same_customer"),
                Some("email") => (Verdict::Blocked, "same_email"),
                _ => (Verdict::Blocked, "same_mailbox"),
            },
            "existing_customer" => (Verdict::Blocked, reason),
            _ => (Verdict::NoReferral, reason),
        };
        Ok(Self {
            verdict,
            lead: Some(lead.to_owned()),
            signals: vec![lead.to_owned()],
        })
    }

    fn assessed(assessment: &Value) -> Result<Self, String> {
        let verdict = match assessment["verdict"].as_str() {
            Some("allow") => Verdict::Allowed,
            Some("review") => Verdict::Reviewed,
            Some("block") => Verdict::Blocked,
            _ => return Err(format!("a strange assessment: {assessment}")),
        };
        let signals = assessment["signals"].as_array().into_iter().flatten();
        let names = signals.filter_map(|signal| signal["signal"].as_str());
        let signals: Vec<String> = names.map(str::to_owned).collect();
        Ok(Self {
            verdict,
            lead: signals.first().cloned(),
            signals,
        })
    }
}

/// By what the buyer was the referrer.
fn own(considered: &Value) -> Option<&str> {
    let mut all = considered.as_array().into_iter().flatten();
    let own = all.find(|one| one["verdict"] == "self_referral")?;
    own["same_as_buyer"].as_str()
}
