//! A shop of django-oscar with a program of its own: `tests/shops/oscar`, on a copy of the database that `cargo xtask test`
//! has made, with the sample of `docs/samples/oscar` as its merchant would install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::visitor::Visitor;
use crate::browser::shop::{program_for, reserved_port};
use crate::harness::answer::Answer;
use crate::harness::edge::{required, root};
use crate::harness::eventually::{eventually, within};
use crate::harness::program::Program;
use crate::harness::setup::Setup;
use crate::harness::watched::Watched;
use crate::store::ids::session_id;

/// Django takes a second or two to start; on a busy machine many.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the shop sells, at 20.00 EUR; delivery is free.
pub const BEANS: &str = "house-beans";

/// The shop's own code for everybody: 5 % off.
pub const SPRING: &str = "SPRING";

/// Single-use codes of 15 % off, as the shop has made them for its friends.
pub const FRIENDS: [&str; 8] = [
    "FRIEND1", "FRIEND2", "FRIEND3", "FRIEND4", "FRIEND5", "FRIEND6", "FRIEND7", "FRIEND8",
];

/// A shop that is about to open.
#[derive(Debug, Clone, Default)]
#[must_use = "a shop does nothing until it is opened"]
pub struct Opening {
    setup: Setup,
    attributes: String,
    orders_key: Option<String>,
    edge: Option<String>,
    pool: Vec<&'static str>,
}

/// An open shop. Dropping it ends it, and takes its data away.
#[derive(Debug)]
pub struct Oscar {
    /// Its program, whose friends get 15 % off.
    pub program: Program,
    /// Its address, without a slash at its end.
    pub url: String,
    folder: PathBuf,
    list_key: String,
    running: Option<Watched>,
}

impl Opening {
    /// Sets a field of its program.
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.setup = self.setup.set(field, value);
        self
    }

    /// More attributes on its tag.
    pub fn attributes(mut self, attributes: &str) -> Self {
        attributes.clone_into(&mut self.attributes);
        self
    }

    /// Its merchant has uploaded these codes, one for each friend.
    pub fn hands_out(mut self, codes: &[&'static str]) -> Self {
        self.pool = codes.to_vec();
        self.set("discount_codes", "uploaded")
    }

    /// Signs its reports with another key than its program's.
    pub fn signs_with(mut self, key: &str) -> Self {
        self.orders_key = Some(key.to_owned());
        self
    }

    /// Looks for the edge at another address, with its reports and with its tag.
    pub fn reports_to(mut self, edge: &str) -> Self {
        self.edge = Some(edge.to_owned());
        self
    }

    /// Opens it.
    pub async fn open(self) -> Oscar {
        let port = reserved_port();
        let url = format!("http://127.0.0.1:{port}");
        let program = program_for(&url, self.setup).await;
        if !self.pool.is_empty() {
            let codes = json!({ "codes": self.pool });
            let upload = program.merchant("POST", "/discounts/codes").json(&codes);
            upload.send().await.expect(201);
        }
        let mut shop = Oscar {
            program,
            url,
            folder: std::env::temp_dir().join(format!("goodword-oscar-{}", session_id())),
            list_key: session_id(),
            running: None,
        };
        copy(&data(), &shop.folder);
        let edge = self.edge.unwrap_or_else(|| shop.program.edge.url.clone());
        let tag = format!(
            r#"<script async src="{edge}/widget.js" data-program="{}" data-customer=""{}></script>"#,
            shop.program.id, self.attributes
        );
        let key = self
            .orders_key
            .as_ref()
            .unwrap_or(&shop.program.keys.orders);
        let python_path = std::env::join_paths([packages(), root().join("docs/samples/oscar")]);
        let mut command = Watched::command("python3".as_ref());
        command
            .args(["-B", "-Wignore", "manage.py", "runserver"])
            .args(["--noreload", "--insecure"])
            .arg(format!("127.0.0.1:{port}"))
            .env("PYTHONPATH", python_path.expect("usual paths"))
            .env("SHOP_DATA", &shop.folder)
            .env("GOODWORD_URL", edge)
            .env("GOODWORD_PROGRAM", &shop.program.id)
            .env("GOODWORD_ORDERS_KEY", key)
            .env("GOODWORD_LIST_KEY", &shop.list_key)
            .env("GOODWORD_TAG", tag)
            .current_dir(root().join("tests/shops/oscar"));
        shop.running = Some(Watched::start(command, &shop.log()));
        let answers = async || {
            reqwest::get(format!("{}/dashboard/login/", shop.url))
                .await
                .ok()
        };
        let what = format!("a shop; see {}", shop.log().display());
        within(PATIENCE, &what, answers).await;
        shop
    }
}

impl Oscar {
    /// One with the settings of [`Setup::default`].
    pub async fn open() -> Self {
        Opening::default().open().await
    }

    /// Somebody with a browser of the plainest kind.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.url)
    }

    /// Staff says in the dashboard that an order is now `Paid`, `Refunded` or `Cancelled`.
    pub async fn staff_says(&self, order: &str, status: &str) {
        let mut staff = self.visitor();
        let login = staff.open("/dashboard/login/").await;
        let known = [
            ("username", "staff@shop.example"),
            ("password", "correct-horse-9"),
        ];
        staff.submit(&login, "/dashboard/login/", &known).await;
        let path = format!("/dashboard/orders/{order}/");
        let page = staff.open(&path).await;
        let change = [
            ("order_action", "change_order_status"),
            ("new_status", status),
        ];
        let page = staff.submit(&page, &path, &change).await;
        assert!(
            page.html.contains(&format!("to &#x27;{status}&#x27;")),
            "{page:?}"
        );
    }

    /// The list of the shop's orders since a cursor, as whoever reconciles asks for it.
    pub async fn list(&self, after: Option<&str>) -> Value {
        let answer = self.list_as(&self.list_key, after).await;
        assert_eq!(answer.0, 200, "{answer:?}");
        serde_json::from_str(&answer.1).expect("JSON")
    }

    /// Status and text of the same with another secret.
    pub async fn list_as(&self, secret: &str, after: Option<&str>) -> (u16, String) {
        let cursor = after.map(|after| format!("?after={after}"));
        let url = format!("{}/goodword/orders{}", self.url, cursor.unwrap_or_default());
        let asked = Client::new().get(url).bearer_auth(secret).send().await;
        let answer = asked.expect("the shop answers");
        (
            answer.status().as_u16(),
            answer.text().await.expect("a text"),
        )
    }

    /// Everything that the shop has to tell of its orders, oldest change first.
    pub async fn reports(&self) -> Vec<Value> {
        let list = self.list(None).await;
        list["reports"].as_array().expect("reports").clone()
    }

    /// Tells another program what the list tells.
    pub async fn tell(&self, program: &Program, reports: &[Value]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for report in reports {
            answers.push(program.report(report).send().await);
        }
        answers
    }

    /// What the program has decided of an order, as soon as it was told of it.
    pub async fn decision(&self, order: &str) -> Value {
        let tail = format!("/orders/{order}");
        eventually(&format!("order {order} in the ledger"), async || {
            let answer = self.program.merchant("GET", &tail).send().await;
            (answer.status == 200).then(|| answer.json())
        })
        .await
    }

    /// What the shop has written down since it was opened: its requests, and reports that were not taken.
    pub fn log_text(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// How many lines of it have this.
    pub fn count_logged(&self, what: &str) -> usize {
        let log = self.log_text();
        log.lines().filter(|line| line.contains(what)).count()
    }

    fn log(&self) -> PathBuf {
        self.folder.join("shop.log")
    }
}

impl Drop for Oscar {
    fn drop(&mut self) {
        self.running = None;
        if std::thread::panicking() {
            eprintln!("the shop's log:\n{}", self.log_text());
        }
        // What is left of it harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn packages() -> PathBuf {
    required("GOODWORD_OSCAR_PACKAGES").into()
}

fn data() -> PathBuf {
    required("GOODWORD_OSCAR_DATA").into()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder of our own");
    for entry in fs::read_dir(from).expect("the shop that was made") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
