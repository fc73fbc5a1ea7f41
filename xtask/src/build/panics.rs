//! What is left of panics in what is deployed: a trap.
//!
//! Our own code has no path that panics, but the libraries below it keep theirs, with the messages and all the formatting
//! that goes into them. No shopper reads those. Here each function in which a panic begins becomes one
//! `unreachable` instruction, and the optimiser drops what only it had called. A trap is what follows the message anyway;
//! `widget/js/guard.js` and `edge/js/entry.js` deal with it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use walrus::Module;

use super::places;

/// Where panics begin, as the ends of mangled names. None of these functions returns, or is called when none begins.
const BEGINNINGS: [&str; 18] = [
    "4core9panicking5panic",
    "4core9panicking9panic_fmt",
    "4core9panicking18panic_bounds_check",
    "4core9panicking19assert_failed_inner",
    "9panicking11panic_const23panic_const_div_by_zero",
    "9panicking11panic_const28panic_const_async_fn_resumed",
    "4core6option13expect_failed",
    "4core6option13unwrap_failed",
    "4core6result13unwrap_failed",
    "4core4cell22panic_already_borrowed",
    "4core4cell30panic_already_mutably_borrowed",
    "4core3str16slice_error_fail",
    "4core3str19slice_error_fail_rt",
    "4core5slice5index16slice_index_fail",
    "copy_from_slice_impl17len_mismatch_fail",
    "5alloc7raw_vec12handle_error",
    "5alloc5alloc18handle_alloc_error",
    // What prints a panic that none of these is left to begin.
    "3std9panicking12default_hook",
];

/// The module with its panics cut short.
pub(super) fn cut_short(wasm: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let mut module = Module::from_buffer(&bytes)?;
    let found: Vec<_> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| begins_a_panic(module.funcs.get(*id).name.as_deref()))
        .collect();
    if found.is_empty() {
        bail!(
            "{} names no function in which a panic begins",
            wasm.display()
        );
    }
    for id in found {
        let body = module
            .funcs
            .get_mut(id)
            .kind
            .unwrap_local_mut()
            .builder_mut();
        let mut body = body.func_body();
        body.instrs_mut().clear();
        body.unreachable();
    }
    if places::forget(&mut module) == 0 {
        bail!("{} has no place of a panic", wasm.display());
    }
    Ok(module.emit_wasm())
}

fn begins_a_panic(name: Option<&str>) -> bool {
    name.is_some_and(|name| BEGINNINGS.iter().any(|ending| name.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::begins_a_panic;

    #[test]
    fn only_the_functions_that_never_return_are_cut() {
        assert!(begins_a_panic(Some(
            "_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt"
        )));
        assert!(!begins_a_panic(Some(
            "_RNvNtNtCsebHcaeoSrxy_3std9panicking11panic_count8increase"
        )));
        assert!(!begins_a_panic(None));
    }
}
