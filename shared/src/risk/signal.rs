//! The signals, what each weighs, and why.
//!
//! The usual thresholds are 50 for review and 100 for block, so the weights read as answers to one question: is this alone reason
//! to look (50), to refuse (100), or only together with something else (less)? They were set on seeds that the
//! published figures are not taken from.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{Error, Read, Reader};

/// Something that speaks against a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is told by its words")]
pub enum Signal {
    SameCustomer,
    SameEmail,
    SameMailbox,
    SamePayment,
    SameBrowser,
    SameAddress,
    SameNetwork,
    PaymentPair,
    PaymentCrowd,
    BrowserPair,
    BrowserCrowd,
    AddressCrowd,
    NetworkCrowd,
    KnownPayment,
    KnownBrowser,
    KnownAddress,
    ExistingCustomer,
    DisposableMailbox,
    CouponSite,
    LeakedCode,
    PaidAd,
    AdvertisedCode,
    SocialAd,
    LateClick,
    LateCode,
    CodesTwo,
    CodesMany,
    ReferrerBurst,
    CodeBurst,
    TakenBack,
    ListedBuyer,
    ListedReferrer,
    ListedPayment,
    ListedDomain,
    ListedNetwork,
}

/// The names on the wire, in the order of [`Signal::ALL`].
const NAMES: [&str; 35] = [
    "same_customer",
    "same_email",
    "same_mailbox",
    "same_payment",
    "same_browser",
    "same_address",
    "same_network",
    "payment_pair",
    "payment_crowd",
    "browser_pair",
    "browser_crowd",
    "address_crowd",
    "network_crowd",
    "known_payment",
    "known_browser",
    "known_address",
    "existing_customer",
    "disposable_mailbox",
    "coupon_site",
    "leaked_code",
    "paid_ad",
    "advertised_code",
    "social_ad",
    "late_click",
    "late_code",
    "codes_two",
    "codes_many",
    "referrer_burst",
    "code_burst",
    "taken_back",
    "listed_buyer",
    "listed_referrer",
    "listed_payment",
    "listed_domain",
    "listed_network",
];

/// Signals that together weigh no more than a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Where people live or work.
    Place,
    /// What one household may share beyond its place.
    Household,
    /// What strangers can do to a code: its other visitors, not this buyer.
    Code,
    /// Everything else.
    Free,
}

/// Most that all signals of [`Group::Place`] weigh together: below the usual threshold for review, because families,
/// flatmates and offices share all of it.
pub const PLACE_MAX: u32 = 45;

/// Most that [`Group::Place`] and [`Group::Household`] weigh together: so far below the usual threshold for block that a late
/// click or a burst on top does not reach it either, because couples share a card and a tablet too.
pub const HOUSEHOLD_MAX: u32 = 70;

/// Most that [`Group::Code`] weighs: enough for a review and far from a block, because whoever knows a code can send visitors
/// of any kind through it, and must not be able to take its owner's rewards away.
pub const CODE_MAX: u32 = 60;

impl Signal {
    /// All of them.
    pub const ALL: [Self; 35] = [
        Self::SameCustomer,
        Self::SameEmail,
        Self::SameMailbox,
        Self::SamePayment,
        Self::SameBrowser,
        Self::SameAddress,
        Self::SameNetwork,
        Self::PaymentPair,
        Self::PaymentCrowd,
        Self::BrowserPair,
        Self::BrowserCrowd,
        Self::AddressCrowd,
        Self::NetworkCrowd,
        Self::KnownPayment,
        Self::KnownBrowser,
        Self::KnownAddress,
        Self::ExistingCustomer,
        Self::DisposableMailbox,
        Self::CouponSite,
        Self::LeakedCode,
        Self::PaidAd,
        Self::AdvertisedCode,
        Self::SocialAd,
        Self::LateClick,
        Self::LateCode,
        Self::CodesTwo,
        Self::CodesMany,
        Self::ReferrerBurst,
        Self::CodeBurst,
        Self::TakenBack,
        Self::ListedBuyer,
        Self::ListedReferrer,
        Self::ListedPayment,
        Self::ListedDomain,
        Self::ListedNetwork,
    ];

    /// What it weighs.
    #[expect(
        clippy::match_same_arms,
        reason = "each arm is a reason, and some reasons weigh the same"
    )]
    pub const fn weight(self) -> u32 {
        match self {
            // One account or one mailbox is one person: nothing else needs to be known.
            Self::SameCustomer | Self::SameEmail | Self::SameMailbox => 100,
            // The merchant has named them: nobody needs to look again.
            Self::ListedBuyer | Self::ListedReferrer | Self::ListedPayment => 100,
            // A card is one person's, or a couple's: always looked at, never refused unseen.
            Self::SamePayment => 60,
            // Two friends of one referrer may be a couple with one card or one tablet, or one friend with two names; three
            // are no couple.
            Self::PaymentCrowd | Self::BrowserCrowd => 60,
            Self::PaymentPair | Self::BrowserPair => 50,
            // The referrer was signed in where the offer was claimed: the referrer, or somebody on the same sofa.
            Self::SameBrowser => 50,
            // Whoever has paid by this card, or bought in this browser, under another name is hardly a new customer.
            Self::KnownPayment | Self::KnownBrowser | Self::ExistingCustomer => 50,
            // Two customers of one home and one network, whom two people have invited within a month, are more often one who
            // has found codes. An address alone is never reason enough: two houses may have one hash.
            Self::KnownAddress => 50,
            // Some people give such an address to every shop; most who do so here want a second first order.
            Self::DisposableMailbox | Self::ListedDomain => 50,
            // The invitation was for a friend, and was found on a page for strangers, or bought from an ad network.
            Self::CouponSite | Self::LeakedCode | Self::PaidAd | Self::AdvertisedCode => 50,
            // Three referrers' codes in a day are guessed or tried out by a program; two may be two friends'.
            Self::CodesMany => 50,
            Self::CodesTwo => 20,
            // Most of what this referrer brings comes back: with the hold over, it is the shop that pays.
            Self::TakenBack => 50,
            // One late click is a friend who remembered the link at the till; a code of whose clicks a third are late is put
            // there by a program, or opened over pages that had their own visitors.
            Self::LateCode => 50,
            Self::LateClick => 20,
            // Popular people have bursts. They only tip the balance.
            Self::ReferrerBurst => 15,
            Self::CodeBurst => 5,
            // Facebook puts it on every link that anybody shares there.
            Self::SocialAd => 5,
            // Neighbours of all kinds: below review even together.
            Self::SameAddress | Self::AddressCrowd => 15,
            Self::SameNetwork | Self::NetworkCrowd => 10,
            Self::ListedNetwork => 30,
        }
    }

    /// With what it shares a limit.
    pub const fn group(self) -> Group {
        match self {
            Self::SameAddress
            | Self::SameNetwork
            | Self::AddressCrowd
            | Self::NetworkCrowd
            | Self::ListedNetwork => Group::Place,
            Self::SamePayment
            | Self::SameBrowser
            | Self::PaymentPair
            | Self::BrowserPair
            | Self::KnownPayment
            | Self::KnownBrowser
            | Self::KnownAddress => Group::Household,
            Self::LeakedCode | Self::AdvertisedCode | Self::LateCode | Self::CodeBurst => {
                Group::Code
            }
            _ => Group::Free,
        }
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }

    /// The signal in words a merchant understands.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SameCustomer => "The buyer is the referrer, by customer id.",
            Self::SameEmail => "The buyer is the referrer, by e-mail address.",
            Self::SameMailbox => "The buyer is the referrer, by another spelling of one mailbox.",
            Self::SamePayment => "The order was paid as the referrer pays.",
            Self::SameBrowser => {
                "The offer was claimed in a browser in which the referrer was signed in."
            }
            Self::SameAddress => "The order goes to an address of the referrer's.",
            Self::SameNetwork => "Buyer and referrer were on one network.",
            Self::PaymentPair => "Another friend of this referrer has paid in the same way.",
            Self::PaymentCrowd => "Several friends of this referrer have paid in the same way.",
            Self::BrowserPair => "Another friend of this referrer has used the same browser.",
            Self::BrowserCrowd => "Several friends of this referrer have used the same browser.",
            Self::AddressCrowd => "Several friends of this referrer have one address.",
            Self::NetworkCrowd => "Several friends of this referrer were on one network.",
            Self::KnownPayment => "Another customer has paid in the same way before.",
            Self::KnownBrowser => "Another customer has used the same browser before.",
            Self::KnownAddress => {
                "Somebody else has lately invited another customer of this address and network."
            }
            Self::ExistingCustomer => "The mailbox is that of somebody who has bought before.",
            Self::DisposableMailbox => "The buyer's address is of a kind that is thrown away.",
            Self::CouponSite => "The buyer came from a page that collects codes.",
            Self::LeakedCode => "Others have come to this code from pages that collect codes.",
            Self::PaidAd => "The buyer came through an advertisement for the share link.",
            Self::AdvertisedCode => "Many have come to this code through advertisements.",
            Self::SocialAd => "The link was clicked on Facebook, in a post or an advertisement.",
            Self::LateClick => "The link was clicked when the buyer was about to pay.",
            Self::LateCode => {
                "Many clicks on this referrer's links came when the buyer was about to pay."
            }
            Self::CodesTwo => "The codes of two referrers were tried.",
            Self::CodesMany => "The codes of several referrers were tried.",
            Self::ReferrerBurst => "The referrer has had many conversions within a day.",
            Self::CodeBurst => "The code was used very often within a day.",
            Self::TakenBack => "Most of what this referrer has brought was taken back.",
            Self::ListedBuyer => "The buyer is on the block-list.",
            Self::ListedReferrer => "The referrer is on the block-list.",
            Self::ListedPayment => "The means of payment is on the block-list.",
            Self::ListedDomain => "The domain of the buyer's address is on the block-list.",
            Self::ListedNetwork => "The network is on the block-list.",
        }
    }
}

impl Serialize for Signal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Read for Signal {
    fn read(reader: &mut Reader<'_>) -> Self {
        let name = reader.text();
        let found = Self::ALL.into_iter().find(|signal| signal.name() == name);
        reader.checked(found.ok_or_else(|| Error::one_of(&NAMES)), || {
            Self::SameCustomer
        })
    }
}

impl<'de> Deserialize<'de> for Signal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.into_iter().find(|signal| signal.name() == name);
        found.ok_or_else(|| D::Error::unknown_variant(&name, &NAMES))
    }
}
