//! The example pages of API.md, with the tag of this shop in them, for people to try: `/examples/NAME`.
//!
//! A page has `<!-- tag -->` where its tag goes, with whatever else the tag is to say.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use tokio::fs::{read_dir, read_to_string};

use super::account::token;
use super::app::App;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pages");
const OPENS: &str = "<!-- tag";
const CLOSES: &str = "-->";

/// A script tag of the widget.
#[derive(Debug)]
pub struct Tag {
    /// Where the loader is.
    pub src: String,
    /// The program's id.
    pub program: String,
    /// The signed-in customer's token; empty for nobody.
    pub customer: String,
    /// What else it says, with a space before each.
    pub attributes: String,
}

impl Tag {
    /// The page with the tag in its place, and with what stood there on the tag.
    pub fn put_into(&self, page: &str) -> String {
        let mut parts = page.split(OPENS);
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (more, rest) = part.split_once(CLOSES).unwrap_or(("", part));
            filled += &self.html(more.trim_end());
            filled += rest;
        }
        filled
    }

    /// The tag, with more attributes.
    pub fn html(&self, more: &str) -> String {
        let Self {
            src,
            program,
            customer,
            attributes,
        } = self;
        format!(
            "<script async src=\"{src}\" data-program=\"{program}\" data-customer=\"{customer}\"{more}{attributes}></script>"
        )
    }
}

/// `GET /examples/`: a list of them.
pub async fn list() -> Response {
    let mut names = Vec::new();
    if let Ok(mut folder) = read_dir(FOLDER).await {
        while let Ok(Some(entry)) = folder.next_entry().await {
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".html"));
            names.extend(name.map(str::to_owned));
        }
    }
    names.sort();
    let rows = names
        .iter()
        .map(|name| format!("<li><a href=\"/examples/{name}\">{name}</a></li>"));
    let rows: String = rows.collect();
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Example pages</title><style>body {{ font: 17px/1.7 system-ui; margin: 40px auto; max-width: 40em; padding: 0 20px }}\
         :root {{ color-scheme: light dark }}</style><h1>Example pages</h1><p>API.md says what each of them shows. \
         <a href=\"/\">Sign in at the shop</a> to be a customer there.</p><ul>{rows}</ul></html>"
    ))
    .into_response()
}

/// `GET /examples/{name}`: one of them, for whoever is signed in. Some mean no good, so none has a policy of the shop's.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let file = read_to_string(format!("{FOLDER}/{name}.html")).await;
    let (true, Ok(page)) = (is_name, file) else {
        return (StatusCode::NOT_FOUND, "There is no such example.").into_response();
    };
    let tag = Tag {
        src: format!("{}/widget.js", app.config.edge),
        program: app.config.program.clone(),
        customer: token(&app, &headers).await.unwrap_or_default(),
        attributes: String::new(),
    };
    ([(CACHE_CONTROL, "no-store")], Html(tag.put_into(&page))).into_response()
}

#[cfg(test)]
mod tests {
    use super::Tag;

    fn tag() -> Tag {
        Tag {
            src: "http://localhost:8787/widget.js".to_owned(),
            program: "demo".to_owned(),
            customer: "a.b.c".to_owned(),
            attributes: String::new(),
        }
    }

    #[test]
    fn a_page_gets_the_tag_with_what_it_wants_it_to_say() {
        let page = tag().put_into("<p>a</p>\n<!-- tag data-label=\"Hi\"\n -->\n<!-- other -->");
        let script = r#"<script async src="http://localhost:8787/widget.js" data-program="demo" data-customer="a.b.c" data-label="Hi"></script>"#;
        assert_eq!(page, format!("<p>a</p>\n{script}\n<!-- other -->"));
    }
}
