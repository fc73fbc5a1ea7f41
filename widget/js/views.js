// The views: Leptos in WebAssembly, or plain JavaScript where the page or the device allows none. Both mount the same
// things into the same places, so that nobody else needs to know which it is.

import { get } from "./ask.js";
import { note } from "./note.js";

const LIMIT_MS = 15000;

let views;
let sheet;

/** Fetches what views need, all at once: `{ mount, unmount }` and their style sheet. `trapped` is called if wasm dies. */
export function loadViews(base, trapped) {
  views = views || wasmViews(base, trapped).catch((error) => plainViews(base, error));
  sheet = sheet || loadSheet(base + __CSS__);
  return Promise.all([views, sheet]).catch((error) => {
    // The next attempt starts afresh.
    views = sheet = undefined;
    throw error;
  });
}

async function wasmViews(base, trapped) {
  const wasm = get(base + __WASM__, { signal: undefined });
  wasm.catch(() => {});
  const late = new Promise((_, reject) => setTimeout(reject, LIMIT_MS, "too slow"));
  const glue = await Promise.race([import(base + __GLUE__), late]);
  const guarded = await Promise.race([glue.default({ module_or_path: wasm }), late]);
  guarded.onTrap((error) => {
    views = plainViews(base, error);
    trapped();
  });
  return glue;
}

function plainViews(base, why) {
  note("sharing without WebAssembly: " + why);
  return import(base + __FALLBACK__);
}

async function loadSheet(url) {
  const response = await get(url);
  return styleSheet(await response.text());
}

/** A constructed sheet: it works under a `style-src` that forbids inline styles. */
export function styleSheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
