//! The local secret in `.dev.vars`, and the admin key that follows from it.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

const NAME: &str = "GOODWORD_SECRET";

/// Writes a `.dev.vars` with a new random secret, unless there is one.
pub(crate) fn ensure(path: &Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let text = format!(
        "# The Worker's one secret, made for this machine. Never commit it.\n{NAME}=\"{}\"\n",
        random_secret()?
    );
    write_private(path, &text)
}

/// 32 random bytes, as 64 hexadecimal digits.
pub(crate) fn random_secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The secret in a `.dev.vars`.
pub(crate) fn read(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "{} is missing: `cargo xtask build` makes it",
            path.display()
        )
    })?;
    text.lines()
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == NAME)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .with_context(|| format!("{} has no {NAME}", path.display()))
}

/// The key that may create programs: derived from the secret, stored nowhere.
pub(crate) fn admin_key(secret: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&unhex(secret)?)
        .map_err(|_| anyhow!("no key of this length"))?;
    mac.update(b"goodword/admin-key/v1");
    Ok(format!(
        "gw_admin_{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    ))
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // A file that is there would keep its old, maybe wider, mode.
    let _ = std::fs::remove_file(path);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn unhex(text: &str) -> Result<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("{NAME} must be 64 hexadecimal digits");
    }
    (0..text.len())
        .step_by(2)
        .map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{admin_key, random_secret};

    #[test]
    fn the_admin_key_follows_from_the_secret_alone() {
        let key = admin_key(&"00".repeat(32)).unwrap_or_default();
        assert_eq!(key, "gw_admin_UMc7tMJq3gEm24eKKkw7l0Rd49P7vmXe3-KIH-KGwT8");
    }

    #[test]
    fn a_secret_has_64_digits_and_a_short_one_is_refused() {
        assert_eq!(random_secret().map(|secret| secret.len()).ok(), Some(64));
        assert!(admin_key("abcd").is_err());
    }
}
