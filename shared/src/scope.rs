//! What a key of the merchant API may do.

use serde::Deserialize;

/// The scope of a key, or the one that a route asks for. Each holds all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Looks at everything and changes nothing.
    Read,
    /// What a shop's staff and server do every day, with people, orders, rewards, credit and deliveries.
    Operate,
    /// Settings and keys as well.
    Admin,
}

impl Scope {
    /// All scopes, the smallest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Admin];

    /// The name in the API and in the ledger's tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }

    /// The scope of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn each_scope_holds_the_smaller_ones() {
        assert!(Scope::ALL.is_sorted());
        assert!(Scope::Read < Scope::Operate && Scope::Operate < Scope::Admin);
    }

    #[test]
    fn a_scope_is_known_by_its_name_and_by_no_other() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
        }
        for other in ["", "Read", "admin ", "write"] {
            assert_eq!(Scope::from_name(other), None, "{other}");
        }
    }
}
