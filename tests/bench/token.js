// A click token signed with WebCrypto. It has the bytes of the real one (shared/src/token.rs): version, key, time, click
// id, channel, variant, lengths, code and program packed at 6 bits a symbol, and 16 bytes of HMAC-SHA-256.
const PROGRAM = "bench";
const PURPOSE = "click1:";
const SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
const key = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), { name: "HMAC", hash: "SHA-256" }, false, [
  "sign",
]);

export async function sign(code) {
  const symbols = code + PROGRAM.toUpperCase();
  const head = PURPOSE.length + 24;
  const length = head + Math.ceil((symbols.length * 6) / 8);
  const bytes = new Uint8Array(length + 16);
  for (let at = 0; at < PURPOSE.length; at++) bytes[at] = PURPOSE.charCodeAt(at);
  const view = new DataView(bytes.buffer, PURPOSE.length);
  const now = Date.now();
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, now / 2 ** 32);
  view.setUint32(4, now);
  crypto.getRandomValues(bytes.subarray(PURPOSE.length + 8, PURPOSE.length + 20));
  view.setUint8(22, code.length);
  view.setUint8(23, PROGRAM.length);
  let bits = 0;
  let held = 0;
  let at = head;
  for (const symbol of symbols) {
    bits = ((bits << 6) | SYMBOLS.indexOf(symbol)) & 0x3fff;
    held += 6;
    if (held >= 8) bytes[at++] = bits >> (held -= 8);
  }
  if (held > 0) bytes[at++] = bits << (8 - held);
  const mac = await crypto.subtle.sign("HMAC", key, bytes.subarray(0, length));
  bytes.set(new Uint8Array(mac, 0, 16), length);
  return base64url(bytes.subarray(PURPOSE.length));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
