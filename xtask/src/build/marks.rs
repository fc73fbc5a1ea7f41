//! What only development features put into a bundle: a release that has any of it was built wrongly, and is not deployed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::Flavour;

/// Something by which a feature is known.
struct Mark {
    text: &'static str,
    /// What has the feature.
    of: &'static str,
    /// Whether the build for the tests has it: then it was really looked for.
    is_tested: bool,
}

/// Marks in modules and scripts.
const MARKS: [Mark; 6] = [
    Mark {
        text: "goodword-dev-build",
        of: "edge/src/config.rs",
        is_tested: true,
    },
    Mark {
        text: "goodword-test-clock",
        of: "edge/src/config.rs",
        is_tested: true,
    },
    Mark {
        text: "goodword-native-build",
        of: "edge/src/config.rs",
        is_tested: false,
    },
    Mark {
        text: "goodword-fuzz-build",
        of: "edge/src/config.rs",
        is_tested: false,
    },
    Mark {
        text: "goodword-widget-trap",
        of: "widget/src/components/share_panel.rs",
        is_tested: true,
    },
    Mark {
        text: IN_SCRIPTS,
        of: "edge/js/entry.js",
        is_tested: true,
    },
];

/// The one mark that modules have in every build: faults on purpose are passed on by the entry alone.
const IN_SCRIPTS: &str = "x-goodword-fault";

/// An error when a release has anything of a development feature, or when the build for the tests has none: then they are no
/// longer found by these marks.
pub(super) fn check(flavour: Flavour) -> Result<()> {
    let folder = flavour.folder();
    match flavour {
        Flavour::Dev => Ok(()),
        Flavour::Test => {
            let found = find(&folder)?;
            for mark in MARKS.iter().filter(|mark| mark.is_tested) {
                if !found.iter().any(|(_, text)| *text == mark.text) {
                    bail!(
                        "the build for the tests has no `{}` of {}",
                        mark.text,
                        mark.of
                    );
                }
            }
            Ok(())
        }
        Flavour::Release => refuse_dev_features(&folder),
    }
}

/// An error when a script or module in this folder, or among the files that are served beside it, has anything of the
/// development features in it.
pub(crate) fn refuse_dev_features(folder: &Path) -> Result<()> {
    match find(folder)?.first() {
        Some((path, text)) => bail!("{} holds `{text}`: it must not be deployed", path.display()),
        None => Ok(()),
    }
}

/// Every mark in the bundle of a folder, and where it is.
fn find(folder: &Path) -> Result<BTreeSet<(PathBuf, &'static str)>> {
    let mut found = BTreeSet::new();
    let bundle = files(folder, false)?;
    if bundle.len() < 2 {
        bail!("{} has no bundle to check", folder.display());
    }
    let beside = folder.join("dist");
    let beside = if beside.exists() {
        files(&beside, true)?
    } else {
        Vec::new()
    };
    for path in bundle.into_iter().chain(beside) {
        let is_script = path.extension().is_some_and(|ending| ending == "js");
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        for mark in &MARKS {
            if (is_script || mark.text != IN_SCRIPTS) && text.contains(mark.text) {
                found.insert((path.clone(), mark.text));
            }
        }
    }
    Ok(found)
}

/// The scripts and modules of a folder.
fn files(folder: &Path, with_folders: bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if with_folders {
                found.extend(files(&path, true)?);
            }
        } else if path
            .extension()
            .is_some_and(|ending| ending == "js" || ending == "wasm")
        {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{IN_SCRIPTS, MARKS, refuse_dev_features};
    use crate::root;

    #[test]
    fn a_bundle_with_the_mark_of_any_development_feature_is_refused() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("goodword-marks-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("dist/assets"))?;
        let all = [
            "index.js",
            "index_bg.wasm",
            "dist/widget.js",
            "dist/assets/1.wasm",
        ];
        let clean = || -> anyhow::Result<()> {
            for file in all {
                std::fs::write(folder.join(file), b"\0asm nothing")?;
            }
            Ok(())
        };
        clean()?;
        assert!(refuse_dev_features(&folder).is_ok());
        for mark in &MARKS {
            for file in all {
                std::fs::write(folder.join(file), format!("\0\u{ff}{}x", mark.text))?;
                let in_module = file.ends_with("wasm") && mark.text == IN_SCRIPTS;
                let refused = refuse_dev_features(&folder).err();
                let told = refused.map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(
                    told.contains(file) && told.contains("must not be deployed"),
                    !in_module,
                    "{} in {file}: {told}",
                    mark.text
                );
                clean()?;
            }
        }
        std::fs::remove_file(folder.join("index.js"))?;
        assert!(refuse_dev_features(&folder).is_err(), "half a bundle");
        std::fs::remove_dir_all(folder)?;
        Ok(())
    }

    #[test]
    fn every_mark_is_where_its_feature_is() -> anyhow::Result<()> {
        for mark in &MARKS {
            let source = std::fs::read_to_string(root().join(mark.of))?;
            assert!(source.contains(mark.text), "{} in {}", mark.text, mark.of);
        }
        let features = std::fs::read_to_string(root().join("edge/Cargo.toml"))?;
        let config = std::fs::read_to_string(root().join("edge/src/config.rs"))?;
        let (_, features) = features.split_once("[features]\n").unwrap_or_default();
        let (features, _) = features.split_once("\n[").unwrap_or_default();
        let names = features.lines().filter_map(|line| line.split_once(" = "));
        for (name, _) in names {
            assert!(
                config.contains(&format!("#[cfg(feature = \"{name}\")]")),
                "{name} has no mark"
            );
        }
        Ok(())
    }
}
