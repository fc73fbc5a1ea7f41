/**
 * BigCommerce, its Stencil storefronts: by the Storefront API. A checkout takes one coupon, so that the buyer's own stays alone.
 * Grade: from documents. Source: https://developer.bigcommerce.com/docs/rest-storefront/checkouts/checkout-coupons
 */

export const make = ({ window, get }) => {
  const read = async () => (await (await get("/api/storefront/carts")).json())[0];
  return {
    async cart() {
      const cart = await read();
      if (!cart) return { is: "empty" };
      const items = Object.values(cart.lineItems).flat();
      const codes = (cart.coupons || []).map(({ code }) => code);
      return { is: items.length ? "full" : "empty", mark: items.map(({ id, quantity }) => id + " " + quantity).join(), codes };
    },
    async apply(code, token, { codes }) {
      if (codes.length) return "conflict";
      const how = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ couponCode: code }) };
      return (await get("/api/storefront/checkouts/" + (await read()).id + "/coupons", how)).ok ? "put" : "rejected";
    },
    stale: () => /\/cart\.php$/.test(window.location.pathname),
  };
};
