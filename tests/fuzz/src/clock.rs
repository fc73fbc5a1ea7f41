//! Time as a parser has it: on a busy machine it gets its seconds all the same, and is not slow for waiting.

use std::io;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// What this process has had of a processor.
pub(crate) fn processor_time() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}
