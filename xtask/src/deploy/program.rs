//! The first program of a deployment, made through the API, and what the merchant needs to know of it.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::plan::{Plan, shown};
use crate::build::Flavour;
use crate::build::widget::Release;
use crate::{http, vars};

/// Makes the program and prints its keys, which are shown this once.
pub(super) fn make(plan: &Plan, url: &str, secret: Option<&str>) -> Result<()> {
    let Some(secret) = secret else {
        println!(
            "     the Worker's secret is not on this machine: programs are made where it was deployed first"
        );
        return print_snippet(url, &plan.program);
    };
    let made = http::send(
        "POST",
        &format!("{url}/v1/programs"),
        &vars::admin_key(secret)?,
        Some(&offer(plan)),
    )?;
    match made.status {
        201 => print_keys(&made.json["keys"]),
        409 => println!(
            "     it exists, and keeps its keys; new ones: POST {url}/v1/programs/{}/keys",
            plan.program
        ),
        status => bail!(
            "{url} answered {status} when asked to make the program: {}",
            made.text
        ),
    }
    print_snippet(url, &plan.program)?;
    println!(
        "\n  The Worker's secret is in {}: keep a copy in a safe place.",
        shown(&plan.secret_file())
    );
    Ok(())
}

/// The terms that a program begins with. The merchant changes them through the API.
pub(super) fn offer(plan: &Plan) -> Value {
    let origin = plan.origin().unwrap_or_default();
    // The API takes names of at most 40 characters.
    let name: String = origin
        .trim_start_matches("https://")
        .chars()
        .take(40)
        .collect();
    json!({
        "program": plan.program,
        "name": name,
        "store_url": plan.store,
        "allowed_origins": [origin],
        "currency": plan.currency,
        "discount": { "kind": "percent", "basis_points": 1000 },
        "reward": { "kind": "credit", "value": { "rule": "match_discount" } },
    })
}

fn print_keys(keys: &Value) {
    println!("     its keys, shown this once:");
    for (kind, use_for) in [
        ("api", "the merchant API, from the shop's server"),
        ("orders", "signs order reports"),
        ("customers", "signs the token of a signed-in customer"),
        ("webhooks", "verifies what Goodword sends to the shop"),
    ] {
        println!(
            "       {kind:<10} {:<52} {use_for}",
            keys[kind].as_str().unwrap_or("-")
        );
    }
}

/// The line that goes into every page of the shop, and the one for who pins this release.
pub(super) fn print_snippet(url: &str, program: &str) -> Result<()> {
    let Release {
        loader, integrity, ..
    } = Release::read(Flavour::Release)?;
    println!(
        "
  Paste into every page of the shop; its server puts the token of a signed-in customer into data-customer:

    <script async src=\"{url}/widget.js\" data-program=\"{program}\" data-customer=\"\"></script>

  Or pin this release, which then no later one replaces until you change the line:

    <script async src=\"{url}/{loader}\" integrity=\"{integrity}\" crossorigin=\"anonymous\" \
         data-program=\"{program}\" data-customer=\"\"></script>"
    );
    Ok(())
}
