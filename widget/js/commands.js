// The one global: `goodword(method, ...args)`. It answers with a promise that never rejects, because a page that does not
// look at it must not get an unhandled rejection.

import { customerChanged, element, tell } from "./elements.js";
import { note } from "./note.js";

/**
 * Installs the global and replays what the page said before it was here. A stub puts into `goodword.q` either the
 * arguments alone, or `[resolve, args]` for a page that waits for the answer.
 */
export function installCommands(config) {
  const commands = {
    __proto__: null,
    /** Opens the share dialog: true when it is open. */
    open: () => (config.customer ? element("launcher").open() : note("nobody is signed in")),
    /** Closes it. */
    close: () => tell("close"),
    /** Signs a customer in, or out with nothing. A fresh token of the same customer disturbs nobody. */
    customer(token) {
      const before = subject(config.customer);
      config.customer = token;
      if (subject(token) != before) customerChanged();
    },
    /** Says where a fresh token of the same customer comes from, once one has expired: `async (program) => jwt`. */
    expired(renew) {
      config.expired = renew;
    },
    /** Says how a code gets into this page's cart: `{ hasCart, apply }`. */
    shop(shop) {
      config.shop = shop;
      tell("cart");
    },
    /** Says that the cart has changed. */
    cart: () => tell("cart"),
    /** Calls `listener` with the detail of every `goodword:` event of this name. */
    on: (name, listener) => document.addEventListener("goodword:" + name, (event) => listener(event.detail)),
  };
  const goodword = async (method, ...args) => {
    try {
      return await commands[method](...args);
    } catch (error) {
      note(error);
    }
  };
  goodword.program = config.program;
  document.addEventListener("click", ({ target }) => target.closest && target.closest("[data-goodword-open]") && goodword("open"));
  const { q } = window.goodword || {};
  window.goodword = goodword;
  for (const call of q || []) {
    if (typeof call[0] == "function") call[0](goodword(...call[1]));
    else goodword(...call);
  }
}

/** Whose token this is, unverified: enough to know whether it is somebody else's. */
function subject(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
  } catch (error) {
    return token || "";
  }
}
