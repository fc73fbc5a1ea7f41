//! A program's live keys, opened, for as long as the object lives.

use goodword_shared::encoding::{to_base64, to_base64url};
use goodword_shared::hook::Platform;
use goodword_shared::id::ProgramId;
use goodword_shared::keyed_hash::SecretKey;
use goodword_shared::scope::Scope;
use goodword_shared::signature::SECRET_PREFIX;
use goodword_shared::time::Millis;
use goodword_shared::token::TokenKey;
use subtle::ConstantTimeEq;

use super::context::Context;
use super::failure::Failure;
use super::store::Store;
use super::store::keys::StoredKey;
use super::store::outbox::Kind;
use crate::vault::WorkerSecret;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Bearer key of the merchant API.
    Api,
    /// Signs order reports.
    Orders,
    /// Signs customer tokens.
    Customers,
    /// Signs outgoing events.
    Webhooks,
    /// Signs click tokens.
    Tokens,
    /// Hashes addresses; never rotated, so that old matches stay.
    Hash,
    /// Encrypts names and addresses.
    Contact,
    /// Signs checkpoints of the activity log; never rotated, so that one public key checks all of them.
    Audit,
    /// What a platform signs its webhooks with: the platform's or the merchant's making, and not ours.
    Platform(Platform),
}

/// Live keys of one program.
pub(crate) struct Keyring {
    pub(crate) hash: SecretKey,
    pub(crate) contact: SecretKey,
    /// Seed of an Ed25519 key; made when the first checkpoint is due.
    pub(crate) audit: Option<SecretKey>,
    pub(crate) orders: Vec<Vec<u8>>,
    pub(crate) customers: Vec<Vec<u8>>,
    pub(crate) webhooks: Vec<Vec<u8>>,
    pub(crate) tokens: Vec<TokenKey>,
    /// Token keys as KV carries them: generation and sealed bytes, newest first.
    pub(crate) sealed_tokens: Vec<(u8, Vec<u8>)>,
    /// Secrets of platforms, as they print them.
    platforms: Vec<(Platform, String)>,
    api: Vec<ApiKey>,
}

/// A live key of the merchant API.
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) scope: Scope,
    printed: Vec<u8>,
}

impl KeyKind {
    /// Kinds that a merchant makes and revokes.
    pub(crate) const MERCHANT: [Self; 5] = [
        Self::Api,
        Self::Orders,
        Self::Customers,
        Self::Webhooks,
        Self::Tokens,
    ];
    /// All kinds.
    pub(crate) const ALL: [Self; 8] = [
        Self::Api,
        Self::Orders,
        Self::Customers,
        Self::Webhooks,
        Self::Tokens,
        Self::Hash,
        Self::Contact,
        Self::Audit,
    ];

    /// The kind of this name, of those that a merchant makes and revokes.
    pub(crate) fn of_merchant(name: &str) -> Option<Self> {
        let mut ours = Self::MERCHANT.into_iter();
        ours.find(|kind| kind.name() == name)
            .or_else(|| Platform::from_name(name).map(Self::Platform))
    }

    /// Kinds that a program has from the start: the key that signs checkpoints is made when the first is due.
    pub(crate) fn from_the_start() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| *kind != Self::Audit)
    }

    /// The name in the API and in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Orders => "orders",
            Self::Customers => "customers",
            Self::Webhooks => "webhooks",
            Self::Tokens => "tokens",
            Self::Hash => "hash",
            Self::Contact => "contact",
            Self::Audit => "audit",
            Self::Platform(platform) => platform.name(),
        }
    }

    /// The key as the merchant sees it, once. Standard Webhooks secrets are base64 of the bytes, the others are text whose
    /// own bytes are the key, because that is what shops paste into a JWT library.
    pub(crate) fn printed(self, bytes: &[u8; 32]) -> String {
        match self {
            Self::Orders | Self::Webhooks => format!("{SECRET_PREFIX}{}", to_base64(bytes)),
            Self::Customers => format!("gw_cust_{}", to_base64url(bytes)),
            Self::Api => format!("gw_api_{}", to_base64url(bytes)),
            Self::Tokens | Self::Hash | Self::Contact | Self::Audit | Self::Platform(_) => {
                String::new()
            }
        }
    }

    /// The bytes that sign, hash or encrypt.
    fn material(self, bytes: &[u8; 32]) -> Vec<u8> {
        match self {
            Self::Api | Self::Customers => self.printed(bytes).into_bytes(),
            _ => bytes.to_vec(),
        }
    }

    /// The purpose under which a generation is sealed.
    pub(crate) fn purpose(self, program: &ProgramId, generation: u32) -> String {
        format!("{program}/{}/{generation}", self.name())
    }
}

impl Keyring {
    /// Opens the live keys. Keys that the previous Worker secret had sealed are sealed again with the current one.
    pub(crate) fn load(
        store: Store<'_>,
        secret: &WorkerSecret,
        program: &ProgramId,
        now: Millis,
        nonce: &dyn Fn() -> [u8; 24],
    ) -> Result<Self, Failure> {
        let mut ring = Self {
            hash: SecretKey([0; 32]),
            contact: SecretKey([0; 32]),
            audit: None,
            orders: Vec::new(),
            customers: Vec::new(),
            webhooks: Vec::new(),
            tokens: Vec::new(),
            sealed_tokens: Vec::new(),
            platforms: Vec::new(),
            api: Vec::new(),
        };
        let mut resealed = false;
        for mut key in store
            .keys()?
            .into_iter()
            .filter(|key| key.revoked_at.is_none())
        {
            let kind = kind_of(&key)?;
            let purpose = kind.purpose(program, key.generation);
            let unopened = || {
                Failure::Broken(
                    "a key does not open: is GOODWORD_SECRET the one it was sealed with?".into(),
                )
            };
            let bytes = secret.open(&purpose, &key.sealed).ok_or_else(unopened)?;
            if secret.is_stale(&purpose, &key.sealed) {
                key.sealed = secret.seal(&purpose, &bytes, nonce());
                store.reseal_key(&key.id, &key.sealed)?;
                resealed = true;
            }
            if let KeyKind::Platform(platform) = kind {
                let printed = String::from_utf8(bytes).map_err(|_| unopened())?;
                ring.platforms.push((platform, printed));
            } else {
                let bytes: [u8; 32] = bytes.try_into().map_err(|_| unopened())?;
                ring.add(kind, &key, &bytes);
            }
        }
        if resealed {
            store.send(Kind::Program, program.as_str(), "", now);
        }
        Ok(ring)
    }

    /// The live secrets of a platform.
    pub(crate) fn of_platform(&self, platform: Platform) -> Vec<String> {
        let own = self.platforms.iter().filter(|(of, _)| *of == platform);
        own.map(|(_, printed)| printed.clone()).collect()
    }

    fn add(&mut self, kind: KeyKind, key: &StoredKey, bytes: &[u8; 32]) {
        match kind {
            KeyKind::Platform(_) => {}
            KeyKind::Hash => self.hash = SecretKey(*bytes),
            KeyKind::Contact => self.contact = SecretKey(*bytes),
            KeyKind::Audit => self.audit = Some(SecretKey(*bytes)),
            KeyKind::Api => self.api.push(ApiKey {
                id: key.id.clone(),
                // What nobody knows may do the least.
                scope: key
                    .scope
                    .as_deref()
                    .and_then(Scope::from_name)
                    .unwrap_or(Scope::Read),
                printed: kind.material(bytes),
            }),
            KeyKind::Orders => self.orders.push(kind.material(bytes)),
            KeyKind::Customers => self.customers.push(kind.material(bytes)),
            KeyKind::Webhooks => self.webhooks.push(kind.material(bytes)),
            KeyKind::Tokens => {
                let generation = token_generation(key.generation);
                self.tokens
                    .extend(TokenKey::new(generation, &SecretKey(*bytes)));
                self.sealed_tokens.push((generation, key.sealed.clone()));
            }
        }
    }

    /// The live key of the merchant API that a bearer key is; compares with every one of them in constant time.
    pub(crate) fn merchant(&self, bearer: &str) -> Option<&ApiKey> {
        self.api.iter().fold(None, |found, key| {
            let same = bool::from(key.printed.ct_eq(bearer.as_bytes()));
            if same { Some(key) } else { found }
        })
    }
}

/// A new key of a kind, sealed, and as it is printed; of the merchant API with every scope.
pub(crate) fn mint(context: &Context<'_>, kind: KeyKind, generation: u32) -> (StoredKey, String) {
    let bytes = context.random();
    (
        sealed(context, kind, generation, &bytes),
        kind.printed(&bytes),
    )
}

/// A key of a kind out of these bytes.
pub(crate) fn sealed(
    context: &Context<'_>,
    kind: KeyKind,
    generation: u32,
    bytes: &[u8],
) -> StoredKey {
    let purpose = kind.purpose(context.program_id, generation);
    StoredKey {
        id: context.pseudonym().0,
        kind: kind.name().to_owned(),
        scope: (kind == KeyKind::Api).then(|| Scope::Admin.name().to_owned()),
        generation,
        sealed: context
            .engine
            .secret
            .seal(&purpose, bytes, context.random()),
        created_at: context.now.0,
        revoked_at: None,
    }
}

/// Tokens name their key in one byte; two keys live at once, so generations may wrap.
pub(crate) fn token_generation(generation: u32) -> u8 {
    u8::try_from(generation & 0xff).unwrap_or_default()
}

/// The kind of a stored key.
pub(crate) fn kind_of(key: &StoredKey) -> Result<KeyKind, Failure> {
    KeyKind::ALL
        .into_iter()
        .find(|kind| kind.name() == key.kind)
        .or_else(|| Platform::from_name(&key.kind).map(KeyKind::Platform))
        .ok_or_else(|| Failure::Broken(format!("a key of unknown kind {}", key.kind)))
}
