//! The reader against `serde_json`, on texts that are nearly right.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Read, parse};
use crate::id::ExternalId;
use crate::money::Money;
use crate::order::UndoKind;
use crate::program::Settings;
use crate::program::limits::Schedule;
use crate::program::offer::Discount;
use crate::program::reward::{Reward, RewardValue};

/// Texts of each kind that are compared.
const TEXTS: u64 = 20_000;

#[derive(Debug, PartialEq, Deserialize, Read)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: i64,
    b: Option<u8>,
    #[serde(default)]
    c: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize, Read)]
#[serde(rename = "~Loose")]
struct Loose {
    a: Option<bool>,
    #[serde(rename = "b")]
    renamed: Option<Box<Loose>>,
    c: Option<(u32, Word)>,
    d: Option<BTreeMap<String, u64>>,
    #[serde(default)]
    e: bool,
}

#[derive(Debug, PartialEq, Deserialize, Read)]
#[serde(rename_all = "snake_case")]
enum Word {
    Alone,
    Inside(i64),
    Pair((i64, String)),
    Named { a: i64, b: Option<String> },
}

/// The next of a row of numbers that look random (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("small")
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const NUMBERS: [&str; 24] = [
    "0",
    "1",
    "-1",
    "-0",
    "7",
    "255",
    "256",
    "-129",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "1.0",
    "1.5",
    "1e2",
    "-1E+2",
    "0.1e-3",
    "123456789012345678901234567890",
    "2.5",
];
const BAD_NUMBERS: [&str; 12] = [
    "01", "-", "+1", ".5", "1.", "1e", "1e+", "--1", "0x1", "NaN", "1_0", "-a",
];
const STRINGS: [&str; 26] = [
    r#""""#,
    r#""a""#,
    r#""b""#,
    r#""alone""#,
    r#""inside""#,
    r#""named""#,
    r#""EUR""#,
    r#""\u0061""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\ude00""#,
    r#""\ud83dx""#,
    r#""\ud83d\u0061""#,
    r#""\ud83d\ud83d""#,
    r#""\n\t\r\b\f\/\\\"""#,
    r#""\x""#,
    r#""\u12""#,
    r#""\u+123""#,
    r#""é😀""#,
    "\"\u{1}\"",
    "\"\n\"",
    "\"\u{7f}\"",
    r#""a"#,
    r#""\"#,
    r#""\u00e9\u0000""#,
    r#""\U0061""#,
];
const KEYS: [&str; 14] = [
    "a", "b", "c", "d", "e", "x", "kind", "count", "alone", "inside", "pair", "named", "amount",
    r"\u0061",
];
const SPACES: [&str; 8] = ["", "", "", "", " ", "\n\t", "\r ", "\u{a0}"];

/// A text that is JSON, most of the time.
fn text(numbers: &mut Numbers, depth: usize) -> String {
    let mut out = numbers.one_of(&SPACES[..7]).to_owned();
    let kinds = if depth == 0 { 5 } else { 9 };
    match numbers.below(kinds) {
        0 => out += numbers.one_of(&["null", "true", "false", "nul", "True", "falsey"]),
        1 | 2 => out += numbers.one_of(&NUMBERS),
        3 => out += numbers.one_of(&STRINGS),
        4 if numbers.below(6) == 0 => out += numbers.one_of(&BAD_NUMBERS),
        4 => out += numbers.one_of(&STRINGS[..9]),
        5 | 6 => {
            let values: Vec<String> = (0..numbers.below(4))
                .map(|_| text(numbers, depth - 1))
                .collect();
            out.push_str(&["[", &values.join(","), "]"].concat());
        }
        _ => {
            let fields: Vec<String> = (0..numbers.below(5))
                .map(|_| {
                    let key = numbers.one_of(&KEYS);
                    let space = numbers.one_of(&SPACES[..7]);
                    format!("{space}\"{key}\"{space}:{}", text(numbers, depth - 1))
                })
                .collect();
            out.push_str(&["{", &fields.join(","), "}"].concat());
        }
    }
    out += numbers.one_of(&SPACES[..7]);
    out
}

/// A text with a byte or two changed, so that it is nearly right.
fn damaged(numbers: &mut Numbers, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..numbers.below(3) {
        let at = numbers.below(chars.len() + 1);
        let other = numbers.one_of(&[
            "", ",", "}", "]", "{", "[", "\"", ":", "1", "-", "\\", "n", " ", "\u{a0}", ".",
        ]);
        match numbers.below(3) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => drop(chars.splice(at..=at, other.chars())),
            _ => drop(chars.splice(at..at, other.chars())),
        }
    }
    chars.into_iter().collect()
}

fn agree<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) -> bool {
    let theirs = serde_json::from_str::<T>(text).ok();
    let ours = parse::<T>(text);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "{text:?}: {ours:?}");
    theirs.is_some()
}

/// Whether a struct may come from a list in `serde_json`: then the two differ, as they should.
fn has_list(text: &str) -> bool {
    text.contains('[')
}

#[test]
fn texts_are_read_as_serde_json_reads_them() {
    let mut read = [0; 8];
    for seed in 0..TEXTS {
        let mut numbers = Numbers(seed);
        let whole = text(&mut numbers, 4);
        for text in [damaged(&mut numbers, &whole), whole] {
            read[0] += usize::from(agree::<Option<bool>>(&text));
            read[1] += usize::from(agree::<Vec<i64>>(&text));
            read[2] += usize::from(agree::<BTreeMap<String, Option<String>>>(&text));
            read[3] += usize::from(agree::<(u8, String)>(&text));
            read[4] += usize::from(agree::<u64>(&text));
            if !has_list(&text) {
                read[5] += usize::from(agree::<Word>(&text));
                read[6] += usize::from(agree::<Strict>(&text));
            }
            read[7] += usize::from(agree::<String>(&text));
        }
    }
    assert!(read.iter().all(|times| *times >= 10), "{read:?}");
}

#[test]
fn whatever_is_json_is_read_and_nothing_else() {
    let mut read = 0;
    for seed in 0..TEXTS {
        let mut numbers = Numbers(seed);
        let whole = text(&mut numbers, 4);
        for text in [damaged(&mut numbers, &whole), whole] {
            let ours = parse::<Value>(&text);
            match (&ours, serde_json::from_str::<Value>(&text)) {
                (Err(error), Ok(_)) if error.to_string().ends_with("expected a whole number") => {
                    assert!(may_have_fraction(&text), "{text:?}");
                }
                (_, theirs) => {
                    read += usize::from(theirs.is_ok());
                    assert_eq!(ours.ok(), theirs.ok(), "{text:?}");
                }
            }
        }
    }
    assert!(read > 5_000, "{read}");
}

/// Whether there is something in it that `serde_json` takes for a float: a fraction, an exponent, a number of many digits, or
/// less than nothing.
fn may_have_fraction(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.contains("-0")
        || bytes
            .windows(2)
            .any(|two| two[0].is_ascii_digit() && matches!(two[1], b'.' | b'e' | b'E'))
        || bytes
            .windows(19)
            .any(|digits| digits.iter().all(u8::is_ascii_digit))
}

#[test]
fn fields_of_a_struct_are_found_whatever_surrounds_them() {
    let mut read = 0;
    for seed in 0..TEXTS {
        let mut numbers = Numbers(seed);
        let mut value = |depth| text(&mut numbers, depth);
        let strict = format!(r#"{{"a":{},"b":{},"c":{}}}"#, value(0), value(0), value(1));
        let named = format!(r#"{{"named":{{"a":{},"b":{}}}}}"#, value(0), value(0));
        let pair = format!(r#"{{"pair":{}}}"#, value(1));
        let loose = format!(r#"{{"a":{},"c":[{},{}]}}"#, value(0), value(0), value(0));
        let loose = format!(
            r#"{{"d":{},"b":{loose},"e":{},"a":{}}}"#,
            value(1),
            value(0),
            value(0)
        );
        for text in [strict, named, pair, loose] {
            let text = damaged(&mut numbers, &text);
            read += usize::from(agree::<Strict>(&text));
            // serde_json does not look into the texts that it skips.
            if serde_json::from_str::<Value>(&text).is_ok() {
                read += usize::from(agree::<Loose>(&text));
                read += usize::from(agree::<Word>(&text));
            } else {
                assert!(parse::<Loose>(&text).is_err(), "{text:?}");
                assert!(parse::<Word>(&text).is_err(), "{text:?}");
            }
        }
    }
    assert!(read > 500, "{read}");
}

#[test]
fn rules_and_money_are_read_as_serde_json_reads_them() {
    let parts = [
        r#""kind":"percent""#,
        r#""kind":"free_item""#,
        r#""kind":"flat""#,
        r#""kind":"free_shipping""#,
        r#""kind":"once""#,
        r#""kind":"renewals""#,
        r#""kind":"credit""#,
        r#""rule":"fixed""#,
        r#""rule":"percent""#,
        r#""rule":"match_discount""#,
        r#""basis_points":500"#,
        r#""maximum":100"#,
        r#""product":"mug""#,
        r#""name":"A mug""#,
        r#""value":900"#,
        r#""amount":5"#,
        r#""currency":"EUR""#,
        r#""currency":"eur""#,
        r#""count":3"#,
        r#""amount":1.5"#,
        r#""maximum":null"#,
        r#""value":{"rule":"fixed","amount":5,"currency":"EUR"}"#,
        r#""value":{"rule":"match_discount"}"#,
        r#""x":1"#,
    ];
    let mut read = [0; 6];
    for seed in 0..4 * TEXTS {
        let mut numbers = Numbers(seed);
        let count = 1 + numbers.below(4);
        let fields: Vec<&str> = (0..count).map(|_| numbers.one_of(&parts)).collect();
        let text = damaged(&mut numbers, &format!("{{{}}}", fields.join(",")));
        if has_list(&text) {
            continue;
        }
        read[0] += usize::from(agree::<Discount>(&text));
        read[1] += usize::from(agree::<RewardValue>(&text));
        read[2] += usize::from(agree::<Reward>(&text));
        read[3] += usize::from(agree::<Schedule>(&text));
        read[4] += usize::from(agree::<Money>(&text));
        let refund = format!(r#"{{"refund":{{"id":"r","amount":{text}}}}}"#);
        read[5] += usize::from(agree::<UndoKind>(&refund));
    }
    assert!(read.iter().all(|times| *times >= 10), "{read:?}");
}

#[test]
fn settings_are_found_among_spaces_and_escapes() {
    let text = r#" { "name":"Caf\u00e9", "currency":"EUR","store_url":"https://shop.example", "discount":{"basis_points":1000,"kind":"percent"},
        "reward":{"kind":"credit","value":{"rule":"match_discount"}}, "\u0063hannels":["copy","native"] } "#;
    let theirs = serde_json::from_str::<Settings>(text).expect("settings");
    assert_eq!(parse::<Settings>(text).ok(), Some(theirs));
}

#[test]
fn a_struct_is_an_object_and_never_a_list() {
    assert!(serde_json::from_str::<Strict>("[1,null,[]]").is_ok());
    assert!(parse::<Strict>("[1,null,[]]").is_err());
    assert!(parse::<Word>(r#"{"named":[1,null]}"#).is_err());
}

#[test]
fn nesting_has_an_end() {
    let nested =
        |open: &str, close: &str, depth: usize| open.repeat(depth) + "0" + &close.repeat(depth);
    for depth in [126, 127, 128, 129, 50_000] {
        for text in [nested("[", "]", depth), nested(r#"{"b":"#, "}", depth)] {
            let theirs = serde_json::from_str::<Value>(&text).is_ok();
            assert_eq!(parse::<Value>(&text).is_ok(), theirs, "{depth}");
            assert_eq!(theirs, depth < 128);
            agree::<Loose>(&text);
        }
        // What nobody reads is nested no deeper either.
        let skipped = format!(r#"{{"x":{}}}"#, nested("[", "]", depth));
        assert_eq!(parse::<Loose>(&skipped).is_ok(), depth < 127, "{depth}");
    }
}

#[test]
fn what_is_skipped_is_json_too() {
    for text in [
        r#"{"x":01}"#,
        r#"{"x":"\ud83d"}"#,
        r#"{"x":[1,}"#,
        r#"{"x":{"y"}}"#,
        r#"{"x":}"#,
        r#"{"x":tru}"#,
    ] {
        assert!(parse::<Loose>(text).is_err(), "{text}");
    }
    assert!(parse::<Loose>(r#"{"x":[1.5e9,{"y":[]},"\ud83d\ude00",null,true]}"#).is_ok());
}

#[test]
fn an_error_says_where_and_what_is_expected_and_repeats_no_value() {
    #[derive(Debug, Read)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read")]
        lines: Vec<Strict>,
        #[expect(dead_code, reason = "only read")]
        id: Option<ExternalId>,
        #[expect(dead_code, reason = "only read")]
        word: Option<Word>,
    }
    for (text, said) in [
        (
            r#"{"lines":[{"a":1},{"a":"jane@example.com"}]}"#,
            "lines[1].a: expected a whole number",
        ),
        (
            r#"{"lines":[{"a":1.5}]}"#,
            "lines[0].a: expected a whole number",
        ),
        (r#"{"lines":[{"a":1,"b":256}]}"#, "lines[0].b: out of range"),
        (
            r#"{"lines":[{"a":1,"c":[1]}]}"#,
            "lines[0].c[0]: expected text",
        ),
        (
            r#"{"lines":[{"a":1,"a":2}]}"#,
            "lines[0].a: duplicate field",
        ),
        (r#"{"lines":[{}]}"#, "lines[0]: missing field a"),
        (
            r#"{"lines":[{"a":1,"jane@example.com":2}]}"#,
            "lines[0]: unknown field jane",
        ),
        (r#"{"lines":{}}"#, "lines: expected a list"),
        (r#"{"lines":[3]}"#, "lines[0]: expected an object"),
        (
            r#"{"lines":[],"id":""}"#,
            "id: an id of an allowed length without control characters",
        ),
        (
            r#"{"lines":[],"word":"jane"}"#,
            "word: expected one of alone, inside, pair, named",
        ),
        (
            r#"{"lines":[],"word":{"jane":1}}"#,
            "word: expected one of alone, inside, pair, named",
        ),
        (
            r#"{"lines":[],"word":{"pair":[1,"x",3]}}"#,
            "word.pair[1]: expected nothing after this",
        ),
        (
            r#"{"lines":[],"word":"inside"}"#,
            "word: expected an object with this name and a value",
        ),
        (r#"{"lines":[]"#, "lines: not JSON from byte 11 on"),
        (r#"{"lines":[]} x"#, "not JSON from byte 13 on"),
        ("", "expected an object"),
    ] {
        let error = parse::<Outer>(text).expect_err(text).to_string();
        assert_eq!(error, said, "{text}");
    }
}
