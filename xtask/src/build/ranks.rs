//! Puts a module's functions into the order of their likeness.
//!
//! Binaryen renumbers functions, and every call with them, in the order of their names. So each function is given its
//! place as its name.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use wasmparser::{Parser, Payload, TypeRef};

use super::similar;

/// A custom section, which the section of names is.
const CUSTOM: u8 = 0;
/// In the section of names: those of functions.
const FUNCTIONS: u8 = 1;

/// The same module, its functions named by the places that they shall have.
pub(super) fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    let (imported, functions) = functions(wasm)?;
    if functions.is_empty() {
        bail!("the module has no functions");
    }
    let places: BTreeMap<_, _> = similar::order(&functions)
        .into_iter()
        .enumerate()
        .map(|(place, function)| (function, place))
        .collect();
    let mut names = Vec::new();
    push_number(&mut names, places.len());
    for (function, place) in places {
        push_number(&mut names, imported + function);
        push_bytes(&mut names, format!("{place:08}").as_bytes());
    }
    let mut section = Vec::new();
    push_bytes(&mut section, b"name");
    section.push(FUNCTIONS);
    push_bytes(&mut section, &names);
    let mut result = wasm.to_vec();
    result.push(CUSTOM);
    push_bytes(&mut result, &section);
    Ok(result)
}

/// How many functions are imported, and the code of each that is not.
fn functions(wasm: &[u8]) -> Result<(usize, Vec<&[u8]>)> {
    let mut imported = 0;
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => functions.push(body.as_bytes()),
            Payload::CustomSection(section) if section.name() == "name" => {
                bail!("the module has names already");
            }
            _ => {}
        }
    }
    Ok((imported, functions))
}

fn push_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    push_number(to, bytes.len());
    to.extend_from_slice(bytes);
}

/// As WebAssembly writes numbers: seven bits a byte, the lowest first.
fn push_number(to: &mut Vec<u8>, mut number: usize) {
    loop {
        let bits = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            return to.push(bits);
        }
        to.push(bits | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, Module};

    use super::named;

    fn module() -> Vec<u8> {
        let mut module = Module::default();
        let nothing = module.types.add(&[], &[]);
        module.add_import_func("a", "b", nothing);
        for count in [300, 2] {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
            let mut body = builder.func_body();
            for number in 0..count {
                body.i32_const(number).drop();
            }
            let made = builder.finish(Vec::new(), &mut module.funcs);
            module.exports.add(&count.to_string(), made);
        }
        module.emit_wasm()
    }

    #[test]
    fn every_function_but_the_imported_is_named_by_its_place() -> anyhow::Result<()> {
        let after = named(&module())?;
        let names = Module::from_buffer(&after)?
            .funcs
            .iter()
            .map(|function| function.name.clone())
            .collect::<Vec<_>>();
        assert_eq!(
            names,
            [
                None,
                Some("00000000".to_owned()),
                Some("00000001".to_owned())
            ]
        );
        Ok(())
    }

    #[test]
    fn a_module_that_has_names_or_nothing_to_name_is_refused() -> anyhow::Result<()> {
        assert!(named(&named(&module())?).is_err());
        assert!(named(&Module::default().emit_wasm()).is_err());
        assert!(named(b"no module").is_err());
        Ok(())
    }
}
