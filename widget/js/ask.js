// Requests to the edge: without credentials unless the caller of `get` names some, without a preflight (a string body is
// text/plain), and never longer than the time limit.

import { note } from "./note.js";

const LIMIT_MS = 8000;

let told;

/** `fetch` as every part of the widget uses it. */
export const get = (url, options) =>
  fetch(url, { credentials: "omit", signal: AbortSignal.timeout && AbortSignal.timeout(LIMIT_MS), ...options });

/** The JSON answer of the edge; rejects with its problem, or with the network's error. With `bearer` it costs a preflight. */
export const ask = async (config, path, body, bearer) => {
  const how = body ? { method: "POST", body: JSON.stringify(body) } : bearer && { headers: { authorization: "Bearer " + bearer } };
  const response = await get(config.api + path, how);
  const answer = await response.json();
  if (response.ok) return answer;
  // Whoever puts the tag into a page has to hear this, and once is enough.
  if (told != answer.code) note((told = answer.code) + ": " + answer.detail);
  throw answer;
};

/** Counts what was shown, dismissed or shared. Nobody waits for it, and it outlives the page. */
export const report = (config, kind, placement, channel, variant) =>
  get(config.api + "/exposures", {
    method: "POST",
    body: JSON.stringify({ events: [{ kind, placement, channel: channel || null, variant }] }),
    keepalive: true,
  }).catch(() => {});
