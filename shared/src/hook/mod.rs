//! What shops and payment platforms send by their own webhooks, made into the reports that every other shop makes.
//!
//! [`Scheme::verify`] says whether a platform sent it, from one table of schemes; [`Platform::parse`] is a pure function per
//! platform, from the signed body alone: headers that name a topic or a shop are not signed, and decide nothing. What a body tells is found
//! again by the ids in it (order, refund, dispute), so that it may come twice, late, and in any order. What is none of our
//! business is no report, and no error; a body that looks like one of ours and cannot be read is an error, so that it can be
//! kept and looked at.

mod amount;
mod form;
mod lemon_squeezy;
mod moment;
mod paddle;
mod shopify;
mod stripe;
#[cfg(test)]
mod tests;
mod told;
mod verify;
mod woocommerce;

use crate::json::Tree;
use crate::order::Report;
use crate::time::Millis;

use self::told::Told;
pub use self::verify::Scheme;

/// Name under which a click token travels with a cart: in the attributes, metadata or custom data that a platform keeps.
pub const TOKEN_NAME: &str = "goodword";

/// A platform whose own webhooks are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Shopify: orders and refunds, from the admin's or an app's webhooks.
    Shopify,
    /// WooCommerce: orders, which carry their refunds.
    WooCommerce,
    /// Stripe: Checkout, Payment Links, Billing, refunds and disputes.
    Stripe,
    /// Paddle Billing: transactions and adjustments.
    Paddle,
    /// Lemon Squeezy: orders, refunds, renewals.
    LemonSqueezy,
}

/// How well it is known that a platform does what is written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Its signatures are made and checked by its own library in the tests.
    VerifiedByTheOfficialLibrary,
    /// As its documents say.
    FromDocuments,
}

/// Why a body could not be made into reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl Platform {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Shopify,
        Self::WooCommerce,
        Self::Stripe,
        Self::Paddle,
        Self::LemonSqueezy,
    ];

    /// As in a URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Stripe => "stripe",
            Self::Paddle => "paddle",
            Self::LemonSqueezy => "lemon-squeezy",
        }
    }

    /// The platform of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// How well its signatures are known. Payloads are as documented, for all of them.
    pub const fn grade(self) -> Grade {
        match self {
            Self::Shopify | Self::Stripe | Self::Paddle => Grade::VerifiedByTheOfficialLibrary,
            Self::WooCommerce | Self::LemonSqueezy => Grade::FromDocuments,
        }
    }

    /// Whether this is how a platform tries an address out, unsigned, before it sends anything. WooCommerce posts the id of the
    /// webhook as a form when a webhook is saved.
    pub fn is_ping(self, body: &str) -> bool {
        self == Self::WooCommerce && body.starts_with("webhook_id=")
    }

    /// What a signed body reports. `now` stands for times that are not told, and for those ahead of it.
    pub fn parse(self, body: &str, now: Millis) -> Result<Vec<Report>, Unreadable> {
        let body = Tree::parse(body).map_err(|error| Unreadable(format!("no JSON: {error}")))?;
        let told = Told::new(self, &body, now);
        match self {
            Self::Shopify => shopify::parse(&told),
            Self::WooCommerce => woocommerce::parse(&told),
            Self::Stripe => stripe::parse(&told),
            Self::Paddle => paddle::parse(&told),
            Self::LemonSqueezy => lemon_squeezy::parse(&told),
        }
    }
}
