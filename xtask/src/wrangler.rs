//! Running the pinned wrangler, and configurations made from `wrangler.toml` for the runs that must not use it as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::build::Flavour;
use crate::{existing, root, vars};

/// Wrangler with these arguments: quiet, without questions, and without asking the network for what it can do without.
pub(crate) fn command(arguments: &[&str]) -> Result<Command> {
    let program = existing("node_modules/wrangler/bin/wrangler.js", "run `npm ci`")?;
    let mut command = Command::new("node");
    command.arg(program).args(arguments).current_dir(root());
    command.env("WRANGLER_SEND_METRICS", "false");
    command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    command.env("CI", "1");
    Ok(command)
}

/// What a made configuration has instead of the file's own values.
pub(crate) struct Overrides<'a> {
    pub flavour: Flavour,
    /// Worker name; the file's own when none.
    pub name: Option<&'a str>,
    /// Id of the KV namespace; the file's placeholder when none.
    pub namespace: Option<&'a str>,
    pub default_program: Option<&'a str>,
    /// Hosts, which Cloudflare then routes to the Worker; or paths of hosts, where something else has the rest.
    pub domains: &'a [String],
}

/// Writes `wrangler.toml` anew into `folder`: without the build command (all is built by now), and with paths that lead
/// from there to the artefacts of one flavour.
pub(crate) fn write_config(folder: &Path, overrides: &Overrides) -> Result<PathBuf> {
    let text = std::fs::read_to_string(root().join("wrangler.toml"))?;
    let built = overrides.flavour.folder();
    let mut made = without_section(&text, "[build]");
    made = with_value(
        &made,
        "main",
        "build/index.js",
        &built.join("index.js").display().to_string(),
    )?;
    made = with_value(
        &made,
        "directory",
        "./dist",
        &overrides.flavour.dist().display().to_string(),
    )?;
    if let Some(name) = overrides.name {
        made = with_value(&made, "name", "goodword", name)?;
    }
    if let Some(namespace) = overrides.namespace {
        made = with_value(&made, "id", "local", namespace)?;
    }
    if let Some(program) = overrides.default_program {
        made = with_value(&made, "DEFAULT_PROGRAM", "demo", program)?;
    }
    for domain in overrides.domains {
        if let Some((_, path)) = domain.split_once('/') {
            made = format!("routes = [\"{domain}/*\"]\n{made}");
            made = with_value(&made, "BASE_PATH", "", &format!("/{path}"))?;
        } else {
            let route = format!("\n[[routes]]\npattern = \"{domain}\"\ncustom_domain = true\n");
            made.push_str(&route);
        }
    }
    let path = folder.join("wrangler.toml");
    std::fs::create_dir_all(folder)?;
    std::fs::write(&path, made)?;
    Ok(path)
}

/// A folder below `.wrangler` with a configuration and a secret of its own, for one run of the tests.
pub(crate) fn write_test_folder(folder: &Path, flavour: Flavour) -> Result<(PathBuf, String)> {
    let overrides = Overrides {
        flavour,
        name: None,
        namespace: None,
        default_program: None,
        domains: &[],
    };
    let config = write_config(folder, &overrides)?;
    vars::ensure(&folder.join(".dev.vars"))?;
    Ok((config, vars::read(&folder.join(".dev.vars"))?))
}

fn without_section(text: &str, header: &str) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        if line.starts_with('[') {
            inside = *line == header;
        }
        !inside
    });
    kept.collect::<Vec<_>>().join("\n") + "\n"
}

fn with_value(text: &str, key: &str, old: &str, new: &str) -> Result<String> {
    let line = format!("\n{key} = \"{old}\"");
    if text.matches(&line).count() != 1 || new.contains(['"', '\\', '\n']) {
        bail!(
            "wrangler.toml should have `{}` on one line of its own, once",
            line.trim()
        );
    }
    Ok(text.replace(&line, &format!("\n{key} = \"{new}\"")))
}

#[cfg(test)]
mod tests {
    use super::{with_value, without_section};

    #[test]
    fn a_section_goes_with_its_lines_and_its_neighbours_stay() {
        let text = "a = 1\n[build]\ncommand = \"x\"\n[[kv]]\nid = \"local\"\n";
        assert_eq!(
            without_section(text, "[build]"),
            "a = 1\n[[kv]]\nid = \"local\"\n"
        );
    }

    #[test]
    fn a_value_that_is_not_there_once_is_an_error() {
        assert!(with_value("\nid = \"a\"\nid = \"a\"", "id", "a", "b").is_err());
        assert_eq!(
            with_value("\nid = \"a\"\n", "id", "a", "b").ok().as_deref(),
            Some("\nid = \"b\"\n")
        );
    }
}
