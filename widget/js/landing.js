// The click token: found where the redirect left it, taken out of the address bar, and kept as the consent allows: for this tab,
// or for this browser.

const PART = /(^.|&)gw=([\w-]{1,120})(?=&|$)/g;

/** The token of this visit, unless its story has ended already: from the fragment, else the query, else from memory. */
export function takeToken(config) {
  let token;
  const take = (_, before, found) => {
    token = token || found;
    return "";
  };
  const without = (part) => part.replace(PART, take).replace(/^&/, part[0]);
  const hash = without(location.hash);
  const search = without(location.search);
  if (token && !config.strict) {
    // A page's <base href> must not decide where this leads.
    history.replaceState(history.state, "", location.href.split(/[?#]/)[0] + search + hash);
  }
  let known;
  let state;
  try {
    [known, state] = (config.store().getItem(key(config)) || "").split(" ");
  } catch (error) {
    // Storage may be forbidden; then each page is the first.
  }
  if (token && token != known) {
    remember(config, token, "");
    return token;
  }
  config.state = state;
  return state != "done" && (token || known);
}

/** Under which what belongs to a program is kept. */
export const key = (config) => "goodword:" + config.program;

/** Keeps how far the token got: nothing, `accepted`, or `done` when it must not be offered again. */
export function remember(config, token, state) {
  try {
    config.store().setItem(key(config), token + " " + state);
  } catch (error) {
    // As above.
  }
}
