//! A text within a text. The standard library's search prepares tables, so that no text takes long; here both are short, and the
//! tables are two kilobytes of a Worker.

/// Where a part begins.
fn position(text: &str, part: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let begins = 0..=text.len().checked_sub(part.len())?;
    begins
        .into_iter()
        .find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(part)))
}

/// Whether it is there.
pub fn has(text: &str, part: &str) -> bool {
    position(text, part).is_some()
}

/// What stands before and after the first.
pub fn cut<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = position(text, part)?;
    Some((text.get(..at)?, text.get(at.checked_add(part.len())?..)?))
}

/// All of them exchanged for another.
pub fn exchanged(text: &str, part: &str, other: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = cut(rest, part).filter(|_| !part.is_empty()) {
        made.push_str(before);
        made.push_str(other);
        rest = after;
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{cut, exchanged, has};

    proptest! {
        #[test]
        fn it_finds_what_the_standard_library_finds(text in "[ab\u{e4}/:]{0,12}", part in "[ab\u{e4}/:]{1,3}", other in "[ax]{0,2}") {
            prop_assert_eq!(has(&text, &part), text.contains(&part));
            prop_assert_eq!(cut(&text, &part), text.split_once(&part));
            prop_assert_eq!(exchanged(&text, &part, &other), text.replace(&part, &other));
        }
    }

    #[test]
    fn nothing_is_everywhere_and_exchanged_nowhere() {
        assert!(has("", "") && has("a", ""));
        assert_eq!(exchanged("ab", "", "x"), "ab");
    }
}
