//! Ember & Oak, a small shop that plays the merchant's part.
//!
//! It does what every shop of a merchant must do, and no more: it knows its customers, keeps carts and totals on the
//! server, asks the edge what a discount code is worth, mints a short-lived token for the signed-in customer, and reports
//! orders and refunds signed. It promises that no secret and no price decision ever leaves the server, and that buying
//! works the same when the referral program cannot be reached.

pub mod account;
pub mod app;
pub mod cart;
pub mod cart_api;
pub mod catalog;
pub mod checkout;
pub mod customer_token;
pub mod discount;
pub mod examples;
pub mod goodword;
pub mod ids;
pub mod keys;
pub mod leads;
pub mod orders;
pub mod page;
pub mod problem;
pub mod report;
pub mod router;
pub mod session;
pub mod signing;
pub mod staff;
pub mod webhooks;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use app::App;
use keys::Keys;
use orders::Order;
use webhooks::ReceivedWebhook;

/// How long a stopping store waits for open requests, and then again for reports on their way.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// Everything a store needs to open.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where to listen, such as `127.0.0.1:8080`; port 0 takes a free one.
    pub listen: String,
    /// The edge's address, such as `http://localhost:8787`, without a slash at its end.
    pub edge: String,
    /// The referral program's id.
    pub program: String,
    /// The program's secrets.
    pub keys: Keys,
    /// Answer `/` with a redirect to `/shop` that drops the query, as some shops do.
    pub home_redirect: bool,
    /// Ask the widget to keep an invitation as a cookie of the shop's own.
    pub cookie: bool,
}

impl StoreConfig {
    /// A store on a free port of this machine, with no redirect.
    pub fn new(edge: impl Into<String>, program: impl Into<String>, keys: Keys) -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            edge: edge.into(),
            program: program.into(),
            keys,
            home_redirect: false,
            cookie: false,
        }
    }
}

/// An open store. Dropping it closes it at once; [`Store::stop`] lets open requests finish first.
#[derive(Debug)]
pub struct Store {
    /// The store's own address, such as `http://127.0.0.1:41234`, without a slash at its end.
    pub url: String,
    app: Arc<App>,
    close: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

/// Opens the store; it answers when this returns.
///
/// Fails with `InvalidInput` on an edge address or program id that cannot be used, else as binding the port fails.
pub async fn start(config: StoreConfig) -> io::Result<Store> {
    let listener = TcpListener::bind(&config.listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let app = Arc::new(App::new(config)?);
    let (close, closed) = oneshot::channel();
    let routes = router::router(Arc::clone(&app));
    let server = tokio::spawn(async move {
        let until = async move {
            // An error means that the store was dropped: then it closes too.
            let _ = closed.await;
        };
        // `serve` only ends by the signal; it retries failed accepts by itself.
        let _ = axum::serve(listener, routes)
            .with_graceful_shutdown(until)
            .await;
    });
    Ok(Store {
        url,
        app,
        close: Some(close),
        server,
    })
}

impl Store {
    /// The webhooks that came in with a valid signature, oldest first; the last 200 are kept.
    pub fn received_webhooks(&self) -> Vec<ReceivedWebhook> {
        self.app.inbox.all()
    }

    /// The orders of this run with the state of their reports, oldest first.
    pub fn orders(&self) -> Vec<Order> {
        self.app.orders.all()
    }

    /// Closes the store: open requests finish, reports on their way get a last chance.
    pub async fn stop(mut self) {
        if let Some(close) = self.close.take() {
            let _ = close.send(());
        }
        if timeout(STOP_WITHIN, &mut self.server).await.is_err() {
            self.server.abort();
        }
        self.app.reporter.finish(STOP_WITHIN).await;
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.server.abort();
        self.app.reporter.abort();
    }
}
