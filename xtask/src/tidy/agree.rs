//! Texts that say the same thing in two places, and must not drift apart.

use std::collections::BTreeSet;

use crate::root;

/// The script tag of the README is the one that the demo store really uses.
pub(super) fn snippets(wrong: &mut Vec<String>) {
    let (Some(readme), Some(store)) = (read("README.md"), read("index.html")) else {
        return;
    };
    match (script_tag(&readme), script_tag(&store)) {
        (Some(shown), Some(used)) if shown == used => {}
        (Some(_), Some(_)) => {
            wrong.push("README.md and index.html have different script tags".to_owned());
        }
        (shown, _) => {
            let name = if shown.is_none() {
                "README.md"
            } else {
                "index.html"
            };
            wrong.push(format!("{name} has no <script ... widget.js ...> tag"));
        }
    }
}

/// Every route of the router is described. Its table names each on a line like
/// `("GET", "/v1/programs/{program}", ...),`.
pub(super) fn routes(wrong: &mut Vec<String>) {
    let (Some(router), Some(description)) = (read("edge/src/router.rs"), read("openapi.yaml"))
    else {
        return;
    };
    let described = described_routes(&description);
    for route in named_routes(&router) {
        if !described.contains(&route) {
            wrong.push(format!(
                "openapi.yaml does not describe `{route}` of edge/src/router.rs"
            ));
        }
    }
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

/// The tag that loads the widget, with its white space made even.
fn script_tag(text: &str) -> Option<String> {
    text.match_indices("<script")
        .filter_map(|(start, _)| text[start..].split_once("</script>"))
        .map(|(tag, _)| tag.split_whitespace().collect::<Vec<_>>().join(" "))
        .find(|tag| tag.contains("widget.js"))
}

/// `METHOD /path` for each line of the router's table. The names in braces are not compared.
fn named_routes(router: &str) -> BTreeSet<String> {
    router
        .lines()
        .filter(|line| line.contains(", Route::"))
        .filter_map(|line| {
            let mut texts = line.trim().strip_prefix("(\"")?.split('"');
            Some((texts.next()?, texts.nth(1)?))
        })
        .filter(|(_, path)| path.starts_with('/'))
        // Routes below /test are in no deployed build, and those below /ledger are the Worker's own: they are in no contract.
        .filter(|(_, path)| !path.starts_with("/test/") && !path.starts_with("/ledger/"))
        .map(|(method, path)| format!("{method} {}", anonymous(path)))
        .collect()
}

/// The same for the description: paths at two spaces, methods at four.
fn described_routes(description: &str) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    let mut path = String::new();
    for line in description.lines() {
        if let Some(found) = line.strip_prefix("  /") {
            path = anonymous(&format!("/{}", found.trim_end_matches(':')));
        } else if let Some(method) = line
            .strip_prefix("    ")
            .and_then(|rest| rest.strip_suffix(':'))
        {
            routes.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    routes
}

fn anonymous(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{described_routes, named_routes, script_tag};

    #[test]
    fn a_route_is_found_in_both_texts() {
        let router = r#"
            ("GET", "/v1/programs/{program}/keys", Merchant, Route::ListKeys),
            ("GET", "/ledger/{program}/record", Worker, Route::ProgramRecord),
            ("DELETE", "settings", "GET, PUT"),
        "#;
        let description =
            "paths:\n  /v1/programs/{p}/keys:\n    get:\n      summary: x\n    post:\n";
        let described = described_routes(description);
        assert_eq!(named_routes(router).len(), 1);
        assert!(named_routes(router).is_subset(&described));
        assert!(described.contains("POST /v1/programs/{}/keys"));
    }

    #[test]
    fn the_tag_is_compared_without_its_line_breaks() {
        let tag = script_tag("<script>x</script>\n<script async\n  src=\"a/widget.js\"></script>");
        assert_eq!(tag.as_deref(), Some("<script async src=\"a/widget.js\">"));
    }
}
