//! The other languages say all that the English does, with the same values in it, and every form that their numbers need.

use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string};
use std::path::Path;

use serde_json::{Map, Value};

/// Names that are the same everywhere.
const NAMES: [&str; 5] = ["whatsapp", "telegram", "x", "facebook", "linkedin"];
/// Said of the file itself.
const ABOUT: [&str; 2] = ["lang", "dir"];

/// The forms that a language has for numbers, as `Intl.PluralRules` calls them.
fn forms(language: &str) -> &'static [&'static str] {
    match language {
        "ar" => &["few", "many", "one", "other", "two", "zero"],
        "he" => &["one", "other", "two"],
        "pl" => &["few", "many", "one", "other"],
        "ja" | "ko" | "zh" => &["other"],
        _ => &["one", "other"],
    }
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Keys of the English, in their order, each with whatever follows it.
fn english() -> Vec<(String, String)> {
    let text = read_to_string(folder().join("js/words.js")).expect("the English");
    let table = text.split("const ENGLISH = {").nth(1).expect("a table");
    let table = table.split("\n};").next().expect("its end");
    let mut keys: Vec<(String, String)> = Vec::new();
    for line in table.lines() {
        let key = line
            .strip_prefix("  ")
            .filter(|line| !line.starts_with([' ', '}', '/']));
        match key.and_then(|line| line.split_once(':')) {
            Some((key, said)) => keys.push((key.to_owned(), said.to_owned())),
            None => {
                if let Some((_, said)) = keys.last_mut() {
                    said.push_str(line);
                }
            }
        }
    }
    keys
}

fn languages() -> Vec<(String, Map<String, Value>)> {
    let files = read_dir(folder().join("words"))
        .expect("languages")
        .flatten();
    files
        .map(|file| {
            let text = read_to_string(file.path()).expect("a language");
            let words = serde_json::from_str(&text).expect("JSON");
            let name = file
                .path()
                .file_stem()
                .map(|name| name.to_string_lossy().into_owned());
            (name.expect("a name"), words)
        })
        .collect()
}

fn values(said: &str) -> BTreeSet<&str> {
    ["{0}", "{1}"]
        .into_iter()
        .filter(|value| said.contains(value))
        .collect()
}

#[test]
fn fourteen_languages_have_no_gaps() {
    let english = english();
    assert!(english.len() > 100, "the English was found");
    let languages = languages();
    let mut names: Vec<&str> = languages.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let all = [
        "ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "sv", "zh",
    ];
    assert_eq!(names, all);
    let mut gaps = Vec::new();
    for (name, words) in &languages {
        for (key, _) in &english {
            if !words.contains_key(key) && !NAMES.contains(&key.as_str()) {
                gaps.push(format!("{name}: {key}"));
            }
        }
        for key in words.keys() {
            let known = english.iter().any(|(english, _)| english == key);
            assert!(
                known || ABOUT.contains(&key.as_str()),
                "{name}: nobody says {key}"
            );
        }
    }
    assert!(gaps.is_empty(), "{} gaps: {gaps:#?}", gaps.len());
}

#[test]
fn every_language_says_the_same_values() {
    for (name, words) in languages() {
        for (key, said) in english() {
            let expected = values(&said);
            match words.get(&key) {
                None => {}
                Some(Value::String(text)) => {
                    assert_eq!(values(text), expected, "{name}: {key}");
                    assert!(!text.trim().is_empty(), "{name}: {key}");
                }
                Some(Value::Object(table)) => {
                    let other = table["other"].as_str().expect("text");
                    assert_eq!(values(other), expected, "{name}: {key}");
                    let mut found: Vec<&str> = table.keys().map(String::as_str).collect();
                    found.sort_unstable();
                    assert_eq!(found, forms(&name), "{name}: {key}");
                }
                Some(other) => panic!("{name}: {key} is {other}"),
            }
        }
    }
}

#[test]
fn each_file_names_its_language_and_those_that_are_read_from_the_right_say_so() {
    for (name, words) in languages() {
        let language = words["lang"].as_str().expect("a tag");
        assert!(language.starts_with(&name), "{language}");
        let from_the_right = ["ar", "he"].contains(&name.as_str());
        assert_eq!(words.contains_key("dir"), from_the_right, "{name}");
    }
}
