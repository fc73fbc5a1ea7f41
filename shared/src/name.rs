//! Names that people typed: shown as text, never trusted.
//!
//! A display name may hold any script, but no markup-free page survives 10,000 characters or a right-to-left override,
//! so names are cleaned once, here, and escaped again wherever they are shown.

use crate::part;

/// Longest display name, in characters.
pub const NAME_LENGTH_MAX: usize = 40;

/// Longest note of staff, in characters: a few sentences.
pub const NOTE_LENGTH_MAX: usize = 500;

/// Longest note of an inviter, in characters: a sentence or two, above an offer on a phone.
pub const INVITER_NOTE_LENGTH_MAX: usize = 200;

/// Zero-width non-joiner and zero-width joiner.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// A name fit to be shown: hidden characters gone, white space folded, at most 40 characters; `None` when nothing is left.
pub fn clean_name(raw: &str) -> Option<String> {
    let folded = folded(raw, NAME_LENGTH_MAX.saturating_mul(8));
    let name: String = folded.chars().take(NAME_LENGTH_MAX).collect();
    let name = name.trim().trim_end_matches(JOINERS).to_owned();
    // A name that is a link is an advertisement, not a person.
    (!name.is_empty() && !part::has(&name, "://")).then_some(name)
}

/// What staff has noted, cleaned as a name is; `None` when nothing is left, or more than 500 characters.
pub fn clean_note(raw: &str) -> Option<String> {
    whole(raw, NOTE_LENGTH_MAX)
}

/// What an inviter says to friends, cleaned as a name is; `None` when nothing is left, more than 200 characters, or what leads
/// somewhere else: the shop shows it on its own pages.
pub fn clean_inviter_note(raw: &str) -> Option<String> {
    let note = whole(raw, INVITER_NOTE_LENGTH_MAX)?;
    (!note.split(' ').any(leads_away)).then_some(note)
}

/// A text that is cleaned and not cut.
fn whole(raw: &str, limit: usize) -> Option<String> {
    if raw.chars().nth(limit).is_some() {
        return None;
    }
    let text = folded(raw, limit);
    (!text.is_empty()).then_some(text)
}

/// Whether a word is an address: of a page, as far as it is more than a bare host, or of a mailbox.
fn leads_away(word: &str) -> bool {
    let begins = word.get(..4).unwrap_or_default();
    let path = word.split_once('.').map_or("", |(_, rest)| rest);
    part::has(word, "//")
        || word.contains('@')
        || path.contains('/')
        || begins.eq_ignore_ascii_case("www.")
}

/// Hidden characters and angle brackets gone, white space folded; so many characters of it at most are looked at.
fn folded(raw: &str, limit: usize) -> String {
    let mut visible = Visible::default();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next().filter(|_| visible.length < limit) {
        let next = chars.peek().copied();
        visible.push(if c.is_whitespace() { ' ' } else { c }, next);
    }
    let Visible { text: visible, .. } = visible;
    let parts: Vec<&str> = visible.split(' ').filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// What may be shown of a text so far.
#[derive(Default)]
struct Visible {
    text: String,
    length: usize,
    last: Option<char>,
}

impl Visible {
    /// Goes on with a character, if it may be shown before the next one. The two joiners are part of how Persian and Hindi are
    /// written, and of many emoji: they are kept between what they join.
    fn push(&mut self, c: char, next: Option<char>) {
        let joins =
            JOINERS.contains(&c) && self.last.is_some_and(joined) && next.is_some_and(joined);
        if joins || !(is_hidden(c) || matches!(c, '<' | '>')) {
            self.text.push(c);
            self.length = self.length.saturating_add(1);
            self.last = Some(c);
        }
    }
}

/// Whether a joiner means something beside this: letters of our own alphabet look the same with it and without.
fn joined(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_hidden(c)
}

/// The first word of a cleaned name: what an invitation shows.
pub fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// Control characters, bidi marks, zero-width characters and their like.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{
        INVITER_NOTE_LENGTH_MAX, NOTE_LENGTH_MAX, clean_inviter_note, clean_name, clean_note,
        first_name,
    };

    #[test]
    fn bidi_marks_and_markup_are_removed() {
        assert_eq!(
            clean_name("\u{202e}<b>Jane</b>").as_deref(),
            Some("bJane/b")
        );
    }

    #[test]
    fn joiners_stay_where_they_join_something() {
        for name in [
            "علی\u{200c}رضا",
            "क्\u{200d}ष",
            "👩\u{200d}👧",
            "❤\u{fe0f}\u{200d}🔥",
        ] {
            assert_eq!(clean_name(name).as_deref(), Some(name));
            assert_eq!(clean_inviter_note(name).as_deref(), Some(name));
        }
        for (typed, shown) in [
            ("Ja\u{200d}ne", "Jane"),
            ("\u{200d}é\u{200c}", "é"),
            ("é\u{200d}\u{200d}é", "é\u{200d}é"),
            ("é\u{200d} é", "é é"),
        ] {
            assert_eq!(clean_name(typed).as_deref(), Some(shown), "{typed:?}");
        }
        let cut = format!("{}é\u{200d}é", "é".repeat(38));
        assert_eq!(clean_name(&cut), Some("é".repeat(39)));
    }

    #[test]
    fn ten_thousand_characters_become_forty() {
        let name = clean_name(&"é".repeat(10_000)).expect("a name");
        assert_eq!(name.chars().count(), 40);
    }

    #[test]
    fn white_space_is_folded_and_nothing_is_no_name() {
        assert_eq!(clean_name("  Jane \n Doe ").as_deref(), Some("Jane Doe"));
        assert_eq!(clean_name(" \u{200b} "), None);
        assert_eq!(clean_name("http://x.example"), None);
    }

    #[test]
    fn a_note_is_cleaned_and_kept_whole_or_not_at_all() {
        let note = clean_note(" Omar \n<called>\u{202e}, see http://x.example ");
        assert_eq!(note.as_deref(), Some("Omar called, see http://x.example"));
        let longest = "é".repeat(NOTE_LENGTH_MAX);
        assert_eq!(clean_note(&longest), Some(longest.clone()));
        assert_eq!(clean_note(&format!("{longest}é")), None);
        assert_eq!(clean_note(" \u{200b} "), None);
    }

    #[test]
    fn an_inviters_note_is_short_and_has_no_link() {
        let note = clean_inviter_note("Best \u{202e}beans\nin town 😀");
        assert_eq!(note.as_deref(), Some("Best beans in town 😀"));
        for away in [
            "see https://x.example",
            "WWW.x.example",
            "x.example/gift",
            "(//x.example)",
            "ask jane@x.example",
        ] {
            assert_eq!(clean_inviter_note(away), None, "{away}");
        }
        let fine = "4.5 stars, and/or more. Ask me!";
        assert_eq!(clean_inviter_note(fine).as_deref(), Some(fine));
        assert_eq!(clean_inviter_note(" \u{200b}\n"), None);
        let longest = "é".repeat(INVITER_NOTE_LENGTH_MAX);
        assert_eq!(clean_inviter_note(&longest), Some(longest.clone()));
        assert_eq!(clean_inviter_note(&format!("{longest}é")), None);
    }

    #[test]
    fn the_first_name_is_the_first_word() {
        assert_eq!(first_name("Jane Doe"), "Jane");
    }
}
