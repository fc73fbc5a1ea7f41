//! The activity log as a file, and the proof that nobody has touched it.

use std::io::Write;

use anyhow::{Context, Result, anyhow, bail};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use goodword_shared::audit::{LogLine, audit};

use crate::args::Arguments;
use crate::http;

/// Where the merchant's key is read from: an argument would be seen by everybody on the machine.
const KEY_VARIABLE: &str = "GOODWORD_API_KEY";

/// `cargo xtask export-audit --edge URL --program ID --out FILE`: one line of JSON for each line of the log.
pub(crate) fn export(mut arguments: Arguments) -> Result<()> {
    let edge = arguments.address_or("--edge", "http://localhost:8787")?;
    let program = arguments.program_or("--program", "demo")?;
    let out = arguments.value_or("--out", format!("{program}-audit.jsonl"))?;
    arguments.end()?;
    let key = std::env::var(KEY_VARIABLE)
        .with_context(|| format!("put the program's api key into {KEY_VARIABLE}"))?;
    let mut file = std::fs::File::create(&out).with_context(|| format!("cannot write {out}"))?;
    let (mut after, mut head) = (0, String::new());
    let mut public =
        String::from("none yet: the first checkpoint is signed a day after the first line");
    loop {
        let url = format!("{edge}/v1/programs/{program}/log?after={after}");
        let reply = http::send("GET", &url, &key, None)?;
        if reply.status != 200 {
            bail!("{url} answered {}: {}", reply.status, reply.text);
        }
        let lines: Vec<LogLine> = serde_json::from_value(reply.json["lines"].clone())
            .context("the edge answered no log")?;
        if let Some(key) = reply.json["audit_key"].as_str() {
            key.clone_into(&mut public);
        }
        let Some(last) = lines.last() else {
            break;
        };
        (after, head) = (last.seq, last.hash.clone());
        for line in &lines {
            writeln!(file, "{}", serde_json::to_string(line)?)?;
        }
    }
    println!("{after} lines in {out}\nhead {head}\nkey  {public}");
    Ok(())
}

/// `cargo xtask verify-audit FILE --head HASH [--key PUBLIC]`. Before the first checkpoint there is no key: then the head
/// alone is proof, which is as good as the place where it was kept.
pub(crate) fn verify(mut arguments: Arguments) -> Result<()> {
    let needed = "verify-audit FILE --head HASH [--key PUBLIC]: the export prints both";
    let head = arguments.value("--head")?.context(needed)?;
    let key = arguments.value("--key")?;
    let file = arguments.word()?.context(needed)?;
    if bytes::<32>(&head).is_none() {
        bail!("`{head}` is no head: 64 hexadecimal digits, which the export prints");
    }
    let log = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let Some(key) = key else {
        let audited =
            audit(&log, &head, None, |_, _| false).map_err(|broken| anyhow!("{file}: {broken}"))?;
        println!("intact by its head: {} lines", audited.lines);
        println!("{}", unsigned(audited.checkpoints));
        return Ok(());
    };
    let verifier = verifying_key(&key)
        .with_context(|| format!("`{key}` is no Ed25519 public key: 64 hexadecimal digits"))?;
    let signed = |message: &str, signature: &str| is_signed(&verifier, message, signature);
    let audited =
        audit(&log, &head, Some(&key), signed).map_err(|broken| anyhow!("{file}: {broken}"))?;
    println!(
        "intact: {} lines, {} checkpoints, signed up to line {}",
        audited.lines, audited.checkpoints, audited.signed_up_to
    );
    Ok(())
}

/// What was not checked, and when it can be.
fn unsigned(checkpoints: i64) -> String {
    if checkpoints == 0 {
        "no signature was checked: the first checkpoint is signed a day after the first line"
            .to_owned()
    } else {
        format!(
            "no signature was checked: give --key PUBLIC to check those of {checkpoints} checkpoints"
        )
    }
}

fn is_signed(key: &VerifyingKey, message: &str, signature: &str) -> bool {
    bytes::<64>(signature).is_some_and(|bytes| {
        key.verify(message.as_bytes(), &Signature::from_bytes(&bytes))
            .is_ok()
    })
}

fn verifying_key(hex: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes::<32>(hex)?).ok()
}

/// Lower-case hexadecimal digits of exactly so many bytes.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let mut all = [0; N];
    if hex.len() != 2 * N
        || hex
            .bytes()
            .any(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    {
        return None;
    }
    for (at, byte) in all.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::{bytes, is_signed, verifying_key};

    /// RFC 8032, section 7.1, test 2.
    const KEY: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fn a_signature_of_the_standard_is_recognised_and_no_other() {
        let key = verifying_key(KEY).expect("a key");
        assert!(is_signed(&key, "r", SIGNATURE));
        assert!(!is_signed(&key, "s", SIGNATURE));
        assert!(!is_signed(&key, "r", &SIGNATURE.to_uppercase()));
    }

    #[test]
    fn hexadecimal_digits_are_exact() {
        assert_eq!(bytes::<2>("0aff"), Some([10, 255]));
        for bad in ["", "0af", "0afff", "+aff", "0AFF", "zzzz"] {
            assert_eq!(bytes::<2>(bad), None, "{bad}");
        }
    }
}
