/**
 * Saleor: by its GraphQL API, with the checkout that the storefront keeps in its address or in a cookie. It takes one code.
 * Grade: unconfirmed. Source: https://docs.saleor.io/api-reference/checkout/mutations/checkout-add-promo-code
 */

import { asked } from "./platforms.js";

export const make = ({ window, document, get }) => {
  const id = () => new URLSearchParams(window.location.search).get("checkout") || (/checkoutId[\w-]*=([^;]+)/.exec(document.cookie) || [])[1];
  const ask = async (query, variables) => {
    const how = { method: "POST", credentials: "omit", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) };
    return (await (await get(asked(window, /saleor.*\/graphql\/$/), how)).json()).data;
  };
  return {
    async cart() {
      if (!id()) return { is: "empty" };
      const { checkout } = await ask("query($id: ID!) { checkout(id: $id) { voucherCode lines { id quantity } } }", { id: decodeURIComponent(id()) });
      if (!checkout || !checkout.lines.length) return { is: "empty" };
      return { is: "full", mark: checkout.lines.map((line) => line.id + " " + line.quantity).join(), codes: [checkout.voucherCode].filter(Boolean) };
    },
    async apply(code, token, { codes }) {
      if (codes.length) return "conflict";
      const given = { id: decodeURIComponent(id()), code };
      await ask("mutation($id: ID!, $code: String!) { checkoutAddPromoCode(id: $id, promoCode: $code) { errors { code } } }", given);
      if (token) {
        const input = [{ key: "goodword", value: token }];
        await ask("mutation($id: ID!, $input: [MetadataInput!]!) { updateMetadata(id: $id, input: $input) { errors { code } } }", { id: given.id, input });
      }
      return "put";
    },
    stale: () => /\/(cart|checkout)\b/.test(window.location.pathname),
  };
};
