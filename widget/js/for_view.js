// What a view may know of the page and ask of it, in whichever kind of views: it comes with them, and not with the loader.
// None of it throws.

import { ask, get, report } from "./ask.js";
import { cameFrom, randomId } from "./evidence.js";
import { key, remember } from "./landing.js";
import { note } from "./note.js";
import { sheet } from "./style.js";

// The first number takes longest to write, and while this is read the rest is still on its way.
try {
  new Intl.NumberFormat(undefined, { style: "percent" });
} catch (error) {
  // Whoever needs one will be told.
}

/** Mounts into `root` what `view(root, page)` makes for this element, and says so. `first` are the loader's first requests. */
export function mountView(view, root, element, config, first, words) {
  const page = forView(element, config, first, words);
  root.className = "goodword";
  root.lang = page.language;
  root.dir = words.dir || "ltr";
  adopt(root, sheet);
  const made = view(root, page);
  page.emit("ready", "kind", page.kind);
  if (page.kind == "launcher" && "prompt" in element.dataset) askBySelf(root, config, first);
  return made;
}

/** Opens the dialog by itself, once in a visit, and only where there is something to share. */
async function askBySelf(root, config, first) {
  try {
    const [offer, referrer] = await Promise.all(first);
    if (offer.active && referrer.link && !wasAsked(config)) root.dispatchEvent(new Event("open"));
  } catch (error) {
    // Whoever presses the button is told.
  }
}

/** Whether this visit was asked before; from now on it was. A visit is a tab, also where an invitation may be kept for longer. */
function wasAsked(config) {
  const name = key(config) + ":asked";
  let before = config.asked;
  config.asked = true;
  try {
    if (!config.strict) {
      before = before || !!sessionStorage.getItem(name);
      sessionStorage.setItem(name, "1");
    }
  } catch (error) {
    // As under strict consent.
  }
  return before;
}

/** Adds a style sheet to the shadow that this root is in, once. */
export function adopt(root, sheet) {
  const shadow = root.getRootNode();
  if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}

/**
 * Says once in which browser a customer shares: whoever takes the offer in the same one is looked at. The enrolment itself has
 * left before anybody has done anything, and it says nothing of the kind.
 */
function tellBrowser(config) {
  if (!config.customer || config.told == config.program) return;
  config.told = config.program;
  const body = JSON.stringify({ customer_token: config.customer, browser: randomId(config, "browser") });
  get(config.api + "/referrers", { method: "POST", body, keepalive: true }).catch(() => {});
}

/**
 * With which credentials a claim is sent where the page wants its click kept as a cookie of the shop's own: `data-cookie` on the
 * tag. Under strict consent nothing is kept.
 */
function kept({ base, strict }) {
  const tag = document.querySelector("script[data-program][data-cookie]");
  if (tag && !strict) return new URL(base).origin == location.origin ? "same-origin" : "include";
}

/** As `ask` does, with credentials: the answer to this one request may set a cookie. Not in there, which every page pays for. */
async function askWith(credentials, url, body) {
  const response = await get(url, { method: "POST", body: JSON.stringify(body), credentials });
  const answer = await response.json();
  if (response.ok) return answer;
  note(answer.code + ": " + answer.detail);
  throw answer;
}

/** A text of anybody's as it fits into a message: on one line, in its own direction, and not for ever. */
const oneLine = (text) => [...text.replace(/[\0-\x1f\u202a-\u202e\u2066-\u2069]+/g, " ").trim()].slice(0, 200).join("");

/** The page's own words, whatever there is of them. */
function ownWords() {
  try {
    return JSON.parse(document.querySelector("script[data-goodword-words]").textContent);
  } catch (error) {
    // Nearly no page has any.
  }
}

function forView(element, config, first, words) {
  const { kind } = element;
  const { api, base, token, state, locale } = config;
  const [program, referrer] = first;
  const emit = (name, key, value) => {
    const detail = { [key]: value };
    element.dispatchEvent(new CustomEvent("goodword:" + name, { bubbles: true, composed: true, detail }));
  };
  const tag = document.querySelector("script[data-program]");
  /** What the element says by an attribute, else the tag if it is of the same program. */
  const said = (name) => element.dataset[name] || (!element.dataset.program && tag && tag.dataset[name]) || "";
  const variant = /^\d$/.test(said("variant")) ? said("variant") : "0";
  /** What every claim says of who makes it. */
  const evidence = () => ({ customer_token: config.customer || undefined, browser: randomId(config, "browser"), referrer: cameFrom() });
  return {
    kind, api, base, state, locale, program, referrer, emit,
    // Browsers without Global Privacy Control say nothing of it.
    strict: !!config.strict,
    /** Where this is, as share links and counts name it. */
    place: element.dataset.placement || kind,
    achievement: oneLine(said("achievement")),
    variant,
    language: words.lang || "en",
    words: { ...words, ...ownWords() },
    invitation: config.invitation,
    /** The answer to what this visit's click offers, if one led here, and the click itself. */
    get asked() {
      return config.asked;
    },
    get token() {
      return config.asked && config.token;
    },
    /** Who is signed in now, which may change while an invitation is shown. */
    get customer() {
      return config.customer || undefined;
    },
    report: (what, channel) => {
      if (what == "shared") tellBrowser(config);
      report(config, what, element.dataset.placement || kind, channel, +variant);
    },
    renew: () => renew(config),
    /** Opens the customer's own share dialog, which is somebody else's element. */
    open: () => window.goodword("open"),
    remember: (how) => {
      remember(config, token, (config.state = how));
      // A page that is put back from a copy does not begin anew.
      if (how == "done") config.invitation = undefined;
    },
    /** A random id of this name, kept as the consent allows. */
    id: (name) => randomId(config, name),
    evidence,
    /** Claims this visit's click: the discount, or a rejection. */
    claim() {
      const keep = kept(config);
      const body = { token, cart: config.atClick, ...evidence(), keep: keep && true };
      return keep ? askWith(keep, api + "/claims", body) : ask(config, "/claims", body);
    },
  };
}

/** Asks the page for a fresh token of its customer: true when there is one. */
async function renew(config) {
  try {
    const fresh = config.expired && (await config.expired(config.program));
    if (fresh) config.customer = String(fresh);
    return !!fresh;
  } catch (error) {
    note(error);
    return false;
  }
}
