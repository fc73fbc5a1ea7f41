//! What is served beside the widget: the caching rules, the API's description, and the list that the Worker reads.

use anyhow::Result;
use goodword_shared::risk::list::{HashList, lines};

use super::{Flavour, stamp};
use crate::root;

/// Names in `/assets` change with their content, so they may be kept for good, and so may a pinned loader. The loader itself has a fixed name: it is asked
/// for again after five minutes, and an old one is better than a wait. Any shop's page may load all of it, also one
/// that isolates itself (COEP); beyond that they say to browsers what the Worker's answers say (`edge/js/security.js`). Rules that
/// fit one file are added up, so that the merchant's pages take off first what they say otherwise.
const HEADERS: &str = "\
/*
  Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: cross-origin
  Referrer-Policy: no-referrer
  Strict-Transport-Security: max-age=31536000
  X-Content-Type-Options: nosniff

/assets/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *

/widget-*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *

/widget.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *

/openapi.yaml
  Cache-Control: public, max-age=300
  Access-Control-Allow-Origin: *

/console/*
  ! Content-Security-Policy
  ! Cross-Origin-Resource-Policy
  Cache-Control: no-cache
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'
  Cross-Origin-Resource-Policy: same-origin
  Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=()
  X-Frame-Options: DENY
  X-Robots-Tag: noindex
";

/// The merchant's pages, below `/console/`: files, because they ask the API like everybody else.
const CONSOLE: [&str; 3] = ["review.html", "review.css", "review.js"];

pub(super) fn make(flavour: Flavour) -> Result<()> {
    let dist = flavour.dist();
    stamp::write_if_changed(&dist.join("_headers"), HEADERS.as_bytes())?;
    let description = root().join("openapi.yaml");
    if description.exists() {
        stamp::copy_if_changed(&description, &dist.join("openapi.yaml"))?;
    }
    for name in CONSOLE {
        let page = root().join("edge/console").join(name);
        stamp::copy_if_changed(&page, &dist.join("console").join(name))?;
    }
    // Too long for the Worker's own bytes: it fetches it from its assets when it first needs it.
    let domains = std::fs::read_to_string(root().join("lists/disposable-domains.txt"))?;
    let packed = HashList::of(lines(&domains)).pack();
    stamp::write_if_changed(&dist.join("lists/disposable-domains.bin"), &packed)
}
