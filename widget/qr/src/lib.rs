//! QR codes, as a module of a few functions over numbers: no bindings come with it, and a page that shows none never loads it.
//!
//! The text is put in byte by byte, and the dots are read one by one: a share link is short, and a call costs nothing. Of the
//! two libraries that are at hand, this one is half as long (8 KB of brotli instead of 18).

use std::cell::Cell;

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// Up to 412 bytes of text with error correction M: longer than any share link. What is longer is not drawn.
const LARGEST: Version = Version::new(15);
const ROOM: usize = LARGEST.buffer_len();

thread_local! {
    static TEXT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static DOTS: Cell<Vec<bool>> = const { Cell::new(Vec::new()) };
}

/// Adds a byte to the text.
#[unsafe(no_mangle)]
pub extern "C" fn put(byte: u8) {
    let mut text = TEXT.take();
    text.push(byte);
    TEXT.set(text);
}

/// Draws the text that was put in, which is forgotten. Returns how many dots a side has; 0 where there is nothing to draw.
#[unsafe(no_mangle)]
pub extern "C" fn draw() -> usize {
    let dots = dots_of(&TEXT.take()).unwrap_or_default();
    let size = dots.len().isqrt();
    DOTS.set(dots);
    size
}

/// Whether the dot at this place is dark, counted row by row.
#[unsafe(no_mangle)]
pub extern "C" fn dark(at: usize) -> bool {
    let dots = DOTS.take();
    let dark = dots.get(at).copied().unwrap_or_default();
    DOTS.set(dots);
    dark
}

fn dots_of(text: &[u8]) -> Option<Vec<bool>> {
    let mut given = [0; ROOM];
    let mut drawn = [0; ROOM];
    given.get_mut(..text.len())?.copy_from_slice(text);
    let (least, better) = (Version::MIN, true);
    let code = QrCode::encode_binary(
        &mut given,
        Some(text.len()).filter(|&length| length > 0)?,
        &mut drawn,
        QrCodeEcc::Medium,
        least,
        LARGEST,
        None,
        better,
    )
    .ok()?;
    let side = code.size();
    let rows = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    Some(rows.map(|(x, y)| code.get_module(x, y)).collect())
}

#[cfg(test)]
mod tests {
    use super::{dark, draw, put};

    fn drawn(text: &str) -> usize {
        text.bytes().for_each(|byte| put(byte));
        draw()
    }

    #[test]
    fn a_share_link_becomes_a_square_with_its_three_eyes() {
        let size = drawn("https://refer.shop.example/r/7K3M9QX2A?c=qr-0-portal");
        assert!((21..60).contains(&size), "{size}");
        for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] {
            let dot = |right: usize, down: usize| dark((y + down) * size + x + right);
            assert!(dot(0, 0) && dot(6, 6) && dot(3, 3));
            assert!(!dot(1, 1));
        }
        assert!(!dark(size * size), "after it there is nothing");
    }

    #[test]
    fn nothing_and_too_much_are_not_drawn() {
        assert_eq!(drawn(""), 0);
        assert_eq!(drawn(&"x".repeat(5_000)), 0);
        assert_eq!(drawn(&"x".repeat(500)), 0);
        assert!(!dark(0));
        assert!(drawn("x") > 0);
    }
}
