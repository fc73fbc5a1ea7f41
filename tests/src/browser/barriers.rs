//! Barriers: what stands between the widget and people who see, hear or move otherwise. WCAG 2.2, levels A and AA, as far as
//! axe-core can judge it, inside the shadow roots, in every way of looking that changes what is drawn.

use std::fs::read_to_string;

use serde_json::{Value, json};

use super::window::Browser;
use crate::harness::edge::is_long_run;

const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../node_modules/axe-core/axe.min.js"
);
/// The page with the whole widget.
pub const WHOLE: &str = "plain";
/// The page whose browser has no WebAssembly.
pub const FALLBACK: &str = "no-wasm";

const SCRIPT: &str = include_str!("barriers.js");

/// A way of looking at a page.
struct Look {
    name: &'static str,
    /// Width, height, and device pixels for each.
    size: (u32, u32, u32),
    feature: (&'static str, &'static str),
}

const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");
const FORCED: (&str, &str) = ("forced-colors", "active");
const PHONE: (u32, u32, u32) = (390, 844, 2);
const DESKTOP: (u32, u32, u32) = (1280, 800, 1);

/// Every size, and every set of colours.
const USUAL: [Look; 4] = [
    look("a light phone", PHONE, LIGHT),
    look("a dark desktop", DESKTOP, DARK),
    look("a phone with forced colours", PHONE, FORCED),
    look("a desktop at 400 %", (320, 256, 4), DARK),
];

/// The other ones of both, for the long run.
const MORE: [Look; 4] = [
    look("a dark phone", PHONE, DARK),
    look("a light desktop", DESKTOP, LIGHT),
    look("a desktop with forced colours", DESKTOP, FORCED),
    look("a desktop at 200 %", (640, 400, 2), LIGHT),
];

const fn look(
    name: &'static str,
    size: (u32, u32, u32),
    feature: (&'static str, &'static str),
) -> Look {
    Look {
        name,
        size,
        feature,
    }
}

impl Browser {
    /// Brings axe-core into every page from now on.
    pub async fn judge_barriers(&self) {
        let axe = read_to_string(AXE).expect("axe-core: run `cargo xtask setup`");
        self.before_every_page(&axe).await;
        self.before_every_page(SCRIPT).await;
    }

    /// Fails where there is a barrier in this custom element as it is now, whoever looks.
    pub async fn has_no_barriers(&self, element: &str, state: &str) {
        let mut told = Vec::new();
        let more: &[Look] = if is_long_run() { &MORE } else { &[] };
        for look in USUAL.iter().chain(more) {
            self.look(look).await;
            // Everything stands still and is drawn.
            self.value("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
                .await;
            let found = self.value(&format!("__barriers({element:?})")).await;
            if found != json!([]) {
                told.push(format!("{}: {found:#}", look.name));
            }
        }
        let screen = self.screen.metrics();
        self.cdp("Emulation.setDeviceMetricsOverride", screen).await;
        assert!(told.is_empty(), "{element}, {state}\n{}", told.join("\n"));
    }

    async fn look(&self, look: &Look) {
        let (width, height, scale) = look.size;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false,
        });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let feature = |(name, value): (&str, &str)| json!({ "name": name, "value": value });
        let features: Value = json!([
            feature(look.feature),
            feature(("prefers-reduced-motion", "reduce")),
        ]);
        self.cdp(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }
}
