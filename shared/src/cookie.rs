//! An invitation kept as a cookie of the shop's own: for shops whose pages and this Worker are of one site, so that the shop's
//! server can report the click with an order that brings nothing else along.

use crate::id::ProgramId;
use crate::part;

/// Seconds for which a browser keeps it: 90 days, for which a click counts where a program does not say otherwise.
const KEPT_SECONDS: u32 = 90 * 24 * 60 * 60;

/// The value of `Set-Cookie` by which the shop's server will know the click, under the name `__Secure-goodword-{program}`. No
/// script can read it. `None` where the page (an origin) and this Worker (its URL) have no domain in common.
pub fn invitation_cookie(
    program: &ProgramId,
    token: &str,
    worker: &str,
    page: &str,
) -> Option<String> {
    let (worker, page) = (host(worker)?, host(page)?);
    let domain = if worker == page {
        String::new()
    } else {
        format!("; Domain={}", common_domain(worker, page)?)
    };
    Some(format!(
        "__Secure-goodword-{program}={token}; Max-Age={KEPT_SECONDS}; Path=/; Secure; HttpOnly; SameSite=Lax{domain}"
    ))
}

/// The host of an address that begins with a scheme, without its port.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = part::cut(address, "://")?;
    let whole = rest.split('/').next()?;
    let host = match whole.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => whole,
    };
    (!host.is_empty()).then_some(host)
}

/// The longest domain that two names are both in. Browsers refuse one under which anybody may have a name (`co.uk`); what has
/// numbers at its end is no name.
fn common_domain<'a>(one: &'a str, other: &str) -> Option<&'a str> {
    let last = one.rsplit('.').next()?;
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut domain = one;
    loop {
        let is_in = |name: &str| {
            let before = name.strip_suffix(domain);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        if domain.contains('.') && is_in(other) {
            return Some(domain);
        }
        (_, domain) = domain.split_once('.')?;
    }
}

#[cfg(test)]
mod tests {
    use super::invitation_cookie;
    use crate::id::ProgramId;

    fn domain_of(worker: &str, page: &str) -> Option<String> {
        let program = ProgramId::parse("acme").expect("a program");
        let cookie = invitation_cookie(&program, "AQ-_", worker, page)?;
        let fixed =
            "__Secure-goodword-acme=AQ-_; Max-Age=7776000; Path=/; Secure; HttpOnly; SameSite=Lax";
        Some(cookie.strip_prefix(fixed).expect("the rest").to_owned())
    }

    #[test]
    fn it_is_of_the_host_that_page_and_worker_share_or_of_their_common_domain() {
        let of = |worker, page| domain_of(worker, page).unwrap_or_else(|| "none".into());
        for (worker, page, wanted) in [
            ("https://shop.example/v1/x", "https://shop.example", ""),
            ("http://localhost:8787/v1", "http://localhost:8080", ""),
            ("http://127.0.0.1:1/v1", "http://127.0.0.1:2", ""),
            (
                "https://refer.shop.example/",
                "https://shop.example",
                "; Domain=shop.example",
            ),
            (
                "https://refer.shop.example",
                "https://www.shop.example:8443",
                "; Domain=shop.example",
            ),
            (
                "https://a.b.shop.example",
                "https://c.b.shop.example",
                "; Domain=b.shop.example",
            ),
        ] {
            assert_eq!(of(worker, page), wanted, "{worker} {page}");
        }
    }

    #[test]
    fn without_a_domain_in_common_there_is_none() {
        for (worker, page) in [
            ("https://refer.other.example", "https://shop.example"),
            ("https://eshop.example", "https://shop.example"),
            ("https://shop.example", "https://eshop.example"),
            ("http://127.0.0.1", "http://10.0.0.1"),
            ("http://[::1]:8787", "http://[::2]:8787"),
            ("shop.example", "https://shop.example"),
            ("https://", "https://"),
            ("https://refer.example", "https://shop.example"),
        ] {
            assert_eq!(domain_of(worker, page), None, "{worker} {page}");
        }
    }
}
