//! Our own side: what we take, and what we would send if we were the platform.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goodword_shared::hook::Platform;
use goodword_shared::id::hex;
use goodword_shared::signature::{self, SignedHeaders};
use goodword_shared::time::Millis;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Whoever signs: a platform, or anybody who follows Standard Webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// By its own webhooks.
    Hook(Platform),
    /// Standard Webhooks, as its own library has it.
    Standard,
    /// Standard Webhooks, as Svix has it.
    Svix,
}

/// What comes with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// The header that carries the signature.
    pub header: String,
    /// The time that it names, or that comes beside it.
    pub seconds: i64,
}

impl Party {
    /// All of whom there is a library.
    pub const ALL: [Self; 5] = [
        Self::Hook(Platform::Stripe),
        Self::Hook(Platform::Shopify),
        Self::Hook(Platform::Paddle),
        Self::Standard,
        Self::Svix,
    ];

    /// As the process of the libraries calls it.
    pub const fn library(self) -> &'static str {
        match self {
            Self::Hook(platform) => platform.name(),
            Self::Standard => "standardwebhooks",
            Self::Svix => "svix",
        }
    }

    /// The id of a message, where one is signed.
    pub const fn id(self) -> &'static str {
        "msg_1"
    }

    /// A secret as this party prints it.
    pub fn secret(self, seed: u8) -> String {
        match self {
            Self::Hook(platform) => format!("{}_secret_{seed}", platform.name()),
            Self::Standard | Self::Svix => format!("whsec_{}", STANDARD.encode([seed; 24])),
        }
    }

    /// Whether the time is signed with the body.
    pub const fn is_timed(self) -> bool {
        !matches!(self, Self::Hook(Platform::Shopify))
    }

    /// Signs as the party would.
    pub fn sign(self, secret: &str, body: &str, seconds: i64) -> Ours {
        let digest = |text: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
            mac.update(text.as_bytes());
            mac.finalize().into_bytes()
        };
        let header = match self {
            Self::Hook(Platform::Stripe) => {
                format!(
                    "t={seconds},v1={}",
                    hex(&digest(&format!("{seconds}.{body}")))
                )
            }
            Self::Hook(Platform::Paddle) => {
                format!(
                    "ts={seconds};h1={}",
                    hex(&digest(&format!("{seconds}:{body}")))
                )
            }
            Self::Hook(_) => STANDARD.encode(digest(body)),
            Self::Standard | Self::Svix => signature::sign(&key(secret), self.id(), seconds, body),
        };
        Ours { header, seconds }
    }
}

/// Whether we take a body for signed.
pub fn is_taken(party: Party, ours: &Ours, body: &[u8], secrets: &[String], now: Millis) -> bool {
    match party {
        Party::Hook(platform) => {
            let scheme = platform.scheme().expect("a scheme");
            scheme.verify(&ours.header, body, secrets, now).is_ok()
        }
        Party::Standard | Party::Svix => {
            let keys: Vec<Vec<u8>> = secrets.iter().map(|secret| key(secret)).collect();
            let headers = SignedHeaders {
                id: party.id(),
                timestamp: &ours.seconds.to_string(),
                signature: &ours.header,
            };
            let Ok(body) = std::str::from_utf8(body) else {
                return false;
            };
            signature::verify(&headers, body, &keys, now).is_ok()
        }
    }
}

fn key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    STANDARD.decode(encoded).expect("a secret")
}
