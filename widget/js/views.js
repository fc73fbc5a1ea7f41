// The views: Leptos in WebAssembly, or plain JavaScript where the page or the device allows none. Both mount the same
// things into the same places, so that nobody else needs to know which it is.

import { get } from "./ask.js";
import { note } from "./note.js";

/** Elements that are plain JavaScript everywhere, because that is less: each has a file of its own. */
export const OWN = /^(code|invite|lead|portal)$/;

/** How modules are called: by one `#` more after each that did not come, because Firefox asks for none a second time by its name. */
let end = ".js";

let views;

/** Fetches the views of this kind, all at once: `{ mount, unmount }`. `trapped` is called if wasm dies. */
export function loadViews({ files }, trapped, kind) {
  const load = (name) =>
    import(files + name + end).catch((error) => {
      end += "#";
      throw error;
    });
  const plain = (why) => {
    note("without WebAssembly: " + why);
    return load("fallback");
  };
  // They name it themselves; by then it is on its way.
  get(files + "style.js").catch(() => {});
  // The browser keeps a module for good, so it can be asked for again.
  if (OWN.test(kind)) return load(kind);
  // How long it takes to arrive is limited, and not how long a slow device compiles. Whoever has pinned the loader has pinned this.
  const both = () => Promise.all([load("widget"), get(files + "widget.wasm", { integrity: __INTEGRITY__ })]);
  const begun = ([{ begin }, wasm]) =>
    begin(wasm, (error) => {
      views = plain(error);
      trapped();
    });
  views = views || both().then(begun).catch(plain);
  // The next attempt starts afresh.
  views.catch(() => (views = undefined));
  return views;
}
