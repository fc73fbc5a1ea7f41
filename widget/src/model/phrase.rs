//! Something to say, before it is said in a language: a key of `js/words.js` and the values that go into it.

/// Longest value that is shown whole, in characters.
const VALUE_LENGTH_MAX: usize = 60;

/// A key and its values, for `{0}` and `{1}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) key: &'static str,
    pub(crate) values: Vec<String>,
}

/// A stretch of a phrase that has been filled in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Our own words.
    Word(&'a str),
    /// A value, which may be anybody's text in any direction: it is isolated from the words around it.
    Value(&'a str),
}

impl Phrase {
    /// A phrase without values.
    pub(crate) fn plain(key: &'static str) -> Self {
        Self::new(key, Vec::new())
    }

    /// A phrase with the values for `{0}`, `{1}`.
    pub(crate) fn new(key: &'static str, values: Vec<String>) -> Self {
        Self { key, values }
    }

    /// The pieces of `template`, which are the words of this phrase's key.
    pub(crate) fn pieces<'a>(&'a self, template: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        for (at, part) in template.split('{').enumerate() {
            let words = match part.split_once('}') {
                Some((number, rest)) if at > 0 => {
                    let number = number.parse::<usize>().unwrap_or(usize::MAX);
                    let value = self.values.get(number).map_or("", String::as_str);
                    pieces.push(Piece::Value(value));
                    rest
                }
                _ => part,
            };
            if !words.is_empty() {
                pieces.push(Piece::Word(words));
            }
        }
        pieces
    }
}

/// A name that fits: cut after sixty characters, so that a page of it cannot push anything aside.
pub(crate) fn short(name: &str) -> String {
    let mut short: String = name.chars().take(VALUE_LENGTH_MAX).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{Phrase, Piece, short};

    #[test]
    fn values_are_kept_apart_from_words() {
        let phrase = Phrase::new("offer", vec!["<b>Jane</b>".into(), "15%".into()]);
        assert_eq!(
            phrase.pieces("{0} gave you {1} off"),
            [
                Piece::Value("<b>Jane</b>"),
                Piece::Word(" gave you "),
                Piece::Value("15%"),
                Piece::Word(" off"),
            ]
        );
    }

    #[test]
    fn a_missing_value_leaves_a_gap_and_a_brace_in_a_value_is_text() {
        let phrase = Phrase::new("offer", vec!["{1}".into()]);
        assert_eq!(
            phrase.pieces("{0} and {7}"),
            [Piece::Value("{1}"), Piece::Word(" and "), Piece::Value("")]
        );
        assert_eq!(
            Phrase::plain("x").pieces("no values"),
            [Piece::Word("no values")]
        );
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(short("Ünïcödé"), "Ünïcödé");
        let cut = short(&"é".repeat(10_000));
        assert_eq!(cut.chars().count(), 61);
        assert!(cut.ends_with('…'));
    }
}
