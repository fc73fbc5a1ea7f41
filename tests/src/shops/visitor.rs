//! A browser of the plainest kind: pages, forms and cookies, no scripts.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

/// More redirects than any shop has in a row.
const REDIRECTS_MAX: usize = 8;

/// Somebody who visits one site.
#[derive(Debug)]
pub struct Visitor {
    client: Client,
    url: String,
    cookies: BTreeMap<String, String>,
}

/// What a visitor sees.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where they have come to, from the first slash.
    pub path: String,
    /// Its source.
    pub html: String,
}

impl Visitor {
    /// A visitor of the site at this address.
    pub(super) fn new(url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build();
        Self {
            client: client.expect("an HTTP client"),
            url: url.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Has this cookie from now on.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Page {
        let asked = self.client.get(format!("{}{path}", self.url));
        self.follow(path.to_owned(), asked).await
    }

    /// Sends a form of a page, with the token by which Django knows its own forms.
    pub async fn submit(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let token = page.between("name=\"csrfmiddlewaretoken\" value=\"", "\"");
        let fields = [&[("csrfmiddlewaretoken", token)], fields].concat();
        let asked = self.client.post(format!("{}{action}", self.url));
        self.follow(action.to_owned(), asked.form(&fields)).await
    }

    async fn follow(&mut self, mut path: String, mut asked: RequestBuilder) -> Page {
        for _ in 0..REDIRECTS_MAX {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let sent = asked.header(COOKIE, cookies.join("; ")).send().await;
            let answer = sent.expect("the site answers");
            self.take_cookies(&answer);
            let Some(location) = answer.headers().get(LOCATION) else {
                let status = answer.status();
                let html = answer.text().await.expect("a page");
                assert!(status.is_success(), "{path}: {status}\n{html}");
                return Page { path, html };
            };
            location.to_str().expect("an address").clone_into(&mut path);
            asked = self.client.get(format!("{}{path}", self.url));
        }
        panic!("{path} leads nowhere");
    }

    fn take_cookies(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            let pair = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            self.keep(name, value);
        }
    }
}

impl Page {
    /// What stands between two texts, the first time.
    #[track_caller]
    pub fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self
            .html
            .split_once(before)
            .unwrap_or_else(|| panic!("no {before} in {}:\n{}", self.path, self.html));
        rest.split_once(after).expect("an end").0
    }
}
