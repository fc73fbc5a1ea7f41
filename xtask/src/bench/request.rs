//! Requests as bytes, with the headers that a phone's browser sends: every variant gets the same ones.

/// What a browser adds when a link is tapped in a chat.
const BROWSER: &str = "\
User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1\r\n\
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n\
Accept-Encoding: gzip, deflate, br\r\n\
Sec-Fetch-Dest: document\r\n\
Sec-Fetch-Mode: navigate\r\n\
Sec-Fetch-Site: none\r\n\
Sec-Fetch-User: ?1\r\n\
Upgrade-Insecure-Requests: 1\r\n";

/// Appends a navigation to a share link.
pub(super) fn click(code: &str, into: &mut Vec<u8>) {
    into.extend_from_slice(b"GET /r/");
    into.extend_from_slice(code.as_bytes());
    into.extend_from_slice(b" HTTP/1.1\r\nHost: refer.example\r\n");
    into.extend_from_slice(BROWSER.as_bytes());
    into.extend_from_slice(b"\r\n");
}

/// A request with a JSON body. `headers` are whole lines.
pub(super) fn send(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: refer.example\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
