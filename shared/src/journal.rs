//! The journal: money only ever moves from one account to another.
//!
//! A posting debits one account and credits another by the same amount, so the books balance by construction; balances
//! are sums over postings and nothing else.

use serde::Serialize;

use crate::id::Pseudonym;
use crate::money::Money;

/// An account of the program's books.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the program costs the merchant.
    ProgramExpense,
    /// Earned, on hold.
    Held(Pseudonym),
    /// Earned and due.
    Payable(Pseudonym),
    /// Account credit that was granted, and not taken.
    Issued(Pseudonym),
    /// Account credit that its owner has spent.
    Taken(Pseudonym),
    /// Rewards of other kinds that the merchant has handed over.
    HandedOver(Pseudonym),
    /// Owed back by the referrer after a clawback.
    Receivable(Pseudonym),
}

/// One movement of money. The amount is more than zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Where it comes from.
    pub debit: Account,
    /// Where it goes.
    pub credit: Account,
    /// How much.
    pub amount: Money,
}

impl Account {
    /// The key under which the ledger stores it, such as `held:4f...`.
    pub fn key(&self) -> String {
        match self {
            Self::ProgramExpense => "expense".into(),
            Self::Held(person) => format!("held:{person}"),
            Self::Payable(person) => format!("payable:{person}"),
            Self::Issued(person) => format!("issued:{person}"),
            Self::Taken(person) => format!("taken:{person}"),
            Self::HandedOver(person) => format!("handed_over:{person}"),
            Self::Receivable(person) => format!("receivable:{person}"),
        }
    }
}

/// The posting of an amount, or none when there is nothing to move.
pub fn posting(debit: Account, credit: Account, amount: Money) -> Option<Posting> {
    (amount.minor() > 0).then_some(Posting {
        debit,
        credit,
        amount,
    })
}

#[cfg(test)]
mod tests {
    use super::{Account, posting};
    use crate::decide::testing::eur;
    use crate::id::Pseudonym;

    #[test]
    fn nothing_is_not_posted() {
        let held = Account::Held(Pseudonym("p".into()));
        assert!(posting(Account::ProgramExpense, held.clone(), eur(0)).is_none());
        assert!(posting(Account::ProgramExpense, held, eur(1)).is_some());
    }

    #[test]
    fn account_keys_are_pinned() {
        let person = Pseudonym("p".into());
        let keys = [
            Account::ProgramExpense,
            Account::Held(person.clone()),
            Account::Payable(person.clone()),
            Account::Issued(person.clone()),
            Account::Taken(person.clone()),
            Account::HandedOver(person.clone()),
            Account::Receivable(person),
        ]
        .map(|account| account.key());
        assert_eq!(
            keys,
            [
                "expense",
                "held:p",
                "payable:p",
                "issued:p",
                "taken:p",
                "handed_over:p",
                "receivable:p"
            ]
        );
    }
}
