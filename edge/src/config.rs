//! Every name of a binding, variable or header of ours, and what builds differ in.

use goodword_shared::program::address::AddressPolicy;
use worker::Env;

use crate::vault::WorkerSecret;

/// KV namespace: programs, codes, attribution records.
pub(crate) const KV: &str = "GOODWORD";
/// Ledger objects.
pub(crate) const LEDGER: &str = "LEDGER";
/// Objects that count what is shown, shared, clicked and claimed.
pub(crate) const TALLY: &str = "TALLY";
/// Objects that nudge a referrer's open pages.
pub(crate) const PULSE: &str = "PULSE";
/// Rate limiter for codes that nobody knows.
pub(crate) const MISSES: &str = "MISSES";
/// Rate limiter for what visitors write.
pub(crate) const WRITES: &str = "WRITES";
/// Rate limiter for what visitors read from the ledger, and for bad credentials.
pub(crate) const READS: &str = "READS";
/// The Worker's secret, 64 hex digits.
const SECRET: &str = "GOODWORD_SECRET";
/// The secret before it, while a rotation lasts.
const SECRET_PREVIOUS: &str = "GOODWORD_SECRET_PREVIOUS";
/// Program of the short form `/r/CODE`.
const DEFAULT_PROGRAM: &str = "DEFAULT_PROGRAM";
/// The path below which it answers.
const BASE_PATH: &str = "BASE_PATH";

/// Development builds: makes a statement of the ledger fail, or the ledger hang, forget what it has to do, or trap at
/// its next work.
pub(crate) const FAULT_HEADER: &str = "x-goodword-fault";
/// Rows written by a command, which is what the platform bills: to whoever reports an order, and in development builds to
/// every caller.
pub(crate) const ROWS_WRITTEN_HEADER: &str = "x-goodword-rows-written";

/// Names of the features that a deployed bundle must not have; it is searched for them.
pub(crate) const BUILD_MARKERS: &[&str] = &[
    #[cfg(feature = "dev")]
    "goodword-dev-build",
    #[cfg(feature = "test-clock")]
    "goodword-test-clock",
    #[cfg(feature = "native")]
    "goodword-native-build",
    #[cfg(feature = "fuzz")]
    "goodword-fuzz-build",
];

/// The Worker's secret, if it is usable.
pub(crate) fn worker_secret(env: &Env) -> Option<WorkerSecret> {
    let secret = env.secret(SECRET).ok()?.to_string();
    let previous = env
        .secret(SECRET_PREVIOUS)
        .ok()
        .map(|secret| secret.to_string());
    WorkerSecret::parse(&secret, previous.as_deref())
}

/// Below which path of its host the Worker answers, such as `/refer`; empty at the root.
pub(crate) fn base_path(env: &Env) -> String {
    variable(env, BASE_PATH).unwrap_or_default()
}

/// The program of the short form of share links.
pub(crate) fn default_program(env: &Env) -> Option<String> {
    variable(env, DEFAULT_PROGRAM)
}

fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}

/// Which addresses programs may name.
pub(crate) const fn address_policy() -> AddressPolicy {
    if cfg!(feature = "dev") {
        AddressPolicy::LoopbackToo
    } else {
        AddressPolicy::Public
    }
}
