//! The verdicts beside what the generator meant, and whether they are good enough: of the referrals that the terms let through to a
//! verdict, because what the terms refuse, of honest people as well, is no merit of the rules about risk.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use goodword_shared::risk::list::{HashList, lines};

use crate::TUNING_END;
use crate::shop::Shop;
use crate::verdict::{Judged, Verdict};
use crate::world::label::{Abuse, Honest, Label, NO_TRACE, UNTRACED};
use crate::world::make;

const DISPOSABLE: &str = include_str!("../../../lists/disposable-domains.txt");
/// Least recall of abuse by equal identity, and of every other class, in tenths of a percent of the referrals that were judged.
const RECALL_BY_IDENTITY: u64 = 990;
const RECALL: u64 = 800;
/// Most of each honest kind that may be blocked or held for review, in tenths of a percent of the referrals that were judged.
const BLOCKED: u64 = 1;
const REVIEWED: u64 = 50;

/// Verdicts on orders of one label.
#[derive(Clone, Debug, Default)]
struct Verdicts {
    orders: u64,
    reviewed: u64,
    blocked: u64,
    /// Nobody's referral by the terms, so that no verdict was asked for: the click came after the checkout, or the buyer is another's.
    unreferred: u64,
    /// Of what was held for review or blocked, by the heaviest signal.
    led_by: BTreeMap<String, u64>,
}

/// The verdicts on all orders of some seeds.
#[derive(Clone, Debug, Default)]
pub struct Report {
    start: u64,
    seeds: u64,
    by_label: BTreeMap<Label, Verdicts>,
}

/// Judges the shops of these seeds. Fails where a ledger does what it must not.
pub fn run(start: u64, seeds: u64) -> Result<Report, String> {
    let domains = HashList::of(lines(DISPOSABLE)).pack();
    let next = AtomicU64::new(0);
    let all = Mutex::new(Ok(Report {
        start,
        seeds,
        ..Report::default()
    }));
    let work = || {
        // An isolate reads the list once, and so does a thread.
        goodword_edge::learn_domains(&domains);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= seeds {
                break;
            }
            let seed = start.wrapping_add(index);
            let found = judge(seed);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            match (&mut *all, found) {
                (Ok(report), Ok(found)) => report.add(found),
                (Ok(_), Err(what)) => *all = Err(format!("seed {seed}: {what}")),
                (Err(_), _) => break,
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn judge(seed: u64) -> Result<BTreeMap<Label, Verdicts>, String> {
    let world = make(seed);
    let mut shop = Shop::new(seed)?;
    for event in &world.events {
        shop.tell(event)?;
    }
    let mut found: BTreeMap<Label, Verdicts> = BTreeMap::new();
    for (order, judged) in shop.verdicts()? {
        if let Some(label) = world.labels.get(&order) {
            found.entry(*label).or_default().add(judged);
        }
    }
    Ok(found)
}

impl Verdicts {
    fn add(&mut self, judged: Judged) {
        self.orders += 1;
        match judged.verdict {
            Verdict::Allowed => return,
            Verdict::NoReferral => {
                self.unreferred += 1;
                return;
            }
            Verdict::Reviewed => self.reviewed += 1,
            Verdict::Blocked => self.blocked += 1,
        }
        if let Some(lead) = judged.lead {
            *self.led_by.entry(lead).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.orders += other.orders;
        self.reviewed += other.reviewed;
        self.blocked += other.blocked;
        self.unreferred += other.unreferred;
        for (lead, count) in other.led_by {
            *self.led_by.entry(lead).or_default() += count;
        }
    }

    /// What the terms let through to a verdict.
    const fn judged(&self) -> u64 {
        self.orders - self.unreferred
    }

    const fn caught(&self) -> u64 {
        self.reviewed + self.blocked
    }

    const fn recall(&self) -> Share {
        Share(self.caught(), self.judged())
    }

    /// What leads to a verdict most often, the three first.
    fn leads(&self) -> String {
        let mut leads: Vec<_> = self.led_by.iter().collect();
        leads.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let told: Vec<String> = leads
            .iter()
            .take(3)
            .map(|(lead, count)| format!("{lead} {count}"))
            .collect();
        told.join(", ")
    }
}

impl Report {
    /// Takes in the verdicts on other seeds. Its heading still names the first ones.
    pub fn absorb(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.add(other.by_label);
    }

    fn add(&mut self, found: BTreeMap<Label, Verdicts>) {
        for (label, verdicts) in found {
            self.by_label.entry(label).or_default().merge(verdicts);
        }
    }

    fn of(&self, label: Label) -> Verdicts {
        self.by_label.get(&label).cloned().unwrap_or_default()
    }

    /// The verdicts on a class, those included that leave no trace.
    fn with_untraced(&self, class: Abuse) -> Verdicts {
        let mut all = self.of(Label::Abuse(class));
        for (label, of, _) in UNTRACED {
            if of == class {
                all.merge(self.of(label));
            }
        }
        all
    }

    /// Everything that is not good enough, a line each. `slack` is how many standard errors a figure may miss its limit by: none
    /// where there are thousands of orders, two where there are hundreds.
    pub fn failures(&self, slack: u64) -> Vec<String> {
        let mut failures = Vec::new();
        for class in Abuse::ALL {
            let verdicts = self.of(Label::Abuse(class));
            let least = if class.is_by_identity() {
                RECALL_BY_IDENTITY
            } else {
                RECALL
            };
            let judged = verdicts.judged();
            let chance = by_chance(judged, least, slack);
            if judged == 0 || (verdicts.caught() + chance) * 1_000 < judged * least {
                let recall = verdicts.recall();
                let least = Share(least, 1_000);
                failures.push(format!("{}: recall {recall}, not {least}", class.words()));
            }
        }
        for kind in Honest::ALL {
            let verdicts = self.of(Label::Honest(kind));
            let judged = verdicts.judged();
            let too_many = |count: u64, most: u64| {
                let chance = by_chance(judged, most, slack);
                count * 1_000 > judged * most + chance * 1_000
            };
            if judged == 0
                || too_many(verdicts.blocked, BLOCKED)
                || too_many(verdicts.reviewed, REVIEWED)
            {
                failures.push(format!(
                    "{}: of {} blocked {}, reviewed {}",
                    kind.words(),
                    judged,
                    Share(verdicts.blocked, judged),
                    Share(verdicts.reviewed, judged)
                ));
            }
        }
        failures
    }

    /// How many orders were judged.
    pub fn orders(&self) -> u64 {
        self.by_label.values().map(|verdicts| verdicts.orders).sum()
    }

    /// Of the orders on which a signal led to a verdict, how many were abuse, of a thousand: weighed over the signals that
    /// led to the verdicts on a class. It answers what a merchant may think of such a case in the queue.
    fn precision(&self, verdicts: &Verdicts) -> Share {
        let sum = |lead: &str, abuse_alone: bool| -> u64 {
            let all = self.by_label.iter();
            all.filter(|(label, _)| !abuse_alone || !matches!(label, Label::Honest(_)))
                .filter_map(|(_, verdicts)| verdicts.led_by.get(lead))
                .sum()
        };
        let weighed = verdicts
            .led_by
            .iter()
            .map(|(lead, count)| count * sum(lead, true) * 10_000 / sum(lead, false).max(1));
        Share(weighed.sum(), verdicts.caught() * 10_000)
    }
}

/// So many standard errors of how many of these orders are of a kind that so many of a thousand are of.
fn by_chance(orders: u64, permille: u64, slack: u64) -> u64 {
    let variance = orders * permille * (1_000 - permille) / 1_000_000;
    slack * variance.isqrt()
}

/// A share as a percentage.
struct Share(u64, u64);

impl Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(part, whole) = *self;
        if whole == 0 {
            return f.pad("-");
        }
        let hundredths = part * 10_000 / whole;
        f.pad(&format!("{}.{:02} %", hundredths / 100, hundredths % 100))
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.start + self.seeds.saturating_sub(1);
        writeln!(
            f,
            "{} referred orders in {} shops, seeds {} to {last}{}",
            self.orders(),
            self.seeds,
            self.start,
            if self.start < TUNING_END {
                ": weights were chosen on these, so they prove nothing"
            } else {
                ""
            }
        )?;
        writeln!(
            f,
            "\n{:<32} {:>7} {:>11} {:>9} {:>12} {:>9} {:>9} {:>9}   led by",
            "abuse",
            "orders",
            "no referral",
            "recall",
            "all recall",
            "precision",
            "review",
            "block"
        )?;
        for class in Abuse::ALL {
            let verdicts = self.of(Label::Abuse(class));
            let share = |count| Share(count, verdicts.judged());
            writeln!(
                f,
                "{:<32} {:>7} {:>11} {:>9} {:>12} {:>9} {:>9} {:>9}   {}",
                class.words(),
                verdicts.orders,
                Share(verdicts.unreferred, verdicts.orders),
                verdicts.recall(),
                self.with_untraced(class).recall(),
                self.precision(&verdicts),
                share(verdicts.reviewed),
                share(verdicts.blocked),
                verdicts.leads()
            )?;
        }
        writeln!(
            f,
            "\n{:<32} {:>7} {:>11} {:>9} {:>9}   led by",
            "honest", "orders", "no referral", "review", "block"
        )?;
        for kind in Honest::ALL {
            let verdicts = self.of(Label::Honest(kind));
            let share = |count| Share(count, verdicts.judged());
            writeln!(
                f,
                "{:<32} {:>7} {:>11} {:>9} {:>9}   {}",
                kind.words(),
                verdicts.orders,
                Share(verdicts.unreferred, verdicts.orders),
                share(verdicts.reviewed),
                share(verdicts.blocked),
                verdicts.leads()
            )?;
        }
        writeln!(f, "\nleaves no trace in the events of the order")?;
        for (what, why) in NO_TRACE {
            writeln!(f, "  {what}: {why}")?;
        }
        for (label, _, what) in UNTRACED {
            let verdicts = self.of(label);
            writeln!(
                f,
                "  made all the same: {what}, {} orders, {} without a referral, {} caught",
                verdicts.orders,
                verdicts.unreferred,
                verdicts.caught()
            )?;
        }
        Ok(())
    }
}
