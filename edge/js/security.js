// What every answer says to a browser, whatever it is: one list for all of them. Files that are served without asking the Worker
// say the same by `dist/_headers` (xtask/src/build/assets.rs), and a test compares what arrives (tests/tests/api/security.rs).

// Nothing here is a document that may load, run or frame anything, or that another site may embed. What pages of a shop read they
// read by CORS, which these do not touch.
const EVERYWHERE = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
];

// Over plain HTTP, which is for development only, nobody may be told so.
const TRANSPORT = ["strict-transport-security", "max-age=31536000"];

/** Adds what an answer does not say for itself. */
export function secured(headers, isHttps) {
  for (const [name, value] of EVERYWHERE) if (!headers.has(name)) headers.set(name, value);
  if (isHttps) headers.set(...TRANSPORT);
  return headers;
}

/** Adds to a redirect what means anything there: a browser shows nothing of it, and it is the hot path. */
export function securedRedirect(headers, isHttps) {
  headers.set(...EVERYWHERE[0]);
  if (isHttps) headers.set(...TRANSPORT);
  return headers;
}
