//! Who is told what, and how.

pub(crate) mod webhook;
