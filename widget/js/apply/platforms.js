// On which platform a page is, told by what is on it: no request, nothing touched, nothing thrown. The first that says yes is it.

/** What a field or a form for codes is called. */
const CODES = "coupon|voucher|discount|promo";

const says = (pattern) => (...texts) => texts.some((text) => new RegExp(pattern, "i").test(text || ""));
const ofCodes = says(CODES);

/** The last address that this page has asked for and that looks like this. */
export function asked(window, pattern) {
  const all = window.performance.getEntriesByType("resource").map(({ name }) => name);
  return all.reverse().find((name) => pattern.test(name));
}

const PLATFORMS = [
  ["shopify", ({ Shopify }) => Shopify && Shopify.shop],
  ["woocommerce", ({ document }) => /\bwoocommerce(-no)?-js\b/.test(document.body.className) && document.querySelector("link[rel='https://api.w.org/']")],
  ["bigcommerce", ({ BCData, document }) => BCData || document.querySelector("link[href*='.bigcommerce.com/s-'],script[src*='.bigcommerce.com/s-']")],
  ["stripe_links", ({ document }) => document.querySelector("a[href^='https://buy.stripe.com/']")],
  ["paddle", ({ document }) => document.querySelector(".paddle_button")],
  ["lemon_squeezy", ({ document }) => document.querySelector("a[href*='.lemonsqueezy.com/'][href*='/buy/']")],
  ["snipcart", ({ Snipcart, SnipcartSettings }) => Snipcart || SnipcartSettings],
  ["vendure", (window) => asked(window, /\/shop-api(\?|$)/)],
  ["medusa", (window) => window.document.querySelector("script[data-program][data-shop-key]") && asked(window, /\/store\/carts\/cart_\w+/)],
  ["saleor", (window) => asked(window, /saleor.*\/graphql\/$/)],
  ["magento", ({ document }) => document.querySelector("script[type='text/x-magento-init']")],
  ["form", ({ document }) => formOf(document)],
  ["dom", ({ document }) => fieldOf(document)],
  ["form", ({ document }) => cartLink(document)],
];

/** The platform of this page; nothing where a code can only be shown. */
export function platformOf(window) {
  const is = ([, detect]) => {
    try {
      return detect(window);
    } catch (error) {
      // What a page has under a name of ours may be anything.
      return false;
    }
  };
  const [name] = (window.document.body && PLATFORMS.find(is)) || [];
  return name;
}

const TEXTS = "input:not([type]),input[type=text],input[type=search]";

/** The form of a document that says that it takes codes, and has one field for them. */
export const formOf = (document) =>
  [...document.forms].find((form) => {
    const [field, more] = textsIn(form);
    const [action, id, method] = ["action", "id", "method"].map((name) => form.getAttribute(name) || "");
    const hidden = [...form.querySelectorAll("input[type=hidden]")].map(({ name }) => name);
    return field && !more && /^post$/i.test(method) && ofCodes(action, id, ...hidden) && !/remove|delete/i.test(action) && !isOther(field);
  });

/** The fields for text of a place. */
export const textsIn = (place) => [...place.querySelectorAll(TEXTS)];

/** A field for codes that can be seen and typed into. */
export const fieldOf = (document) =>
  textsIn(document).find((field) => {
    const { readOnly, disabled } = field;
    return !readOnly && !disabled && ofCodes(...namesOf(field)) && !isOther(field) && field.getClientRects().length;
  });

const namesOf = (field) => [field.name, field.id, field.placeholder, field.getAttribute("aria-label")];

/** Who promises a discount for an address has a field for that, and not for a code. */
const isOther = (field) => says("e-?mail|newsletter|search|phone")(...namesOf(field));

/** Where this page says that its cart is, on the same host. */
export function cartLink({ links, location }) {
  const isCart = ({ origin, pathname }) => origin == location.origin && /\/(cart|basket|bag|warenkorb|panier|carrito)\/?$/i.test(pathname);
  const found = [...links].find(isCart);
  return found && found.href.split("#")[0];
}
