use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::hook::Platform;
use crate::id::hex;
use crate::signature::SignatureError;
use crate::time::Millis;

const NOW: Millis = Millis(1_764_060_060_000);
const BODY: &str = r#"{"id":1,"total":"19.90"}"#;

fn digest(secret: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The header as the platform writes it.
fn header(platform: Platform, secret: &str, body: &str, seconds: i64) -> String {
    match platform {
        Platform::Shopify | Platform::WooCommerce => STANDARD.encode(digest(secret, body)),
        Platform::Stripe => format!(
            "t={seconds},v1={}",
            hex(&digest(secret, &format!("{seconds}.{body}")))
        ),
        Platform::Paddle => format!(
            "ts={seconds};h1={}",
            hex(&digest(secret, &format!("{seconds}:{body}")))
        ),
        Platform::LemonSqueezy => hex(&digest(secret, body)),
    }
}

fn check(
    platform: Platform,
    header: &str,
    body: &str,
    secrets: &[&str],
) -> Result<(), SignatureError> {
    let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
    platform
        .scheme()
        .expect("a scheme")
        .verify(header, body.as_bytes(), &secrets, NOW)
}

fn is_timed(platform: Platform) -> bool {
    matches!(platform, Platform::Stripe | Platform::Paddle)
}

#[test]
fn what_a_platform_signed_is_taken_with_any_live_secret() {
    for platform in Platform::ALL {
        let header = header(platform, "new", BODY, NOW.seconds());
        assert_eq!(
            check(platform, &header, BODY, &["old", "new"]),
            Ok(()),
            "{platform:?}"
        );
        assert_eq!(
            check(platform, &header, BODY, &["old"]),
            Err(SignatureError::Forged)
        );
        assert_eq!(
            check(platform, &header, BODY, &[]),
            Err(SignatureError::Forged)
        );
        assert_eq!(
            check(platform, "", BODY, &["new"]),
            Err(SignatureError::Missing)
        );
    }
}

#[test]
fn every_flipped_bit_of_a_body_or_a_signature_is_refused() {
    for platform in Platform::ALL {
        let header = header(platform, "secret", BODY, NOW.seconds());
        for bit in 0..BODY.len() * 8 {
            let mut body = BODY.as_bytes().to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            let scheme = platform.scheme().expect("a scheme");
            let verified = scheme.verify(&header, &body, &["secret".to_owned()], NOW);
            assert_eq!(verified, Err(SignatureError::Forged), "{platform:?} {bit}");
        }
        for bit in 0..header.len() * 8 {
            let mut changed = header.as_bytes().to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(changed) = String::from_utf8(changed) {
                assert!(
                    check(platform, &changed, BODY, &["secret"]).is_err(),
                    "{platform:?} {changed}"
                );
            }
        }
    }
}

#[test]
fn a_signed_time_that_is_301_seconds_off_is_stale() {
    for platform in Platform::ALL
        .into_iter()
        .filter(|platform| is_timed(*platform))
    {
        for (off, taken) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureError::Stale)),
            (-301, Err(SignatureError::Stale)),
        ] {
            let header = header(platform, "secret", BODY, NOW.seconds() + off);
            assert_eq!(
                check(platform, &header, BODY, &["secret"]),
                taken,
                "{platform:?} {off}"
            );
        }
        let header = header(platform, "secret", BODY, NOW.seconds() - 400);
        let (old, new) = (NOW.seconds() - 400, NOW.seconds());
        let moved = header.replace(&old.to_string(), &new.to_string());
        assert_eq!(
            check(platform, &moved, BODY, &["secret"]),
            Err(SignatureError::Forged)
        );
        let between = if platform == Platform::Stripe {
            "t"
        } else {
            "ts"
        };
        let separator = if platform == Platform::Stripe {
            ','
        } else {
            ';'
        };
        let twice = format!("{between}={new}{separator}{header}");
        assert!(check(platform, &twice, BODY, &["secret"]).is_err());
    }
}

#[test]
fn a_header_may_hold_several_signatures_and_not_endlessly_many() {
    let seconds = NOW.seconds();
    let one = |secret: &str| hex(&digest(secret, &format!("{seconds}.{BODY}")));
    let with = |others: usize| {
        let others = vec![format!("v1={}", one("other")); others].join(",");
        check(
            Platform::Stripe,
            &format!("t={seconds},{others},v1={}", one("secret")),
            BODY,
            &["secret"],
        )
    };
    assert_eq!(with(7), Ok(()));
    assert_eq!(with(8), Err(SignatureError::Forged));
}

#[test]
fn every_platform_has_a_name_of_its_own() {
    for platform in Platform::ALL {
        assert_eq!(Platform::from_name(platform.name()), Some(platform));
    }
    assert_eq!(Platform::from_name("Shopify"), None);
}
