/**
 * Snipcart: by its own object in the page, which draws its cart anew by itself.
 * Grade: from documents. Source: https://docs.snipcart.com/v3/sdk/api
 */

export const make = ({ window }) => {
  const read = () => window.Snipcart.store.getState().cart;
  return {
    cart() {
      if (!(window.Snipcart && window.Snipcart.store)) return { is: "none" };
      const { items, discounts } = read();
      const codes = ((discounts && discounts.items) || []).map(({ code }) => code).filter(Boolean);
      const mark = items.items.map(({ id, quantity }) => id + " " + quantity).join();
      return { is: items.count ? "full" : "empty", mark, codes };
    },
    async apply(code, token) {
      const { cart } = window.Snipcart.api;
      const { metadata } = read();
      if (token) await cart.update({ metadata: { ...metadata, goodword: token } });
      // Several may lie in one cart, unless one of them says otherwise.
      await cart.applyDiscount(code);
      return "put";
    },
  };
};
