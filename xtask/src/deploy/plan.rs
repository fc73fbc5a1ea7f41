//! What a deployment is asked to be, and where its files are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use goodword_shared::id::ProgramId;
use goodword_shared::json;
use goodword_shared::program::Program;
use goodword_shared::program::address::{AddressPolicy, origin_of, store_address};

use super::deploy_folder;
use super::program::offer;
use crate::args::Arguments;
use crate::build::Flavour;
use crate::root;
use crate::wrangler::{self, Overrides};

/// The command line's wishes, checked.
pub(super) struct Plan {
    pub name: String,
    pub program: String,
    /// The shop's address; its origin may use the API from a page.
    pub store: String,
    pub currency: String,
    pub domain: Option<String>,
}

impl Plan {
    /// Reads the flags; the second value is `--dry-run`.
    pub(super) fn read(mut arguments: Arguments) -> Result<(Self, bool)> {
        let dry = arguments.switch("--dry-run");
        let store = arguments.value("--store")?;
        let name = arguments.value_or("--name", "goodword".to_owned())?;
        let program = arguments.value_or("--program", "shop".to_owned())?;
        let currency = arguments.value_or("--currency", "EUR".to_owned())?;
        let domain = arguments.value("--domain")?;
        // Where a flag seems to be missing, it may be the one that is mistyped.
        arguments.end()?;
        let store = match store {
            Some(store) => store,
            None if dry => "https://shop.example/".to_owned(),
            None => bail!(
                "--store is needed: the address of the shop, for example --store https://shop.example/"
            ),
        };
        let plan = Self {
            name,
            program,
            store,
            currency,
            domain,
        };
        plan.check()?;
        Ok((plan, dry))
    }

    /// Everything that the edge would refuse is refused here, by the same rules, before anything has begun.
    fn check(&self) -> Result<()> {
        let plain = |text: &str| ProgramId::parse(text).is_ok();
        if !plain(&self.name) || !plain(&self.program) {
            bail!("--name and --program have 1 to 32 letters a-z, digits or dashes");
        }
        if let Some(domain) = &self.domain {
            let (host, path) = domain.split_once('/').unwrap_or((domain, "refer"));
            let address = format!("https://{host}");
            if origin_of(&address, AddressPolicy::Public).as_deref() != Some(&address)
                || !plain(path)
            {
                bail!(
                    "--domain cannot be `{domain}`: a host such as refer.shop.example, or a path of the shop's such as shop.example/refer"
                );
            }
        }
        if self.origin().is_none() || store_address(&self.store, AddressPolicy::Public).is_none() {
            bail!("--store must be an https address, for example https://shop.example/");
        }
        let mut terms = offer(self);
        if let Some(terms) = terms.as_object_mut() {
            terms.remove("program");
        }
        let settings = json::parse(&terms.to_string())?;
        let id = ProgramId::parse(&self.program).map_err(|_| anyhow!("--program"))?;
        match Program::new(id, 1, settings, AddressPolicy::Public) {
            Ok(_) => Ok(()),
            Err(wrong) if wrong.field == "currency" => bail!(
                "--currency cannot be `{}`: an ISO 4217 code such as EUR",
                self.currency
            ),
            Err(wrong) => bail!("{}: expected {}", wrong.field, wrong.expected),
        }
    }

    /// `https://host` of the shop.
    pub(super) fn origin(&self) -> Option<String> {
        let rest = self.store.strip_prefix("https://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        (!host.is_empty()).then(|| format!("https://{host}"))
    }

    pub(super) fn namespace(&self) -> String {
        format!("{}-records", self.name)
    }

    /// The host that the edge will have, as far as it is known before the deployment.
    pub(super) fn host(&self) -> String {
        self.domain
            .clone()
            .unwrap_or_else(|| format!("{}.YOUR-SUBDOMAIN.workers.dev", self.name))
    }

    pub(super) fn folder(&self) -> PathBuf {
        deploy_folder(&self.name)
    }

    pub(super) fn config(&self) -> PathBuf {
        self.folder().join("wrangler.toml")
    }

    pub(super) fn secret_file(&self) -> PathBuf {
        self.folder().join("secret.vars")
    }

    pub(super) fn deploy_line(&self) -> String {
        format!("wrangler deploy --config {}", shown(&self.config()))
    }

    /// Makes the configuration from the repository's own, which stays as it is.
    pub(super) fn write_config(&self, namespace: &str) -> Result<()> {
        let domains: Vec<String> = self.domain.iter().cloned().collect();
        wrangler::write_config(
            &self.folder(),
            &Overrides {
                flavour: Flavour::Release,
                name: Some(&self.name),
                namespace: Some(namespace),
                default_program: Some(&self.program),
                domains: &domains,
            },
        )?;
        Ok(())
    }

    /// The address of the last deployment from this machine.
    pub(super) fn last_url(&self) -> Option<String> {
        std::fs::read_to_string(self.folder().join("url")).ok()
    }

    pub(super) fn remember_url(&self, url: &str) -> Result<()> {
        std::fs::write(self.folder().join("url"), url).context("cannot keep the address")
    }
}

/// A path as it is named from the root.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::args::Arguments;

    fn plan(line: &str) -> Option<Plan> {
        Plan::read(Arguments::new(line.split_whitespace().map(str::to_owned)))
            .ok()
            .map(|(plan, _)| plan)
    }

    #[test]
    fn the_origin_is_the_address_without_its_path() {
        let origin = plan("--store https://shop.example/coffee?x=1").and_then(|plan| plan.origin());
        assert_eq!(origin.as_deref(), Some("https://shop.example"));
    }

    #[test]
    fn a_mistyped_flag_is_named_before_the_one_that_it_was_meant_to_be() {
        let words = ["--stroe", "https://shop.example/"].map(str::to_owned);
        let error = Plan::read(Arguments::new(words.into_iter())).err();
        assert!(error.is_some_and(|error| error.to_string().contains("`--stroe`")));
    }

    #[test]
    fn a_shop_without_https_and_a_name_with_a_path_are_refused() {
        assert!(plan("--store http://shop.example/").is_none());
        assert!(plan("--store https://shop.example/ --name ../x").is_none());
        assert!(plan("--store https://192.0.2.1/").is_none());
    }

    #[test]
    fn a_currency_and_a_domain_that_there_cannot_be_are_refused_at_once() {
        let store = "--dry-run --store https://shop.example/";
        assert!(
            plan(&format!(
                "{store} --currency USD --domain refer.shop.example"
            ))
            .is_some()
        );
        assert!(plan(&format!("{store} --domain shop.example/refer")).is_some());
        for wrong in [
            "--currency EURO",
            "--currency eur",
            "--currency XYZ",
            "--domain https://refer.shop.example",
            "--domain shop.example/",
            "--domain shop.example/a/b",
            "--domain refer",
            "--domain 192.0.2.1",
        ] {
            assert!(plan(&format!("{store} {wrong}")).is_none(), "{wrong}");
        }
    }
}
