//! `cargo xtask deploy`, as far as it goes without an account.

use anyhow::{Context, Result, ensure};

use super::checkout::Checkout;
use super::told::Told;
use crate::build;
use crate::test::counts::Counts;

/// What a deployment leaves on this machine; a dry run makes the configuration and the bundle, and nothing else.
const FOLDER: &str = ".wrangler/deploy/goodword";

pub(super) fn run(counts: &mut Counts, checkout: &Checkout) {
    counts.check("`cargo xtask deploy --dry-run` shows every step", || {
        let shop = "https://shop.example";
        let mut command =
            checkout.xtask(&["deploy", "--dry-run", "--program", "acme", "--store", shop]);
        let told = checkout.tell("dry-run", &mut command)?;
        told.succeeded()?;
        steps_are_in_order(&told)
    });
    counts.check(
        "it has bundled what would be deployed, and deployed nothing",
        || {
            let folder = checkout.path(FOLDER);
            build::refuse_dev_features(&folder.join("dry-run"))?;
            for trace in ["secret.vars", "url"] {
                ensure!(!folder.join(trace).exists(), "it has left {trace}");
            }
            Ok(())
        },
    );
    counts.check(
        "plain `npx wrangler deploy` bundles a release as well",
        || {
            let out = checkout.beside("plain-deploy");
            let mut command = checkout.command("npx");
            command.args(["wrangler", "deploy", "--dry-run", "--outdir"]);
            checkout
                .tell("plain-deploy", command.arg(&out))?
                .succeeded()?;
            build::refuse_dev_features(&out)
        },
    );
    counts.check("a bundle with a development feature is refused", || {
        let bundle = checkout.path("build/dev");
        let refused = build::refuse_dev_features(&bundle).err();
        let error = refused.context("the development bundle may be deployed")?;
        ensure!(
            error.to_string().contains("must not be deployed"),
            "{error:#}"
        );
        Ok(())
    });
    mistakes(counts, checkout);
}

fn mistakes(counts: &mut Counts, checkout: &Checkout) {
    counts.check(
        "a deployment needs the store's address, and says so",
        || {
            let told = checkout.tell("no-store", &mut checkout.xtask(&["deploy"]))?;
            told.had_not_begun()?;
            told.fails(1, &["--store is needed", "--store https://shop.example/"])
        },
    );
    counts.check("a mistyped flag of a deployment is named", || {
        let arguments = ["deploy", "--stroe", "https://shop.example/"];
        let told = checkout.tell("flag", &mut checkout.xtask(&arguments))?;
        told.had_not_begun()?;
        told.fails(1, &["unknown flag `--stroe`"])
    });
    counts.check("a currency that there is not is refused at once", || {
        let arguments = ["deploy", "--dry-run", "--currency", "EURO"];
        let told = checkout.tell("currency", &mut checkout.xtask(&arguments))?;
        told.had_not_begun()?;
        told.fails(1, &["--currency cannot be `EURO`", "ISO 4217"])
    });
    counts.check(
        "a deployment without a network ends at its first question",
        || {
            let mut command = checkout.xtask(&["deploy", "--store", "https://shop.example/"]);
            // Nobody answers there, and nobody would take this token: whoever is logged in on this machine is not asked.
            command
                .env("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:9")
                .env("CLOUDFLARE_API_TOKEN", "none")
                .env("CLOUDFLARE_ACCOUNT_ID", "none");
            let told = checkout.tell("deploy-offline", &mut command)?;
            told.fails(1, &["wrangler whoami", "no network"])?;
            ensure!(!told.0.stdout.contains("\n  3  "), "it went on");
            Ok(())
        },
    );
}

fn steps_are_in_order(told: &Told) -> Result<()> {
    let text = format!("\n{}", told.0.stdout);
    let mut from = 0;
    for step in [
        "\n  1  build the release",
        "\n  2  wrangler whoami",
        "\n  3  wrangler kv namespace list",
        "wrangler kv namespace create goodword-records",
        "\n  4  wrangler secret list",
        "\n  5  wrangler deploy",
        // These lines are wrangler's own: it has really run.
        "Total Upload",
        "env.DEFAULT_PROGRAM (\"acme\")",
        "the bundle has no development feature",
        "\n  6  POST https://",
        "/widget.js\" data-program=\"acme\"",
        "/widget-",
        ".js\" integrity=\"sha256-",
        "crossorigin=\"anonymous\" data-program=\"acme\"",
        "Nothing was deployed",
    ] {
        let at = text[from..].find(step);
        from += at.with_context(|| format!("no `{}` in its place in:\n{text}", step.trim()))?;
    }
    Ok(())
}
