//! What earlier releases serve goes on being served: a loader may be cached for a day, a page may have pinned it for good, and it
//! names the folder of its own release.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::build::widget::{PINNED, RELEASES};
use crate::http;

/// Puts every file of the releases that are served there into `dist`, beside the new ones.
pub(super) fn keep(dist: &Path, url: &str) -> Result<()> {
    // Whoever has pinned one of them would be left without: no answer is no reason to go on.
    let told = http::send("GET", &format!("{url}/{RELEASES}"), "", None).context(
        "what is deployed there has to be kept; if it is gone for good, delete `url` in .wrangler/deploy",
    )?;
    match told.status {
        200 => merge(dist, &told.text, |name, file| {
            http::save(&format!("{url}/{name}"), file)
        }),
        // It was deployed without the list.
        404 => Ok(()),
        status => bail!("{url}/{RELEASES} answers {status}"),
    }
}

fn merge(dist: &Path, served: &str, fetch: impl Fn(&str, &Path) -> Result<()>) -> Result<()> {
    let list = dist.join(RELEASES);
    let mut all: Vec<Vec<String>> = serde_json::from_str(&std::fs::read_to_string(&list)?)?;
    let served: Vec<Vec<String>> =
        serde_json::from_str(served).context("the list of earlier releases cannot be read")?;
    for release in served {
        if all.contains(&release) {
            continue;
        }
        for name in &release {
            ensure!(is_ours(name), "an earlier release has no file `{name}`");
            let file = dist.join(name);
            if !file.exists() {
                std::fs::create_dir_all(file.parent().context("a file has a folder")?)?;
                fetch(name, &file)?;
                ensure!(file.exists(), "{name} of an earlier release is not served");
            }
        }
        all.push(release);
    }
    Ok(std::fs::write(list, serde_json::to_string(&all)?)?)
}

/// Whether a name leads to where the widget's files are, and nowhere else.
fn is_ours(name: &str) -> bool {
    let plain = |part: &str| {
        !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    let loader = name.starts_with(PINNED) && !name.contains('/');
    (loader || name.starts_with("assets/")) && name.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::path::PathBuf;

    use anyhow::Result;

    use super::{RELEASES, is_ours, merge};

    fn folder(name: &str) -> Result<PathBuf> {
        let id = std::process::id();
        let folder = std::env::temp_dir().join(format!("goodword-previous-{name}-{id}"));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(RELEASES), r#"[["assets/new/code.js"]]"#)?;
        Ok(folder)
    }

    #[test]
    fn every_file_of_every_earlier_release_is_kept_and_fetched_once() -> Result<()> {
        let dist = folder("all")?;
        let served = r#"[["assets/new/code.js"],["assets/old/qr.wasm","widget-old.js"],["assets/first/code.js"]]"#;
        let fetched = RefCell::new(Vec::new());
        for _ in 0..2 {
            merge(&dist, served, |name, file| {
                fetched.borrow_mut().push(name.to_owned());
                Ok(std::fs::write(file, name)?)
            })?;
        }
        assert_eq!(
            *fetched.borrow(),
            [
                "assets/old/qr.wasm",
                "widget-old.js",
                "assets/first/code.js"
            ]
        );
        assert!(dist.join("widget-old.js").exists());
        assert_eq!(std::fs::read_to_string(dist.join(RELEASES))?, served);
        Ok(std::fs::remove_dir_all(dist)?)
    }

    #[test]
    fn a_file_that_is_not_served_stops_the_deployment() -> Result<()> {
        let dist = folder("gone")?;
        let told = merge(&dist, r#"[["assets/old/code.js"]]"#, |_, _| Ok(()));
        assert!(told.is_err());
        Ok(std::fs::remove_dir_all(dist)?)
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, ours) in [
            ("assets/0123456789/code.js", true),
            ("assets/../../etc/passwd", false),
            ("widget-0123456789.js", true),
            ("widget-/../x", false),
            ("widget.js", false),
            ("/assets/x", false),
            ("assets/.hidden", false),
            ("console/review.js", false),
            ("assets/a b", false),
        ] {
            assert_eq!(is_ours(name), ours, "{name}");
        }
    }
}
