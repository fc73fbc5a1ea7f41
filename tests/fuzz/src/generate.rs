//! Fresh inputs, drawn from proptest's strategies: what an input of a target looks like, most of the time.

use proptest::prelude::{BoxedStrategy, Strategy};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::rng::Rng;

/// The form of a target's inputs.
#[derive(Clone, Copy)]
pub enum Form {
    /// Texts of a regular expression.
    Text(&'static str),
    /// Objects with some of these fields: name, and regular expression of the value.
    Object(&'static [(&'static str, &'static str)]),
}

/// Draws inputs of a form.
pub(crate) struct Generator {
    strategy: BoxedStrategy<Vec<u8>>,
    runner: TestRunner,
}

impl Generator {
    pub(crate) fn new(form: Form, rng: &mut Rng) -> Result<Self, String> {
        let mut seed = [0; 32];
        for part in seed.chunks_mut(8) {
            part.copy_from_slice(&rng.next().to_le_bytes());
        }
        let strategy = match form {
            Form::Text(regex) => bytes(regex)?,
            Form::Object(fields) => object(fields)?,
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        Ok(Self {
            strategy,
            runner: TestRunner::new_with_rng(Config::default(), rng),
        })
    }

    /// The next input. None where the strategy gave up.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let tree = self.strategy.new_tree(&mut self.runner).ok()?;
        Some(tree.current())
    }
}

fn bytes(regex: &str) -> Result<BoxedStrategy<Vec<u8>>, String> {
    let texts =
        proptest::string::string_regex(regex).map_err(|error| format!("{regex}: {error}"))?;
    Ok(texts.prop_map(String::into_bytes).boxed())
}

/// Objects of which each field is there nine times in ten.
fn object(fields: &[(&str, &str)]) -> Result<BoxedStrategy<Vec<u8>>, String> {
    let mut parts = Vec::new();
    for (name, regex) in fields {
        let value = bytes(regex)?;
        let name = *name;
        let part = value
            .prop_map({
                let name = name.to_owned();
                move |value| [b"\"", name.as_bytes(), b"\":", &value].concat()
            })
            .boxed();
        parts.push(proptest::option::weighted(0.9, part));
    }
    let objects = parts.prop_map(|parts| {
        let parts: Vec<Vec<u8>> = parts.into_iter().flatten().collect();
        [b"{".to_vec(), parts.join(&b","[..]), b"}".to_vec()].concat()
    });
    Ok(objects.boxed())
}

#[cfg(test)]
mod tests {
    use super::{Form, Generator};
    use crate::rng::Rng;

    #[test]
    fn fresh_inputs_follow_from_the_seed_and_have_the_form() {
        let drawn = |form| {
            let mut generator = Generator::new(form, &mut Rng::new(3, "a")).expect("a form");
            let all: Vec<String> = (0..200)
                .map(|_| String::from_utf8(generator.next().expect("drawn")).expect("text"))
                .collect();
            all
        };
        assert_eq!(drawn(Form::Text("[a-c]{3}")), drawn(Form::Text("[a-c]{3}")));
        let objects = drawn(Form::Object(&[("a", "[0-9]{1,3}"), ("b", "\"[a-z]*\"")]));
        assert!(objects.contains(&"{}".to_owned()));
        assert!(
            objects
                .iter()
                .any(|text| text.contains("\"a\":") && text.contains("\"b\":"))
        );
        assert!(Generator::new(Form::Text("("), &mut Rng::new(3, "a")).is_err());
    }
}
