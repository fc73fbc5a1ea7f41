//! What the edge does before the ledger hears of it: it cuts addresses to their networks, and signs clicks.

use goodword_shared::channel::{Channel, Way};
use goodword_shared::code::ReferralCode;
use goodword_shared::id::{ClickId, ProgramId};
use goodword_shared::risk::arrival::ad;
use goodword_shared::time::Millis;
use goodword_shared::token::{Click, sign};

use super::NativeLedger;
use crate::ledger::protocol::ProgramRecord;
use crate::memory::LiveProgram;
use crate::redirect::came;
use crate::visitor::network_prefix;

/// An edge that has read a program's record.
pub struct NativeEdge(LiveProgram);

impl NativeEdge {
    /// Reads a record, with the secret of the ledger that wrote it.
    pub fn of(ledger: &NativeLedger, record: &str) -> Option<Self> {
        let record: ProgramRecord = serde_json::from_str(record).ok()?;
        let id = ProgramId::parse(&record.offer.program).ok()?;
        Some(Self(LiveProgram::open(id, record, &ledger.secret)))
    }

    /// The token of a click on a share link: where it was clicked, if the browser says so, and the names in its query.
    pub fn click<'a>(
        &self,
        code: &str,
        referer: Option<&str>,
        query: impl Iterator<Item = &'a str>,
        id: [u8; 12],
        at: i64,
    ) -> Option<String> {
        let click = Click {
            program: self.0.id.clone(),
            code: ReferralCode::parse(code).ok()?,
            id: ClickId(id),
            at: Millis(at),
            way: Way {
                channel: Channel::WhatsApp,
                ..Way::default()
            },
            from: came(&self.0, referer, ad(query)),
        };
        Some(sign(&click, self.0.token_key.as_ref()?))
    }
}

/// The network of an address, as an envelope names it (`source`).
pub fn network_of(address: &str) -> Option<String> {
    network_prefix(address)
}
