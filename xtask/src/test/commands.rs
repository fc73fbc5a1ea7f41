//! The developer commands themselves, in a fresh checkout: what the README promises, done as a person would do it.
//!
//! Nothing here is a stand-in: npm, wrangler, cargo, ports and signals are the real ones. All of it happens in a
//! temporary folder, so that the state, the secret and the builds of this checkout are left alone.

mod audit;
mod checkout;
mod deploy;
mod dev;
mod mistakes;
mod plain;
mod processes;
mod running;
mod told;

use super::counts::Counts;
use checkout::Checkout;

/// Each of these tests names a behaviour; one that fails stops only those that build upon it. The folder with the logs
/// stays when something failed.
pub(super) fn run(counts: &mut Counts) {
    let failed = counts.failed();
    let mut made = None;
    counts.stage("a fresh checkout", || {
        made = Some(Checkout::make()?);
        Ok(())
    });
    let Some(checkout) = made else {
        return;
    };
    prove(counts, &checkout);
    if counts.failed() == failed {
        checkout.remove();
    } else {
        println!("      logs: {}", checkout.logs().display());
    }
}

fn prove(counts: &mut Counts, checkout: &Checkout) {
    mistakes::nothing_installed(counts, checkout);
    let installed = counts.check("`npm ci` installs the tools", || {
        let mut npm = checkout.command("npm");
        checkout.tell("npm", npm.arg("ci"))?.succeeded()
    });
    if installed.is_none() {
        return;
    }
    plain::run(counts, checkout);
    dev::run(counts, checkout);
    mistakes::all_installed(counts, checkout);
    deploy::run(counts, checkout);
}
