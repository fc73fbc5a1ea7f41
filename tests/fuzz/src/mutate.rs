//! New inputs out of old ones: damaged, spliced, repeated, cut, and with words put in that mean something to a parser.

use crate::rng::Rng;

/// Longest input: the longest body that the edge reads.
pub(crate) const LENGTH_MAX: usize = 65_536;

/// Longest input that is not one of those made long on purpose.
const USUAL_LENGTH_MAX: usize = 4_096;

/// Of so many inputs, one is made long.
const LONG_EVERY: usize = 512;

/// What is put into the inputs of every target: numbers at edges, characters of several bytes, parts of JSON.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "-0",
    "1",
    "00",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "1e3",
    "1.5",
    "+1",
    "1800000000000",
    "é",
    "ß",
    "İ",
    "ı",
    "ſ",
    "\u{212a}",
    "😀",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{307}",
    "\u{a0}",
    "\u{3000}",
    "。",
    "＠",
    "\u{e0041}",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "ǅ",
    "ﬃ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "{}",
    "[]",
    "\"\"",
    "null",
    "true",
    "false",
    "\\",
    "\\\"",
    "\\u0000",
    "\\u0061",
    "\\ud83d",
    "\\ud83d\\ude00",
    "[[[[[[[[",
    "{\"a\":",
    " ",
    "\t",
    "\n",
    "\r",
    ".",
    "..",
    "/",
    "//",
    "@",
    "#",
    "?",
    "&",
    "=",
    "%",
    "%2F",
    "%00",
    "%FF",
    "+",
    "-",
    "--",
    "_",
    "~",
    ";",
    "|",
    "<",
    ">",
];

/// Makes an input of others. `words` are those of the target.
pub(crate) fn mutate(rng: &mut Rng, base: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut bytes = base.to_vec();
    // Mostly little is changed: what has come far into a parser shall come as far again.
    for _ in 0..=rng.below(4) {
        change(rng, &mut bytes, other, words);
        if rng.once_in(2) {
            break;
        }
    }
    bytes.truncate(USUAL_LENGTH_MAX);
    if rng.once_in(LONG_EVERY) {
        lengthen(rng, &mut bytes);
    }
    bytes
}

fn change(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    let (from, to) = range(rng, bytes.len());
    match rng.below(12) {
        0 => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << rng.below(8);
            }
        }
        1 => {
            let any = rng.next().to_le_bytes()[0];
            bytes.insert(from, any);
        }
        2 => drop(bytes.drain(from..to)),
        3 => {
            let copy = bytes[from..to].to_vec();
            let at = rng.below(bytes.len() + 1);
            bytes.splice(at..at, copy);
        }
        4 => bytes.truncate(from),
        5 => {
            let (other_from, other_to) = range(rng, other.len());
            bytes.splice(from..to, other[other_from..other_to].iter().copied());
        }
        6 => {
            let cut = rng.below(other.len() + 1);
            bytes.truncate(from);
            bytes.extend_from_slice(&other[cut..]);
        }
        7 | 8 => insert(rng, bytes, from, from, words),
        9 => insert(rng, bytes, from, to, words),
        10 => replace_number(rng, bytes, from),
        _ => replace_value(rng, bytes, from, words),
    }
}

fn insert(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize, to: usize, words: &[&str]) {
    let word = word(rng, words);
    bytes.splice(from..to, word.bytes());
}

fn word<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    if words.is_empty() || rng.once_in(3) {
        WORDS[rng.below(WORDS.len())]
    } else {
        words[rng.below(words.len())]
    }
}

/// Another number where there is one, at its place or behind.
fn replace_number(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize) {
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + start;
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let old = std::str::from_utf8(&bytes[start..start + length]).unwrap_or_default();
    let old: i128 = old.parse().unwrap_or_default();
    let new = match rng.below(4) {
        0 => (old + 1).to_string(),
        1 => (old - 1).to_string(),
        2 => old.saturating_mul(1_000).to_string(),
        _ => WORDS[rng.below(20)].to_owned(),
    };
    bytes.splice(start..start + length, new.into_bytes());
}

/// Another word where there is a text in quotes.
fn replace_value(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize, words: &[&str]) {
    let quote = |byte: &u8| *byte == b'"';
    let Some(start) = bytes[from..].iter().position(quote) else {
        return;
    };
    let start = from + start + 1;
    let Some(length) = bytes[start..].iter().position(quote) else {
        return;
    };
    let word = word(rng, words).replace('"', "");
    bytes.splice(start..start + length, word.into_bytes());
}

/// Repeats a piece until the input is as long as a body may be.
fn lengthen(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let (from, to) = range(rng, bytes.len());
    let piece = bytes[from..to].to_vec();
    let room = LENGTH_MAX.saturating_sub(bytes.len());
    let Some(times) = room.checked_div(piece.len()) else {
        return;
    };
    bytes.splice(from..from, piece.repeat(times));
}

/// Two places in order, mostly near each other.
fn range(rng: &mut Rng, length: usize) -> (usize, usize) {
    let from = rng.below(length + 1);
    let most = if rng.once_in(4) { length } else { 8 };
    (from, length.min(from + rng.below(most + 1)))
}

#[cfg(test)]
mod tests {
    use super::{LENGTH_MAX, mutate};
    use crate::rng::Rng;

    #[test]
    fn mutants_follow_from_the_seed_and_keep_to_the_longest_length() {
        let made = |seed| {
            let mut rng = Rng::new(seed, "a");
            let many: Vec<Vec<u8>> = (0..5_000)
                .map(|_| mutate(&mut rng, b"{\"a\":[12]}", b"{\"b\":true}", &["b"]))
                .collect();
            many
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert!(made(1).iter().all(|bytes| bytes.len() <= LENGTH_MAX));
        assert!(made(1).iter().any(|bytes| bytes.len() > LENGTH_MAX / 2));
        assert!(mutate(&mut Rng::new(1, ""), b"", b"", &[]).len() < 100);
    }
}
