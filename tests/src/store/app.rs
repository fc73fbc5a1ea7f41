//! What the running store knows: one value, shared by all requests.

use std::io::{Error, ErrorKind, Result};

use reqwest::Url;

use super::StoreConfig;
use super::account::Customers;
use super::goodword::Goodword;
use super::orders::OrderBook;
use super::page::Page;
use super::report::Reporter;
use super::session::Sessions;
use super::webhooks::Inbox;

/// The store's state. Every field guards itself, so a request holds `&App` and nothing else.
#[derive(Debug)]
pub struct App {
    /// As given at the start.
    pub config: StoreConfig,
    /// Who is in the shop right now.
    pub sessions: Sessions,
    /// Who ever bought or can sign in.
    pub customers: Customers,
    /// What was sold.
    pub orders: OrderBook,
    /// What the referral program told us.
    pub inbox: Inbox,
    /// The way to the referral program.
    pub goodword: Goodword,
    /// What we still have to tell it.
    pub reporter: Reporter,
    /// The storefront.
    pub page: Page,
}

impl App {
    /// Checks the configuration and starts with empty books.
    pub fn new(config: StoreConfig) -> Result<Self> {
        let invalid = |why: String| Error::new(ErrorKind::InvalidInput, why);
        let edge = Url::parse(&config.edge)
            .map_err(|why| invalid(format!("edge address {:?}: {why}", config.edge)))?;
        if edge.scheme() != "http" || config.edge.ends_with('/') {
            return Err(invalid(format!(
                "edge address {:?}: give it as http://HOST:PORT, without a slash at its end",
                config.edge
            )));
        }
        if !is_program_id(&config.program) {
            return Err(invalid(format!(
                "program {:?}: 1 to 32 of a-z, 0-9 and -",
                config.program
            )));
        }
        Ok(Self {
            sessions: Sessions::default(),
            customers: Customers::default(),
            orders: OrderBook::default(),
            inbox: Inbox::default(),
            goodword: Goodword::new(&config)?,
            reporter: Reporter::default(),
            page: Page::new(&edge),
            config,
        })
    }
}

/// The id goes into URLs and into the page, so it is checked once, here.
fn is_program_id(id: &str) -> bool {
    (1..=32).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
