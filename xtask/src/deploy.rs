//! Goodword in a Cloudflare account: namespace, secret, Worker, first program.
//!
//! Everything that a first deployment makes is found again by the next one: the namespace by its title, the secret
//! because Cloudflare has it, the program because the edge says that it exists.

mod plan;
mod previous;
mod program;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Arguments;
use crate::build::{self, Flavour};
use crate::process::Output;
use crate::steps::{Note, step};
use crate::{http, network, process, root, setup, vars, wait, wrangler};
use plan::Plan;

/// `cargo xtask deploy`
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let (plan, dry) = Plan::read(arguments)?;
    setup::tools()?;
    println!("  1  build the release, and refuse it if it has a development feature");
    build::make(Flavour::Release)?;
    if dry {
        return rehearse(&plan);
    }
    println!("  2  wrangler whoami");
    require_login()?;
    println!(
        "  3  wrangler kv namespace list, and create when `{}` is not there",
        plan.namespace()
    );
    let namespace = namespace(&plan)?;
    plan.write_config(&namespace)?;
    println!("  4  the Worker's secret");
    let secret = Secret::find(&plan)?;
    println!("  5  {}", plan.deploy_line());
    let url = deploy(&plan, &secret)?;
    println!("  6  the program `{}`", plan.program);
    program::make(&plan, &url, secret.text.as_deref())
}

/// Every step with its command; what works without an account is really done.
fn rehearse(plan: &Plan) -> Result<()> {
    plan.write_config("the-id-that-step-3-finds")?;
    let out = plan.folder().join("dry-run");
    println!("  2  wrangler whoami");
    println!("  3  wrangler kv namespace list");
    println!(
        "     wrangler kv namespace create {}        (when it is not there)",
        plan.namespace()
    );
    println!("  4  wrangler secret list --name {}", plan.name);
    println!("     a new random one goes along with step 5 when there is none:");
    println!("     --secrets-file {}", plan::shown(&plan.secret_file()));
    println!("  5  {}", plan.deploy_line());
    let (config, folder) = (
        plan.config().display().to_string(),
        out.display().to_string(),
    );
    let mut command = wrangler::command(&[
        "deploy",
        "--dry-run",
        "--outdir",
        &folder,
        "--config",
        &config,
    ])?;
    let told = process::run("wrangler deploy --dry-run", &mut command)?;
    for line in told
        .stdout
        .lines()
        .filter(|line| line.contains("Total Upload") || line.contains("env."))
    {
        println!("       {}", line.trim());
    }
    build::refuse_dev_features(&out)?;
    println!("     the bundle has no development feature");
    println!(
        "  6  POST https://{}/v1/programs {}",
        plan.host(),
        program::offer(plan)
    );
    program::print_snippet(&format!("https://{}", plan.host()), &plan.program)?;
    println!("\n  Nothing was deployed: this was a dry run.");
    Ok(())
}

fn require_login() -> Result<()> {
    let told = process::output(
        &mut wrangler::command(&["whoami", "--json"])?,
        &Note::default(),
    )?;
    let account: Value = serde_json::from_str(&told.stdout).unwrap_or_default();
    if account["loggedIn"] != true {
        if let Some(advice) = network::advice(&told.text()) {
            bail!("wrangler whoami: {advice}");
        }
        bail!(
            "not logged in at Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN, and deploy again"
        );
    }
    Ok(())
}

/// The id of the KV namespace, made when it is not there.
fn namespace(plan: &Plan) -> Result<String> {
    if let Some(id) = namespace_id(plan)? {
        return Ok(id);
    }
    let title = plan.namespace();
    process::run(
        "KV namespace",
        &mut wrangler::command(&["kv", "namespace", "create", &title, "--update-config=false"])?,
    )?;
    namespace_id(plan)?.with_context(|| {
        format!("the namespace {title} was made, but is not in the account's list")
    })
}

fn namespace_id(plan: &Plan) -> Result<Option<String>> {
    let listed = process::quiet(
        "KV namespaces",
        &mut wrangler::command(&["kv", "namespace", "list"])?,
    )?;
    let start = listed.stdout.find('[').unwrap_or(0);
    let all: Value = serde_json::from_str(&listed.stdout[start..])
        .context("wrangler gave no list of namespaces")?;
    let title = plan.namespace();
    let found = all
        .as_array()
        .into_iter()
        .flatten()
        .find(|entry| entry["title"] == title.as_str());
    Ok(found
        .and_then(|entry| entry["id"].as_str())
        .map(str::to_owned))
}

/// The Worker's secret: what is known of it here, and whether Cloudflare has it already.
struct Secret {
    /// Unknown when the Worker was deployed first from another machine.
    text: Option<String>,
    to_upload: Option<PathBuf>,
}

impl Secret {
    fn find(plan: &Plan) -> Result<Self> {
        let file = plan.secret_file();
        let asked = process::output(
            &mut wrangler::command(&["secret", "list", "--name", &plan.name])?,
            &Note::default(),
        )?;
        let uploaded = has_secret(&plan.name, asked)?;
        if !uploaded {
            vars::ensure(&file)?;
        }
        let text = if file.exists() {
            Some(vars::read(&file)?)
        } else {
            None
        };
        Ok(Self {
            text,
            to_upload: (!uploaded).then_some(file),
        })
    }
}

/// Whether the Worker has its secret. One that does not exist yet has none, and wrangler calls that an error; any other
/// error says nothing, and taking it for a no would replace the secret of a live Worker, and all that it has sealed would
/// be lost.
fn has_secret(worker: &str, asked: Output) -> Result<bool> {
    if asked
        .text()
        .contains(&format!("Worker \"{worker}\" not found"))
    {
        return Ok(false);
    }
    let listed = process::must_succeed("wrangler secret list", asked)?;
    Ok(listed.stdout.contains("\"GOODWORD_SECRET\""))
}

/// Deploys, waits until the edge answers, and returns its address.
fn deploy(plan: &Plan, secret: &Secret) -> Result<String> {
    // With its secret there is a Worker, whoever deployed it.
    let is_there = secret.to_upload.is_none();
    let own = plan.domain.as_ref().filter(|_| is_there);
    let own = own.map(|domain| format!("https://{domain}"));
    if let Some(url) = plan.last_url().or(own) {
        step("keep what open pages still load", |_| {
            previous::keep(&Flavour::Release.dist(), &url)
        })?;
    } else if is_there {
        println!(
            "  ! what was deployed before is not kept, and pages that pin it lose it: this machine does not know where the Worker \
             answers (deploy with --domain, or from the machine that deployed it)"
        );
    }
    let mut command: Command =
        wrangler::command(&["deploy", "--config", &plan.config().display().to_string()])?;
    if let Some(file) = &secret.to_upload {
        command.arg("--secrets-file").arg(file);
    }
    let told = process::run("wrangler deploy", &mut command)?;
    let url = plan
        .domain
        .as_ref()
        .map(|domain| format!("https://{domain}"))
        .or_else(|| workers_dev_url(&told.stdout));
    let url = url.context("wrangler named no address; give the Worker one with --domain")?;
    let answered = step("the edge answers", |_| {
        let healthy = format!("{url}/healthz");
        Ok(wait::until(Duration::from_mins(2), || {
            http::get(&healthy).is_some()
        }))
    })?;
    if !answered {
        bail!(
            "{url}/healthz does not answer yet; a new address can take some minutes, then run the command again"
        );
    }
    plan.remember_url(&url)?;
    Ok(url)
}

fn workers_dev_url(told: &str) -> Option<String> {
    told.split_whitespace()
        .find(|word| word.starts_with("https://") && word.ends_with(".workers.dev"))
        .map(str::to_owned)
}

/// Below here is all that one deployment leaves on this machine.
fn deploy_folder(name: &str) -> PathBuf {
    root().join(".wrangler/deploy").join(Path::new(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::has_secret;
    use crate::process::Output;

    fn answered(worker: &str, code: i32, stdout: &str, stderr: &str) -> Option<bool> {
        let told = Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
        };
        has_secret(worker, told).ok()
    }

    #[test]
    fn only_a_worker_that_is_known_to_have_no_secret_gets_a_new_one() {
        let listed = r#"[{ "name": "GOODWORD_SECRET", "type": "secret_text" }]"#;
        let previous = r#"[{ "name": "GOODWORD_SECRET_PREVIOUS", "type": "secret_text" }]"#;
        let unknown = "[ERROR] Worker \"acme\" not found.";
        assert_eq!(answered("acme", 0, listed, ""), Some(true));
        assert_eq!(answered("acme", 0, previous, ""), Some(false));
        assert_eq!(answered("acme", 1, "", unknown), Some(false));
        assert_eq!(answered("acme", 1, "", "fetch failed"), None);
        assert_eq!(answered("other", 1, "", unknown), None);
    }
}
