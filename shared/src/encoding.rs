//! Bytes as text: Base64 (RFC 4648), in which all bytes have one spelling and nothing else is read.
//!
//! By the smaller of the two libraries that everybody uses, and by one of its alphabets, because the Worker is counted by its
//! bytes.

use base64ct::{Base64UrlUnpadded, Encoding};

/// Characters that stand for three bytes; padding fills the last of them.
const QUANTUM: usize = 4;

/// With `+`, `/` and padding.
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = to_base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(QUANTUM) {
        text.push('=');
    }
    text
}

/// Reads what [`to_base64`] writes, and nothing else.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(bare.len());
    let whole = text.len().is_multiple_of(QUANTUM) && padding <= 2;
    if !whole || bare.contains(['-', '_']) {
        return None;
    }
    from_base64url(&bare.replace('+', "-").replace('/', "_"))
}

/// With `-` and `_`, without padding.
pub fn to_base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Reads what [`to_base64url`] writes, and nothing else.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{from_base64, from_base64url, to_base64, to_base64url};

    proptest! {
        #[test]
        fn bytes_are_written_as_another_library_writes_them(bytes: Vec<u8>) {
            prop_assert_eq!(to_base64(&bytes), STANDARD.encode(&bytes));
            prop_assert_eq!(to_base64url(&bytes), URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert_eq!(from_base64(&to_base64(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(from_base64url(&to_base64url(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_read_as_another_library_reads_it(text in "[A-Za-z0-9+/=_ -]{0,12}", end in any::<String>()) {
            for text in [text.clone(), text + &end] {
                prop_assert_eq!(from_base64(&text), STANDARD.decode(&text).ok(), "{}", text);
                prop_assert_eq!(from_base64url(&text), URL_SAFE_NO_PAD.decode(&text).ok(), "{}", text);
            }
        }
    }
}
