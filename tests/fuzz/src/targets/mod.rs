//! All targets, one a parser.

mod addresses;
mod bodies;
mod codes;
mod customer;
mod headers;
mod history;
mod json;
mod json_body;
mod lists;
mod people;
mod platforms;
mod proof;
mod reports;
mod requests;
mod routes;
mod signed;
mod token;
mod values;

use goodword_shared::time::Millis;

pub use crate::generate::Form;
use crate::verdict::Verdict;

/// The time at which everything is read.
const NOW: Millis = Millis(1_800_000_000_000);

/// A parser under test.
pub struct Target {
    /// Its name, which is also that of its corpus.
    pub name: &'static str,
    /// What fresh inputs look like.
    pub form: Option<Form>,
    /// Words that mean something to it.
    pub words: &'static [&'static str],
    check: Check,
}

enum Check {
    /// Of what arrives as text: other bytes are replaced, as the platform does with headers and addresses; bodies that are no
    /// text are refused before anything is parsed.
    Text(fn(&str) -> Verdict),
    Bytes(fn(&[u8]) -> Verdict),
}

impl Target {
    const fn text(name: &'static str, check: fn(&str) -> Verdict) -> Self {
        Self {
            name,
            form: None,
            words: &[],
            check: Check::Text(check),
        }
    }

    const fn bytes(name: &'static str, check: fn(&[u8]) -> Verdict) -> Self {
        Self {
            name,
            form: None,
            words: &[],
            check: Check::Bytes(check),
        }
    }

    const fn like(mut self, form: Form) -> Self {
        self.form = Some(form);
        self
    }

    const fn with(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    /// Checks an input.
    pub(crate) fn check(&self, input: &[u8]) -> Verdict {
        match self.check {
            Check::Text(check) => check(&String::from_utf8_lossy(input)),
            Check::Bytes(check) => check(input),
        }
    }
}

/// Every parser of outside bytes.
pub const TARGETS: &[Target] = &[
    codes::CODE,
    codes::CHANNEL,
    codes::IDS,
    token::TARGET,
    customer::TARGET,
    proof::TARGET,
    signed::TARGET,
    reports::ORDER,
    reports::ORDER_PLACED,
    reports::REFUND,
    reports::CANCELLATION,
    reports::DISPUTE,
    reports::ORDER_EDIT,
    reports::EVENT,
    platforms::BODY,
    platforms::SIGNATURE,
    bodies::SETTINGS,
    bodies::PROGRAM,
    bodies::ENROLMENT,
    bodies::CLAIM,
    bodies::TOUCH,
    bodies::PERSON,
    bodies::REWARD_CHOICE,
    bodies::REWARD_STEP,
    bodies::BULK,
    bodies::DISCOUNT_CHECK,
    bodies::DISCOUNT_CODES,
    bodies::CREDIT_TAKE,
    bodies::BLOCKS,
    bodies::REVIEW,
    bodies::KEYS_AND_REPLAYS,
    bodies::PROOF_BODY,
    bodies::EXPOSURES,
    people::EMAIL,
    people::NAME,
    people::MAILBOX,
    people::POSTAL_ADDRESS,
    people::NETWORK,
    people::USER_AGENT,
    addresses::ADDRESS,
    addresses::DESTINATION,
    addresses::REFERER,
    routes::SHARE_LINK,
    routes::ROUTE,
    headers::HEADERS,
    requests::REPORT_HEAD,
    requests::REQUEST,
    requests::QUERY,
    requests::TALLY,
    requests::EXPORT_FORMAT,
    values::CALLER,
    values::PAGE_IDS,
    values::FOLLOWED,
    values::PERSON_CURSOR,
    values::BLOCK_VALUE,
    history::HISTORY,
    history::CUSTOMERS_FILE,
    history::CSV,
    history::EXPORT,
    json::READER,
    json::FIELDS,
    lists::LISTS,
    lists::AUDIT_LOG,
];

/// A place in a text that follows from the text, so that a check is the same each time.
fn place(text: &[u8], bound: usize) -> usize {
    let sum = text.iter().fold(17_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    sum.checked_rem(bound).unwrap_or(0)
}

/// The text with another letter or digit at a place that follows from it.
fn with_one_changed(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = place(&bytes, bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
