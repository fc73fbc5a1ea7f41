//! The corpus is tried with every `cargo test`: no coverage, no chance, only what was found before.

use std::collections::BTreeSet;
use std::path::Path;

use goodword_fuzz::{Panics, TARGETS, read};

fn corpus() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))
}

#[test]
fn every_property_holds_on_every_input_of_the_corpus() {
    let panics = Panics::kept();
    let mut wrong = Vec::new();
    for target in TARGETS {
        let inputs = read(&corpus().join(format!("{}.txt", target.name))).expect("a corpus");
        let mut classes = BTreeSet::new();
        for input in &inputs {
            match panics.execute(target, input) {
                Ok(class) => drop(classes.insert(class)),
                Err(violation) => wrong.push(format!("{}: {violation:?}", target.name)),
            }
        }
        // A corpus on which all end alike tells nothing.
        if classes.len() < 2 {
            wrong.push(format!(
                "{}: {classes:?} of {} inputs",
                target.name,
                inputs.len()
            ));
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_is_small_and_every_file_is_a_targets() {
    let mut bytes = 0;
    for file in std::fs::read_dir(corpus()).expect("a folder") {
        let file = file.expect("a file");
        bytes += file.metadata().expect("a size").len();
        let name = file.file_name().to_string_lossy().replace(".txt", "");
        assert!(TARGETS.iter().any(|target| target.name == name), "{name}");
    }
    assert!(bytes < 300_000, "{bytes} bytes");
}
