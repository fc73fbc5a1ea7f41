// Requests to the edge: without credentials, without a preflight (a string body is text/plain), and never longer than
// the time limit.

const LIMIT_MS = 8000;

/** `fetch` as every part of the widget uses it. */
export const get = (url, options) =>
  fetch(url, { credentials: "omit", signal: AbortSignal.timeout && AbortSignal.timeout(LIMIT_MS), ...options });

/** The JSON answer of the edge; rejects with its problem, or with the network's error. */
export const ask = async (config, path, body) => {
  const response = await get(config.api + path, body && { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (response.ok) return answer;
  throw answer;
};

/** Counts what was shown, dismissed or shared. Nobody waits for it, and it outlives the page. */
export const report = (config, kind, placement, channel) =>
  get(config.api + "/exposures", {
    method: "POST",
    body: JSON.stringify({ events: [{ kind, placement, channel: channel || null, variant: 0 }] }),
    keepalive: true,
  }).catch(() => {});
