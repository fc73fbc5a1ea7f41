//! What this machine needs before anything can be built or tested. Each part looks first and installs only what is
//! missing, so that the other commands can ask for it every time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::steps::{Note, report};
use crate::{process, root};

const TARGET: &str = "wasm32-unknown-unknown";
const NODE_AT_LEAST: u32 = 20;
const FIREFOXES: &[&str] = &["firefox-esr", "firefox"];
const GECKODRIVER: &str = "0.37.1";

/// `cargo xtask setup`
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    let started = std::time::Instant::now();
    tools()?;
    let browser = browser()?;
    report('✓', "everything is there", started.elapsed());
    println!(
        "    {}\n    {}",
        browser.chromium.display(),
        browser.driver.display()
    );
    Ok(())
}

/// What every build needs: Node, the wasm target, the npm packages.
pub(crate) fn tools() -> Result<()> {
    node()?;
    wasm_target()?;
    npm_packages()
}

fn node() -> Result<()> {
    let advice =
        format!("install Node {NODE_AT_LEAST} or newer, with npm, from https://nodejs.org");
    let found = process::output(Command::new("node").arg("--version"), &Note::default());
    let Ok(found) = found else {
        bail!("Node is missing: {advice}");
    };
    let version = found.stdout.trim();
    if major(version) < NODE_AT_LEAST {
        bail!("Node {version} is too old: {advice}");
    }
    if on_path(&["npm"]).is_none() {
        bail!("npm is missing: {advice}");
    }
    Ok(())
}

/// 20 of `v20.1.2`; 0 of what is no version.
fn major(version: &str) -> u32 {
    let number = version.trim_start_matches('v').split('.').next();
    number.and_then(|part| part.parse().ok()).unwrap_or(0)
}

fn wasm_target() -> Result<()> {
    let asked = process::output(
        Command::new("rustc")
            .args(["--print", "target-libdir", "--target", TARGET])
            .current_dir(root()),
        &Note::default(),
    )?;
    if has_std(Path::new(asked.stdout.trim())) {
        return Ok(());
    }
    if on_path(&["rustup"]).is_none() {
        bail!(
            "Rust has no {TARGET} target: install Rust through https://rustup.rs, or add the target as your system does"
        );
    }
    process::run(
        "wasm target",
        Command::new("rustup")
            .args(["target", "add", TARGET])
            .current_dir(root()),
    )?;
    Ok(())
}

/// Whether a target's folder has its standard library: Rust names the folder of a target that was never added as well.
fn has_std(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut files| {
        files.any(|file| {
            file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
        })
    })
}

fn npm_packages() -> Result<()> {
    npm_in(root())
}

/// The packages of a folder's lock file, beside it.
pub(crate) fn npm_in(folder: &Path) -> Result<()> {
    if npm_is_current(folder).unwrap_or(false) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--no-audit", "--no-fund"])
        // Its own pauses before it gives up add up to more than a minute, in which nobody is told anything.
        .args([
            "--fetch-retry-mintimeout=1000",
            "--fetch-retry-maxtimeout=4000",
        ])
        .current_dir(folder);
    process::run("npm packages", &mut command)?;
    Ok(())
}

/// Whether `node_modules` is what the lock file says. Compared by content: a checkout touches every time stamp.
fn npm_is_current(folder: &Path) -> Result<bool> {
    let wanted = packages(&folder.join("package-lock.json"))?;
    let present = packages(&folder.join("node_modules/.package-lock.json"))?;
    let same = |name: &String, entry: &Value| {
        wanted
            .get(name)
            .is_some_and(|want| want["integrity"] == entry["integrity"])
    };
    let needed = |name: &String, entry: &Value| {
        name.is_empty() || entry["optional"] == true || present.contains_key(name)
    };
    Ok(present.iter().all(|(name, entry)| same(name, entry))
        && wanted.iter().all(|(name, entry)| needed(name, entry)))
}

fn packages(lock: &Path) -> Result<serde_json::Map<String, Value>> {
    let lock: Value = serde_json::from_str(&std::fs::read_to_string(lock)?)?;
    lock["packages"].as_object().cloned().context("no packages")
}

/// The browser that the tests drive.
pub(crate) struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// Finds Chromium and its driver; installs both where that takes no question (Debian or Ubuntu, as root).
pub(crate) fn browser() -> Result<Browser> {
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    let advice = "install Chromium or Chrome and the ChromeDriver of the same version (on Debian: `apt install chromium chromium-driver`)";
    let is_root = nix::unistd::Uid::effective().is_root();
    if !is_root || on_path(&["apt-get"]).is_none() {
        bail!("the browser tests need a browser: {advice}");
    }
    let script = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y chromium chromium-driver";
    process::run("chromium", Command::new("sh").args(["-c", script]))?;
    find_browser().with_context(|| format!("apt brought no usable browser: {advice}"))
}

fn find_browser() -> Option<Browser> {
    Some(Browser {
        chromium: on_path(&["chromium", "chromium-browser", "google-chrome"])?,
        driver: on_path(&["chromedriver"])?,
    })
}

/// Lets a machine that is there for nothing but tests have the languages that samples are written in. Anywhere else, and
/// where they do not come, the tests say which samples they have left out.
pub(crate) fn languages_of_samples() {
    let is_here = |name| on_path(&[name]).is_some();
    let may_install = std::env::var_os("CI").is_some()
        && nix::unistd::Uid::effective().is_root()
        && is_here("apt-get");
    if !may_install || (is_here("php") && is_here("ruby")) {
        return;
    }
    let script = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends php-cli ruby";
    if let Err(error) = process::run("php and ruby", Command::new("sh").args(["-c", script])) {
        println!("    {error:#}");
    }
}

/// The second browser, of the long run.
pub(crate) struct Firefox {
    pub firefox: PathBuf,
    pub driver: PathBuf,
}

/// Finds Firefox and its driver. Firefox is installed where that takes no question; the driver, which few systems pack, is
/// built from its source below `target/`.
pub(crate) fn firefox() -> Result<Firefox> {
    let firefox = match on_path(FIREFOXES) {
        Some(found) => found,
        None => install_firefox()?,
    };
    let driver = match on_path(&["geckodriver"]) {
        Some(found) => found,
        None => build_geckodriver()?,
    };
    Ok(Firefox { firefox, driver })
}

fn install_firefox() -> Result<PathBuf> {
    let advice = "install Firefox (on Debian: `apt install firefox-esr`)";
    let is_root = nix::unistd::Uid::effective().is_root();
    if !is_root || on_path(&["apt-get"]).is_none() {
        bail!("the long run needs a second browser: {advice}");
    }
    let script = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y firefox-esr";
    process::run("firefox", Command::new("sh").args(["-c", script]))?;
    on_path(FIREFOXES).with_context(|| format!("apt brought no Firefox: {advice}"))
}

fn build_geckodriver() -> Result<PathBuf> {
    let folder = root().join("target/geckodriver");
    let driver = folder.join("bin/geckodriver");
    if driver.is_file() {
        return Ok(driver);
    }
    let mut command = Command::new("cargo");
    command
        .args([
            "install",
            "geckodriver",
            "--locked",
            "--version",
            GECKODRIVER,
        ])
        .arg("--root")
        .arg(&folder)
        .current_dir(root());
    process::run("geckodriver", &mut command).context(
        "the long run needs Firefox's driver: put `geckodriver` on the path, or let cargo build it",
    )?;
    Ok(driver)
}

/// The first of these programs that the search path has.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::{has_std, major};
    use crate::root;

    #[test]
    fn a_target_is_there_when_its_standard_library_is() -> anyhow::Result<()> {
        let asked = Command::new("rustc")
            .args(["--print", "target-libdir"])
            .output()?;
        let own = String::from_utf8(asked.stdout)?;
        assert!(has_std(Path::new(own.trim())));
        assert!(!has_std(root()));
        assert!(!has_std(&root().join("nowhere")));
        Ok(())
    }

    #[test]
    fn a_version_of_node_is_judged_by_its_first_number() {
        assert_eq!(major("v20.1.2"), 20);
        assert_eq!(major("v8.17.0"), 8);
        assert_eq!(major("nothing"), 0);
    }
}
