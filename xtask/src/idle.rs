//! Work that nobody waits for: it gets what the rest leaves of a machine.

/// From now on this thread, and all that it starts, has a processor only while nobody else wants it.
#[cfg(target_os = "linux")]
pub(crate) fn let_others_go_first() {
    use std::process::{Command, Stdio};

    let thread = nix::unistd::gettid().to_string();
    let asked = Command::new("chrt")
        .args(["--idle", "--pid", "0", &thread])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Without it all takes longer, and is as right.
    let _ = asked;
}

/// Elsewhere it has its share like everybody.
#[cfg(not(target_os = "linux"))]
pub(crate) fn let_others_go_first() {}
