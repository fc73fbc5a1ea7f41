/**
 * Any shop with a form for codes, on this page or on the cart that it links to: what every person does, by the same form.
 * Grade: ran on the real shop (django-oscar 4.2). Source: https://docs.oscarcommerce.com/en/latest/
 *
 * There, a code that is posted before there is a cart is lost in silence, success and failure are both a 302, and a code that is
 * posted twice leaves a message on the next page that anybody sees, even one that says thanks. So it is posted once, by a form
 * that is only there where there is a cart, and found in what the cart says afterwards.
 */

import { cartLink, formOf, textsIn } from "./platforms.js";
import { numbersOf, saysCode, wordsOf } from "./words_of.js";

/** What a page says that shows an empty cart. Where it says nothing of the kind and has no form, nobody knows. */
const EMPTY = /\b(empty|leer|vide|vac[ií][oa]|vuot[oa]|leeg|pust[ya]|tom)\b|空|비어/i;

/** Takes out again what was put in: it is the buyer's own, where it is not ours. */
const REMOVAL = /(coupon|voucher|discount|promo).*(remove|delete)/i;

export const make = ({ document, get, page: load }) => {
  /** The numbers of the cart's page before a code was posted. */
  let posted;
  /** The page that has the form: this one, or that of the cart. */
  const find = () => {
    const here = formOf(document);
    // What this one shows is from before we posted.
    if (here && posted === undefined) return document;
    const url = here ? document.location.href.split("#")[0] : cartLink(document);
    return url && load(url);
  };

  return {
    async cart(code) {
      const page = await find();
      const form = page && formOf(page);
      if (!form) return { is: page && EMPTY.test(wordsOf(page.body)) ? "empty" : "none" };
      const lines = linesOf(page, form);
      // A form for codes may stand anywhere: a voucher is bought with one as well.
      if (!lines && !isCart(page, document)) return { is: "none" };
      const [{ defaultValue: typed }] = textsIn(form);
      const removable = [...page.forms].some((one) => REMOVAL.test(one.getAttribute("action") || ""));
      // A page that names the code may do so to refuse it.
      const taken = saysCode(page, code) && (posted === undefined || removable || numbersOf(page.body, code) != posted);
      const codes = taken ? [code] : typed ? [typed] : removable ? ["?"] : [];
      return { is: "full", mark: lines || numbersOf(page.body, code), codes };
    },
    async apply(code, token, { codes }) {
      if (codes.length) return "conflict";
      const page = await find();
      const form = formOf(page);
      const body = new URLSearchParams();
      // Of several buttons, one that has a name is meant to be told.
      let pressed;
      for (const { name, value, type } of form.elements) {
        if (!name || (type == "submit" && pressed)) continue;
        if (type == "submit") pressed = name;
        if (/^(hidden|submit)$/.test(type)) body.append(name, value);
      }
      body.append(textsIn(form)[0].name, code);
      posted = numbersOf(page.body, code);
      await get(new URL(form.getAttribute("action") || "", page.baseURI), { method: "POST", body });
      return "posted";
    },
    stale: () => !!formOf(document),
  };
};

/** What is in the cart, by the fields in which it is changed; nothing where there are none. */
function linesOf(page, except) {
  const isLine = ({ name, form }) => form != except && /qty|quantity|amount|line|item|-id$/i.test(name);
  const fields = [...page.querySelectorAll("input[name],select[name]")].filter(isLine);
  return fields.map(({ name, value }) => name + "=" + value).join("&");
}

/** Whether this is the page of a cart: one that was asked for as such, or is called so. */
const isCart = (page, document) => page != document || /cart|basket|bag|checkout|warenkorb|kasse|panier|carrito/i.test(document.location.pathname);
