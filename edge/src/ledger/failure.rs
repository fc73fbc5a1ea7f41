//! How a command ends when it does not succeed.

use std::fmt;

use goodword_shared::money::MoneyError;
use goodword_shared::rejection::Rejection;

use super::sql::SqlError;

/// Either way the transaction is rolled back and nothing has happened.
pub(crate) enum Failure {
    /// A rule says no; the caller learns which.
    Rejected(Rejection),
    /// Something that must not happen has happened; the caller learns only that, the log learns what.
    Broken(String),
}

/// For the log: the code of a rejection, or what has happened. A derived form would carry the names of all rejections once more.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Broken(what) => what,
        })
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Broken(error.0)
    }
}

impl From<MoneyError> for Failure {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::TooLarge => Self::Rejected(Rejection::InvalidAmount),
            MoneyError::UnknownCurrency | MoneyError::MixedCurrencies => {
                Self::Rejected(Rejection::WrongCurrency)
            }
        }
    }
}

impl From<goodword_shared::json::Error> for Failure {
    fn from(error: goodword_shared::json::Error) -> Self {
        Self::Broken(format!("stored JSON: {error}"))
    }
}
