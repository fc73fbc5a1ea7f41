//! What a run has done, counted.

use std::ops::AddAssign;

/// Counts of one run, or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Seeds.
    pub seeds: u64,
    /// Commands that came to an end, repeats included.
    pub commands: u64,
    /// Commands refused by a rule.
    pub refused: u64,
    /// Faults after a statement.
    pub faults: u64,
    /// Commands given again.
    pub repeats: u64,
    /// Engines started anew.
    pub restarts: u64,
    /// Orders accepted.
    pub orders: u64,
    /// Of these, orders that earned a reward.
    pub rewards: u64,
    /// Refunds, cancellations and disputes accepted.
    pub undos: u64,
    /// Of these, facts that came before their order.
    pub early: u64,
    /// Rewards granted after a hold.
    pub matured: u64,
    /// Rewards that nobody has collected in time.
    pub expired: u64,
    /// Guests who were forgotten.
    pub forgotten: u64,
    /// Orders with a reward that a dry run of the terms in force has decided on again.
    pub imagined: u64,
    /// Orders with a reward that a dry run has decided on again which began in the middle.
    pub imagined_halves: u64,
    /// Deliveries that arrived.
    pub deliveries: u64,
    /// Deliveries that failed, or whose answer was lost.
    pub undelivered: u64,
    /// Deliveries given up.
    pub given_up: u64,
    /// Of these, deliveries sent again.
    pub replayed: u64,
    /// Invariants checked.
    pub checks: u64,
}

impl Figures {
    /// Name and number of each.
    pub const fn lines(&self) -> [(&'static str, u64); 20] {
        [
            ("seeds", self.seeds),
            ("commands", self.commands),
            ("refused by a rule", self.refused),
            ("faults injected", self.faults),
            ("commands repeated", self.repeats),
            ("restarts", self.restarts),
            ("orders", self.orders),
            ("rewards earned", self.rewards),
            ("refunds, cancellations, disputes", self.undos),
            ("  of these before their order", self.early),
            ("rewards granted after a hold", self.matured),
            ("rewards not collected in time", self.expired),
            ("guests forgotten", self.forgotten),
            ("rewarded orders imagined again", self.imagined),
            ("  of these from the middle on", self.imagined_halves),
            ("deliveries", self.deliveries),
            ("deliveries failed or unacknowledged", self.undelivered),
            ("deliveries given up", self.given_up),
            ("  of these sent again", self.replayed),
            ("invariants checked", self.checks),
        ]
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, more: Self) {
        self.seeds += more.seeds;
        self.commands += more.commands;
        self.refused += more.refused;
        self.faults += more.faults;
        self.repeats += more.repeats;
        self.restarts += more.restarts;
        self.orders += more.orders;
        self.rewards += more.rewards;
        self.undos += more.undos;
        self.early += more.early;
        self.matured += more.matured;
        self.expired += more.expired;
        self.forgotten += more.forgotten;
        self.imagined += more.imagined;
        self.imagined_halves += more.imagined_halves;
        self.deliveries += more.deliveries;
        self.undelivered += more.undelivered;
        self.given_up += more.given_up;
        self.replayed += more.replayed;
        self.checks += more.checks;
    }
}
