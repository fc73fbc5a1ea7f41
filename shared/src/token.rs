//! The click token: the click itself, signed, in the invitee's own hands.
//!
//! Nothing is stored when a link is clicked. The token carries who shared, when, by which channel, and a random click id;
//! a 16-byte MAC makes it unforgeable. It is `[A-Za-z0-9_-]` only and at most [`TOKEN_LENGTH_MAX`] characters, so that it
//! fits every carrier there is (the tightest is Stripe's `client_reference_id`), and it holds no personal data.
//!
//! Bytes before base64url: version, key id, time (6, milliseconds), click id (12), placement and channel (4 bits each),
//! variant, provenance (3 bits) and length of the code (5 bits), length of the program, both packed at 6 bits a symbol, MAC
//! (16). Tokens of before placements or provenance were told have zeros there, which is none.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::channel::{Channel, Placement, Way};
use crate::code::ReferralCode;
use crate::encoding::{from_base64url, to_base64url};
use crate::id::{ClickId, ProgramId};
use crate::keyed_hash::SecretKey;
use crate::risk::arrival::Provenance;
use crate::time::{DAY_MS, Millis};

/// Longest token in characters.
pub const TOKEN_LENGTH_MAX: usize = 120;

/// How far a token's time may lie ahead of ours: clocks of two data centres differ.
const AHEAD_MS_MAX: i64 = 300_000;

const VERSION: u8 = 1;
const MAC_LENGTH: usize = 16;
const HEAD_LENGTH: usize = 24;
/// A code has 20 symbols at most.
const CODE_LENGTH_BITS: u8 = 5;
const CODE_LENGTH: u8 = (1 << CODE_LENGTH_BITS) - 1;
const PURPOSE: &[u8] = b"click1:";
const SYMBOLS: &[u8; 38] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// A click on a share link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// The program whose link it was.
    pub program: ProgramId,
    /// The referrer's code.
    pub code: ReferralCode,
    /// Random, the business key of the claim.
    pub id: ClickId,
    /// When it was clicked.
    pub at: Millis,
    /// How the link had been shared.
    pub way: Way,
    /// From where it was clicked.
    pub from: Provenance,
}

/// A signing key ready for use: the HMAC state after its key block, so that a redirect hashes nothing twice.
#[derive(Clone)]
pub struct TokenKey {
    id: u8,
    state: Hmac<Sha256>,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not a token at all, truncated, or of an unknown version.
    Malformed,
    /// Signed with a key that is not ours (any more).
    UnknownKey,
    /// The signature does not belong to the contents.
    Forged,
    /// Of another program.
    ForeignProgram,
    /// Older than the attribution window, or from the future.
    Expired,
}

impl TokenKey {
    /// Prepares a key.
    pub fn new(id: u8, secret: &SecretKey) -> Option<Self> {
        let mut state = Hmac::<Sha256>::new_from_slice(&secret.0).ok()?;
        state.update(PURPOSE);
        Some(Self { id, state })
    }

    /// The generation that tokens name.
    pub const fn id(&self) -> u8 {
        self.id
    }
}

/// Signs a click.
pub fn sign(click: &Click, key: &TokenKey) -> String {
    let code = click.code.as_str();
    let program = click.program.as_str();
    let mut bytes = Vec::with_capacity(TOKEN_LENGTH_MAX);
    bytes.push(VERSION);
    bytes.push(key.id);
    bytes.extend(click.at.0.to_be_bytes().iter().skip(2));
    bytes.extend(click.id.0);
    let placement = click.way.placement.map_or(0, |placement| placement as u8);
    bytes.push((placement << 4) | click.way.channel as u8);
    bytes.push(click.way.variant);
    let length = u8::try_from(code.len()).unwrap_or(u8::MAX);
    bytes.push((click.from.to_bits() << CODE_LENGTH_BITS) | (length & CODE_LENGTH));
    bytes.push(u8::try_from(program.len()).unwrap_or(u8::MAX));
    pack(code.bytes().chain(program.bytes()), &mut bytes);
    let mut mac = key.state.clone();
    mac.update(&bytes);
    bytes.extend(mac.finalize().into_bytes().iter().take(MAC_LENGTH));
    to_base64url(&bytes)
}

/// Checks a token for this program and returns its click. `keys` are all live generations.
pub fn verify(
    text: &str,
    keys: &[TokenKey],
    program: &ProgramId,
    now: Millis,
    window_days: u32,
) -> Result<Click, TokenError> {
    if text.len() > TOKEN_LENGTH_MAX {
        return Err(TokenError::Malformed);
    }
    let bytes = from_base64url(text).ok_or(TokenError::Malformed)?;
    let body_length = bytes
        .len()
        .checked_sub(MAC_LENGTH)
        .ok_or(TokenError::Malformed)?;
    let (body, signature) = bytes
        .split_at_checked(body_length)
        .ok_or(TokenError::Malformed)?;
    if body.first() != Some(&VERSION) {
        return Err(TokenError::Malformed);
    }
    let key = keys
        .iter()
        .find(|key| body.get(1) == Some(&key.id))
        .ok_or(TokenError::UnknownKey)?;
    let mut mac = key.state.clone();
    mac.update(body);
    mac.verify_truncated_left(signature)
        .map_err(|_| TokenError::Forged)?;
    let click = read(body).ok_or(TokenError::Malformed)?;
    if click.program != *program {
        return Err(TokenError::ForeignProgram);
    }
    let age = now.0.saturating_sub(click.at.0);
    let window = i64::from(window_days).saturating_mul(DAY_MS);
    if age > window || age < AHEAD_MS_MAX.saturating_neg() {
        return Err(TokenError::Expired);
    }
    Ok(click)
}

/// Reads a body whose signature is good.
fn read(body: &[u8]) -> Option<Click> {
    let mut at = [0; 8];
    at.get_mut(2..)?.copy_from_slice(body.get(2..8)?);
    let id: [u8; 12] = body.get(8..20)?.try_into().ok()?;
    let code_length = usize::from(*body.get(22)? & CODE_LENGTH);
    let program_length = usize::from(*body.get(23)?);
    let text = unpack(
        body.get(HEAD_LENGTH..)?,
        code_length.checked_add(program_length)?,
    )?;
    let (code, program) = text.split_at_checked(code_length)?;
    Some(Click {
        program: ProgramId::parse(&program.to_ascii_lowercase()).ok()?,
        code: ReferralCode::parse(code).ok()?,
        id: ClickId(id),
        at: Millis(i64::from_be_bytes(at)),
        way: Way {
            channel: Channel::from_number(*body.get(20)? & 15),
            variant: *body.get(21)?,
            placement: Placement::from_number(*body.get(20)? >> 4),
        },
        from: Provenance::from_bits(*body.get(22)? >> CODE_LENGTH_BITS),
    })
}

/// Appends symbols, 6 bits each, first symbol in the highest bits.
fn pack(symbols: impl Iterator<Item = u8>, bytes: &mut Vec<u8>) {
    let mut bits: u32 = 0;
    let mut held: u32 = 0;
    for symbol in symbols {
        bits = (bits << 6) | number(symbol);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            bytes.push(low_byte(bits >> held));
        }
        bits &= 0xff;
    }
    if held > 0 {
        bytes.push(low_byte(bits << 8_u32.saturating_sub(held)));
    }
}

/// The first `count` symbols; `None` unless the bytes are exactly as many as they take.
fn unpack(bytes: &[u8], count: usize) -> Option<String> {
    if bytes.len() != count.checked_mul(6)?.div_ceil(8) {
        return None;
    }
    let mut text = String::with_capacity(count);
    let mut bits: u32 = 0;
    let mut held: u32 = 0;
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held = held.saturating_add(8);
        while held >= 6 && text.len() < count {
            held = held.saturating_sub(6);
            let index = usize::try_from((bits >> held) & 63).ok()?;
            text.push(char::from(*SYMBOLS.get(index)?));
        }
        bits &= 0xffff;
    }
    (text.len() == count).then_some(text)
}

fn low_byte(bits: u32) -> u8 {
    u8::try_from(bits & 0xff).unwrap_or_default()
}

fn number(symbol: u8) -> u32 {
    match symbol.to_ascii_uppercase() {
        letter @ b'A'..=b'Z' => u32::from(letter.saturating_sub(b'A')),
        digit @ b'0'..=b'9' => u32::from(digit.saturating_sub(b'0')).saturating_add(26),
        b'-' => 36,
        _ => 37,
    }
}

#[cfg(test)]
mod tests {
    use super::{Click, TOKEN_LENGTH_MAX, TokenError, TokenKey, sign, verify};
    use crate::channel::{Channel, Placement, Way};
    use crate::code::ReferralCode;
    use crate::id::{ClickId, ProgramId};
    use crate::keyed_hash::SecretKey;
    use crate::risk::arrival::{Ad, Provenance};
    use crate::time::Millis;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    const NOW: Millis = Millis(1_764_000_000_000);

    fn key(id: u8) -> TokenKey {
        TokenKey::new(id, &SecretKey([id; 32])).expect("a key")
    }

    fn click(program: &str, code: &str) -> Click {
        Click {
            program: ProgramId::parse(program).expect("program"),
            code: ReferralCode::parse(code).expect("code"),
            id: ClickId([9; 12]),
            at: NOW,
            way: Way {
                channel: Channel::WhatsApp,
                variant: 2,
                placement: None,
            },
            from: Provenance::default(),
        }
    }

    #[test]
    fn the_longest_token_fits_every_carrier() {
        let longest = click(&"z".repeat(32), &"Z".repeat(20));
        let token = sign(&longest, &key(1));
        assert!(token.len() <= TOKEN_LENGTH_MAX, "{}", token.len());
        // Stripe's client_reference_id takes 200 of these characters, a cookie 4,096 bytes, a cart attribute 255.
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(
            verify(&token, &[key(1)], &longest.program, NOW, 90),
            Ok(longest)
        );
    }

    #[test]
    fn the_format_is_pinned() {
        let token = sign(&click("acme-2", "COFFEE"), &key(1));
        assert_eq!(
            token,
            "AQEBmraX6AAJCQkJCQkJCQkJCQkDAgYGCaFFEEACMEkcUA-9-1ZDSP_ZNOfiqqU6Ug"
        );
        // A placement takes four bits that were zero.
        let mut placed = click("acme-2", "COFFEE");
        placed.way.placement = Some(Placement::Thanks);
        let placed = sign(&placed, &key(1));
        let (head, tail) = (placed.get(..26), placed.get(26..37));
        assert_eq!((head, tail), (token.get(..26), Some("ljAgYGCaFFE")));
        assert_eq!(placed.len(), token.len());
        // From where it was clicked takes three bits more.
        let mut bought = click("acme-2", "COFFEE");
        bought.from = Provenance::from_bits(5);
        let bought = sign(&bought, &key(1));
        assert_eq!(
            (token.get(28..32), bought.get(28..32)),
            (Some("AgYG"), Some("AqYG"))
        );
        assert_eq!(bought.len(), token.len());
    }

    #[test]
    fn expired_future_foreign_and_unknown_tokens_are_told_apart() {
        let click = click("acme", "COFFEE");
        let token = sign(&click, &key(1));
        let check = |keys: &[TokenKey], program: &str, now| {
            verify(
                &token,
                keys,
                &ProgramId::parse(program).expect("program"),
                now,
                90,
            )
        };
        assert_eq!(
            check(&[key(1)], "acme", NOW.plus_days(90)),
            Ok(click.clone())
        );
        assert_eq!(
            check(&[key(1)], "acme", NOW.plus_days(90).plus_ms(1)),
            Err(TokenError::Expired)
        );
        assert_eq!(
            check(&[key(1)], "acme", NOW.plus_ms(-300_001)),
            Err(TokenError::Expired)
        );
        assert_eq!(
            check(&[key(1)], "other", NOW),
            Err(TokenError::ForeignProgram)
        );
        assert_eq!(check(&[key(2)], "acme", NOW), Err(TokenError::UnknownKey));
        let other_secret = TokenKey::new(1, &SecretKey([3; 32])).expect("a key");
        assert_eq!(check(&[other_secret], "acme", NOW), Err(TokenError::Forged));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let click = click("acme", "COFFEE");
        let token = sign(&click, &key(1));
        for length in 0..token.len() {
            assert!(verify(&token[..length], &[key(1)], &click.program, NOW, 90).is_err());
        }
        for position in 0..token.len() {
            for bit in 0..7 {
                let mut bytes = token.clone().into_bytes();
                bytes[position] ^= 1 << bit;
                let Ok(text) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(
                    verify(&text, &[key(1)], &click.program, NOW, 90).is_err(),
                    "{position}/{bit}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn a_signed_click_comes_back(
            program in "[a-z0-9-]{1,32}",
            code in "[0-9A-HJKMNP-Z]{4,8}|[0-9A-HJKMNP-Z]{10,20}",
            id in any::<[u8; 12]>(),
            variant in any::<u8>(),
            placement in 0_u8..7,
            coupon_site in any::<bool>(),
            ad in 0_usize..3,
        ) {
            let mut click = click(&program, &code);
            click.id = ClickId(id);
            click.way.variant = variant;
            click.way.placement = Placement::from_number(placement);
            let ad = [None, Some(Ad::Social), Some(Ad::Paid)][ad];
            click.from = Provenance { coupon_site, ad };
            let token = sign(&click, &key(7));
            prop_assert_eq!(verify(&token, &[key(1), key(7)], &click.program, NOW, 90), Ok(click));
        }

        #[test]
        fn no_text_makes_the_parser_fail(text in "[A-Za-z0-9_-]{0,130}") {
            let program = ProgramId::parse("acme").expect("program");
            let _ = verify(&text, &[key(1)], &program, NOW, 90);
        }
    }
}
