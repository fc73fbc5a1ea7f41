//! What happens in a shop, as it is reported to a ledger, and nothing of why.

/// Milliseconds.
pub const MINUTE: i64 = 60_000;
/// Milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, in milliseconds.
    pub at: i64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A customer is enrolled to share.
    Enrolled {
        /// The shop's id.
        customer: String,
        /// Their address, if the shop says it.
        email: Option<String>,
        /// The code that they share.
        code: String,
        /// From where.
        device: Device,
    },
    /// A customer who is signed in looks at their page.
    Visited {
        /// The shop's id.
        customer: String,
        /// From where.
        device: Device,
    },
    /// An offer is claimed: by a click, or by a code that was typed.
    Claimed(Claim),
    /// An order is paid.
    Ordered(Order),
    /// An order is refunded as a whole.
    Undone {
        /// Which.
        order: u64,
    },
    /// The merchant names an address or a card that must not be served.
    Listed {
        /// The address.
        email: Option<String>,
        /// The card.
        card: Option<String>,
    },
}

/// From where something comes.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// The id that the page keeps in its tab, if it may.
    pub browser: Option<u64>,
    /// The network address.
    pub ip: Option<[u8; 4]>,
}

/// An offer is claimed.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its id, by the discount that it mints.
    pub id: u64,
    /// Whose code.
    pub code: String,
    /// By which click, if any.
    pub click: Option<Click>,
    /// From where.
    pub device: Device,
    /// Host of the page from which the shop was entered, if the browser says so.
    pub referer: Option<String>,
    /// Whether something lay in the cart when the link was clicked or the shop entered.
    pub cart: bool,
}

/// A click on a share link.
#[derive(Clone, Debug)]
pub struct Click {
    /// When.
    pub at: i64,
    /// Names in the query of the address.
    pub query: Vec<String>,
}

/// A paid order.
#[derive(Clone, Debug)]
pub struct Order {
    /// The shop's id.
    pub id: u64,
    /// When the checkout began, if the shop says so.
    pub checkout_at: Option<i64>,
    /// The shop's customer id, if there is an account.
    pub customer: Option<String>,
    /// The buyer's address.
    pub email: Option<String>,
    /// A fingerprint of the card, if the shop says it.
    pub card: Option<String>,
    /// Where it goes, if the shop says it.
    pub address: Option<Address>,
    /// Network address of the checkout, if the shop says it.
    pub ip: Option<[u8; 4]>,
    /// What names a referrer.
    pub by: By,
}

/// What on an order names a referrer.
#[derive(Clone, Debug)]
pub enum By {
    /// Nothing.
    Nobody,
    /// A claim, by its click or its discount.
    Claim(u64),
    /// A code that was typed.
    Code(String),
}

/// A postal address as people type it.
#[derive(Clone, Debug)]
pub struct Address {
    /// Two letters.
    pub country: String,
    /// As typed.
    pub postal_code: String,
    /// As typed.
    pub lines: String,
}
