//! Whose order is it, and may this visitor claim?

use super::people::Naming;
use super::rules::{
    ANONYMOUS_ORDERS_EARN, CLICK_SERVES_MANY_ORDERS, STOPPED_PROGRAMS_ANSWER_OLD_CLAIMS,
};
use super::{Claim, Click, DAY_MS, Decision, Model, Order, Verdict};

/// Two clocks may differ by so much.
const SKEW_MS: i64 = 300_000;

/// Strength of evidence; the strongest comes first.
const TOKEN: u8 = 0;
const DISCOUNT: u8 = 1;
const TYPED: u8 = 2;
const BOUND: u8 = 3;
const STAFF: u8 = 4;

/// A piece of evidence; `named` is the referrer with the time of the touch, the version, and whether it was claimed.
struct Evidence {
    strength: u8,
    key: String,
    named: Option<(usize, i64, usize, bool)>,
}

impl Model {
    /// What must be decided on an order that arrives now.
    pub(super) fn decide(&self, order: &Order, now: i64) -> Decision {
        let nothing = |reason| Decision {
            reason,
            key: String::new(),
            referrer: None,
            version: 0,
            no_reward: None,
        };
        let mut evidence = self.evidence(order, now);
        let rules = self.terms(self.version_at(order.at));
        evidence.sort_by_key(|one| {
            let touched_at = one.named.map_or(
                i64::MAX,
                |(_, at, _, _)| {
                    if rules.first_touch { at } else { -at }
                },
            );
            (
                rules.ranks.iter().position(|kind| *kind == one.strength),
                one.named.is_none(),
                touched_at,
                one.key.clone(),
            )
        });
        let (_, newest) = self.newest();
        if evidence.is_empty() {
            return nothing("no_evidence");
        }
        if !newest.active {
            return nothing("program_ended");
        }
        if order.buyer.is_nobody() && !ANONYMOUS_ORDERS_EARN {
            return nothing("unnamed_buyer");
        }
        if self.people.referrer_of(&order.buyer).is_some() {
            return nothing("already_referred");
        }
        let verdicts: Vec<Result<_, &str>> =
            evidence.iter().map(|one| self.judge(one, order)).collect();
        let chosen = verdicts.iter().position(Result::is_ok);
        let terms = chosen.map_or(rules, |chosen| {
            self.terms(verdicts[chosen].expect("chosen").1)
        });
        if self.people.orders_of(&order.buyer) >= terms.first_orders {
            return nothing("existing_customer");
        }
        let Some(chosen) = chosen else {
            let obstacle = ["self_referral", "window_passed", "after_checkout"]
                .into_iter()
                .find(|o| verdicts.contains(&Err(*o)));
            return nothing(obstacle.unwrap_or("unresolved_evidence"));
        };
        let (referrer, version) = verdicts[chosen].expect("chosen");
        let (_, touched_at, ..) = evidence[chosen].named.expect("chosen");
        if !self.qualifies(order, version, touched_at) {
            return nothing("not_qualified");
        }
        let bought = order.events.is_none();
        let Some(terms) = self.terms(version).in_currency(order.currency) else {
            return nothing("currency_not_offered");
        };
        if bought && order.subtotal + order.discount < terms.minimum.max(1) {
            return nothing("below_minimum");
        }
        if order.verdict == Verdict::Block {
            return nothing("blocked_by_risk");
        }
        let reason = [
            "signed_token",
            "claimed_discount",
            "typed_code",
            "bound_customer",
            "staff_entry",
        ][usize::from(evidence[chosen].strength)];
        Decision {
            reason,
            key: evidence[chosen].key.clone(),
            referrer: Some(referrer),
            version,
            no_reward: None,
        }
    }

    /// Whether it is an order where orders are rewarded, or the last of the events that are.
    fn qualifies(&self, order: &Order, version: usize, touched_at: i64) -> bool {
        let terms = self.terms(version);
        match (terms.events, &order.events) {
            (None, None) => true,
            (Some(wanted), Some(seen)) => wanted.iter().all(|wanted| {
                let in_time =
                    |at: i64| (0..=terms.window_days * DAY_MS).contains(&(at - touched_at));
                seen.iter().any(|(kind, at)| kind == wanted && in_time(*at))
            }),
            _ => false,
        }
    }

    fn judge(&self, evidence: &Evidence, order: &Order) -> Result<(usize, usize), &'static str> {
        let (referrer, touched_at, version, claimed) = evidence.named.ok_or("unresolved")?;
        if order.checkout_at.is_some_and(|began| touched_at > began) {
            return Err("after_checkout");
        }
        let last = touched_at + self.terms(version).window_days * DAY_MS;
        if !claimed && order.at > last {
            return Err("window_passed");
        }
        let known = &self.people.0[referrer].named;
        if self
            .people
            .judged(&order.buyer)
            .iter()
            .any(|buyer| buyer.is(known))
        {
            return Err("self_referral");
        }
        Ok((referrer, version))
    }

    fn evidence(&self, order: &Order, now: i64) -> Vec<Evidence> {
        let mut found = Vec::new();
        if let Some(click) = &order.click {
            let named = self.named_by(click, order, now);
            found.push(Evidence {
                strength: TOKEN,
                key: click.id.clone(),
                named,
            });
        }
        for code in &order.codes {
            let claim = self
                .claims
                .iter()
                .find(|claim| claim.discount_code == *code);
            let ours = code.starts_with("GW") && code.len() == 12;
            if claim.is_none() && !ours {
                continue;
            }
            let unused = claim.filter(|claim| claim.used_by.is_none());
            let named = unused.map(|claim| {
                // A code that was typed is never too late for the checkout in which it was typed.
                let typed = claim.click.starts_with("typed ");
                let began = order
                    .checkout_at
                    .filter(|began| typed && *began < claim.touched_at);
                let at = began.unwrap_or(claim.touched_at);
                (claim.referrer, at, claim.version, true)
            });
            found.push(Evidence {
                strength: DISCOUNT,
                key: code.clone(),
                named,
            });
        }
        if let Some(typed) = &order.typed {
            let owner = self.people.by_code(&typed.to_ascii_uppercase());
            let at = order.checkout_at.unwrap_or(order.at);
            let named = owner.map(|owner| (owner, at, self.version_at(order.at), false));
            found.push(Evidence {
                strength: TYPED,
                key: typed.clone(),
                named,
            });
        }
        let own = self.people.own(&order.buyer);
        let bonds = own.map_or(&[][..], |own| &self.people.0[own].bonds);
        for bond in bonds.iter().filter(|bond| bond.at <= order.at + SKEW_MS) {
            found.push(Evidence {
                strength: if bond.staff.is_some() { STAFF } else { BOUND },
                key: bond.key.clone(),
                named: (!self.used_by_another(&bond.key, own)).then_some((
                    bond.referrer,
                    bond.at,
                    bond.version,
                    false,
                )),
            });
        }
        found
    }

    /// Whether a click that binds somebody was used by another one's order.
    fn used_by_another(&self, key: &str, own: Option<usize>) -> bool {
        let claim = self.claims.iter().find(|claim| claim.click == key);
        let order = claim.and_then(|claim| claim.used_by.as_ref());
        order.is_some_and(|order| self.people.own(&self.orders[order].order.buyer) != own)
    }

    fn named_by(
        &self,
        click: &Click,
        order: &Order,
        now: i64,
    ) -> Option<(usize, i64, usize, bool)> {
        let referrer = self.people.by_code(&click.code)?;
        let claim = self.claims.iter().find(|claim| claim.click == click.id);
        let used = claim.is_some_and(|claim| claim.used_by.is_some())
            || self.used_clicks.contains(&click.id);
        let good = self.signs(click) && click.at <= now + SKEW_MS && click.at <= order.at + SKEW_MS;
        if !good || (used && !CLICK_SERVES_MANY_ORDERS) {
            return None;
        }
        let version = claim.map_or_else(|| self.version_at(order.at), |claim| claim.version);
        Some((referrer, click.at, version, claim.is_some()))
    }

    fn signs(&self, click: &Click) -> bool {
        self.token_keys.contains(&click.generation)
    }

    /// Whether the token of a click can be read at this time. Five minutes from now, no clock that is right has been yet.
    fn reads(&self, click: &Click, now: i64) -> bool {
        self.signs(click) && click.at - now <= 300_000
    }

    /// What came with an order serves no other one, whether it won or not; an unclaimed click only when it converted.
    pub(super) fn use_up(&mut self, order: &Order, decision: &Decision, now: i64) {
        if order.is_of_nothing() {
            return;
        }
        let readable = order
            .click
            .as_ref()
            .filter(|click| self.reads(click, now))
            .map(|click| click.id.clone());
        for claim in &mut self.claims {
            let bound = decision.reason == "bound_customer" && claim.click == decision.key;
            let by_click = bound || readable.as_ref() == Some(&claim.click);
            if (by_click || order.codes.contains(&claim.discount_code)) && claim.used_by.is_none() {
                claim.used_by = Some(order.id.clone());
            }
        }
        if let Some(click) = readable.filter(|_| decision.reason == "signed_token")
            && !self.claims.iter().any(|claim| claim.click == click)
        {
            self.used_clicks.push(click);
        }
    }

    /// The latest period of which a network is known: the keys of networks never go back.
    pub fn latest_period(&self) -> i64 {
        let known = self.claims.iter().filter(|claim| claim.source.is_some());
        known.map(|claim| claim.period).max().unwrap_or(i64::MIN)
    }

    /// Whether a claim that is made again binds a visitor whom the shop knows by now.
    pub fn binds(&self, claim: &Claim, visitor: &Naming) -> bool {
        let people = &self.people;
        let mut bonds = people.0.iter().flat_map(|record| &record.bonds);
        let other = people.referrer_of(visitor);
        let known = &people.0[claim.referrer].named;
        claim.used_by.is_none()
            && !bonds.any(|bond| bond.key == claim.click)
            && people.orders_of(visitor) < self.newest().1.first_orders
            && other.is_none_or(|other| other == claim.referrer)
            && !people.judged(visitor).iter().any(|one| one.is(known))
    }

    /// Whether a claim must be accepted: `Ok(true)` when it was made before.
    pub fn may_claim(
        &self,
        label: &str,
        click: Option<&Click>,
        code: &str,
        visitor: Option<&Naming>,
        source: Option<&str>,
        now: i64,
    ) -> Result<bool, &'static str> {
        let (_, terms) = self.newest();
        if let Some(click) = click {
            if !self.signs(click) {
                return Err("click_token_invalid");
            }
            if now - click.at > terms.window_days * DAY_MS || !self.reads(click, now) {
                return Err("click_token_expired");
            }
        }
        let referrer = self.people.by_code(code).ok_or("unknown_code")?;
        let known = self.claims.iter().any(|claim| claim.click == label);
        if known && (STOPPED_PROGRAMS_ANSWER_OLD_CLAIMS || terms.active) {
            return Ok(true);
        }
        if !terms.active {
            return Err("program_ended");
        }
        if click.is_some_and(|click| self.used_clicks.contains(&click.id))
            && !CLICK_SERVES_MANY_ORDERS
        {
            return Err("click_token_used");
        }
        if let Some(visitor) = visitor {
            if self.people.orders_of(visitor) >= terms.first_orders {
                return Err("existing_customer");
            }
            let other = self.people.referrer_of(visitor);
            if other.is_some_and(|other| other != referrer) {
                return Err("already_referred");
            }
            let known = &self.people.0[referrer].named;
            if self
                .people
                .judged(visitor)
                .iter()
                .any(|visitor| visitor.is(known))
            {
                return Err("self_referral");
            }
        }
        let period = super::period(now).max(self.latest_period());
        let live = |same_source: bool| {
            let unused = |claim: &&Claim| {
                claim.referrer == referrer
                    && claim.used_by.is_none()
                    && claim.expires_at >= now
                    && (!same_source || (source.is_some() && claim.source.as_deref() == source))
                    && (!same_source || claim.period + 1 >= period)
            };
            self.claims.iter().filter(unused).count()
        };
        if live(false) >= terms.per_code {
            return Err("too_many_discounts_for_code");
        }
        if live(true) >= terms.per_source {
            return Err("too_many_discounts_for_source");
        }
        Ok(false)
    }
}
