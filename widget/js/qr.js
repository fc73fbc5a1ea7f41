// A QR code as a picture of one path, computed by a small module of its own. Without WebAssembly there is none.

import { get } from "./ask.js";
import { picture } from "./plain.js";

/** The space that readers want around it, in dots. */
const MARGIN = 4;

/** The shortest module there is. */
const NOTHING = [0, 97, 115, 109, 1, 0, 0, 0];

let module;

/** Whether this page may run WebAssembly. */
export function canDraw() {
  try {
    return !!new WebAssembly.Module(new Uint8Array(NOTHING));
  } catch (error) {
    return false;
  }
}

/** Resolves to `{ svg, file }`: the picture, and the address of the same as a file. Rejects where there can be none. */
export async function qr(text) {
  // It lies beside this file.
  module = module || get(new URL("qr.wasm", import.meta.url)).then((response) => response.arrayBuffer()).then((bytes) => WebAssembly.instantiate(bytes));
  // The next attempt starts afresh.
  module.catch(() => (module = undefined));
  const { put, draw, dark } = (await module).instance.exports;
  for (const byte of new TextEncoder().encode(text)) put(byte);
  const size = draw();
  if (!size) throw "nothing to draw";
  let d = "";
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      let run = 0;
      while (x + run < size && dark(y * size + x + run)) run += 1;
      if (run) d += "M" + x + " " + y + "h" + run + "v1h-" + run + "z";
      x += run;
    }
  }
  const side = size + 2 * MARGIN;
  const box = [-MARGIN, -MARGIN, side, side].join(" ");
  const file = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><path fill="#fff" d="M-${MARGIN}-${MARGIN}h${side}v${side}h-${side}z"/><path d="${d}"/></svg>`;
  return { svg: picture(box, d), file: "data:image/svg+xml," + encodeURIComponent(file) };
}
