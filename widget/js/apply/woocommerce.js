/**
 * WooCommerce: by the Store API, whose nonce comes with every answer. A coupon for itself alone puts others out, so what the
 * buyer had is put back, and ours is taken out again.
 * Grade: from documents. Source: https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/cart-coupons
 */

export const make = ({ window, document, get }) => {
  // A site without pretty addresses has the path in its query, to which more can be added as well.
  const api = document.querySelector("link[rel='https://api.w.org/']").href + "wc/store/v1/cart";
  const codesOf = ({ coupons }) => coupons.map(({ code }) => code);
  let nonce;
  const read = async () => {
    const answer = await get(api, { cache: "no-store" });
    nonce = answer.headers.get("Nonce");
    return answer.json();
  };
  const post = (what, code) => {
    const headers = { "content-type": "application/json", Nonce: nonce };
    return get(api + "/" + what, { method: "POST", headers, body: JSON.stringify({ code }) });
  };
  return {
    async cart() {
      const cart = await read();
      const mark = cart.items.map(({ key, quantity }) => key + " " + quantity).join();
      return { is: cart.items.length ? "full" : "empty", mark, codes: codesOf(cart) };
    },
    async apply(code) {
      const own = codesOf(await read());
      if (!(await post("apply-coupon", code)).ok) return own.length ? "conflict" : "rejected";
      const after = codesOf(await read());
      const lost = own.filter((one) => !after.includes(one));
      if (!lost.length) return "put";
      await post("remove-coupon", code);
      for (const one of lost) await post("apply-coupon", one);
      return "conflict";
    },
    stale: () => /\bwoocommerce-cart\b/.test(window.document.body.className),
  };
};
