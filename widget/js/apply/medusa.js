/**
 * Medusa 2: by its Store API, where the page asks it itself; the tag has the publishable key as `data-shop-key`.
 * Grade: unconfirmed. Source: https://docs.medusajs.com/api/store#carts_postcartsidpromotions
 */

import { asked } from "./platforms.js";

const CART = /\/store\/carts\/cart_\w+/;

export const make = ({ window, document, get }) => {
  const { shopKey } = document.querySelector("script[data-program][data-shop-key]").dataset;
  const ask = async (path, body) => {
    const [url] = /^.*\/store\/carts\/cart_\w+/.exec(asked(window, CART));
    const headers = { "x-publishable-api-key": shopKey, "content-type": "application/json" };
    return (await (await get(url + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "include" })).json()).cart;
  };
  const FIELDS = "?fields=*items,*promotions,metadata";
  return {
    async cart() {
      const { items = [], promotions = [] } = await ask(FIELDS);
      const codes = promotions.filter((one) => !one.is_automatic).map(({ code }) => code);
      return { is: items.length ? "full" : "empty", mark: items.map(({ id, quantity }) => id + " " + quantity).join(), codes };
    },
    async apply(code, token) {
      const { metadata } = await ask(FIELDS);
      if (token) await ask("", { metadata: { ...metadata, goodword: token } });
      // What is named is added to what is there.
      await ask("/promotions", { promo_codes: [code] });
      return "put";
    },
    stale: () => /\/(cart|checkout)\b/.test(window.location.pathname),
  };
};
