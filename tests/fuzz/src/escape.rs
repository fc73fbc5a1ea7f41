//! Inputs as lines of a text file: what can be read is left as it is, everything else is escaped.

/// One line for an input.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut line = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                c if c == ' ' || !(c.is_whitespace() || is_unseen(c)) => line.push(c),
                c => push_bytes(&mut line, c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        push_bytes(&mut line, chunk.invalid());
    }
    line
}

/// The input of a line.
pub(crate) fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'\\', [b'n', after @ ..]) => {
                rest = after;
                b'\n'
            }
            (b'\\', [b'\\', after @ ..]) => {
                rest = after;
                b'\\'
            }
            (b'\\', [b'x', high, low, after @ ..]) => {
                rest = after;
                digit(*high) << 4 | digit(*low)
            }
            (byte, _) => *byte,
        };
        bytes.push(byte);
    }
    bytes
}

fn is_unseen(c: char) -> bool {
    c.is_control() || goodword_shared::name::is_hidden(c)
}

fn push_bytes(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        line.push_str("\\x");
        for nibble in [byte >> 4, byte & 15] {
            line.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
}

fn digit(hex: u8) -> u8 {
    let value = char::from(hex).to_digit(16).unwrap_or_default();
    u8::try_from(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[test]
    fn every_input_survives_its_line() {
        let all: Vec<u8> = (0..=255).collect();
        for bytes in [
            &all[..],
            "é😀\u{202e}\\x41\\n".as_bytes(),
            b"a\xffb\xc3",
            b" \t\r\n ",
        ] {
            let line = escape(bytes);
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(unescape(&line), bytes, "{line}");
        }
        assert_eq!(escape("{\"é\": 1}".as_bytes()), "{\"é\": 1}");
    }
}
