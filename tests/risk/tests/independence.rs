//! The generator must not know the rules: it could be built to fit them.

use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_generator_imports_nothing_of_the_product() {
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/world");
    let files = sources(&world);
    assert!(files.len() > 5, "the generator has moved: {files:?}");
    for file in files.into_iter().chain([world.with_file_name("rng.rs")]) {
        let text = std::fs::read_to_string(&file).expect("a source");
        for line in text.lines().map(str::trim) {
            let code = line.split("//").next().unwrap_or_default();
            for forbidden in ["goodword", "extern crate"] {
                let found = code.contains(forbidden);
                assert!(!found, "{}: `{line}`", file.display());
            }
            // What else of this crate it may use: chance, and itself.
            if let Some((_, path)) = code.split_once("crate::") {
                assert!(path.starts_with("rng::"), "{}: `{line}`", file.display());
            }
        }
    }
}
