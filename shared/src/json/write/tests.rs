//! What is written, against `serde_json`.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::{collection, option};
use serde::Serialize;

use super::write;

#[derive(Clone, Debug, Serialize)]
struct Whole {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<Box<Whole>>,
    forms: Vec<Form>,
    #[serde(flatten)]
    flat: Flat,
    nothing: (),
    unit: Unit,
}

#[derive(Clone, Debug, Serialize)]
struct Flat {
    small: (i8, u8, char),
    numbers: BTreeMap<i64, u64>,
    names: BTreeMap<String, Option<bool>>,
    kind: Kind,
    share: f64,
}

#[derive(Clone, Debug, Serialize)]
struct Unit;

#[derive(Clone, Debug, Serialize)]
struct Pair(u32, Text);

#[derive(Clone, Debug, Serialize)]
struct Text(String);

#[derive(Clone, Debug, Serialize)]
enum Form {
    Nothing,
    One(Pair),
    Two(String, i64),
    Named { a: i64, b: Vec<String> },
    Empty {},
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Plain,
    Percent { of: u32 },
}

fn forms() -> impl Strategy<Value = Form> {
    prop_oneof![
        Just(Form::Nothing),
        Just(Form::Empty {}),
        (any::<u32>(), any::<String>()).prop_map(|(n, text)| Form::One(Pair(n, Text(text)))),
        (any::<String>(), any::<i64>()).prop_map(|(text, n)| Form::Two(text, n)),
        (any::<i64>(), collection::vec(any::<String>(), 0..3))
            .prop_map(|(a, b)| Form::Named { a, b }),
    ]
}

fn flat() -> impl Strategy<Value = Flat> {
    (
        any::<(i8, u8, char)>(),
        collection::btree_map(any::<i64>(), any::<u64>(), 0..3),
        collection::btree_map(any::<String>(), any::<Option<bool>>(), 0..3),
        option::of(any::<u32>()),
        any::<i32>(),
    )
        .prop_map(|(small, numbers, names, of, share)| Flat {
            small,
            numbers,
            names,
            kind: of.map_or(Kind::Plain, |of| Kind::Percent { of }),
            share: f64::from(share) / 8.0,
        })
}

fn wholes() -> impl Strategy<Value = Whole> {
    let one = |maybe: Option<Whole>| {
        (
            "[\\x00-\\x7f\u{e9}\u{2028}]{0,40}",
            collection::vec(forms(), 0..4),
            flat(),
        )
            .prop_map(move |(text, forms, flat)| Whole {
                text,
                maybe: maybe.clone().map(Box::new),
                forms,
                flat,
                nothing: (),
                unit: Unit,
            })
    };
    option::of(one(None)).prop_flat_map(one)
}

proptest! {
    #[test]
    fn whatever_is_written_is_what_serde_json_writes(whole in wholes()) {
        assert_eq!(write(&whole), serde_json::to_string(&whole).expect("JSON"));
    }
}

#[test]
fn every_control_character_is_written_as_serde_json_does() {
    let text: String = (0..=0x7f).map(char::from).collect();
    assert_eq!(write(&text), serde_json::to_string(&text).expect("JSON"));
    assert_eq!(write(""), r#""""#);
    assert_eq!(write(&[f64::NAN]), "[null]");
    assert_eq!(write(&0.1_f32), "0.1");
}
