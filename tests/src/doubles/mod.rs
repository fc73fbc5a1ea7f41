//! Doubles of shops: NOT the real ones, but pages and servers of our own that keep to what each platform has published (the address
//! is in each file). They show that an adapter says what the documents ask for, and not that the platform does what they say.
//!
//! A double has one cart, of which tests read and change everything, and counts what it was asked.
#![expect(
    clippy::missing_panics_doc,
    reason = "tools of tests panic with what went wrong"
)]

mod bigcommerce;
mod form;
mod graphql;
mod links;
mod magento;
mod medusa;
mod shopify;
mod snipcart;
mod woocommerce;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::bigcommerce::BIGCOMMERCE;
pub use self::form::{DRAWN, FORM};
pub use self::graphql::{SALEOR, VENDURE};
pub use self::links::{LEMON_SQUEEZY, PADDLE, STRIPE_LINKS};
pub use self::magento::MAGENTO;
pub use self::medusa::MEDUSA;
pub use self::shopify::{SHOPIFY, SHOPIFY_ACTIONS};
pub use self::snipcart::SNIPCART;
pub use self::woocommerce::WOOCOMMERCE;
use crate::browser::shop::{program_for, reserved_port};
use crate::harness::program::Program;
use crate::harness::setup::Setup;
use crate::store::examples::Tag;

/// A code that the buyer has put in.
pub const OWN: &str = "OWN10";

/// What is the same on every page: something to buy, and a script of its own that has to stay alive.
const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A double of a shop</title>
<link rel="icon" href="data:,">
<script nonce="own">
  const post = (url, body, headers) => fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
</script>
HEAD
<!-- tag -->
</head>
<body class="CLASS">
<h1>A double of a shop</h1>
<input id="own" type="button" value="Count"> <output id="count">0</output>
<button id="add" type="button">Add to cart</button>
BODY
<script nonce="own">
  let count = 0;
  document.getElementById("own").addEventListener("click", () => {
    document.getElementById("count").textContent = String((count += 1));
  });
  document.getElementById("add").addEventListener("click", async () => { ADD; document.body.dataset.added = count += 1; });
</script>
</body>
</html>"#;

/// A platform, as its double.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// The file of its adapter.
    pub adapter: &'static str,
    /// What its tag says beside the program.
    says: &'static str,
    head: &'static str,
    class: &'static str,
    body: &'static str,
    /// How its page puts something into the cart.
    add: &'static str,
    answer: fn(&mut Cart, &Call) -> Option<Answer>,
    /// How a cart is drawn into the page of this path, where it shows it.
    draw: fn(&mut Cart, &str) -> String,
}

/// What lies in a double's cart, and what it is told to do.
#[derive(Debug, Default)]
pub struct Cart {
    /// How many things.
    pub items: u32,
    /// The codes, as they were put in.
    pub codes: Vec<String>,
    /// What an order would carry along.
    pub carried: Value,
    /// How often a code was put in, or tried.
    pub tries: u32,
    /// It takes no code.
    pub refuses: bool,
    /// Everything it was asked.
    pub asked: Vec<String>,
}

impl Cart {
    /// Somebody tries a code: true when it is in there now.
    fn put(&mut self, code: &str) -> bool {
        let own = code.eq_ignore_ascii_case(OWN);
        self.tries += u32::from(!own);
        let taken = (own || !self.refuses) && self.items > 0;
        if taken && !self.codes.iter().any(|one| one == code) {
            self.codes.push(code.to_owned());
        }
        taken
    }
}

/// A request.
struct Call {
    method: Method,
    path: String,
    query: String,
    head: HeaderMap,
    body: String,
}

impl Call {
    fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A field of a form.
    fn field(&self, name: &str) -> Option<&str> {
        let fields = self.body.split('&').filter_map(|pair| pair.split_once('='));
        fields
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .next()
    }
}

/// What it says.
enum Answer {
    Json(StatusCode, Value),
    /// With a header of the platform's own.
    With(&'static str, String, Value),
    To(&'static str),
}

fn json(value: Value) -> Answer {
    Answer::Json(StatusCode::OK, value)
}

/// An open double. Dropping it closes it.
#[derive(Debug)]
pub struct Double {
    /// Its address, with a slash at its end.
    pub url: String,
    /// The program that allows it.
    pub program: Program,
    served: Arc<Served>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Served {
    platform: Platform,
    tag: Tag,
    policy: Option<String>,
    cart: Mutex<Cart>,
}

impl Platform {
    /// Opens it.
    pub async fn open(self) -> Double {
        self.open_with("", None, None).await
    }

    /// Opens it with more attributes on its tag, another edge in it, or a policy.
    pub async fn open_with(
        self,
        attributes: &str,
        edge: Option<&str>,
        policy: Option<&str>,
    ) -> Double {
        let address = format!("127.0.0.1:{}", reserved_port());
        let program = program_for(&format!("http://{address}"), Setup::default()).await;
        let edge = edge.unwrap_or(&program.edge.url).to_owned();
        let served = Arc::new(Served {
            platform: self,
            policy: policy.map(|policy| policy.replace("EDGE", &edge)),
            tag: Tag {
                src: format!("{edge}/widget.js"),
                program: program.id.clone(),
                customer: String::new(),
                attributes: format!("{}{attributes}", self.says),
            },
            cart: Mutex::default(),
        });
        let listener = TcpListener::bind(&address).await.expect("a free port");
        let routes = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&served));
        let running = tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("it serves for ever");
        });
        Double {
            url: format!("http://{address}/"),
            program,
            served,
            server: running,
        }
    }
}

impl Double {
    /// Its cart, now.
    pub fn cart(&self) -> MutexGuard<'_, Cart> {
        self.served
            .cart
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a friend of Jane's arrives who has followed her link, and the click.
    pub async fn invitation(&self) -> (String, String) {
        let token = self.program.click_on_janes().await;
        (format!("{}?gw={token}", self.url), token)
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the platform answers to this; every other address is a page of the shop's.
async fn answer(
    State(shop): State<Arc<Served>>,
    method: Method,
    to: Uri,
    head: HeaderMap,
    body: String,
) -> Response {
    let (path, query) = (
        to.path().to_owned(),
        to.query().unwrap_or_default().to_owned(),
    );
    let call = Call {
        method,
        path,
        query,
        head,
        body,
    };
    let mut cart = shop.cart.lock().unwrap_or_else(PoisonError::into_inner);
    cart.asked.push(format!("{} {}", call.method, call.path));
    match (shop.platform.answer)(&mut cart, &call) {
        Some(Answer::Json(status, value)) => (status, axum::Json(value)).into_response(),
        Some(Answer::With(name, told, value)) => {
            ([(name, told)], axum::Json(value)).into_response()
        }
        Some(Answer::To(path)) => (StatusCode::FOUND, [(LOCATION, path)]).into_response(),
        None => {
            let page = shop.page(&mut cart, &call.path);
            let kind = [(CONTENT_TYPE, "text/html; charset=utf-8")];
            match &shop.policy {
                Some(policy) => {
                    (kind, [("content-security-policy", policy.clone())], page).into_response()
                }
                None => (kind, page).into_response(),
            }
        }
    }
}

impl Served {
    fn page(&self, cart: &mut Cart, path: &str) -> String {
        let Platform {
            head,
            class,
            body,
            add,
            draw,
            ..
        } = self.platform;
        let html = PAGE
            .replace("HEAD", head)
            .replace("CLASS", class)
            .replace("BODY", body);
        self.tag
            .put_into(&html.replace("ADD", add).replace("CART", &draw(cart, path)))
    }
}

/// The pages of this platform show no cart that the tests look at.
fn undrawn(_: &mut Cart, _: &str) -> String {
    String::new()
}
