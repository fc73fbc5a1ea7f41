//! What every answer says to a browser, whoever gives it: the Worker, its short ways, or the files beside it.

use std::fs;
use std::path::Path;
use std::process::Command;

use goodword_tests::harness::answer::Answer;
use goodword_tests::harness::contract::operations;
use goodword_tests::harness::edge::Edge;
use goodword_tests::harness::person::Person;
use goodword_tests::harness::program::Program;

const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

fn check(answer: &Answer, what: &str, resource_policy: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", POLICY),
        ("cross-origin-resource-policy", resource_policy),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
}

#[tokio::test]
async fn every_route_is_secured_whatever_it_answers() {
    let shop = Program::fresh(&Edge::shared()).await;
    let all = operations();
    assert!(all.len() > 40, "{}", all.len());
    for operation in all {
        let path = operation.path.replace("{program}", &shop.id);
        let path = path.replace(['{', '}'], "");
        if path.starts_with("/r/") || operation.id == "openapi" {
            continue;
        }
        let what = format!("{} {path}", operation.method);
        for call in [
            shop.edge.call(&operation.method, &path),
            shop.edge
                .call(&operation.method, &path)
                .bearer(&shop.keys.api),
            shop.edge.call("OPTIONS", &path),
            shop.edge.call("HEAD", &path),
        ] {
            check(
                &call.network(shop.network()).send().await,
                &what,
                "same-origin",
            );
        }
    }
    let nowhere = shop.edge.call("GET", "/nowhere").send().await;
    check(&nowhere, "nowhere", "same-origin");
    // Reports have a way of their own.
    for signed_by in [&shop.keys.orders, &shop.keys.webhooks] {
        let order = shop
            .order("1001", &Person::new("ann"))
            .report()
            .key(signed_by);
        check(&order.send().await, "a report", "same-origin");
    }
}

#[tokio::test]
async fn a_redirect_and_the_page_of_a_preview_are_secured() {
    let shop = Program::fresh(&Edge::shared()).await;
    let code = shop.code(&Person::new("jane")).await;
    let link = format!("/r/{}/{code}", shop.id);
    for _ in 0..3 {
        let click = shop.edge.call("GET", &link).network(shop.network());
        let click = click.header("user-agent", goodword_tests::harness::program::BROWSER);
        let answer = click.send().await;
        assert!(answer.location().contains("gw="), "{}", answer.location());
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
        assert_eq!(
            answer.header("strict-transport-security"),
            None,
            "over plain HTTP"
        );
    }
    let bot = shop
        .edge
        .call("GET", &link)
        .header("user-agent", "Twitterbot/1.0");
    let page = bot.send().await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    check(&page, "a preview", "same-origin");
}

#[test]
fn over_https_every_answer_asks_for_https_from_then_on_and_over_http_none_does() {
    let script = "const { secured, securedRedirect } = await import(process.argv[1]);
        for (const add of [secured, securedRedirect])
            for (const isHttps of [true, false])
                console.log(add(new Headers(), isHttps).get('strict-transport-security'));";
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge/js/security.js");
    let ran = Command::new("node")
        .args(["--input-type=module", "--no-warnings", "-e", script, "--"])
        .arg(module)
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&ran.stdout);
    let told = "max-age=31536000";
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [told, "null", told, "null"]
    );
}

#[tokio::test]
async fn every_file_is_secured_and_may_be_loaded_by_any_page() {
    let edge = Edge::shared();
    let files = edge.files();
    let mut paths = Vec::new();
    below(&files, &files, &mut paths);
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        // A page goes by its name alone.
        let path = path.strip_suffix(".html").unwrap_or(&path);
        let answer = edge.call("GET", path).send().await;
        assert_eq!(answer.status, 200, "{path}");
        if path.starts_with("/console/") {
            check_console(&answer, path);
        } else {
            check(&answer, path, "cross-origin");
        }
        assert_eq!(
            answer.header("cache-control"),
            Some(kept_for(path)),
            "{path}"
        );
        let transport = answer.header("strict-transport-security");
        assert_eq!(transport, Some("max-age=31536000"), "{path}");
    }
}

/// How long browsers and caches may keep a file: for good what is called by its content, five minutes what leads there.
fn kept_for(path: &str) -> &'static str {
    if path.starts_with("/assets/") || path.starts_with("/widget-") {
        return "public, max-age=31536000, immutable";
    }
    match path {
        "/widget.js" => "public, max-age=300, stale-while-revalidate=86400",
        "/openapi.yaml" => "public, max-age=300",
        _ if path.starts_with("/console/") => "no-cache",
        _ => "public, max-age=0, must-revalidate",
    }
}

/// The merchant's pages run their own scripts, and nobody's else.
fn check_console(answer: &Answer, path: &str) {
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{path}: {policy}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{path}: {name}");
    }
}

fn below(root: &Path, folder: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(root, &path, paths);
        } else if path.file_name().is_some_and(|name| name != "_headers") {
            let path = path.strip_prefix(root).expect("below it");
            paths.push(format!("/{}", path.display()));
        }
    }
}
