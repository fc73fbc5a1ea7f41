// The views: Leptos in WebAssembly, or plain JavaScript where the page or the device allows none. Both mount the same
// things into the same places, so that nobody else needs to know which it is.

import { get } from "./ask.js";
import { note } from "./note.js";

const LIMIT_MS = 15000;

/** Elements that are plain JavaScript everywhere, because that is less: each has a file of its own. */
const OWN = /^(code|lead|portal)$/;

let views;

/** Fetches the views of this kind, all at once: `{ mount, unmount }`. `trapped` is called if wasm dies. */
export function loadViews({ files }, trapped, kind) {
  // They name it themselves; by then it is on its way.
  import(files + "style.js").catch(() => {});
  // The browser keeps a module for good, so it can be asked for again.
  if (OWN.test(kind)) return import(files + kind + ".js");
  views = views || wasmViews(files, trapped).catch((error) => plainViews(files, error));
  return views.catch((error) => {
    // The next attempt starts afresh.
    views = undefined;
    throw error;
  });
}

async function wasmViews(files, trapped) {
  // Whoever has pinned the loader has pinned this.
  const wasm = get(files + "widget.wasm", { signal: undefined, integrity: __INTEGRITY__ });
  // How long it takes to arrive is limited, and not how long a slow device compiles.
  const tooSlow = new Promise((_, reject) => setTimeout(reject, LIMIT_MS, "too slow"));
  const [{ begin }] = await Promise.race([Promise.all([import(files + "widget.js"), wasm]), tooSlow]);
  return begin(wasm, (error) => {
    views = plainViews(files, error);
    trapped();
  });
}

function plainViews(files, why) {
  note("without WebAssembly: " + why);
  return import(files + "fallback.js");
}
