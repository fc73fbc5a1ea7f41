//! The forms in which something may lie in the clear.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::vars::hex;

/// A mark shorter than this is found by chance, if case does not matter, in some hundred megabytes that are encrypted.
const FOLDED_LENGTH_MIN: usize = 6;

/// Bytes to look for, and what they are a form of.
pub(super) struct Needle {
    pub bytes: Vec<u8>,
    pub what: String,
}

/// All of them: those that are compared without regard to case are in lower case.
#[derive(Default)]
pub(super) struct Needles {
    pub exact: Vec<Needle>,
    pub folded: Vec<Needle>,
}

impl Needles {
    /// Every form of marks and secrets.
    pub(super) fn new(marks: &[(&str, &str)], secrets: &[String]) -> Self {
        let mut needles = Self::default();
        for (what, mark) in marks {
            needles.add_mark(what, mark);
        }
        for secret in secrets {
            needles.add_secret(secret);
        }
        for list in [&mut needles.exact, &mut needles.folded] {
            list.sort_by(|one, other| one.bytes.cmp(&other.bytes));
            list.dedup_by(|one, other| one.bytes == other.bytes);
        }
        needles
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.exact.len() + self.folded.len()
    }

    fn add_mark(&mut self, what: &str, mark: &str) {
        // Only ASCII: that is how files are folded.
        let lower = mark.to_ascii_lowercase();
        if mark.len() < FOLDED_LENGTH_MIN {
            self.exact(what, lower.as_bytes());
            self.exact(what, lower.to_ascii_uppercase().as_bytes());
        } else {
            self.fold(what, lower.as_bytes());
        }
        let escaped = percent_encoded(&lower);
        for form in [escaped.replace("%20", "+"), escaped] {
            if form != lower {
                self.fold(&format!("{what}, percent-encoded"), form.as_bytes());
            }
        }
        let mut capital = lower.clone();
        if let Some(first) = capital.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        for form in [lower.to_ascii_uppercase(), capital, lower] {
            let digits = hex(form.as_bytes());
            self.fold(&format!("{what} in hexadecimal"), digits.as_bytes());
            for encoded in in_base64(form.as_bytes()) {
                self.exact(&format!("{what} in base64"), encoded.as_bytes());
            }
        }
    }

    /// A secret is known by what follows its mark, and by the bytes that this stands for.
    fn add_secret(&mut self, secret: &str) {
        const BEGINNINGS: [&str; 4] = ["whsec_", "gw_api_", "gw_cust_", "gw_admin_"];
        let tail = BEGINNINGS
            .iter()
            .find_map(|beginning| secret.strip_prefix(beginning))
            .unwrap_or(secret);
        self.fold("a secret", tail.to_lowercase().as_bytes());
        let raw = [
            STANDARD.decode(tail),
            URL_SAFE_NO_PAD.decode(tail),
            unhexed(tail),
        ];
        for bytes in raw.into_iter().flatten() {
            self.exact("the bytes of a secret", &bytes);
            self.fold("a secret in hexadecimal", hex(&bytes).as_bytes());
        }
    }

    fn exact(&mut self, what: &str, bytes: &[u8]) {
        self.exact.push(Needle::new(what, bytes));
    }

    fn fold(&mut self, what: &str, bytes: &[u8]) {
        self.folded.push(Needle::new(what, bytes));
    }
}

impl Needle {
    fn new(what: &str, bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_owned(),
            what: what.to_owned(),
        }
    }
}

/// As it stands in a URL, in lower case.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02x}")
            }
        })
        .collect()
}

/// What the base64 of any text has in it that has these bytes in it: one form for each place in a group of three.
fn in_base64(bytes: &[u8]) -> Vec<String> {
    let shifted = (0..3).map(|before| {
        let padded = [&vec![0; before], bytes].concat();
        let whole = STANDARD_NO_PAD.encode(&padded);
        // The first characters hold bits of what is before, the last ones of what follows.
        let from = (before * 8).div_ceil(6);
        let to = padded.len() * 8 / 6;
        whole[from..to].to_owned()
    });
    let mut forms: Vec<String> = shifted.collect();
    let url_safe: Vec<String> = forms
        .iter()
        .map(|form| form.replace('+', "-").replace('/', "_"))
        .collect();
    forms.extend(url_safe);
    forms.dedup();
    forms
}

fn unhexed(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    let digits = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits {
        return Err(base64::DecodeError::InvalidLength(text.len()));
    }
    Ok((0..text.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect())
}
