// The one global: `goodword(method, ...args)`. It answers with a promise that never rejects, because a page that does not
// look at it must not get an unhandled rejection.

import { customerChanged, element, tell } from "./elements.js";
import { note } from "./note.js";

/** Installs the global and replays what the page said before it was here: `[resolve, args]` in `goodword.q`. */
export function installCommands(config) {
  const commands = {
    __proto__: null,
    /** Opens the share dialog: true when it is open. */
    open: () => (config.customer ? element("launcher").open() : note("nobody is signed in")),
    /** Closes it. */
    close: () => tell("close"),
    /** Signs a customer in, or out with nothing. */
    customer(token) {
      config.customer = token;
      customerChanged();
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
  const { q } = window.goodword || {};
  window.goodword = goodword;
  for (const [resolve, args] of q || []) resolve(goodword(...args));
}
