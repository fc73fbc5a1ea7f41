//! `cargo xtask deploy --dry-run`: every step is shown, and nothing is deployed.

use super::clone::{Clone, said};

#[tokio::test]
async fn a_dry_run_shows_every_step_and_deploys_nothing() {
    let clone = Clone::enter().await;
    let arguments = [
        "deploy",
        "--dry-run",
        "--program",
        "acme",
        "--store",
        "https://shop.example",
    ];
    let done = clone.xtask(&arguments).await;
    let told = said(&done);
    assert!(done.status.success(), "{told}");
    for step in [
        "  1  build the release",
        "  2  wrangler whoami",
        "  3  wrangler kv namespace list",
        "  4  wrangler secret list",
        "  5  ",
        "✓ wrangler deploy --dry-run",
        "the bundle has no development feature",
        "  6  POST https://",
        "data-program=\"acme\"",
        "Nothing was deployed",
    ] {
        assert!(told.contains(step), "no `{step}` in {told}");
    }
}

#[tokio::test]
async fn a_deployment_needs_to_know_the_store() {
    let clone = Clone::enter().await;
    let refused = clone.xtask(&["deploy", "--program", "acme"]).await;
    assert!(!refused.status.success());
    let told = said(&refused);
    assert!(told.contains("error: --store is needed"), "{told}");
}
