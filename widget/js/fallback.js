// The views without WebAssembly: the same places, classes and words, and only what a person needs to share or to be
// invited. Loaded where the page or the device forbids WebAssembly, and after a trap.

import { mountView } from "./for_view.js";
import { setLocale } from "./page.js";
import { button, el, field, fill, keyFor, on, ownStays, quote, refill, refusal, soFar, worth } from "./plain.js";
import { sharePanel } from "./plain_share.js";
import { speak, word } from "./words.js";

/** Mounts the view of this element into `root`. */
export const mount = (...seen) => mountView(view, ...seen);

function view(root, page) {
  setLocale(page.locale);
  speak(page.language, page.words);
  // After a trap there may be one that has ended.
  if (page.kind == "invite") return page.invitation && invite(root, page);
  const body = el("section", { className: "panel", part: "panel" });
  const sheet = el("div", { className: "sheet" }, body);
  sharePanel(body, page);
  if (page.kind == "share") {
    sheet.classList.add("inline");
    sheet.part = "inline";
    page.report("shown");
    return root.append(sheet);
  }
  const dialog = el("dialog", { part: "dialog", "aria-label": word("title") }, sheet);
  sheet.append(cross(() => dialog.close()));
  on(root, "open", () => {
    if (dialog.open) return;
    page.report("shown");
    const copy = dialog.querySelector("[part=copy]");
    if (copy) copy.autofocus = true;
    dialog.showModal();
  });
  on(root, "close", () => dialog.close());
  root.append(dialog);
}

/** The loader removes the root, and everything is in it. */
export function unmount() {}

function cross(close) {
  const made = button("", "close", close, word("close"));
  made.part = "close";
  return made;
}

function action(act, ...says) {
  const made = button("", "primary", act);
  made.part = "accept";
  made.append(...says);
  return made;
}

function invite(root, page) {
  const { invitation } = page;
  const words = fill(invitation.inviter || "", worth(invitation.discount));
  const place = el("aside", { className: "corner", "aria-live": "polite" });
  const close = cross(dismiss);
  root.append(place);

  /** Shows a title, a hint, and perhaps something to do. */
  function show(key, ...action) {
    const hint = key == "offerUnnamed" ? "offerHint" : key + "Hint";
    const title = words(keyFor(invitation.discount, key));
    const offered = /^offer/.test(key);
    const note = offered ? quote(invitation.note) : [];
    const count = offered ? soFar(invitation.referrals_so_far) : [];
    const says = el("div", { className: "says" }, el("strong", {}, ...title), ...note, el("p", {}, ...words(hint)), ...count, ...action);
    const banner = el("div", { className: "banner", tabIndex: -1 }, says, close);
    banner.part = "invite";
    refill(place, banner);
  }
  /** It is over. A customer may invite friends of their own. */
  function end(key) {
    const others = /^(own|existing)$/.test(key) && page.customer;
    show(key, ...(others ? [action(page.open, word("launcher"))] : []));
  }
  function dismiss() {
    page.report("dismissed");
    page.remember("done");
    place.remove();
  }
  async function accept() {
    show("claiming");
    try {
      const claim = await page.claim();
      page.emit("claimed", "code", claim.discount_code);
      page.remember("accepted");
      await put(claim);
    } catch (problem) {
      page.emit("error", "code", problem.code || "unreachable");
      const over = refusal(problem);
      if (over) end(over);
      else show("failed", action(accept, word("retry")));
    }
  }
  async function put(claim) {
    const { discount_code: code, state } = claim;
    if (state != "available") return show(state == "used" ? "used" : "expired");
    const answer = page.cart() == "full" && (await page.apply(code));
    if (answer == "applied") {
      page.emit("applied", "code", code);
      page.remember("done");
      // Once the cart is paid for, or emptied, there is nothing left to say.
      on(root, "cart", () => page.cart() == "empty" && place.remove());
      return show("applied");
    }
    if (ownStays(answer)) root.addEventListener("cart", () => put(claim), { once: true });
    show(ownStays(answer) ? answer : "show", ...field(code, code, "show", "copyCode", () => {}));
  }

  page.report("shown");
  if (invitation.state != "available") end(["used", "own", "existing"].includes(invitation.state) ? invitation.state : "expired");
  else if (page.state || page.cart() == "full") accept();
  else {
    show(invitation.inviter ? "offer" : "offerUnnamed", action(accept, ...words(keyFor(invitation.discount, "accept"))));
  }
}
