//! Texts that say the same thing in two places, and must not drift apart.

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

/// A text of this checkout.
pub(super) fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

/// The tag that loads the widget, with its white space made even.
fn script_tag(text: &str) -> Option<String> {
    text.match_indices("<script")
        .filter_map(|(start, _)| text[start..].split_once("</script>"))
        .map(|(tag, _)| tag.split_whitespace().collect::<Vec<_>>().join(" "))
        .find(|tag| tag.contains("widget.js"))
}

#[cfg(test)]
mod tests {
    use super::script_tag;

    #[test]
    fn the_tag_is_compared_without_its_line_breaks() {
        let tag = script_tag("<script>x</script>\n<script async\n  src=\"a/widget.js\"></script>");
        assert_eq!(tag.as_deref(), Some("<script async src=\"a/widget.js\">"));
    }
}
