// `<goodword-code>`, "Were you referred?": a code that was said and not clicked, at registration or at checkout. In a form of
// the shop, what was typed goes along as a hidden field, so that the shop's server can report it with the order.

import { shopOf } from "./apply/engine.js";
import { ask } from "./ask.js";
import { adopt, mountView } from "./for_view.js";
import { note } from "./note.js";
import { setLocale } from "./page.js";
import { el, field, fill, keyFor, on, ownStays, refill, refusal, worth } from "./plain.js";
import { speak, word } from "./words.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__CODE_CSS__);

/** Mounts the view of this element into `root`. */
export const mount = (root, element, config, ...seen) => mountView((at, page) => view(at, page, shopOf(config)), root, element, config, ...seen);

/** The loader removes the root, and everything is in it. */
export function unmount() {}

function view(root, page, shop) {
  setLocale(page.locale);
  speak(page.language, page.words);
  adopt(root, sheet);
  const input = el("input", { id: "typed", maxLength: 60, autocomplete: "off", autocapitalize: "characters", spellcheck: false });
  const use = el("button", { className: "primary" }, word("askedUse"));
  const said = el("p", { id: "said", className: "hint", role: "status" });
  const title = el("strong", { id: "asked" }, word("asked"));
  const label = el("label", { for: "typed", className: "hush" }, word("askedLabel"));
  const form = el("form", { noValidate: true, "aria-labelledby": "asked" }, title, label, el("div", { className: "link" }, input, use), said);
  const place = el("section", { className: "asked" }, form);
  const keep = keeper(root.getRootNode().host);
  input.setAttribute("aria-describedby", "said");
  input.part = "typed";
  use.part = "use";
  place.part = "asked";
  ask(page, "").then(promise, () => {});
  page.report("shown");
  root.append(place);

  /** Says what it is good for, unless something else is being said. */
  function promise({ discount, active }) {
    if (!active) root.replaceChildren();
    else if (!said.textContent) said.append(...fill("", worth(discount))(keyFor(discount, "askedHint")));
  }

  on(input, "input", () => {
    keep(input.value.trim());
    input.removeAttribute("aria-invalid");
    said.classList.remove("wrong");
  });

  /** What to try again when the cart has changed. */
  let again;
  let watches;
  /** From now on there is a reason to know what is in the cart. */
  async function watch() {
    if (!watches) shop.watch(root, () => again && again());
    watches = true;
    await shop.ready();
  }

  on(form, "submit", async (event) => {
    event.preventDefault();
    const code = input.value.trim();
    if (!code || use.ariaBusy) return input.focus();
    use.ariaBusy = true;
    said.textContent = word("claimingHint");
    try {
      await take(code);
    } catch (problem) {
      page.emit("error", "code", problem.code || "unreachable");
      const key = refusal(problem);
      if (key) keep("");
      wrong(key || "failed");
    }
    use.ariaBusy = null;
  });

  async function take(typed) {
    const [claim] = await Promise.all([claimed(page, typed), watch()]);
    const { discount_code: code } = claim;
    keep(typed);
    shop.take(code);
    if (code) page.emit("claimed", "code", code);
    await put(claim, typed);
  }

  function wrong(key) {
    said.replaceChildren(el("b", {}, word(key)), " ", word(key + "Hint"));
    said.classList.add("wrong");
    input.setAttribute("aria-invalid", "true");
    input.focus();
    input.select();
  }

  /** Puts the discount into the cart, or shows its code; when the cart changes it tries again. The shop's codes may have run out. */
  async function put(claim, typed) {
    const { discount_code: code, state, discount, inviter } = claim;
    if (/^(used|expired)$/.test(state)) return wrong(state);
    const show = (key, ...more) => {
      const words = fill(inviter || "", worth(discount));
      const got = el("div", { className: "got", tabIndex: -1 }, el("strong", {}, ...words(keyFor(discount, key))), el("p", {}, word(key + "Hint")), ...more);
      got.setAttribute("role", "status");
      refill(place, got);
    };
    again = undefined;
    const cart = shop.cart();
    const answer = !code ? "pending" : cart == "full" ? await shop.apply(code) : cart == "empty" ? "pending" : "";
    if (answer == "applied") {
      page.emit("applied", "code", code);
      return show("applied");
    }
    const own = ownStays(answer);
    if (answer == "pending") show("waiting");
    else show(own ? answer : "show", ...field(code, code, "show", "copyCode", () => {}));
    if (own || answer == "pending") again = () => (code ? put(claim) : take(typed)).catch(note);
  }
}

/** Claims the code. The same code again, on this page or the next, is the same claim. */
async function claimed(page, code) {
  // Not whether there is a cart: a code is typed at the checkout, and there always is one.
  const body = () => ({ code, claim_id: page.id(code.toUpperCase()), ...page.evidence() });
  try {
    return await ask(page, "/claims", body());
  } catch (problem) {
    if (problem.code != "customer_token_expired" || !(await page.renew())) throw problem;
    return ask(page, "/claims", body());
  }
}

/** Keeps a value in a hidden field of the form that the element is in: `name` says what it is called. */
function keeper(host) {
  const kept = host.querySelector("input[type=hidden]") || el("input", { type: "hidden", name: host.getAttribute("name") || "referral_code" });
  return (value) => {
    kept.value = value;
    if (!kept.isConnected && host.closest("form")) host.append(kept);
  };
}
