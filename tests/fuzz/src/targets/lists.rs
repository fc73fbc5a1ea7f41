//! Packed lists, user agents, and exported logs.

use goodword_shared::agent::is_program;
use goodword_shared::audit::{Audited, Broken, LogLine, audit};
use goodword_shared::risk::list::{HashList, lines};

use super::{Target, with_one_changed};
use crate::verdict::{Class, Verdict, holds, same};

pub(super) const LISTS: Target = Target::bytes("lists", list).with(&[
    "GWL1",
    "GWL1\0\0\0\u{1}",
    "\0\0\0\u{2}",
    "aaaaa",
    "a.example\nb.example\n\nMozilla/5.0 (X11)",
    "\n\nMozilla/5.0 CUBOT",
    "\n\n",
    "#",
    "İ",
]);
pub(super) const AUDIT_LOG: Target = Target::text("audit_log", log).with(&[
    "\"seq\":1",
    "\"at\":2",
    "\"kind\":\"log.checkpoint\"",
    "\"person\":null",
    "\"other\":null",
    "\"order_id\":null",
    "\"data\":{}",
    "\"hash\":\"",
    "\n",
    "}\n{",
    "\"HASH\"",
]);

fn list(input: &[u8]) -> Verdict {
    if input.starts_with(b"GWL1") {
        return packed(input);
    }
    let text = String::from_utf8_lossy(input);
    let (list, agent) = text.split_once("\n\n").unwrap_or((&text, ""));
    let names: Vec<&str> = lines(list).collect();
    let hashes = HashList::of(names.iter().copied());
    holds(
        "a list has all its names",
        names.iter().all(|name| hashes.contains(name)),
        || list.into(),
    )?;
    holds(
        "a list has no more than its names",
        hashes.len() <= names.len(),
        || list.into(),
    )?;
    same(
        "a list survives its packing",
        &HashList::unpack(&hashes.pack()).as_ref(),
        &Ok(&hashes),
    )?;
    let program = is_program(agent);
    let shouted = is_program(&agent.to_ascii_uppercase());
    same("capitals tell nothing", &shouted, &program)?;
    holds(
        "what a program is called as well makes it no browser",
        is_program(&format!("{agent} spider")),
        || agent.into(),
    )?;
    Ok(Class::Owned(format!("{} {program}", names.len().min(3))))
}

fn packed(bytes: &[u8]) -> Verdict {
    let Ok(list) = HashList::unpack(bytes) else {
        return Ok("no packed list".into());
    };
    same("a packed list survives", &list.pack().as_slice(), &bytes)?;
    holds(
        "a list has as many as it has bytes for",
        list.len() * 5 + 8 == bytes.len(),
        || list.len().to_string(),
    )?;
    Ok(if list.is_empty() {
        "an empty list"
    } else {
        "a packed list"
    }
    .into())
}

fn log(text: &str) -> Verdict {
    let head = last_hash(text);
    let read = |text: &str| audit(text, &head, None, |_, _| false);
    let read_it = read(text);
    let with_key = audit(text, &head, Some("key"), |_, _| false);
    if let Ok(Audited {
        lines,
        checkpoints,
        signed_up_to,
    }) = read_it
    {
        let counted = i64::try_from(text.lines().count()).unwrap_or_default();
        same("every line is counted", &lines, &counted)?;
        same("nothing is signed without a key", &signed_up_to, &0)?;
        holds(
            "a bad signature is noticed",
            checkpoints == 0 || with_key.is_err(),
            || text.into(),
        )?;
        if lines > 0 {
            let other = with_one_changed(text);
            holds("nothing can be changed", read(&other).is_err(), || {
                other.clone()
            })?;
            let (cut, _) = text.trim_end().rsplit_once('\n').unwrap_or_default();
            holds("nothing can be cut off", read(cut).is_err(), || cut.into())?;
        }
    }
    Ok(match read_it {
        Ok(audited) => Class::Owned(format!("intact {}", audited.lines.min(3))),
        Err(Broken::Form(_)) => "form".into(),
        Err(Broken::Sequence(_)) => "sequence".into(),
        Err(Broken::Hash(_)) => "hash".into(),
        Err(Broken::Checkpoint(_)) => "checkpoint".into(),
        Err(Broken::Head) => "head".into(),
    })
}

/// The hash that the last line says it has.
fn last_hash(text: &str) -> String {
    let last = text.lines().next_back().unwrap_or_default();
    serde_json::from_str::<LogLine>(last).map_or_else(|_| String::new(), |line| line.hash)
}
