// How a discount gets into the cart of this page. The page's own hook comes first; where it has told none, the page itself says
// on which platform it is, and the adapter of that one is fetched. An adapter knows calls of its platform. Everything else is
// here: when to look at the cart, one attempt for each state of it, what was tried on the pages before, and what is left alone.
//
// An adapter is `make({ window, document, get, page })`, which gives
//   cart(code)          -> { is: "none" | "empty" | "full" | "linked", mark, codes }, or a promise of it. `mark` tells one state of
//                          the cart from another, whatever codes are in it; `codes` are in it now. "linked": there is no cart
//                          here but a checkout elsewhere, which is told the code on the way
//   apply(code, token, cart) -> "pending" | "linked" | "kept" | "conflict" | "rejected", or anything else where it may have worked: the engine
//                          reads the cart back, and nobody else says "applied". The buyer's own codes stay
//   stale()             -> whether this page shows a cart that only a reload brings up to date
// `get` is `fetch` with a time limit, and `page` gets a page of the shop; what is asked by them is not taken for a change of the
// cart. Whatever throws is a "rejected".

import { get } from "../ask.js";
import { withMemory } from "../evidence.js";
import { key } from "../landing.js";
import { note } from "../note.js";
import { platformOf } from "./platforms.js";

const NOTHING = { is: "none" };

/** What a request is called that may have changed a cart. */
const CART = /cart|basket|bag|checkout|coupon|voucher|discount|promo|order|shop-api|graphql/i;

/** How long the requests of one change may take, and how long a visitor who has accepted waits for a slow shop. */
const LULL_MS = 250;
const PATIENCE_MS = 4000;
const LIMIT_MS = 8000;

/** How often a code is tried in all: what tells one cart from another may be a clock. */
const TRIES_MAX = 5;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
/** What a platform never answers is late. */
const inTime = (promise) => Promise.race([promise, pause(LIMIT_MS).then(() => Promise.reject("no answer"))]);
const same = (one, other) => String(one).toUpperCase() == String(other).toUpperCase();
const has = ({ codes }, code) => (codes || []).some((one) => same(one, code));

/** The page's cart, as views see it: one for all that are shown of a program. */
export const shopOf = (config) => (config.hands = config.hands || makeShop(config));

function makeShop(config) {
  const listeners = new Set();
  const past = memoryOf(config);
  const hands = adapters();
  let seen = NOTHING;
  /** What is being done with the cart now: one thing after the other. */
  let busy = Promise.resolve();
  let ready;
  let taken;

  const inTurn = (act) => (busy = busy.then(act, act));
  /** What tells this cart from another one, but for our own code. */
  const state = ({ is, mark, codes }) => JSON.stringify([is, mark, (codes || []).filter((one) => !same(one, taken))]);

  async function read() {
    try {
      const hand = await hands.find();
      seen = (hand && (await inTime(hand.cart(taken)))) || NOTHING;
    } catch (error) {
      note(error);
      seen = NOTHING;
    }
    return seen;
  }

  /** Looks at the cart, and tells the views when it has changed. */
  const look = () =>
    inTurn(async () => {
      const before = state(seen);
      if (!config.shop && state(await read()) != before) tell();
    });
  const tell = () => listeners.forEach(([root, changed]) => root.isConnected && changed());

  async function attempt(code, token) {
    taken = code;
    const cart = await read();
    // A page without a cart may lead to one.
    if (!/full|linked/.test(cart.is)) return cart.is == "empty" ? "pending" : "rejected";
    // What is linked to is told on every page.
    const known = cart.is == "linked" ? {} : past.of(code);
    if (has(cart, code)) return past.keep({ code, applied: true }, "applied");
    // It was in there, and the buyer has taken it out.
    if (known.applied) return "unsupported";
    const { tries = 0 } = known;
    if (known.state == state(cart) || tries >= TRIES_MAX) return known.answer;
    const hand = await hands.find();
    let answer;
    try {
      answer = await inTime(hand.apply(code, token, cart));
    } catch (error) {
      note(error);
    }
    if (has(await read(), code)) return past.keep({ code, applied: true }, "applied");
    answer = /^(pending|linked|kept|conflict)$/.test(answer) ? answer : "rejected";
    return past.keep({ code, state: state(seen), answer, tries: tries + 1 }, answer);
  }

  return {
    /** Calls `changed` whenever the cart may have changed: by the page's word, or by what is seen of its requests. */
    watch(root, changed) {
      // What is gone for good is not kept for it.
      listeners.forEach((one) => one[0].isConnected || listeners.delete(one));
      listeners.add([root, changed]);
      root.addEventListener("cart", () => (config.shop ? changed() : look()));
      if (!ready) {
        ready = Promise.race([look(), pause(PATIENCE_MS)]);
        if (!config.shop) hands.observe(look);
      }
    },
    /** Resolves once it is known what the cart is, or nobody waits for it any longer. */
    ready: () => (config.shop ? undefined : ready),
    /** `none` where nothing is known of a cart, else `empty` or `full`. */
    cart: withMemory(config, () => cartOf(config, seen, taken)),
    /** Puts a code into the cart: `applied`, `pending`, `linked`, `kept`, `conflict`, `rejected` or `unsupported`. */
    apply: async (code, token) => (config.shop ? byHook(config.shop, code) : inTurn(() => attempt(code, token))),
    /** There is a code now. */
    take: (code) => (taken = code),
    /** Whether this page has to be loaded again to show what is in its cart, once for each code, and only where nothing is lost. */
    async stale() {
      const hand = !config.shop && !config.strict && (await hands.find());
      if (!hand || !hand.stale || !hand.stale() || past.of(taken).loaded || isOfCheckout() || isFilledIn()) return false;
      past.keep({ code: taken, applied: true, loaded: true });
      // Where nothing can be kept, the next page would do it again.
      return past.isKept();
    },
  };
}

/** What the page's hook says of the cart, or what was last seen of it. Where a checkout is only linked to, it waits for the code. */
function cartOf({ shop }, { is }, taken) {
  try {
    if (shop) return shop.hasCart() ? "full" : "empty";
    return is == "linked" ? (taken ? "full" : "none") : is;
  } catch (error) {
    note(error);
    return "empty";
  }
}

async function byHook(shop, code) {
  try {
    return String(await shop.apply(code));
  } catch (error) {
    note(error);
    return "unsupported";
  }
}

/** Whether somebody has begun to fill in something on this page. */
const isFilledIn = () =>
  // A framework that keeps a field's value itself says that it began with it, so that anything that can be read counts.
  [...document.querySelectorAll("input, textarea, select")].some((one) => {
    const { type, value, defaultValue, defaultChecked, checked } = one;
    if (/^(checkbox|radio)$/.test(type)) return checked != defaultChecked;
    if (/^select/.test(type)) return [...one.selectedOptions].some((option) => !option.defaultSelected && option.index);
    if (/^(text|email|tel|password|textarea|date)$/.test(type)) return value && one.getClientRects().length;
    return type != "hidden" && value != defaultValue;
  });

/** Whether a buyer is about to pay here: nothing of that must be lost. */
const isOfCheckout = () => /check-?out|kasse|payment|caisse|pago/i.test(location.pathname);

/** The adapter of the platform that the page is on now, fetched once; and what is seen of its requests. */
function adapters() {
  let name;
  let made;
  let end = ".js";
  /** Our own requests, by how often each was made and not yet seen. */
  const own = new Map();
  const count = (url) => {
    const { href } = new URL(url, document.baseURI);
    own.set(href, (own.get(href) || 0) + 1);
    return href;
  };
  const ask = (url, how) => get(count(url), { credentials: "same-origin", ...how });
  /** A page as its document: by the one parser that no policy about Trusted Types forbids. */
  const page = (url) =>
    new Promise((done, failed) => {
      const asking = new XMLHttpRequest();
      asking.open("GET", count(url));
      asking.responseType = "document";
      asking.timeout = LIMIT_MS;
      asking.onload = () => (asking.status < 400 && asking.response ? done(asking.response) : failed(asking.status));
      asking.onerror = asking.ontimeout = failed;
      asking.send();
    });
  const isOwn = (url) => {
    const left = own.get(url);
    if (left) own.set(url, left - 1);
    return left;
  };
  return {
    async find() {
      // It may be another one on the next view of a page that is never left. A field may be gone once it has taken the code.
      const now = platformOf(window) || name;
      if (now != name) [name, made] = [now, now && load(now)];
      return made;
      function load(platform) {
        // It lies beside this file.
        const loaded = import(new URL("apply-" + platform + end, import.meta.url)).then(({ make }) => make({ window, document, get: ask, page }));
        loaded.catch(() => {
          // Firefox asks for no module a second time by its name.
          end += "#";
          name = made = undefined;
        });
        return loaded;
      }
    },
    observe(look) {
      let soon;
      const seen = (list) => {
        const others = list.getEntries().filter(({ name: url, initiatorType }) => /^(fetch|xmlhttprequest|beacon)$/.test(initiatorType) && !isOwn(url));
        if (!others.some(({ name: url }) => CART.test(url))) return;
        clearTimeout(soon);
        soon = setTimeout(look, LULL_MS);
      };
      new PerformanceObserver(seen).observe({ type: "resource" });
    },
  };
}

/** What was tried with a code, for this tab; under strict consent for this page. */
function memoryOf(config) {
  const name = key(config) + ":cart";
  let known = {};
  try {
    known = (!config.strict && JSON.parse(sessionStorage.getItem(name))) || {};
  } catch (error) {
    // Storage may be forbidden.
  }
  const text = () => JSON.stringify(known);
  return {
    of: (code) => known[code] || {},
    keep(what, answer) {
      known = { __proto__: null, ...known, [what.code]: { ...known[what.code], ...what } };
      try {
        if (!config.strict) sessionStorage.setItem(name, text());
      } catch (error) {
        // As above.
      }
      return answer;
    },
    isKept() {
      try {
        return sessionStorage.getItem(name) == text();
      } catch (error) {
        return false;
      }
    },
  };
}
