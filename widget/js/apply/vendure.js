/**
 * Vendure: by its Shop API, where the session is a cookie that the page may send.
 * Grade: from documents. Source: https://docs.vendure.io/reference/graphql-api/shop/mutations
 */

import { asked } from "./platforms.js";

const ORDER = "{ activeOrder { couponCodes lines { id quantity } } }";

export const make = ({ window, get }) => {
  const ask = async (query, variables) => {
    const how = { method: "POST", credentials: "include", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) };
    return (await (await get(asked(window, /\/shop-api(\?|$)/), how)).json()).data;
  };
  return {
    async cart() {
      const { activeOrder: order } = await ask(ORDER);
      if (!order || !order.lines.length) return { is: "empty" };
      return { is: "full", mark: order.lines.map(({ id, quantity }) => id + " " + quantity).join(), codes: order.couponCodes };
    },
    async apply(code) {
      // A refusal is an answer of another type, and no error.
      const { applyCouponCode: answer } = await ask("mutation($code: String!) { applyCouponCode(couponCode: $code) { __typename } }", { code });
      return answer.__typename == "Order" ? "put" : "rejected";
    },
    stale: () => /\/(cart|checkout)\b/.test(window.location.pathname),
  };
};
