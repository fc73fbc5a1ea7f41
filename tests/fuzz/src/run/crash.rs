//! An input on which a property does not hold: made small, written to a file, and told.

use std::fs;
use std::io;

use crate::corpus::line;
use crate::execute::Panics;
use crate::run::Options;
use crate::targets::Target;
use crate::verdict::Violation;

/// Executions that making an input small may take.
const EXECUTIONS_MAX: usize = 2_000;

/// Leaves out what is not needed for the same property to fail.
pub(super) fn made_small(
    target: &Target,
    panics: &Panics,
    input: &[u8],
    violation: Violation,
) -> (Vec<u8>, Violation) {
    let (mut smallest, mut violation) = (input.to_vec(), violation);
    let mut executions = 0;
    let mut size = smallest.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        let mut shrunk = false;
        while from < smallest.len() && executions < EXECUTIONS_MAX {
            let mut fewer = smallest.clone();
            fewer.drain(from..smallest.len().min(from + size));
            executions += 1;
            match panics.execute(target, &fewer) {
                Err(again) if again.property == violation.property => {
                    (smallest, violation, shrunk) = (fewer, again, true);
                }
                _ => from += size,
            }
        }
        if !shrunk || executions >= EXECUTIONS_MAX {
            size /= 2;
        }
    }
    (smallest, violation)
}

/// Writes the input, and says how it is tried again.
pub(super) fn tell(
    target: &Target,
    options: &Options,
    input: &[u8],
    violation: &Violation,
) -> io::Result<()> {
    fs::create_dir_all(&options.crashes)?;
    let name = violation.property.bytes().fold(5_381_u32, |hash, byte| {
        hash.wrapping_mul(33) ^ u32::from(byte)
    });
    let path = options
        .crashes
        .join(format!("{}-{name:08x}.txt", target.name));
    fs::write(&path, line(input) + "\n")?;
    println!("crash: {}: not so: {}", target.name, violation.property);
    println!("  seen: {}", violation.seen);
    println!("  seed: {}", options.seed);
    println!("  input: {}", line(input));
    println!(
        "  again: cargo xtask fuzz --target {} --replay {}",
        target.name,
        path.display()
    );
    Ok(())
}
