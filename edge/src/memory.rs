//! What an isolate remembers of the map in KV, so that most redirects read nothing at all.
//!
//! Everything here may be forgotten at any time and is good for a minute at most, unless nobody else answers; negative
//! answers are good for ten seconds, so that a link shared before KV knew it works soon.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use goodword_shared::code::ReferralCode;
use goodword_shared::encoding::from_base64;
use goodword_shared::id::ProgramId;
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::program::address::split_for_token;
use goodword_shared::time::Millis;
use goodword_shared::token::TokenKey;

use crate::ledger::keyring::KeyKind;
use crate::ledger::protocol::ProgramRecord;
use crate::staleness::MEMORY_MS;
use crate::vault::WorkerSecret;

/// For how long it is remembered that nobody knows a code.
const MISSING_MS: i64 = 10_000;

/// Codes remembered a program; at about 100 bytes each.
const CODES_MAX: usize = 50_000;

/// For how long a caller is shut out from which too many bad credentials came, or a network from which too many codes that
/// nobody knows did.
const SHUT_OUT_MS: i64 = 60_000;

/// Callers and networks remembered as shut out, at about 50 bytes each.
const SHUT_OUT_MAX: usize = 10_000;

/// A program ready to serve.
pub(crate) struct LiveProgram {
    pub(crate) id: ProgramId,
    pub(crate) record: ProgramRecord,
    /// Newest token key, opened; `None` when it does not open.
    pub(crate) token_key: Option<TokenKey>,
    /// The store's address up to and between the two places of the token.
    pub(crate) landing: (String, String),
}

/// What is remembered of a code.
#[derive(Clone)]
pub(crate) enum CodeMemory {
    /// It is somebody's.
    Known(ReferralCode),
    /// It is nobody's.
    Missing,
    /// KV does not know it: the ledger has still to be asked.
    NotInKv,
}

#[derive(Default)]
struct Memory {
    default_program: Option<String>,
    programs: HashMap<String, Remembered>,
}

struct Remembered {
    program: Rc<LiveProgram>,
    until: i64,
    codes: HashMap<String, (CodeMemory, i64)>,
}

thread_local! {
    static SHUT_OUT: RefCell<HashMap<String, i64>> = RefCell::default();
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Whether too many bad credentials came from a caller of late.
pub(crate) fn is_shut_out(caller: &str, now: Millis) -> bool {
    SHUT_OUT.with_borrow(|known| known.get(caller).is_some_and(|until| now.0 < *until))
}

/// Too many bad credentials came from a caller.
pub(crate) fn shut_out(caller: &str, now: Millis) {
    SHUT_OUT.with_borrow_mut(|known| {
        if known.len() >= SHUT_OUT_MAX {
            known.clear();
        }
        known.insert(caller.to_owned(), now.plus_ms(SHUT_OUT_MS).0);
    });
}

impl LiveProgram {
    /// Opens a record.
    pub(crate) fn open(id: ProgramId, record: ProgramRecord, secret: &WorkerSecret) -> Self {
        let token_key = record.token_keys.iter().find_map(|(generation, sealed)| {
            let sealed = from_base64(sealed)?;
            let purpose = KeyKind::Tokens.purpose(&id, u32::from(*generation));
            let key: [u8; 32] = secret.open(&purpose, &sealed)?.try_into().ok()?;
            TokenKey::new(*generation, &SecretKey(key))
        });
        let landing = split_for_token(&record.offer.store_url);
        Self {
            id,
            record,
            token_key,
            landing,
        }
    }
}

/// The program of the short form of share links, once it is known.
pub(crate) fn with_default_program<T>(body: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let name = MEMORY.with_borrow(|memory| memory.default_program.clone())?;
    body(&name)
}

/// Remembers the program of the short form.
pub(crate) fn set_default_program(name: &str) {
    MEMORY.with_borrow_mut(|memory| memory.default_program = Some(name.to_owned()));
}

/// A program, if it is remembered.
pub(crate) fn program(id: &str, now: Millis) -> Option<Rc<LiveProgram>> {
    MEMORY.with_borrow(|memory| {
        let remembered = memory.programs.get(id)?;
        (now.0 < remembered.until).then(|| Rc::clone(&remembered.program))
    })
}

/// A program as it was last remembered, however long ago: for when nobody else knows.
pub(crate) fn last_known_program(id: &str) -> Option<Rc<LiveProgram>> {
    MEMORY.with_borrow(|memory| Some(Rc::clone(&memory.programs.get(id)?.program)))
}

/// Remembers a program; what is known of its codes stays.
pub(crate) fn remember_program(program: LiveProgram, now: Millis) -> Rc<LiveProgram> {
    let program = Rc::new(program);
    MEMORY.with_borrow_mut(|memory| {
        let codes = memory
            .programs
            .remove(program.id.as_str())
            .map(|remembered| remembered.codes)
            .unwrap_or_default();
        let remembered = Remembered {
            program: Rc::clone(&program),
            until: now.0.saturating_add(MEMORY_MS),
            codes,
        };
        memory
            .programs
            .insert(program.id.as_str().to_owned(), remembered);
    });
    program
}

/// Forgets a program whose settings or keys have just been changed here.
pub(crate) fn forget_program(id: &str) {
    MEMORY.with_borrow_mut(|memory| memory.programs.remove(id));
}

/// What is remembered of a code, in the form in which it was asked for.
pub(crate) fn code(program: &str, code: &str, now: Millis) -> Option<CodeMemory> {
    MEMORY.with_borrow(|memory| {
        let (found, until) = memory.programs.get(program)?.codes.get(code)?;
        (now.0 < *until).then(|| found.clone())
    })
}

/// Remembers what a code is.
pub(crate) fn remember_code(program: &str, code: &str, found: CodeMemory, now: Millis) {
    let kept_ms = match found {
        CodeMemory::Known(_) => MEMORY_MS,
        CodeMemory::Missing | CodeMemory::NotInKv => MISSING_MS,
    };
    MEMORY.with_borrow_mut(|memory| {
        if let Some(remembered) = memory.programs.get_mut(program) {
            if remembered.codes.len() >= CODES_MAX {
                remembered.codes.clear();
            }
            remembered
                .codes
                .insert(code.to_owned(), (found, now.0.saturating_add(kept_ms)));
        }
    });
}

#[cfg(test)]
mod tests {
    use goodword_shared::id::ProgramId;
    use goodword_shared::time::Millis;
    use serde_json::json;

    use super::{LiveProgram, last_known_program, program, remember_program};
    use crate::staleness::MEMORY_MS;
    use crate::vault::WorkerSecret;

    #[test]
    fn a_program_is_good_for_a_minute_and_known_for_longer() {
        let record = serde_json::from_value(json!({
            "offer": {
                "program": "acme", "name": "Oak", "active": true, "version": 1,
                "store_url": "https://shop.example/", "channels": [],
                "discount": {"kind": "percent", "basis_points": 1500},
                "reward": {"kind": "credit", "value": {"rule": "match_discount"}},
            },
            "allowed_origins": [], "allowed_destinations": [], "token_keys": [],
        }))
        .expect("a record");
        let id = ProgramId::parse("acme").expect("an id");
        let secret = WorkerSecret::parse(&"aa".repeat(32), None).expect("a secret");
        assert!(last_known_program("acme").is_none());
        remember_program(LiveProgram::open(id, record, &secret), Millis(0));
        assert!(program("acme", Millis(MEMORY_MS - 1)).is_some());
        assert!(program("acme", Millis(MEMORY_MS)).is_none());
        assert!(last_known_program("acme").is_some());
    }
}
