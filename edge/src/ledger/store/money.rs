//! The journal and the balances derived from it, written together or not at all.

use goodword_shared::id::Pseudonym;
use goodword_shared::journal::{Account, Posting};
use goodword_shared::money::{Currency, MINOR_UNITS_MAX, Money, MoneyError};
use goodword_shared::time::Millis;

use super::Store;
use crate::ledger::failure::Failure;
use crate::ledger::sql::{Param, SqlError, Value};

impl Store<'_> {
    /// Books the movements of money of one reward.
    pub(crate) fn post(
        &self,
        postings: &[Posting],
        reward: &Pseudonym,
        now: Millis,
    ) -> Result<(), Failure> {
        if postings.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        let mut moved: Vec<(String, Currency, Option<i64>)> = Vec::new();
        for posting in postings {
            let (debit, credit) = (posting.debit.key(), posting.credit.key());
            let (minor, currency) = (posting.amount.minor(), posting.amount.currency());
            lines.extend([
                Value::from(reward.0.as_str()),
                Value::from(debit.as_str()),
                Value::from(credit.as_str()),
                Value::from(minor),
                Value::from(currency.as_str()),
                Value::from(now.0),
            ]);
            for (account, minor) in [(debit, minor.checked_neg()), (credit, Some(minor))] {
                let known = moved
                    .iter_mut()
                    .find(|(of, in_currency, _)| *of == account && *in_currency == currency);
                let Some((_, _, sum)) = known else {
                    moved.push((account, currency, minor));
                    continue;
                };
                *sum = sum
                    .zip(minor)
                    .and_then(|(sum, minor)| sum.checked_add(minor));
            }
        }
        self.insert_all(
            "INSERT INTO journal (reward, debit, credit, amount, currency, at)",
            6,
            &lines,
        )?;
        let mut sums = Vec::new();
        for (account, currency, sum) in moved {
            sums.extend([
                Value::from(account),
                Value::from(currency.as_str()),
                Value::from(sum.ok_or(MoneyError::TooLarge)?),
            ]);
        }
        self.add_to_balances(&sums)
    }

    /// The balance of an account: credits less debits.
    pub(crate) fn balance(&self, account: &Account, currency: Currency) -> Result<Money, SqlError> {
        let row = self.row(
            "SELECT balance FROM balances WHERE account = ? AND currency = ?",
            &[Param::from(&account.key()), Param::from(currency.as_str())],
        )?;
        let minor = row.map_or(0, |row| row.int(0));
        Money::new(minor, currency).map_err(|_| SqlError("a stored balance".into()))
    }

    /// What lies on two accounts together in every currency that either has ever had, the main one first.
    pub(crate) fn balances(
        &self,
        accounts: [&Account; 2],
        main: Currency,
    ) -> Result<Vec<Money>, SqlError> {
        let [one, other] = accounts.map(Account::key);
        let rows = self.rows(
            "SELECT currency, sum(balance) FROM (SELECT currency, balance FROM balances WHERE account IN (?1, ?2)
                UNION ALL SELECT ?3, 0) GROUP BY currency ORDER BY currency <> ?3, currency",
            &[Param::from(&one), Param::from(&other), Param::from(main.as_str())],
        )?;
        rows.iter()
            .map(|row| {
                let (currency, minor) = (Currency::parse(row.text(0)), row.int(1));
                let money = currency.and_then(|currency| Money::new(minor, currency));
                money.map_err(|_| SqlError("a stored balance".into()))
            })
            .collect()
    }

    /// Adds to balances: account, currency and sum of each. One that could not be read back exactly is refused, and the
    /// command with it.
    fn add_to_balances(&self, sums: &[Value]) -> Result<(), Failure> {
        let count = sums.len().checked_div(3).unwrap_or_default();
        let statement = format!(
            "INSERT INTO balances (account, currency, balance) VALUES {}
                ON CONFLICT (account, currency) DO UPDATE SET balance = balance + excluded.balance
                    WHERE abs(balance + excluded.balance) <= ?
                RETURNING 1",
            vec!["(?, ?, ?)"; count].join(", ")
        );
        let mut values: Vec<Param<'_>> = sums.iter().map(Param::from).collect();
        values.push(Param::from(MINOR_UNITS_MAX));
        let written = self.rows(&statement, &values)?.len();
        if written == count {
            Ok(())
        } else {
            Err(MoneyError::TooLarge.into())
        }
    }
}
