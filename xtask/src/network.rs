//! Telling the want of a network from every other failure of a tool.

/// What tools say when they reach nobody: npm and Node, curl and git, cargo, rustup, apt, wrangler.
const SIGNS: [&str; 14] = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ETIMEDOUT",
    "Could not resolve host",
    "Couldn't resolve host",
    "Temporary failure resolving",
    "Temporary failure in name resolution",
    "network failure",
    "spurious network error",
    "could not download file",
    "Could not connect to server",
    "likely due to a connectivity issue",
];

/// What to do when a tool that said this failed for want of a network; nothing for other failures.
pub(crate) fn advice(text: &str) -> Option<&'static str> {
    SIGNS
        .iter()
        .any(|sign| text.contains(sign))
        .then_some("no network: connect this machine and run the command again")
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn a_tool_without_a_network_is_understood_and_another_failure_is_not() {
        for text in [
            "npm error code ENOTFOUND\nnpm error syscall getaddrinfo",
            "warning: spurious network error (3 tries remaining): [7] Could not connect to server",
            "error: could not download file from 'https://static.rust-lang.org/dist/channel-rust-1.95.0.toml.sha256'",
            "[WARNING] A fetch request failed, likely due to a connectivity issue.",
        ] {
            assert!(advice(text).is_some(), "{text}");
        }
        assert!(advice("npm error code EUSAGE").is_none());
        assert!(advice("error[E0425]: cannot find value `x` in this scope").is_none());
    }
}
