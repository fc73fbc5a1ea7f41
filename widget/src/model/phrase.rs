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

    /// The number that the words have to agree with; empty where there is none.
    pub(crate) fn number(&self) -> &str {
        let is_number =
            |value: &&String| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        self.values
            .iter()
            .find(is_number)
            .map_or("", String::as_str)
    }

    /// `template` with everything filled in, for places that take text only.
    pub(crate) fn said(&self, template: &str) -> String {
        let pieces = self.pieces(template).into_iter();
        let texts = pieces.map(|(Piece::Word(text) | Piece::Value(text))| text);
        texts.collect()
    }

    /// The pieces of `template`, which are the words of this phrase's key.
    pub(crate) fn pieces<'a>(&'a self, template: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        for (at, part) in template.split('{').enumerate() {
            let words = match part.split_once('}') {
                Some((number, rest)) if at > 0 => {
                    let place = usize::from(number == "1");
                    let value = self.values.get(place).map_or("", String::as_str);
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
pub(crate) mod testing {
    //! The words, for tests.

    /// True when there are words for this key.
    pub(crate) fn is_said(key: &str) -> bool {
        include_str!("../../js/words.js").contains(&format!("\n  {key}: "))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{read_dir, read_to_string};
    use std::path::Path;

    use super::testing::is_said;
    use super::{Phrase, Piece, short};

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
            } else if path
                .extension()
                .is_some_and(|ending| ending == "rs" || ending == "js")
            {
                let text = read_to_string(&path).expect("a source");
                // The page's function ends like ours.
                found.push(text.replace("goodword(", ""));
            }
        }
    }

    #[test]
    fn every_word_of_the_components_is_in_the_list() {
        let mut texts = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        sources(&root.join("src/components"), &mut texts);
        sources(&root.join("js"), &mut texts);
        let keys: Vec<&str> = texts
            .iter()
            .flat_map(|text| ["word(\"", "plain(\"", "new(\""].map(|call| (text, call)))
            .flat_map(|(text, call)| text.split(call).skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(keys.len() > 15, "the search has found the calls");
        for key in keys {
            assert!(is_said(key), "{key}");
        }
    }

    #[test]
    fn every_stage_of_an_invitation_has_words() {
        let stages =
            "claiming waiting applied show kept conflict failed used expired existing own full";
        for stage in stages.split(' ') {
            assert!(
                is_said(stage) && is_said(&format!("{stage}Hint")),
                "{stage}"
            );
        }
    }

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
            phrase.pieces("{0} and {1}"),
            [Piece::Value("{1}"), Piece::Word(" and "), Piece::Value("")]
        );
        assert_eq!(
            Phrase::plain("x").pieces("no values"),
            [Piece::Word("no values")]
        );
    }

    #[test]
    fn words_agree_with_the_value_that_is_a_number() {
        let phrase = |values: &[&str]| {
            Phrase::new(
                "titlePoints",
                values.iter().map(|&value| value.into()).collect(),
            )
        };
        assert_eq!(phrase(&["15%", "300"]).number(), "300");
        assert_eq!(phrase(&["Jane", "€5"]).number(), "");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(short("Ünïcödé"), "Ünïcödé");
        let cut = short(&"é".repeat(10_000));
        assert_eq!(cut.chars().count(), 61);
        assert!(cut.ends_with('…'));
    }
}
