// The link as a QR code in the dialog, for a friend who stands beside: fetched when somebody wants to show it, and only then.

import { el } from "./plain.js";
import { qr } from "./qr.js";

/** Draws the code of `link` into `place`, called `name` for whoever does not see it, with a hint below. */
export async function draw(place, link, name, hint) {
  const frame = el("div", { className: "qr", role: "img", "aria-label": name }, (await qr(link)).svg);
  frame.part = "qr";
  place.replaceChildren(frame, el("p", { className: "hint" }, hint));
  // On a phone the row of tiles may end below the fold of the dialog. A page that has the panel in it is its own.
  if (place.closest("dialog")) place.scrollIntoView({ block: "nearest" });
}
