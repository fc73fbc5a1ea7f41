//! Short names for what a module and its bindings share.
//!
//! The generator's names carry a hash each, which no compression makes smaller, and every one of them is sent twice: in
//! the module and in the script. Nothing outside the two ever sees them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use walrus::{Import, Module};

/// Renames imports and internal exports in both files, in place.
pub(super) fn shorten(wasm: &Path, script: &Path) -> Result<()> {
    let bytes = std::fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let mut module = Module::from_buffer(&bytes)?;
    let mut names = BTreeMap::new();
    // What the generated script provides; the others are scripts of our own.
    let generated = |import: &&mut Import| import.module.ends_with("_bg.js");
    for import in module.imports.iter_mut().filter(generated) {
        import.name = short(&mut names, &import.name);
    }
    let text = std::fs::read_to_string(script)?;
    for export in module.exports.iter_mut() {
        if is_internal(&export.name) && !is_offered(&text, &export.name) {
            export.name = short(&mut names, &export.name);
        }
    }
    std::fs::write(script, renamed(&text, &names))?;
    std::fs::write(wasm, module.emit_wasm())?;
    Ok(())
}

/// The others are called by name from our own scripts.
fn is_internal(export: &str) -> bool {
    export.starts_with("__") || export.starts_with("wasm_bindgen__")
}

/// A few are offered by the script under the same name.
fn is_offered(script: &str, export: &str) -> bool {
    script.contains(&format!("export function {export}("))
}

fn short(names: &mut BTreeMap<String, String>, name: &str) -> String {
    let next = format!("${}", names.len());
    names.entry(name.to_owned()).or_insert(next).clone()
}

/// The script with each whole word that has a short name replaced by it.
fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_word(c)).unwrap_or(from.len()));
        result.push_str(before);
        result.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    result.push_str(rest);
    result
}

fn is_word(symbol: char) -> bool {
    symbol.is_ascii_alphanumeric() || matches!(symbol, '_' | '$')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::renamed;

    #[test]
    fn only_whole_words_are_renamed() {
        let names = BTreeMap::from([("__wbg_a".to_owned(), "$0".to_owned())]);
        assert_eq!(
            renamed("x.__wbg_a(__wbg_ab, y__wbg_a);\n", &names),
            "x.$0(__wbg_ab, y__wbg_a);\n"
        );
    }
}
