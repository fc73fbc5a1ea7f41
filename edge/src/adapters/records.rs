//! `attribution:{program}:{order}` in KV: the public book of attribution records.

use goodword_shared::id::{ExternalId, ProgramId, hex};
use sha2::{Digest, Sha256};
use worker::{Env, Result};

use super::bindings;
use crate::config::KV;

/// Longest order id that stands in a key as it is.
const PLAIN_LENGTH_MAX: usize = 64;

/// Writes an order's record, or writes it anew.
pub(crate) async fn write(
    env: &Env,
    program: &ProgramId,
    order: &ExternalId,
    record: &str,
) -> Result<()> {
    bindings::write(env, KV, &key(program, order), record).await?;
    Ok(())
}

/// Order ids of odd characters or great length are hashed; the record carries the id itself.
fn key(program: &ProgramId, order: &ExternalId) -> String {
    let id = order.as_str();
    let plain = id.len() <= PLAIN_LENGTH_MAX
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if plain {
        format!("attribution:{program}:{id}")
    } else {
        format!("attribution:{program}:sha256-{}", hex(&Sha256::digest(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::key;
    use goodword_shared::id::{ExternalId, ProgramId};

    #[test]
    fn an_odd_order_id_is_hashed() {
        let program = ProgramId::parse("acme").expect("id");
        let of = |id: &str| key(&program, &ExternalId::parse(id).expect("id"));
        assert_eq!(of("1001-A"), "attribution:acme:1001-A");
        assert!(of("a:b").starts_with("attribution:acme:sha256-"));
        assert!(of(&"9".repeat(65)).starts_with("attribution:acme:sha256-"));
    }
}
