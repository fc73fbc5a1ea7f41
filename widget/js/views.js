// The views: Leptos in WebAssembly, or plain JavaScript where the page or the device allows none. Both mount the same
// things into the same places, so that nobody else needs to know which it is.

import { get } from "./ask.js";
import { note } from "./note.js";

const LIMIT_MS = 15000;

/** Elements that are plain JavaScript everywhere, because that is less: each has a file of its own. */
const OWN = { __proto__: null, code: __CODE__, portal: __PORTAL__ };

let views;
let sheet;

/**
 * Fetches what views of this kind need, all at once: `{ mount, unmount }` and their style sheet. `trapped` is called if wasm
 * dies.
 */
export function loadViews({ base }, trapped, kind) {
  // The browser keeps a module for good, so it can be asked for again.
  const own = OWN[kind] && import(base + OWN[kind]);
  if (!own) views = views || wasmViews(base, trapped).catch((error) => plainViews(base, error));
  sheet = sheet || loadSheet(base + __CSS__);
  return Promise.all([own || views, sheet]).catch((error) => {
    // The next attempt starts afresh.
    views = sheet = undefined;
    throw error;
  });
}

async function wasmViews(base, trapped) {
  const wasm = get(base + __WASM__, { signal: undefined });
  wasm.catch(() => {});
  const begin = async () => {
    const glue = await import(base + __GLUE__);
    const guarded = await glue.default({ module_or_path: wasm });
    guarded.onTrap((error) => {
      views = plainViews(base, error);
      trapped();
    });
    return glue;
  };
  return Promise.race([begin(), new Promise((_, reject) => setTimeout(reject, LIMIT_MS, "too slow"))]);
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
