//! What a shop may tell of how an order came about: it is compared with what others have shown, and told to nobody.
//!
//! All of it may be absent. Texts that are none of what they should be are as good as absent, because a paid order must
//! not be lost for an odd address, or for one that is too long.

use crate::json::Read;
use crate::keyed_hash::{KeyedHash, SecretKey, keyed_hash};
use crate::risk::address::{PostalAddress, address_hash};

/// Longest text of each kind, in bytes: whatever is longer is no such text.
const TEXT_LENGTH_MAX: usize = 500;

/// What the shop knows besides the order itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Read)]
#[serde(default, deny_unknown_fields)]
pub struct Circumstances {
    /// What the payment provider calls this very card or account, the same for every order paid with it.
    pub payment_fingerprint: Option<String>,
    /// Where it is sent.
    pub shipping_address: Option<ShippingAddress>,
    /// The same as a hash of the shop's own making, for shops that tell no addresses.
    pub shipping_address_hash: Option<String>,
    /// The buyer's network address.
    pub ip: Option<String>,
    /// How many referral codes the buyer has tried, this one included.
    pub codes_tried: Option<u32>,
    /// Whether something lay in the cart when the share link was clicked.
    pub cart_at_click: Option<bool>,
}

/// A postal address in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Read)]
#[serde(default, deny_unknown_fields)]
pub struct ShippingAddress {
    /// Two letters (ISO 3166-1).
    pub country: String,
    /// As typed.
    pub postal_code: String,
    /// Street, house, flat; all lines.
    pub lines: String,
}

impl Circumstances {
    /// Without what is too long to be what it says it is.
    pub(super) fn plausible(mut self) -> Self {
        let fits = |text: &String| text.len() <= TEXT_LENGTH_MAX;
        self.payment_fingerprint = self.payment_fingerprint.filter(fits);
        self.shipping_address_hash = self.shipping_address_hash.filter(fits);
        self.ip = self.ip.filter(fits);
        self.shipping_address = self.shipping_address.filter(|address| {
            fits(&address.country) && fits(&address.postal_code) && fits(&address.lines)
        });
        self
    }

    /// The keyed hash by which means of payment are compared.
    pub fn payment(&self, key: &SecretKey) -> Option<KeyedHash> {
        let fingerprint = self.payment_fingerprint.as_deref()?.trim();
        (!fingerprint.is_empty()).then(|| payment_hash(key, fingerprint))
    }

    /// The keyed hash by which shipping addresses are compared.
    pub fn address(&self, key: &SecretKey) -> Option<KeyedHash> {
        let own = self.shipping_address_hash.as_deref().map(str::trim);
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            return Some(keyed_hash(key, "address/hashed", own));
        }
        let ShippingAddress {
            country,
            postal_code,
            lines,
        } = self.shipping_address.as_ref()?;
        let address = PostalAddress {
            country,
            postal_code,
            lines,
        };
        address_hash(key, &address)
    }
}

/// The keyed hash of what a payment provider calls a card or an account.
pub fn payment_hash(key: &SecretKey, fingerprint: &str) -> KeyedHash {
    keyed_hash(key, "payment", fingerprint.trim())
}

#[cfg(test)]
mod tests {
    use super::Circumstances;
    use crate::keyed_hash::SecretKey;

    const KEY: SecretKey = SecretKey([7; 32]);

    fn told(json: &str) -> Circumstances {
        crate::json::parse(json).expect("circumstances")
    }

    #[test]
    fn nothing_told_is_compared_with_nothing() {
        for json in [
            "{}",
            r#"{"payment_fingerprint":" ","shipping_address":{},"ip":"none"}"#,
        ] {
            let told = told(json);
            assert_eq!((told.payment(&KEY), told.address(&KEY)), (None, None));
        }
    }

    #[test]
    fn an_address_is_one_however_it_is_spelt_and_a_hash_of_the_shops_goes_before_it() {
        let one = r#"{"shipping_address":{"country":"GB","postal_code":"SW1A 2AB","lines":"14 High Street"}}"#;
        let other = r#"{"shipping_address":{"country":"gb","postal_code":"sw1a2ab","lines":"High St. 14"}}"#;
        let home = told(one).address(&KEY);
        assert!(home.is_some());
        assert_eq!(home, told(other).address(&KEY));
        let hashed = told(r#"{"shipping_address_hash":"abc"}"#).address(&KEY);
        assert!(hashed.is_some() && hashed != home);
    }

    #[test]
    fn what_is_too_long_is_as_good_as_absent_and_the_rest_stays() {
        let long = "x".repeat(501);
        for json in [
            format!(r#"{{"payment_fingerprint":"{long}","codes_tried":2}}"#),
            format!(r#"{{"shipping_address":{{"lines":"{long}"}},"codes_tried":2}}"#),
            format!(r#"{{"shipping_address_hash":"{long}","ip":"{long}","codes_tried":2}}"#),
        ] {
            let rest = told(r#"{"codes_tried":2}"#);
            assert_eq!(told(&json).plausible(), rest, "{json:.40}");
        }
    }
}
