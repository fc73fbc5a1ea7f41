//! The audit chain: each line of the activity log covers the one before it, and once a day the head is signed.
//!
//! Whoever has an exported log, the head's hash and the program's public key can tell whether anything in it was changed,
//! left out, put in or cut off, without asking anybody. The chain is over pseudonyms only, so erasing a person leaves it
//! whole. A checkpoint is a line of the log itself: one that is missing breaks the chain like any other.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::id::hex;
use crate::json::write;

/// The kind of the lines that carry a signed [`Checkpoint`] as their data.
pub const CHECKPOINT_KIND: &str = "log.checkpoint";

/// A line of the activity log. As text it is this struct's JSON: the fields in this order, the data's keys sorted, no
/// white space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// Counts up from 1 without a gap.
    pub seq: i64,
    /// When, Unix milliseconds.
    pub at: i64,
    /// What happened, such as `order.recorded`.
    pub kind: String,
    /// Whom it concerns, a pseudonym.
    pub person: Option<String>,
    /// The person on the other side.
    pub other: Option<String>,
    /// The order it is about.
    pub order_id: Option<String>,
    /// Details without personal data.
    pub data: Value,
    /// SHA-256 over this line and the hash of the one before, 64 hex digits.
    pub hash: String,
}

/// A head of the chain with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The program whose log it is.
    pub program: String,
    /// Sequence number of the head.
    pub seq: i64,
    /// Hash of the head.
    pub head: String,
    /// When it was signed, Unix milliseconds.
    pub at: i64,
    /// The program's Ed25519 public key, 64 hex digits.
    pub key: String,
    /// Ed25519 over [`checkpoint_message`], 128 hex digits.
    pub signature: String,
}

impl LogLine {
    /// What the line says, with its details as text.
    fn said<'a>(&'a self, data: &'a str) -> Said<'a> {
        Said {
            seq: self.seq,
            at: self.at,
            kind: &self.kind,
            person: self.person.as_deref(),
            other: self.other.as_deref(),
            order_id: self.order_id.as_deref(),
            data,
        }
    }
}

/// What an intact log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Lines.
    pub lines: i64,
    /// Checkpoints among them.
    pub checkpoints: i64,
    /// Last line that a checkpoint vouches for, 0 when there is none.
    pub signed_up_to: i64,
}

/// Why a log is not intact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A line is not written as the ledger writes it.
    Form(i64),
    /// A line is missing, doubled or in another place.
    Sequence(i64),
    /// A line does not belong to the one before it, or was changed.
    Hash(i64),
    /// A checkpoint is not signed by the program's key, or vouches for another history.
    Checkpoint(i64),
    /// The log does not end at the given head: its tail was cut, or it was written anew.
    Head,
}

/// What a line says, its details as the text that is stored.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// See [`LogLine`].
    pub seq: i64,
    /// See [`LogLine`].
    pub at: i64,
    /// See [`LogLine`].
    pub kind: &'a str,
    /// See [`LogLine`].
    pub person: Option<&'a str>,
    /// See [`LogLine`].
    pub other: Option<&'a str>,
    /// See [`LogLine`].
    pub order_id: Option<&'a str>,
    /// JSON, its keys sorted, no white space.
    pub data: &'a str,
}

/// The hash of a line, given the hash of the one before it (empty for the first): SHA-256 over a JSON array of both.
pub fn line_hash(previous: &str, said: Said<'_>) -> String {
    let covered = write(&(
        previous,
        said.seq,
        said.at,
        said.kind,
        said.person,
        said.other,
        said.order_id,
        said.data,
    ));
    hex(&Sha256::digest(covered))
}

/// The bytes that a checkpoint's signature covers.
pub fn checkpoint_message(program: &str, seq: i64, head: &str, at: i64) -> String {
    format!("goodword/checkpoint/v1\n{program}\n{seq}\n{head}\n{at}")
}

/// Checks an exported log, one line of JSON each, against its head and the program's public key. `is_signed` checks an
/// Ed25519 signature: message, signature in hex. Without a key no signature is checked, and nothing is said to be signed.
pub fn audit(
    log: &str,
    head: &str,
    key: Option<&str>,
    is_signed: impl Fn(&str, &str) -> bool,
) -> Result<Audited, Broken> {
    let mut hashes: Vec<String> = Vec::new();
    let mut audited = Audited {
        lines: 0,
        checkpoints: 0,
        signed_up_to: 0,
    };
    for text in log.split_inclusive('\n') {
        let number = audited.lines.saturating_add(1);
        let line: LogLine = serde_json::from_str(text).map_err(|_| Broken::Form(number))?;
        let written = serde_json::to_string(&line).map_err(|_| Broken::Form(number))?;
        if text != written.clone() + "\n" {
            return Err(Broken::Form(number));
        }
        if line.seq != number {
            return Err(Broken::Sequence(number));
        }
        let previous = hashes.last().map_or("", String::as_str);
        let data = line.data.to_string();
        let hash = line_hash(previous, line.said(&data));
        if line.hash != hash {
            return Err(Broken::Hash(number));
        }
        if line.kind == CHECKPOINT_KIND {
            if let Some(key) = key {
                let vouched = vouched_for(&line, &hashes, key, &is_signed);
                audited.signed_up_to = vouched.ok_or(Broken::Checkpoint(number))?;
            }
            audited.checkpoints = audited.checkpoints.saturating_add(1);
        }
        hashes.push(line.hash);
        audited.lines = number;
    }
    if hashes.last().map_or("", String::as_str) == head {
        Ok(audited)
    } else {
        Err(Broken::Head)
    }
}

/// The sequence number up to which a checkpoint vouches for these hashes.
fn vouched_for(
    line: &LogLine,
    hashes: &[String],
    key: &str,
    is_signed: &impl Fn(&str, &str) -> bool,
) -> Option<i64> {
    let checkpoint: Checkpoint = serde_json::from_value(line.data.clone()).ok()?;
    let at = usize::try_from(checkpoint.seq.checked_sub(1)?).ok()?;
    let Checkpoint {
        program,
        seq,
        head,
        at: signed_at,
        ..
    } = &checkpoint;
    let message = checkpoint_message(program, *seq, head, *signed_at);
    let vouched = hashes.get(at) == Some(head)
        && checkpoint.key == key
        && is_signed(&message, &checkpoint.signature);
    vouched.then_some(checkpoint.seq)
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(line) => write!(f, "line {line} is not as the ledger writes it"),
            Self::Sequence(line) => write!(
                f,
                "line {line} is out of its place, or one before it is missing"
            ),
            Self::Hash(line) => write!(f, "line {line} was changed, or the one before it was"),
            Self::Checkpoint(line) => write!(
                f,
                "the checkpoint in line {line} is not one of this key and this history"
            ),
            Self::Head => f.write_str(
                "the log does not end at this head: its tail is missing, or it was written anew",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Audited, Broken, CHECKPOINT_KIND, Checkpoint, LogLine, audit, checkpoint_message, line_hash,
    };
    use serde_json::{Value, json};

    /// Stands for Ed25519, which is not this module's business: the program's key signs by naming the message.
    fn sign(message: &str) -> String {
        format!("signed:{}", message.len()) + message
    }

    fn is_signed(message: &str, signature: &str) -> bool {
        sign(message) == signature
    }

    #[test]
    fn what_a_checkpoint_signs_is_pinned() {
        // A change would make every signature of before a forgery.
        assert_eq!(
            checkpoint_message("acme", 12, "ab12", 1_750_000_000_000),
            "goodword/checkpoint/v1\nacme\n12\nab12\n1750000000000"
        );
    }

    fn add(log: &mut Vec<LogLine>, kind: &str, data: Value) {
        let previous = log.last().map_or(String::new(), |line| line.hash.clone());
        let mut line = LogLine {
            seq: i64::try_from(log.len()).expect("few") + 1,
            at: 1_000,
            kind: kind.to_owned(),
            person: Some("ab".into()),
            other: None,
            order_id: Some("1001".into()),
            data,
            hash: String::new(),
        };
        let data = line.data.to_string();
        line.hash = line_hash(&previous, line.said(&data));
        log.push(line);
    }

    fn checkpoint(log: &mut Vec<LogLine>) {
        let last = log.last().expect("a line");
        let (seq, head) = (last.seq, last.hash.clone());
        let checkpoint = Checkpoint {
            program: "acme".into(),
            seq,
            head: head.clone(),
            at: 2_000,
            key: "k".into(),
            signature: sign(&checkpoint_message("acme", seq, &head, 2_000)),
        };
        add(
            log,
            CHECKPOINT_KIND,
            serde_json::to_value(checkpoint).expect("json"),
        );
    }

    fn log() -> Vec<LogLine> {
        let mut log = Vec::new();
        for amount in 0..3 {
            add(
                &mut log,
                "reward.earned",
                json!({"amount": amount, "currency": "EUR"}),
            );
        }
        checkpoint(&mut log);
        add(&mut log, "order.undone", json!({"fact": "refund:r1"}));
        log
    }

    fn written(log: &[LogLine]) -> String {
        log.iter()
            .map(|line| serde_json::to_string(line).expect("json") + "\n")
            .collect()
    }

    fn check(text: &str) -> Result<Audited, Broken> {
        let head = log().last().expect("a line").hash.clone();
        audit(text, &head, Some("k"), is_signed)
    }

    #[test]
    fn without_a_key_the_head_alone_is_proof() {
        let (log, head) = (log(), log()[4].hash.clone());
        let by_head = |text: &str| audit(text, &head, None, |_, _| false);
        let audited = Audited {
            lines: 5,
            checkpoints: 1,
            signed_up_to: 0,
        };
        assert_eq!(by_head(&written(&log)), Ok(audited));
        assert_eq!(by_head(&written(&log[..4])), Err(Broken::Head));
        let changed = written(&log).replace("\"amount\":1", "\"amount\":9");
        assert_eq!(by_head(&changed), Err(Broken::Hash(2)));
    }

    #[test]
    fn an_intact_log_is_counted() {
        let audited = Audited {
            lines: 5,
            checkpoints: 1,
            signed_up_to: 3,
        };
        assert_eq!(check(&written(&log())), Ok(audited));
    }

    #[test]
    fn every_changed_byte_is_found() {
        let text = written(&log());
        for at in 0..text.len() {
            for flip in [1_u8, 0x20] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let changed = String::from_utf8(bytes).expect("ASCII stays ASCII");
                assert!(check(&changed).is_err(), "byte {at}: {changed}");
            }
        }
    }

    #[test]
    fn every_missing_doubled_or_moved_line_is_found() {
        for at in 0..5 {
            let mut missing = log();
            missing.remove(at);
            let mut doubled = log();
            doubled.insert(at, doubled[at].clone());
            let mut moved = log();
            moved.swap(at, (at + 1) % 5);
            for changed in [missing, doubled, moved] {
                assert!(check(&written(&changed)).is_err(), "line {at}");
            }
        }
        assert_eq!(check(&written(&log()[..4])), Err(Broken::Head));
    }

    #[test]
    fn a_history_that_was_written_anew_is_found_by_head_and_by_checkpoint() {
        let mut anew = Vec::new();
        for amount in 7..10 {
            add(
                &mut anew,
                "reward.earned",
                json!({"amount": amount, "currency": "EUR"}),
            );
        }
        // The old checkpoint put in again vouches for another history.
        let old = log()[3].data.clone();
        add(&mut anew, CHECKPOINT_KIND, old);
        add(&mut anew, "order.undone", json!({"fact": "refund:r1"}));
        let head = anew.last().expect("a line").hash.clone();
        assert_eq!(
            audit(&written(&anew), &head, Some("k"), is_signed),
            Err(Broken::Checkpoint(4))
        );
        let unsigned = written(&anew[..3]);
        assert_eq!(check(&unsigned), Err(Broken::Head));
        assert_eq!(
            audit(&written(&log()), &log()[4].hash, Some("other"), is_signed),
            Err(Broken::Checkpoint(4))
        );
    }
}
