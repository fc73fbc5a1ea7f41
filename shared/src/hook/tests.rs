//! What each platform's bodies come to, and which signatures are taken.

mod payloads;
mod signatures;
