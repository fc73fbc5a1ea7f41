//! The contract and the code name the same: routes and their methods, who may call each, and the codes of all problems.
//!
//! Compared as text, because neither side can read the other: the router is no public part of the Worker, and the contract
//! is written for people.

use std::collections::{BTreeMap, BTreeSet};

use super::agree::read;

/// Answered before the router is asked: it has no table for them.
const SHARE_LINKS: [&str; 2] = ["GET /r/{}", "GET /r/{}/{}"];

/// `METHOD /path` with the caller as the router's table names it, or the security that the contract asks for.
type Routes = BTreeMap<String, String>;

/// Everything on which the two differ, one line each.
pub(super) fn check(wrong: &mut Vec<String>) {
    let texts = [
        "openapi.yaml",
        "edge/src/router.rs",
        "edge/src/error.rs",
        "shared/src/rejection.rs",
    ];
    let [Some(contract), Some(router), Some(errors), Some(rejections)] = texts.map(read) else {
        return;
    };
    compare_routes(&named_routes(&router), &described_routes(&contract), wrong);
    let mut codes = words(section(&errors, "fn table("));
    codes.extend(words(section(&rejections, "fn code(")));
    compare_codes(&codes, &described_codes(&contract), wrong);
}

fn compare_routes(named: &Routes, described: &Routes, wrong: &mut Vec<String>) {
    for (route, caller) in named {
        match described.get(route) {
            None => wrong.push(format!(
                "openapi.yaml does not describe `{route}` of edge/src/router.rs"
            )),
            Some(security) if !is_asked_of(caller, security) => wrong.push(format!(
                "openapi.yaml: `{route}` is called by {caller}, and its security is `{security}`"
            )),
            Some(_) => {}
        }
    }
    for route in described.keys() {
        if !named.contains_key(route) && !SHARE_LINKS.contains(&route.as_str()) {
            wrong.push(format!(
                "openapi.yaml describes `{route}`, which edge/src/router.rs does not have"
            ));
        }
    }
}

/// Whether a caller of the router's table is asked for this. Pages may bring a customer's token, and need none.
fn is_asked_of(caller: &str, security: &str) -> bool {
    match caller {
        "Merchant(Read)" => security == "[{ bearer: [read] }]",
        "Merchant(Operate)" => security == "[{ bearer: [operate] }]",
        "Merchant(Admin)" => security == "[{ bearer: [admin] }]",
        "Shop" => security == "[{ signature: [] }]",
        "Platform" => security == "[{ platform: [] }]",
        "Customer" => security == "[{ customer: [] }]",
        _ => security.is_empty() || security.starts_with("[{},"),
    }
}

fn compare_codes(
    answered: &BTreeSet<String>,
    described: &BTreeSet<String>,
    wrong: &mut Vec<String>,
) {
    for code in answered.difference(described) {
        wrong.push(format!("openapi.yaml does not name the problem `{code}`"));
    }
    for code in described.difference(answered) {
        wrong.push(format!(
            "openapi.yaml names the problem `{code}`, which nothing answers"
        ));
    }
}

/// Each line of the router's table, such as `("GET", "/v1/programs/{program}", Page, Route::Offer),`. The names in braces are
/// not compared.
fn named_routes(router: &str) -> Routes {
    let lines = router.lines().filter(|line| line.contains(", Route::"));
    let parts = lines.filter_map(|line| {
        let mut texts = line.trim().strip_prefix("(\"")?.split('"');
        let (method, path) = (texts.next()?, texts.nth(1)?);
        let caller = texts.next()?.split(',').nth(1)?.trim();
        Some((method, path, caller))
    });
    parts
        .filter(|(_, path, _)| path.starts_with('/'))
        // Routes below /test are in no deployed build, and those below /ledger are the Worker's own: they are in no contract.
        .filter(|(_, path, _)| !path.starts_with("/test/") && !path.starts_with("/ledger/"))
        .map(|(method, path, caller)| (format!("{method} {}", anonymous(path)), caller.to_owned()))
        .collect()
}

/// The same for the contract: paths at two spaces, methods at four, security at six.
fn described_routes(contract: &str) -> Routes {
    let mut routes = Routes::new();
    let (mut path, mut route) = (String::new(), String::new());
    for line in contract
        .lines()
        .skip_while(|line| *line != "paths:")
        .take_while(|line| *line != "webhooks:")
    {
        if let Some(found) = line.strip_prefix("  /") {
            path = anonymous(&format!("/{}", found.trim_end_matches(':')));
        } else if let Some(method) = line
            .strip_prefix("    ")
            .and_then(|rest| rest.strip_suffix(':'))
            .filter(|method| method.chars().all(|letter| letter.is_ascii_lowercase()))
            .filter(|method| *method != "parameters")
        {
            route = format!("{} {path}", method.to_uppercase());
            routes.insert(route.clone(), String::new());
        } else if let Some(security) = line.strip_prefix("      security: ") {
            routes.insert(route.clone(), security.to_owned());
        }
    }
    routes
}

/// Every code that an answer of the contract may have: `code: { enum: [unauthorized, signature_missing] }`.
fn described_codes(contract: &str) -> BTreeSet<String> {
    let lists = contract.split("code: { enum: [").skip(1);
    let codes = lists.filter_map(|rest| Some(rest.split_once(']')?.0));
    codes
        .flat_map(|list| list.split(", ").map(str::to_owned))
        .collect()
}

/// A function of a type's, from its name to its end.
fn section<'a>(source: &'a str, name: &str) -> &'a str {
    let from = source.find(name).map_or("", |at| &source[at..]);
    from.split("\n    }\n").next().unwrap_or_default()
}

/// Everything in quotes that is one word, such as `"body_too_large"`.
fn words(source: &str) -> BTreeSet<String> {
    let quoted = source.split('"').skip(1).step_by(2);
    let is_word = |text: &&str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    quoted.filter(is_word).map(str::to_owned).collect()
}

fn anonymous(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{
        compare_codes, compare_routes, described_codes, described_routes, named_routes, section,
        words,
    };

    const ROUTER: &str = r#"
        ("GET", "/v1/programs/{program}/keys", Merchant(Read), Route::ListKeys),
        ("GET", "/ledger/{program}/record", Worker, Route::ProgramRecord),
        ("DELETE", "settings", "GET, PUT"),
    "#;

    fn differences(paths: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let contract = format!("x: 1\npaths:\n{paths}webhooks:\n  reward:\n    post:\n");
        compare_routes(
            &named_routes(ROUTER),
            &described_routes(&contract),
            &mut wrong,
        );
        wrong
    }

    #[test]
    fn a_route_is_the_same_in_both_texts_whatever_its_parameters_are_called() {
        let same = "  /v1/programs/{p}/keys:\n    parameters:\n    get:\n      security: [{ bearer: [read] }]\n";
        assert_eq!(differences(same), Vec::<String>::new());
    }

    #[test]
    fn a_route_that_only_one_side_has_is_named_and_so_is_one_that_asks_for_another_key() {
        assert_eq!(differences("").len(), 1);
        let open = "  /v1/programs/{p}/keys:\n    get:\n";
        assert_eq!(differences(open).len(), 1);
        let wider = "  /v1/programs/{p}/keys:\n    get:\n      security: [{ bearer: [admin] }]\n";
        assert_eq!(differences(wider).len(), 1);
        let more =
            "  /v1/programs/{p}/keys:\n    get:\n      security: [{ bearer: [read] }]\n    post:\n";
        assert_eq!(differences(more).len(), 1);
    }

    #[test]
    fn a_code_that_only_one_side_has_is_named() {
        let source = "fn table(&self) {\n        \"no_route\", \"a sentence\", format!(\"x {y}\"), \"internal\"\n    }\n\"later\"";
        let answered = words(section(source, "fn table("));
        let described = described_codes("code: { enum: [no_route, gone] } } }\n");
        let mut wrong = Vec::new();
        compare_codes(&answered, &described, &mut wrong);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(
            wrong[0].contains("`internal`") && wrong[1].contains("`gone`"),
            "{wrong:?}"
        );
    }
}
