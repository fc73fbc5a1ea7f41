/**
 * A shop that draws its cart itself and has a field for codes: typed in as a person would.
 * Grade: unconfirmed. Source: https://react.dev/reference/react-dom/components/input
 */

import { fieldOf } from "./platforms.js";
import { numbersOf, saysCode } from "./words_of.js";

const PATIENCE_MS = 4000;

/** What a button says that takes a code, and what one says that must never be pressed for anybody: a pressed order is a bought one. */
const APPLY = /\b(apply|applica|appliquer|redeem|add (the )?(code|coupon|voucher|discount|promo)|einlösen|anwenden|aplicar|toepassen|inwisselen|zastosuj|använd)\b|適用|적용|应用/i;
const OTHER =
  /pay|order|buy|cart|bag|check ?out|place|remove|delete|search|subscribe|sign|log|next|continue|bestell|kauf|zahl|weiter|pagar|paga\b|achet|command|compr|pedido|ordin|acquist|betal|koop|kup|zamów|köp|beställ|購入|注文|支払|구매|주문|결제|付款|购买|下单/i;

export const make = ({ window, document }) => {
  /** The numbers around the field before a code was typed. */
  let before;
  return {
  cart(code) {
    const field = fieldOf(document);
    if (isTaken(code, field)) return { is: "full", codes: [code] };
    if (!field) return { is: "none" };
    return { is: "full", mark: numbersOf(placeOf(field), code), codes: field.value ? [field.value] : [] };
  },
  async apply(code, token, { codes }) {
    const field = fieldOf(document);
    // What somebody is typing is theirs.
    if (codes.length || field.matches(":focus")) return codes.length ? "conflict" : "pending";
    const press = buttonBy(field);
    if (!press) return "rejected";
    // A framework that keeps the value itself has put its own setter over the browser's.
    const { set } = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value");
    const type = (text) => {
      set.call(field, text);
      field.dispatchEvent(new window.Event("input", { bubbles: true }));
    };
    before = numbersOf(placeOf(field), code);
    type(code);
    await changed(document, () => !press.disabled, 200);
    press.click();
    if (!(await changed(document, () => isTaken(code, fieldOf(document)), PATIENCE_MS)) && field.isConnected) type("");
    return "typed";
  },
  };

  /** A page that names the code may do so to refuse it: of one that was typed here, an amount has changed as well, or its field is gone. */
  function isTaken(code, field) {
    return saysCode(document, code) && (before === undefined || !field || numbersOf(placeOf(field), code) != before);
  }
};

/** What is around a field: the cart. */
const placeOf = (field) => field.closest("main,[class*=cart],[class*=checkout],[id*=cart],[id*=checkout]") || field.ownerDocument.body;

/** The button by a field that says that it takes a code, and nothing else. Where there is none, nothing is pressed. */
function buttonBy(field) {
  const said = (one) => one.value || one.textContent || one.getAttribute("aria-label") || "";
  const fits = (one) => APPLY.test(said(one)) && !OTHER.test(said(one));
  for (let around = field.parentElement, up = 0; around && up < 3; around = around.parentElement, up += 1) {
    const all = [...around.querySelectorAll("button,input[type=submit],input[type=button]")];
    if (all.length) return all.find(fits);
  }
  return undefined;
}

/** Waits until the page has changed so that this holds; false when it does not in time. */
function changed(document, holds, ms) {
  return new Promise((done) => {
    const end = (answer) => {
      watcher.disconnect();
      done(answer);
    };
    const watcher = new MutationObserver(() => holds() && end(true));
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    setTimeout(() => end(holds()), ms);
    if (holds()) end(true);
  });
}
