// What a claim says of the visit beside what it claims: the questions that the rules about risk ask (API.md). It comes with the
// views, is asked when the visitor acts, and says no more than is asked.

import { key } from "./landing.js";

/** A hundred and twenty-eight random bits, as text. */
export const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A random id under this name, kept as the consent allows: for the browser, for the tab, or on this page only. */
export function randomId(config, name) {
  // Not in here: each kind of view comes with a copy of this file.
  const made = (config.made = config.made || {});
  name = key(config) + ":" + name;
  try {
    const store = config.store();
    made[name] = store.getItem(name) || made[name] || random();
    store.setItem(name, made[name]);
  } catch (error) {
    // As under strict consent, where there is no store.
  }
  return (made[name] = made[name] || random());
}

/** The host of the page that led to this one, unless that is the shop's own. Its address is nobody's business. */
export function cameFrom() {
  try {
    const { host } = new URL(document.referrer);
    return host == location.host ? undefined : host;
  } catch (error) {
    // Nearly always there is none.
  }
}

/**
 * `cart`, and it remembers whether something lay there when the link was clicked: only its first answer on the page to which
 * the click led says so. What it answers later, or on later pages, tells what was chosen since.
 */
export function withMemory(config, cart) {
  // The loader finds a state for every page of a visit but the first, except under strict consent, where the token stays in
  // the address: what is loaded again is not where the click led.
  const [way] = performance.getEntriesByType("navigation");
  config.landed = config.landed || (config.state === undefined && !!way && way.type == "navigate");
  return () => {
    const now = cart();
    if (config.landed && now != "none") config.atClick = config.atClick ?? now == "full";
    return now;
  };
}
