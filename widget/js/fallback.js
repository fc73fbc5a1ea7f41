// Sharing without WebAssembly: the same places, classes and words, and only what a person needs for it. Loaded where the page
// or the device forbids WebAssembly, and after a trap.

import { mountView } from "./for_view.js";
import { setLocale } from "./page.js";
import { button, el, on } from "./plain.js";
import { sharePanel } from "./plain_share.js";
import { speak, word } from "./words.js";

/** Mounts the view of this element into `root`. */
export const mount = (...seen) => mountView(view, ...seen);

function view(root, page) {
  setLocale(page.locale);
  speak(page.language, page.words);
  const body = el("section", { className: "panel", part: "panel" });
  const sheet = el("div", { className: "sheet" }, body);
  sharePanel(body, page);
  if (page.kind == "share") {
    sheet.classList.add("inline");
    sheet.part = "inline";
    page.report("shown");
    return root.append(sheet);
  }
  const dialog = el("dialog", { part: "dialog", "aria-label": word("title") }, sheet);
  sheet.append(cross(() => dialog.close()));
  on(root, "open", () => {
    if (dialog.open) return;
    page.report("shown");
    const copy = dialog.querySelector("[part=copy]");
    if (copy) copy.autofocus = true;
    dialog.showModal();
  });
  on(root, "close", () => dialog.close());
  root.append(dialog);
}

/** The loader removes the root, and everything is in it. */
export function unmount() {}

function cross(close) {
  const made = button("", "close", close, word("close"));
  made.part = "close";
  return made;
}
