// What views in plain JavaScript are made of: the same places, classes and words as those in WebAssembly. Text is always a
// text node, and nothing touches `innerHTML`.

import { copy, holdsFocus, money, percent, takeFocus } from "./page.js";
import { note } from "./note.js";
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** A new element; what has no property everywhere is set as an attribute. */
export function el(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const name of Object.keys(properties)) {
    if (/^role|^aria|^for$/.test(name)) made.setAttribute(name, properties[name]);
    else made[name] = properties[name];
  }
  made.append(...children);
  return made;
}

/** A picture made of one path. */
export function picture(viewBox, d) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

export function button(text, className, act, label) {
  const made = el("button", label ? { className, "aria-label": label } : { className }, text);
  on(made, "click", act);
  return made;
}

/** Listens; whatever goes wrong stays here. */
export function on(target, event, act) {
  target.addEventListener(event, async (happened) => {
    try {
      await act(happened);
    } catch (error) {
      note(error);
    }
  });
}

/** Replaces what is in a place; the focus stays there. */
export function refill(place, ...children) {
  const held = holdsFocus(place);
  place.replaceChildren(...children);
  if (held) takeFocus(place);
}

/** A value that fits: cut after sixty characters, so that a page of it cannot push anything aside. */
export const short = (value) => {
  const letters = [...String(value)];
  return letters.length > 60 ? letters.slice(0, 60).join("") + "…" : String(value);
};

/** Says a key with these values; each is an element of its own direction. */
export const fill = (...values) => (key) =>
  word(key, values.find((value) => /^\d+$/.test(value)))
    .split(/\{(\d)\}/)
    .map((part, at) => (at % 2 ? el("bdi", {}, short(values[part] ?? "")) : part));

/** An amount or a percentage, of an offer or a reward; or what is free. */
export function worth({ kind, amount, currency, basis_points, maximum, item }) {
  if (kind == "free_shipping") return word("freeShipping");
  if (kind == "free_item") return word("freeItem").replace("{0}", () => short(item || word("gift")));
  const value = basis_points ? percent(basis_points) : money(amount, currency);
  return maximum ? word("atMost").replace("{0}", () => value).replace("{1}", () => money(maximum, currency)) : value;
}

/** The thing that a reward is, or so many points of a name of their own, whose plural nobody knows; nothing where it is an amount. */
export const thing = ({ kind, description, quantity }) =>
  description && (quantity ? quantity + " " + short(description) : /^(free_.*|upgrade|custom)$/.test(kind) && short(description));

/** The key for what is free, where there is one: that is not said to be so much "off". */
export const keyFor = ({ kind }, key) => (kind.startsWith("free") && word(key + "Free") != key + "Free" ? key + "Free" : key);

/** How many friends have come this way, where the merchant shows it. */
export const soFar = (count) => (count ? [el("p", { className: "hint", part: "so-far" }, ...fill(count)("soFar"))] : []);

/** What the inviter says, where they said something, in quotation marks of the language. */
export const quote = (note) => (note ? [el("q", { dir: "auto" }, note)] : []);

/** A field with its copy button, and the line that says aloud what came of it. */
export function field(value, copied, label, action, done) {
  const input = el("input", { value, readOnly: true, "aria-label": word(label) });
  const said = el("p", { className: "said hush", role: "status" });
  input.part = label == "link" ? "link" : "code";
  const press = button(word(action), "primary", async () => {
    const worked = await copy(copied, input);
    said.textContent = word(worked ? "copied" : "copyByHand");
    // What has to be done by hand is said below, for as long as it takes.
    if (worked) press.textContent = word("copied");
    said.className = worked ? "said hush" : "said";
    setTimeout(() => (press.textContent = word(action)), 2500);
    done();
  });
  press.part = "copy";
  return [el("div", { className: "link" }, input, press), said];
}

/** Whether the page's answer to a code is that the buyer's own stays: each is a key as well. */
export const ownStays = (answer) => answer == "kept" || answer == "conflict";

/** What a refusal of the edge means for the invitee, as a key; nothing where another try may help. */
export const refusal = ({ code }) =>
  ({
    existing_customer: "existing",
    already_referred: "existing",
    self_referral: "own",
    click_token_expired: "expired",
    click_token_used: "used",
    program_ended: "over",
    too_many_discounts_for_code: "full",
    too_many_discounts_for_source: "full",
    unknown_code: "unknown",
  })[code];
