/**
 * A shop that draws its cart itself and has a field for codes: typed in as a person would.
 * Grade: unconfirmed. Source: https://react.dev/reference/react-dom/components/input
 */

import { fieldOf } from "./platforms.js";
import { saysCode, wordsOf } from "./words_of.js";

const PATIENCE_MS = 4000;

/** What a button says that takes a code, and what one says that must never be pressed for anybody. */
const APPLY = /\b(appl(y|ica|iquer)|redeem|use|add (the )?(code|coupon|voucher|discount|promo)|einlösen|anwenden|aplicar|utiliser|valider|toepassen|zastosuj|använd)|適用|적용|使用/i;
const OTHER = /pay|order|buy|cart|bag|check ?out|place|remove|delete|search|subscribe|sign|log|next|continue/i;

export const make = ({ window, document }) => ({
  cart(code) {
    if (saysCode(document, code)) return { is: "full", codes: [code] };
    const field = fieldOf(document);
    if (!field) return { is: "none" };
    return { is: "full", mark: markBy(field), codes: field.value ? [field.value] : [] };
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
    type(code);
    await changed(document, () => !press.disabled, 200);
    press.click();
    if (!(await changed(document, () => saysCode(document, code), PATIENCE_MS)) && field.isConnected) type("");
    return "typed";
  },
});

/** The numbers around a field: those of a cart. */
const markBy = (field) => wordsOf(field.closest("main,[class*=cart],[class*=checkout],[id*=cart],[id*=checkout]") || document.body).replace(/\D+/g, " ").trim();

/** The button by a field: one that says so, or the only one, unless it does something else. */
function buttonBy(field) {
  for (let around = field.parentElement, up = 0; around && up < 3; around = around.parentElement, up += 1) {
    const all = [...around.querySelectorAll("button,input[type=submit],input[type=button]")];
    const said = (one) => one.value || one.textContent || one.getAttribute("aria-label") || "";
    const fits = all.find((one) => APPLY.test(said(one)));
    if (fits || all.length) return fits || (all.length == 1 && !OTHER.test(said(all[0])) ? all[0] : undefined);
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
