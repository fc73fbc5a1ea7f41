//! Classes that a library offers to JavaScript and nobody makes: out of the bindings, and out of the module.
//!
//! Whatever `worker` can do has its class in the bindings and its functions in the module's exports, whether our entry
//! module knows it or not, and an optimiser takes out neither.

use std::path::Path;

use anyhow::{Context, Result, bail};
use walrus::Module;

/// Removes classes that neither the entry module nor the rest of the bindings names, and then every export that the
/// bindings do not name.
pub(super) fn drop_unused(wasm: &Path, script: &Path, entry: &Path) -> Result<()> {
    let entry = std::fs::read_to_string(entry)?;
    let mut text = std::fs::read_to_string(script)?;
    for name in unused(&text, &entry) {
        text = without(&text, &name).with_context(|| format!("cannot take {name} out"))?;
    }
    let bytes = std::fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let mut module = Module::from_buffer(&bytes)?;
    let unnamed: Vec<_> = module
        .exports
        .iter()
        .filter(|export| !has_word(&text, &export.name))
        .map(walrus::Export::id)
        .collect();
    for export in unnamed {
        module.exports.delete(export);
    }
    std::fs::write(wasm, module.emit_wasm())?;
    std::fs::write(script, text)?;
    Ok(())
}

/// The classes of these bindings that are named nowhere else.
fn unused(text: &str, entry: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.strip_prefix("class ")?.strip_suffix(" {")
        })
        .filter(|name| !has_word(entry, name))
        .filter(|name| without(text, name).is_ok_and(|rest| !has_word(&rest, name)))
        .map(str::to_owned)
        .collect()
}

/// The bindings without this class, and without what frees its objects when they are forgotten.
fn without(text: &str, name: &str) -> Result<String> {
    let prototype = format!("{name}.prototype");
    let disposed =
        format!("\n}}\nif (Symbol.dispose) {prototype}[Symbol.dispose] = {prototype}.free;\n");
    let text = cut(text, &format!("class {name} {{\n"), &disposed)?;
    let finalization = format!("const {name}Finalization = ");
    let text = cut(&text, &finalization, "\n});\n")?;
    // Of a class that was exported, the word is left before what is gone.
    Ok(text.replace("\nexport \n", "\n"))
}

/// The text without what lies between these two, and without them, but for a line's end. Both must be there.
fn cut(text: &str, from: &str, to: &str) -> Result<String> {
    let [before, rest] = text.splitn(2, from).collect::<Vec<_>>()[..] else {
        bail!("there is no `{}`", from.trim());
    };
    let [_, after] = rest.splitn(2, to).collect::<Vec<_>>()[..] else {
        bail!("there is no `{}`", to.trim());
    };
    Ok(format!("{before}\n{after}"))
}

/// Whether the word is in the text as it stands, and not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let continues = |symbol: char| symbol.is_ascii_alphanumeric() || matches!(symbol, '_' | '$');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(continues) && !after.starts_with(continues)
    })
}

#[cfg(test)]
mod tests {
    use super::{cut, has_word, unused, without};

    const GLUE: &str = "import a;

export class Known {
    free() { KnownFinalization.unregister(this); }
}
if (Symbol.dispose) Known.prototype[Symbol.dispose] = Known.prototype.free;

export class Idle {
    free() { IdleFinalization.unregister(this); }
}
if (Symbol.dispose) Idle.prototype[Symbol.dispose] = Idle.prototype.free;

class Made {
    free() { MadeFinalization.unregister(this); }
}
if (Symbol.dispose) Made.prototype[Symbol.dispose] = Made.prototype.free;

const KnownFinalization = new FinalizationRegistry(() => {
});
const IdleFinalization = new FinalizationRegistry(() => {
});
const MadeFinalization = new FinalizationRegistry(() => {
});
const make = () => Made.__wrap(1);
";

    #[test]
    fn only_a_class_that_nobody_names_is_unused() {
        assert_eq!(unused(GLUE, "rust.Known"), ["Idle"]);
        assert_eq!(unused(GLUE, "rust.Known; rust.Idle"), [""; 0]);
    }

    #[test]
    fn a_class_goes_with_all_that_belongs_to_it() -> anyhow::Result<()> {
        let rest = without(GLUE, "Idle")?;
        assert!(!rest.contains("Idle") && !rest.contains("export \n"));
        for kept in [
            "class Known {",
            "class Made {",
            "MadeFinalization = new",
            "const make",
        ] {
            assert!(rest.contains(kept), "{kept} is gone: {rest}");
        }
        Ok(())
    }

    #[test]
    fn what_is_not_there_cannot_be_taken_out() {
        assert!(without(GLUE, "Other").is_err());
        assert!(cut("a b", "a", "c").is_err());
    }

    #[test]
    fn a_word_is_a_whole_word() {
        assert!(has_word("wasm.free(1)", "free"));
        assert!(!has_word("wasm.free_all(1); $free", "free"));
    }
}
