/**
 * Shopify, its Liquid storefronts: by the theme's own action where there is one, else by the cart's AJAX API, else by the
 * oldest way, a discount link that sets a cookie. Both of the first replace all codes at once, so the buyer's go along.
 * Grade: from documents. Source: https://shopify.dev/docs/api/ajax/reference/cart, .../storefront-events-and-actions/actions/update-cart
 */

export const make = ({ window, get }) => {
  const root = () => ((window.Shopify.routes || {}).root || "/");
  const json = async (path, body) => {
    const how = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await get(root() + path, how)).json();
  };
  /** The codes that take something off, and all that were put in. */
  const codesOf = ({ discount_codes: codes = [], cart_level_discount_applications: whole = [] }) => [
    ...codes.filter(({ applicable }) => applicable).map(({ code }) => code),
    ...whole.map(({ title }) => title),
  ];

  async function put(codes) {
    const { updateCart } = window.Shopify.actions || {};
    if (updateCart) await updateCart({ discountCodes: codes });
    else await json("cart/update.js", { discount: codes.join() });
  }

  return {
    async cart() {
      const cart = await json("cart.js");
      const mark = cart.items.map(({ key, quantity }) => key + " " + quantity).join();
      return { is: cart.item_count ? "full" : "empty", mark, codes: codesOf(cart) };
    },
    async apply(code, token) {
      const before = await json("cart.js");
      if (token && (before.attributes || {}).goodword != token) await json("cart/update.js", { attributes: { ...before.attributes, goodword: token } });
      const own = (before.discount_codes || []).map(({ code: one }) => one);
      const took = codesOf(before);
      await put([...own, code]);
      const after = codesOf(await json("cart.js"));
      if (!after.includes(code) && !own.length) await get(root() + "discount/" + encodeURIComponent(code) + "?redirect=" + root() + "cart.js");
      if (took.every((one) => after.includes(one))) return after.includes(code) ? "put" : own.length ? "conflict" : "rejected";
      // Ours has pushed theirs out.
      await put(own);
      return "conflict";
    },
    stale: () => !(window.Shopify.actions || {}).updateCart && /\/cart\/?$/.test(window.location.pathname),
  };
};
