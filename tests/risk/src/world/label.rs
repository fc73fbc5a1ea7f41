//! What the generator meant by an order. Nobody but the report reads it.

/// What an order was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A friend of an honest referrer.
    Honest(Honest),
    /// Abuse.
    Abuse(Abuse),
    /// The first refunds of a ring: nothing had happened yet that anybody could see.
    FirstRefunds,
    /// A farm with a card and a browser for each friend: what is left to see is what an office shows as well.
    PlaceOnly,
    /// Self-referral with one mailbox, of which this order says nothing.
    MailNotTold,
    /// Self-referral with one card, of which this order says nothing.
    CardNotTold,
    /// Self-referral on one device in another tab, by another card.
    OtherTab,
    /// An old customer with another mailbox, card and tab.
    NewCoat,
    /// A code from a coupon page, before any of its visitors has told that they came from one.
    FirstVisitors,
    /// A guessed code, used with another mailbox, card and tab than the others.
    NewName,
}

/// Honest referrals, nearly all of which look like abuse of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is told by its words")]
pub enum Honest {
    Ordinary,
    Family,
    Flatmates,
    Office,
    Relay,
    Gifts,
    Influencer,
    Returning,
    LateFriend,
    Party,
}

/// Abuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is told by its words")]
pub enum Abuse {
    SelfAlias,
    SelfCustomer,
    SelfPayment,
    SelfDevice,
    Disposable,
    ForcedClicks,
    CouponLeak,
    CouponExtension,
    ClickInjection,
    RefundRing,
    Farm,
    CodeGuessing,
    Duplicate,
    PaidAds,
    KnownFraud,
}

impl Honest {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ordinary,
        Self::Family,
        Self::Flatmates,
        Self::Office,
        Self::Relay,
        Self::Gifts,
        Self::Influencer,
        Self::Returning,
        Self::LateFriend,
        Self::Party,
    ];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary friends",
            Self::Family => "families",
            Self::Flatmates => "flatmates",
            Self::Office => "an office behind one IP",
            Self::Relay => "relay addresses, VPNs",
            Self::Gifts => "gifts to one address",
            Self::Influencer => "popular people, real velocity",
            Self::Returning => "returning customers",
            Self::LateFriend => "the link remembered at the till",
            Self::Party => "a party on one Wi-Fi",
        }
    }
}

impl Abuse {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SelfAlias,
        Self::SelfCustomer,
        Self::SelfPayment,
        Self::SelfDevice,
        Self::Disposable,
        Self::ForcedClicks,
        Self::CouponLeak,
        Self::CouponExtension,
        Self::ClickInjection,
        Self::RefundRing,
        Self::Farm,
        Self::CodeGuessing,
        Self::Duplicate,
        Self::PaidAds,
        Self::KnownFraud,
    ];

    /// Whether it is abuse by equal identity.
    pub const fn is_by_identity(self) -> bool {
        matches!(
            self,
            Self::SelfAlias | Self::SelfCustomer | Self::SelfPayment
        )
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SelfAlias => "self-referral, e-mail alias",
            Self::SelfCustomer => "self-referral, customer id",
            Self::SelfPayment => "self-referral, means of payment",
            Self::SelfDevice => "self-referral, same device",
            Self::Disposable => "disposable mail",
            Self::ForcedClicks => "forced clicks",
            Self::CouponLeak => "code on coupon sites",
            Self::CouponExtension => "coupon extension",
            Self::ClickInjection => "click injected at checkout",
            Self::RefundRing => "refund after reward, repeated",
            Self::Farm => "account farm",
            Self::CodeGuessing => "guessed codes",
            Self::Duplicate => "old customer as a new one",
            Self::PaidAds => "ads for the share link",
            Self::KnownFraud => "on an imported block-list",
        }
    }
}

/// Orders that are abuse and leave no trace, of which class they would be, and what they are. They are made all the same, so that it
/// is seen what becomes of them.
pub const UNTRACED: [(Label, Abuse, &str); 8] = [
    (Label::FirstRefunds, Abuse::RefundRing, "first refunds"),
    (
        Label::PlaceOnly,
        Abuse::Farm,
        "farms with a card and a browser for each",
    ),
    (
        Label::MailNotTold,
        Abuse::SelfAlias,
        "self-referral by a mailbox that is not told",
    ),
    (
        Label::CardNotTold,
        Abuse::SelfPayment,
        "self-referral by a card that is not told",
    ),
    (
        Label::OtherTab,
        Abuse::SelfDevice,
        "self-referral in another tab",
    ),
    (
        Label::NewCoat,
        Abuse::Duplicate,
        "old customers with all that is new",
    ),
    (
        Label::FirstVisitors,
        Abuse::CouponLeak,
        "first visitors from coupon pages",
    ),
    (
        Label::NewName,
        Abuse::CodeGuessing,
        "guessed codes with all that is new",
    ),
];

/// What leaves no trace in the events of an order, and why.
pub const NO_TRACE: [(&str, &str); 14] = [
    (
        "one network and nothing else",
        "the events are those of honest flatmates and offices; judged only with something else",
    ),
    (
        "farms with a card and a browser for each",
        "what is left is an address and a network for several, as in an office; caught by their mail only",
    ),
    (
        "self-referral with one mailbox or card, of which the order says nothing",
        "a wallet hides the card, or the shop reports an order without the address",
    ),
    (
        "self-referral on one device in another tab, by another card",
        "a page's id lives as long as its tab; what is left is one home, as with flatmates",
    ),
    (
        "an old customer with another mailbox, card and tab",
        "tabs are closed and forgotten after four weeks; what is left is an address, which two houses may share",
    ),
    (
        "the first visitors from a coupon page",
        "none of them had said where they came from, so that the code was like any code that is typed",
    ),
    (
        "a guessed code, used with another mailbox, card and tab",
        "what is left is a typed code like that of any friend",
    ),
    (
        "the first refunds of a ring",
        "nothing was refunded when its order came; the hold and the clawback undo what was earned",
    ),
    (
        "cookie stuffing by frames and images",
        "a click that is no navigation of the page is never signed, so there is no token and no order by it",
    ),
    (
        "code guessing that finds nothing",
        "wrong codes end at the edge's limit for misses; no order comes of them",
    ),
    (
        "bots and link previews",
        "they get a page without a token, and count nothing",
    ),
    (
        "open redirect, forged or replayed tokens and webhooks",
        "refused before anything is stored",
    ),
    (
        "server-side requests, denial of wallet",
        "attacks on the edge: there is no referral in them",
    ),
    (
        "two people who agree to cheat",
        "each is a real customer with an identity of their own: it is a referral",
    ),
];
