//! The ledger's tables, as ordered migrations: one file a version.
//!
//! Tables with text keys are WITHOUT ROWID, because every index entry is a row written and rows written are what a ledger
//! costs. Nothing here is changed once released: a new table or column is a new file, and a line at the end of
//! [`MIGRATIONS`]. The simulator opens a database of every earlier version (`tests/simulator/fixtures/`) and goes on with it.
//!
//! All migrations that are missing run in one transaction, when the object is loaded or with its next command. From the first
//! version to the fifth, a ledger of 100,000 orders, all of them claimed and rewarded, took 5 s on one core of a
//! developer's machine (measured once, by hand), and beyond its page cache 50 MB and what its outbox holds, where SQLite sorts
//! in memory; the sixth only adds columns, and the eighth goes once through log, touches, rewards, people and orders. The platform gives 30 s
//! and 128 MB: a migration that would need more has to work in pieces.

mod v1;
mod v10_ways;
mod v11_notes;
mod v12_shops;
mod v2_lanes_and_facts;
mod v3_rewards;
mod v4_attribution;
mod v5_outbox;
mod v6_placement;
mod v7_scopes;
mod v8_trust;
mod v9_words;

use super::sql::{Param, Sql, SqlError};

/// All migrations in order; the position is the version.
const MIGRATIONS: &[&[&str]] = &[
    &v1::TABLES,
    &v2_lanes_and_facts::CHANGES,
    &v3_rewards::CHANGES,
    &v4_attribution::CHANGES,
    &v5_outbox::CHANGES,
    &v6_placement::CHANGES,
    &v7_scopes::CHANGES,
    &v8_trust::CHANGES,
    &v9_words::CHANGES,
    &v10_ways::CHANGES,
    &v11_notes::CHANGES,
    &v12_shops::CHANGES,
];

/// The newest version.
#[cfg(feature = "native")]
pub(crate) const NEWEST: usize = MIGRATIONS.len();

/// Whether this object has ever been given a program. An object that was only asked about one must store nothing.
pub(crate) fn exists(sql: &dyn Sql) -> Result<bool, SqlError> {
    let found = sql.query(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
        &[],
    )?;
    Ok(!found.is_empty())
}

/// Brings the database to the newest version.
pub(crate) fn migrate(sql: &dyn Sql) -> Result<(), SqlError> {
    migrate_to(sql, MIGRATIONS.len())
}

/// Brings the database to this version; one that is past it stays as it is.
pub(crate) fn migrate_to(sql: &dyn Sql, newest: usize) -> Result<(), SqlError> {
    if !exists(sql)? {
        for statement in v1::BOOKKEEPING {
            sql.execute(statement, &[])?;
        }
    }
    let rows = sql.query("SELECT coalesce(max(version), 0) FROM migrations", &[])?;
    let done = rows.first().map_or(0, |row| row.count(0));
    for (version, statements) in (1_u32..).zip(MIGRATIONS).take(newest) {
        if version <= done {
            continue;
        }
        for statement in *statements {
            sql.execute(statement, &[])?;
        }
        sql.execute(
            "INSERT INTO migrations (version) VALUES (?)",
            &[Param::from(version)],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use goodword_shared::id::hex;
    use sha2::{Digest, Sha256};

    use super::{MIGRATIONS, v1};

    /// Digests of the versions that are out there, oldest first.
    const RELEASED: [&str; 11] = [
        "783b00b1cfce73ebfb1ff5a711773f24a5a1e7d59c28d6241fc26439e144174c",
        "640b219c611f956973d62a3f2bc77ab57083c3c89162a5cbe0329fc83fb6cda5",
        "60cc39d3d5eba17f3485961c4bb50899e5db3bff62e6cd907f37d9731f8d8b66",
        "3cccf7533a1337b241bffa75775848acc10063fe0ce0391d51a5a3d9243949d6",
        "a875229af0fb5b4aaab613f0e10327c8545f651005ce7b16ff8ba34bd5d734c2",
        "a917311e5b2a74f366b4999b130e7bb823075c32d8afefed2a68390c42fbdcb3",
        "9faec0605fd3bb0e5f9920f33c1dd6fd634fe5d17d72d650f90b019f428093fb",
        "39c9820ad2a0b652cd5c2d33e36c7c068d90436d67e13b23d99a1944101a9c2d",
        "d873dc9a04b2ac3ac485e3556612662e19d3db7abe4da90df6d2b2d1217d7c9e",
        "f7114831b8b6d8d0c87d4e821e4c0119808239f15687306c64c0122ab53ff20a",
        "dcd3ed0c59e58334669cf9c91703494c37b0950e39c05feeee8af0c791f2683a",
    ];

    #[test]
    fn a_released_version_is_never_edited() {
        let first = [&v1::BOOKKEEPING[..], &v1::TABLES[..]].concat();
        let released = MIGRATIONS.iter().enumerate().map(|(at, statements)| {
            let statements = if at == 0 { &first } else { *statements };
            hex(&Sha256::digest(statements.join(";")))
        });
        let released: Vec<String> = released.take(RELEASED.len()).collect();
        assert_eq!(released, RELEASED);
    }
}
