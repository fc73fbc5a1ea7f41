/**
 * Magento Open Source: by its REST API in the checkout, where the page has the guest's cart, else by the cart's own form.
 * It takes one code.
 * Grade: unconfirmed. Source: https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/order-add-items/
 */

export const make = ({ window, document, get, page }) => {
  const coupons = () => {
    const { quoteData } = window.checkoutConfig || {};
    return quoteData && "/rest/V1/guest-carts/" + quoteData.entity_id + "/coupons";
  };
  /** How many things are in the cart, as the theme keeps it for its own pages. */
  const kept = () => (JSON.parse(window.localStorage.getItem("mage-cache-storage")) || {}).cart || {};
  const taken = async () => {
    if (coupons()) return (await get(coupons())).json();
    const field = (await page("/checkout/cart/")).querySelector("input[name=coupon_code]");
    return field && field.getAttribute("value");
  };
  return {
    async cart() {
      const { summary_count: count, items = [] } = kept();
      if (!count) return { is: "empty" };
      const code = await taken();
      return { is: "full", mark: items.map(({ item_id: id, qty }) => id + " " + qty).join(), codes: [code].filter((one) => one && typeof one == "string") };
    },
    async apply(code, token, { codes }) {
      if (codes.length) return "conflict";
      const [, formKey] = /form_key=([^;]+)/.exec(document.cookie) || [];
      if (coupons()) await get(coupons() + "/" + encodeURIComponent(code), { method: "PUT" });
      else await get("/checkout/cart/couponPost/", { method: "POST", body: new URLSearchParams({ form_key: formKey || "", remove: "0", coupon_code: code }) });
      return "put";
    },
    stale: () => /\/checkout\/cart\/?$/.test(window.location.pathname),
  };
};
