//! The page that a link preview is drawn from: what is offered, by which shop, and nothing about who shared it.

use goodword_shared::message::discount_words;
use worker::{Headers, Response};

use crate::error::AppError;
use crate::memory::LiveProgram;

/// Answers a preview with Open Graph tags.
pub(crate) fn preview_page(live: &LiveProgram, url: &str) -> Result<Response, AppError> {
    let offer = &live.record.offer;
    let name = escape(&offer.name);
    let title = format!(
        "{} your first order at {name}",
        escape(&discount_words(&offer.discount))
    );
    let store = escape(&offer.store_url);
    let link = escape(url);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
<meta property=\"og:type\" content=\"website\"><meta property=\"og:site_name\" content=\"{name}\">\
<meta property=\"og:title\" content=\"{title}\"><meta property=\"og:description\" \
content=\"A friend invites you. The discount is applied for you.\"><meta property=\"og:url\" content=\"{link}\">\
<meta name=\"twitter:card\" content=\"summary\"></head><body><p><a href=\"{store}\">{title}</a></p></body></html>"
    );
    let headers = Headers::new();
    headers.set("content-type", "text/html; charset=utf-8")?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-robots-tag", "noindex")?;
    Ok(Response::ok(page)?.with_headers(headers))
}

/// Text as HTML shows it, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_is_markup_survives() {
        assert_eq!(
            escape(r#"<a b="c">'&"#),
            "&lt;a b=&quot;c&quot;&gt;&#39;&amp;"
        );
    }
}
