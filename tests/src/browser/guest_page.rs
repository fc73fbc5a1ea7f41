//! A site of somebody else's making: one page from `tests/pages`, with the tag in it, and with headers of its own.

use std::fs::{read, read_dir, read_to_string};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::console::Line;
use super::shop::{program_for, reserved_port};
use super::window::Browser;
use crate::harness::edge::Edge;
use crate::harness::person::Person;
use crate::harness::program::Program;
use crate::harness::setup::Setup;
use crate::store::examples::Tag;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pages");

/// A site in the making.
#[derive(Debug, Clone)]
#[must_use = "a site is nothing until it is opened"]
pub struct Site {
    page: String,
    head: HeaderMap,
    edge: Option<String>,
    person: Option<Person>,
    attributes: String,
    pinned: bool,
    slow: bool,
    setup: Setup,
}

/// An open site. Dropping it closes it.
#[derive(Debug)]
pub struct OpenSite {
    /// Its address, with a slash at its end.
    pub url: String,
    /// The program that allows it.
    pub program: Program,
    served: Arc<Served>,
    server: JoinHandle<()>,
}

impl Site {
    /// A page of the folder, without its `.html`. Jane is signed in.
    pub fn new(page: &str) -> Self {
        Self {
            page: page.to_owned(),
            head: HeaderMap::new(),
            edge: None,
            person: Some(Person::new("jane")),
            attributes: String::new(),
            pinned: false,
            slow: false,
            setup: Setup::default(),
        }
    }

    /// Sends this header; `EDGE` in it becomes the edge's address, `SOCKET` the same for sockets.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let edge = self.edge.clone().unwrap_or_else(|| Edge::shared().url);
        let value = value
            .replace("EDGE", &edge)
            .replace("SOCKET", &edge.replacen("http", "ws", 1));
        let value = HeaderValue::from_str(&value).expect("a header's value");
        self.head.insert(HeaderName::from_static(name), value);
        self
    }

    /// Names another edge in its tag.
    pub fn edge(mut self, url: &str) -> Self {
        self.edge = Some(url.to_owned());
        self
    }

    /// Somebody else is signed in, or nobody.
    pub fn person(mut self, person: Option<Person>) -> Self {
        self.person = person;
        self
    }

    /// More attributes on its tag.
    pub fn attributes(mut self, attributes: &str) -> Self {
        attributes.clone_into(&mut self.attributes);
        self
    }

    /// Its tag names the loader of this release by its hash, as `cargo xtask deploy` prints it.
    pub fn pinned(mut self) -> Self {
        self.pinned = true;
        self
    }

    /// What it shows is parsed later than its tag may run: a script that is slow to come stands before all of it.
    pub fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    /// What its visitors have consented to, as its tag says.
    pub fn consent(self, mode: &str) -> Self {
        self.attributes(&format!(" data-consent=\"{mode}\""))
    }

    /// Sets a field of its program.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.setup = self.setup.set(field, value);
        self
    }

    /// Opens it, with a program of its own on the real edge.
    pub async fn open(self) -> OpenSite {
        let address = format!("127.0.0.1:{}", reserved_port());
        let program = program_for(&format!("http://{address}"), self.setup.clone()).await;
        let edge = self
            .edge
            .clone()
            .unwrap_or_else(|| program.edge.url.clone());
        let customer = self
            .person
            .as_ref()
            .map(|person| program.customer_token(person));
        let file = format!("{FOLDER}/{}.html", self.page);
        let tag = |(loader, integrity): (String, String)| Tag {
            src: format!("{edge}/{loader}"),
            program: program.id.clone(),
            customer: customer.clone().unwrap_or_default(),
            attributes: format!("{integrity}{}", self.attributes),
        };
        let usual = if self.pinned {
            pinned_loader()
        } else {
            ("widget.js".to_owned(), String::new())
        };
        let html = read_to_string(file).expect("a page");
        let html = tag(usual).put_into(&html);
        let html = if self.slow {
            html.replace("<body>", "<body><script src=\"/slow.js\"></script>")
        } else {
            html
        };
        let html = html.replace("<!-- pinned tag -->", &tag(pinned_loader()).html(""));
        let listener = TcpListener::bind(&address).await.expect("a free port");
        let shop = Arc::new(Served {
            head: self.head,
            html,
            posted: Mutex::default(),
        });
        let routes = Router::new().fallback(page).with_state(Arc::clone(&shop));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("it serves for ever");
        });
        OpenSite {
            url: format!("http://{address}/"),
            program,
            served: shop,
            server,
        }
    }
}

/// What a site says, and what it has been told.
#[derive(Debug)]
struct Served {
    head: HeaderMap,
    html: String,
    posted: Mutex<Vec<Value>>,
}

impl OpenSite {
    /// The bodies that were posted to it, in their order.
    pub fn posted(&self) -> Vec<Value> {
        let posted = self.served.posted.lock();
        posted.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where a friend of Jane's arrives who has followed her link.
    pub async fn invitation(&self) -> String {
        let token = self.program.click_on_janes().await;
        format!("{}?gw={token}", self.url)
    }
}

impl Drop for OpenSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The loader that is called by its hash, and what the tag says of it.
fn pinned_loader() -> (String, String) {
    let files = Edge::shared().files();
    let mut names = read_dir(&files).expect("a folder").map(|entry| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name")
    });
    let name = names.find(|name| name.starts_with("widget-"));
    let name = name.expect("a pinned loader");
    let bytes = read(files.join(&name)).expect("a loader");
    let hash = STANDARD.encode(Sha256::digest(bytes));
    let integrity = format!(" integrity=\"sha256-{hash}\" crossorigin=\"anonymous\"");
    (name, integrity)
}

/// How long the site thinks before it sends its slow script.
const SLOW: Duration = Duration::from_secs(2);

/// Every address has the page, but for `/slow.js`. It takes what is posted, but for `/refuses`, which has no time for it.
async fn page(State(site): State<Arc<Served>>, how: Method, to: Uri, body: String) -> Response {
    if how == Method::POST {
        let posted = serde_json::from_str(&body).unwrap_or_default();
        let all = site.posted.lock();
        all.unwrap_or_else(PoisonError::into_inner).push(posted);
        return match to.path() {
            "/refuses" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::NO_CONTENT,
        }
        .into_response();
    }
    if to.path() == "/slow.js" {
        sleep(SLOW).await;
        return ([(CONTENT_TYPE, "text/javascript")], "").into_response();
    }
    let kind = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, site.head.clone(), site.html.clone()).into_response()
}

/// What the browser itself had to say about a page, about requests and policies: nothing that a script has caused.
pub type Remarks = Vec<Line>;

impl Browser {
    /// Checks what must hold on every page: nothing uncaught, nothing moved, nothing in the console but our own lines,
    /// and the page's own script alive. Returns what the browser said by itself.
    pub async fn leaves_the_page_alone(&self) -> Remarks {
        let probe = self.probe().await;
        assert!(probe.errors.is_empty(), "{probe:?}");
        assert!(probe.shift == 0.0, "{probe:?}");
        let (browsers, scripts): (Vec<_>, Vec<_>) = self
            .console()
            .await
            .into_iter()
            .partition(Line::is_the_browsers);
        let strange: Vec<_> = scripts.iter().filter(|line| !line.is_ours()).collect();
        assert!(strange.is_empty(), "{strange:?}");
        let before = self
            .value("document.getElementById('count').textContent")
            .await;
        self.value("document.getElementById('own').click()").await;
        let after = self
            .value("document.getElementById('count').textContent")
            .await;
        assert_ne!(before, after, "the page's own script is dead");
        browsers
    }
}
