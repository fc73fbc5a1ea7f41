//! Everything that API.md says of the page is shown by an example page, which the tests open.

use super::agree::read;

/// The heading below which a table's last column names a page of `tests/pages`.
const SECTION: &str = "\n## The page\n";

/// What a table says of one name.
struct Row<'a> {
    names: Vec<&'a str>,
    page: Option<&'a str>,
}

/// Each row names a page that there is, and that has what the row is about.
pub(super) fn check(wrong: &mut Vec<String>) {
    let text = read("API.md").unwrap_or_default();
    let rows = rows(&text);
    if rows.is_empty() {
        wrong.push("API.md shows no example pages".to_owned());
    }
    for Row { names, page } in rows {
        let about = names.join(", ");
        let shown = page.and_then(|page| read(&format!("tests/pages/{page}.html")));
        match shown {
            None => wrong.push(format!("API.md: {about} has no example page")),
            Some(html) => {
                let missing = names.iter().filter(|name| !html.contains(**name));
                let page = page.unwrap_or_default();
                wrong.extend(missing.map(|name| format!("{page}.html does not show {name}")));
            }
        }
    }
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let section = text.split_once(SECTION).map_or("", |(_, rest)| rest);
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut in_table = false;
    let mut rows = Vec::new();
    for line in section.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        if !line.starts_with('|') {
            in_table = false;
        } else if cells.last() == Some(&"page") {
            in_table = true;
        } else if in_table && !line.starts_with("|---") {
            rows.push(Row {
                names: spans(cells.first().unwrap_or(&"")).map(shown_as).collect(),
                page: cells.last().and_then(|cell| spans(cell).next()),
            });
        }
    }
    rows
}

/// The pieces of code in a cell.
fn spans(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// How a page has it: an element by the beginning of its tag, a call by its own, anything else as it is written. What the tag of every page
/// says is put in when it is served.
fn shown_as(name: &str) -> &str {
    if matches!(name, "data-program" | "data-customer") {
        return "<!-- ";
    }
    // Many things have a name.
    if name == "name" {
        return "<goodword-code name=";
    }
    let name = name.trim_end_matches('>');
    match name.strip_prefix("goodword(") {
        Some(call) => {
            let end = call.find([',', ')']).unwrap_or(call.len());
            name.get(.."goodword(".len() + end).unwrap_or(name)
        }
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn every_row_of_a_table_with_pages_is_found_with_its_names() {
        let text = "# API\n\n| `x` | y | page |\n\n## The page\n\n| call | what | page |\n|---|---|---|\n\
            | `goodword(\"on\", name)`, `<goodword-code>` | does | `events` |\n| `name` | says | none |\n\n\
            | plain | table |\n|---|---|\n| `a` | b |\n\n## More\n| `z` | y | page |\n| `z` | y | `z` |\n";
        let found: Vec<_> = rows(text)
            .into_iter()
            .map(|row| (row.names, row.page))
            .collect();
        assert_eq!(
            found,
            [
                (vec!["goodword(\"on\"", "<goodword-code"], Some("events")),
                (vec!["<goodword-code name="], None),
            ]
        );
    }
}
