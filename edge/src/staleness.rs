//! How late pages may see what the ledger already knows: the kill switch above all.
//!
//! A page asks for the offer through three caches of ours, one behind the other, each of which may have been filled a moment
//! before the change; so the bound is their sum. KV's own propagation between data centres comes on top: Cloudflare names 60
//! seconds or more, and promises none. Claims and orders ask the ledger, and obey at once.

/// Browsers keep the offer.
pub(crate) const OFFER_SECONDS: u32 = 30;

/// An isolate keeps a program, and which codes are somebody's.
pub(crate) const MEMORY_MS: i64 = 60_000;

/// A data centre keeps what it has read of KV. Cloudflare takes no less than 30.
pub(crate) const KV_SECONDS: u32 = 60;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use goodword_shared::id::ProgramId;
    use goodword_shared::time::Millis;
    use serde_json::json;

    use super::{KV_SECONDS, MEMORY_MS, OFFER_SECONDS};
    use crate::memory::{self, LiveProgram};
    use crate::vault::WorkerSecret;

    /// What is promised of all caches together.
    const BOUND_MS: i64 = 180_000;

    /// A KV that answers what it has read for as long as it may, however old that is by then.
    #[derive(Default)]
    struct StaleKv(Cell<Option<(bool, i64)>>);

    impl StaleKv {
        fn read(&self, now: i64, truth: bool) -> bool {
            let kept = self.0.get().filter(|(_, until)| now < *until);
            let (active, until) = kept.unwrap_or((truth, now + i64::from(KV_SECONDS) * 1_000));
            self.0.set(Some((active, until)));
            active
        }
    }

    /// What an isolate answers: from memory, else by what KV says.
    fn offered(id: &str, kv: &StaleKv, now: i64, truth: bool) -> bool {
        let live = memory::program(id, Millis(now)).unwrap_or_else(|| {
            let record = json!({
                "offer": {
                    "program": id, "name": "Oak", "active": kv.read(now, truth), "version": 1,
                    "store_url": "https://shop.example/", "channels": [],
                    "discount": {"kind": "percent", "basis_points": 1500},
                    "reward": {"kind": "credit", "value": {"rule": "match_discount"}},
                },
                "allowed_origins": [], "allowed_destinations": [], "token_keys": [],
            });
            let record = serde_json::from_value(record).expect("a record");
            let secret = WorkerSecret::parse(&"aa".repeat(32), None).expect("a secret");
            let id = ProgramId::parse(id).expect("an id");
            memory::remember_program(LiveProgram::open(id, record, &secret), Millis(now))
        });
        live.record.offer.active
    }

    #[test]
    fn all_caches_together_keep_the_bound() {
        let sum = i64::from(OFFER_SECONDS + KV_SECONDS) * 1_000 + MEMORY_MS;
        assert_eq!(sum, 150_000);
        assert!(sum <= BOUND_MS);
    }

    /// Each cache is filled by the one behind it at the last moment of what that may keep: nothing can be staler.
    #[test]
    fn a_page_sees_the_kill_switch_within_the_bound_however_stale_kv_is() {
        let kv = StaleKv::default();
        let kv_ms = i64::from(KV_SECONDS) * 1_000;
        // KV reads just before the switch, another isolate remembers just before KV would read again.
        assert!(offered("bound-0", &kv, -1, true));
        let remembered_at = kv_ms - 2;
        assert!(offered("bound-1", &kv, remembered_at, false));
        let asked_at = remembered_at + MEMORY_MS - 1;
        assert!(offered("bound-1", &kv, asked_at, false), "the worst case");
        let asks_again = asked_at + i64::from(OFFER_SECONDS) * 1_000;
        assert!(!offered("bound-1", &kv, asks_again, false));
        assert!(asks_again <= BOUND_MS);
    }

    #[test]
    fn whenever_isolates_ask_none_offers_what_has_ended_for_longer() {
        let kv = StaleKv::default();
        let kept_ms = i64::from(KV_SECONDS) * 1_000 + MEMORY_MS;
        for step in -200_i64..400 {
            let now = step * 997;
            for (own, isolate) in (7_i64..).zip(["often-0", "often-1", "often-2"]) {
                // Each asks at times of its own.
                if step.rem_euclid(own + step.rem_euclid(5)) == 0 {
                    let active = offered(isolate, &kv, now, now < 0);
                    assert!(!active || now < kept_ms, "{isolate} at {now}");
                }
            }
        }
    }
}
